"""Sentences are wrapped at words, and commands to paste are whole."""

import pytest

from tasktimer.output.wrapping import wrap_hint, wrap_words


@pytest.mark.parametrize(
    ("hint", "lines"),
    [
        ("to list the tokens, run: tasktimer token list", ["to list the tokens, run:", "  tasktimer token list"]),
        ("see tasktimer edit --help", ["see tasktimer edit --help"]),
        ("use quotes around what contains spaces", ["use quotes around what", "contains spaces"]),
        # Only what follows "run:" can contain ", " and " or ".
        ("run: tasktimer track tea, or not --user 2", ["run:", "  tasktimer track tea, or not --user 2"]),
        (
            "run: tasktimer track 'tea; or \"not\"' --user 2; or not",
            ["run:", "  tasktimer track 'tea; or \"not\"' --user 2", "or not"],
        ),
        (
            "run: mkdir ~/copy && tasktimer --database ~/copy/x list",
            ["run:", "  mkdir ~/copy && tasktimer --database ~/copy/x list"],
        ),
        (
            "look at tasktimer history or tasktimer token list",
            ["look at", "  tasktimer history", "or", "  tasktimer token list"],
        ),
        (
            "run, for example: tasktimer stop 1 --at '2026-03-01 17:00'",
            ["run, for example:", "  tasktimer stop 1 --at '2026-03-01 17:00'"],
        ),
        (
            "use tasktimer restore COPY, or correct the record",
            ["use", "  tasktimer restore COPY", "or correct the record"],
        ),
    ],
)
def test_commands_have_lines_of_their_own(hint: str, lines: list[str]) -> None:
    assert wrap_hint(hint, 25).split("\n") == lines
    assert wrap_hint(hint, 0) == wrap_hint(hint, len(hint)) == hint


@pytest.mark.parametrize(
    ("text", "wrapped"),
    [
        ("Stopped 1: a long meeting\nStopped 2: call\n", "Stopped 1: a long\nmeeting\nStopped 2: call\n"),
        ("cannot open /home/ada/long-folder/tasktimer.db", "cannot open\n/home/ada/long-folder/tasktimer.db"),
        ("Note         a long text", "Note         a long\n             text"),
        ("Time spent   2:10:28 of 8", "Time spent   2:10:28\n             of 8"),
        ("size   104 KiB  (of the file)", "size   104 KiB  (of\n       the file)"),
        ("file   /home/ada/tasktimer.db  (default)", "file   /home/ada/tasktimer.db\n       (default)"),
        ("  2: call, a long text", "  2: call, a long\n  text"),
    ],
)
def test_lines_are_wrapped_at_words(text: str, wrapped: str) -> None:
    assert wrap_words(text, 20) == wrapped
    assert wrap_words(text, 0) == text
