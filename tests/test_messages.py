"""The checks of messages: invalid ones, and messages that no test prints."""

import ast

import pytest

from tests.messages import breaches, in_output
from tests.printed import SOURCE, calls, missing

HINT = "\nhint: see tasktimer --help"


@pytest.mark.parametrize(
    "text",
    [
        "error: there is no task 7\nhint: tasktimer times shows the tasks of a day with their ids",
        "error: invalid date 'Übermorgen. So' (Error 1)\nhint: use a format like 2023-07-16, today or -1 (days)",
        "error: PostgreSQL is not installed" + HINT,
        "error: TASKTIMER_TZ: unknown time zone 'Mars'" + HINT,
        "error: 2 tasks are running:\n  1: Écrire. Puis lire.\nhint: say which (tasktimer stop 1 3), or --all",
        "error: it is asked for\nhint: tasktimer --database postgresql://USER@HOST/NAME db upgrade",
        "error: it is locked\nhint: tasktimer --database 'a b'\"'\"'s.db' db upgrade",
        "note: nothing was changed",
        "note: task 1 overlaps task 3 (Ü (it's, 09:00 to 10:00) and task 4 (É. Puis), since 2023-07-16 12:00)",
        'note: task 3 (Ü)", since 12:00:05) is also running',
        "note: '9:00' is part of the description\nhint: run: tasktimer undo && tasktimer track 'x -y' --start 9:00",
    ],
)
def test_breaches_accepts_valid_message(text: str) -> None:
    assert breaches(text) == []


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("error: there is no task 7", "no hint for"),
        ("error: There is no task 7" + HINT, "a capital at the start"),
        ("error: there is no task 7." + HINT, "a full stop at the end"),
        ("error: there is no task 7. It was deleted" + HINT, "a second sentence"),
        ("error: there is no task … any more" + HINT, "letters that not every locale has"),
        ("error: there is no task {id}" + HINT, "a field that is not filled in"),
        ("there is no task 7" + HINT, "no label"),
        ("error: there is no task 7\nhint: See tasktimer --help", "a capital at the start"),
        ("error: there is no task 7\nhint: tasktimer history {id}", "a field that is not filled in"),
        ("error: there is no task 7\nhint: tasktimer begin 7", "no command begin"),
        ("error: it is locked\nhint: tasktimer --database 'a b'\"'\"'s.db' begin", "no command begin"),
        ("error: there is no task 7\nhint: tasktimer undo --task 7", "no flag --task of undo"),
        ("error: it is locked\nhint: tasktimer undo && tasktimer undo --task 7", "no flag --task of undo"),
        ("note: task 3 (x, since 12:00) is … running", "letters that not every locale has"),
        ("note: task 3 (x, 09:00 to 10:00) … task 4 (y, since 12:00)", "letters that not every locale has"),
        ("note: task … overlaps task 4 (y, since 12:00)", "letters that not every locale has"),
        ("note: nothing was changed\nhint: Nothing.", "a full stop at the end"),
    ],
)
def test_breaches_reports_invalid_message(text: str, fault: str) -> None:
    assert [found for found in breaches(text) if found.startswith(fault)] != []


def test_in_output_finds_messages() -> None:
    text = "INFO: started\nnote: one\nhint: two\nEdit 2 tasks? [y/N] error: no\nerror: three\n  four\nhint: five\n"
    assert list(in_output(text)) == ["note: one\nhint: two\n", "error: three\n  four\nhint: five\n"]


def test_missing_names_unprinted_message() -> None:
    path = SOURCE / "cli" / "commands" / "rename.py"
    (found,) = [call for call, _ in calls(ast.parse(path.read_text(encoding="utf-8")))]
    assert any(line.startswith(f"cli/commands/rename.py:{found.lineno}: ") for line in missing(set()))
    assert not any(
        line.startswith("cli/commands/rename.py") for line in missing({("cli/commands/rename.py", found.lineno)})
    )
