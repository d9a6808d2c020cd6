"""Descriptions with words that look like a time or a label."""

import shlex

import pytest
from tests.cli.test_track import task
from tests.conftest import NOW, Run

UNDO = "to correct this, run: tasktimer undo && tasktimer"


def run_hint(run: Run, err: str) -> None:
    """Run the commands in a hint, as a shell would."""
    for line in err.rstrip("\n").rpartition("run: ")[2].split(" && "):
        result = run(*shlex.split(line)[1:])
        assert (result.exit_code, result.err) == (0, "")


@pytest.mark.parametrize(
    ("line", "typed", "corrected"),
    [
        ("lunch 11:00-11:30", "11:00-11:30", "track lunch --start 11:00-11:30"),
        ("9:30 - 10:00 Kickoff call", "9:30 - 10:00", "track Kickoff call --start 9:30-10:00"),
        ("9:30 10:00 text", "9:30 10:00", "track text --start 9:30-10:00"),
        ("standup 9:30 to 10:00 am", "9:30 to 10:00 am", "track standup --start '9:30-10:00 am'"),
        ("9:00 write", "9:00", "track write --start 9:00"),
        ("8am write", "8am", "track write --start 8am"),
        ("meeting at 9:30", "at 9:30", "track meeting --start 9:30"),
        ("from 9:30 to 10:00 review", "from 9:30 to 10:00", "track review --start 9:30-10:00"),
        ("call yesterday 9:30-10:00", "yesterday 9:30-10:00", "track call --start 'yesterday 9:30-10:00'"),
        ("write 11:30-12:30", "11:30-12:30", "track write --start 11:30"),
        ("9:00", "9:00", "track 'write docs' --start 9:00"),
        (
            "'it is' mine 9:30 +x -t y -p a/b --note 'a b'",
            "9:30",
            "track 'it is' mine +x +y -p a/b --note 'a b' --start 9:30",
        ),
        ("30min ago mail", "30min ago", "track mail --start '30min ago'"),
        ("mail sunday 9:30", "sunday 9:30", "track mail --start 'sunday 9:30'"),
        (
            "2023-07-15 9:30 - 10:00 mail",
            "2023-07-15 9:30 - 10:00",
            "track mail --start '2023-07-15 9:30' --end 10:00",
        ),
        ("call 9:30 --parallel --user 1", "9:30", "track call --user 1 --parallel --start 9:30"),
    ],
)
def test_time_prints_corrected_command(run: Run, line: str, typed: str, corrected: str) -> None:
    err = run("track", *shlex.split(line)).err
    user = " --user 1" if "--user" in line else ""
    undo = UNDO.replace("undo", f"undo{user}")
    assert err == f"note: '{typed}' is part of the description\nhint: {undo} {corrected}\n"
    run_hint(run, err)
    assert task(run)["start_time"] != NOW.isoformat()
    assert typed not in str(task(run)["description"])


def test_switch_prints_corrected_command(run: Run) -> None:
    run("track", "write", "--at", "9:00")
    err = run("switch", "lunch", "11:30").err
    assert err == f"note: '11:30' is part of the description\nhint: {UNDO} switch lunch --at 11:30\n"
    run_hint(run, err)
    assert task(run, 1)["end_time"] == "2023-07-16T11:30:00+02:00"
    assert run("switch", "8:00", "mail").err.endswith("edit 4 --description mail\n")  # nothing had begun
    assert run("switch", "call", "11:40-11:50").err.endswith(f"{UNDO} track call --start 11:40-11:50\n")


@pytest.mark.parametrize(
    ("line", "typed", "labels"),
    [
        ("Write offer @acme '#x'", "'@acme' and '#x' are", "--description 'Write offer' -p acme +x"),
        (
            "project:acme/web call tag:phone",
            "'project:acme/web' and 'tag:phone' are",
            "--description call -p acme/web +phone",
        ),
        ("call project=acme tag=phone", "'project=acme' and 'tag=phone' are", "--description call -p acme +phone"),
        ("call proj:acme", "'proj:acme' is", "--description call -p acme"),
        ("call tag:phone -p acme @zoe", "'tag:phone' is", "--description 'call @zoe' +phone"),
        ("@acme", "'@acme' is", "-p acme"),
        ("call @acme --user 1", "'@acme' is", "--description call -p acme --user 1"),
        ("call @acme 9:30 --start 9:00", "'@acme' is", "--description 'call 9:30' -p acme"),
    ],
)
@pytest.mark.parametrize("command", ["track", "switch"])
def test_label_prints_edit(run: Run, command: str, line: str, typed: str, labels: str) -> None:
    err = run(command, *shlex.split(line.replace("--start", "--at" if command == "switch" else "--start"))).err
    pronoun = "them" if "and" in typed else "it"
    assert err == f"note: {typed} part of the description\nhint: to set {pronoun}, run: tasktimer edit 1 {labels}\n"
    run_hint(run, err)
    assert task(run)["project"] or task(run)["tags"]


def test_time_and_labels_are_corrected_together(run: Run) -> None:
    err = run("track", "call", "9:30-10:00", "@acme").err
    assert err.startswith("note: '9:30-10:00' and '@acme' are part of the description\n")
    assert err.endswith(f"{UNDO} track call -p acme --start 9:30-10:00\n")
    run_hint(run, err)


@pytest.mark.parametrize(
    ("words", "description"),
    [
        ("23:30", "write docs"),
        ("write 23:30", "write"),
        ("write 9:30 --for 5m", "write"),
        ("write tomorrow 9:00", "write"),
    ],
)
def test_time_that_cannot_be_set_prints_edit(run: Run, words: str, description: str) -> None:
    err = run("track", *words.split()).err
    line = f"tasktimer edit 1 --description {shlex.quote(description)}"
    assert err.endswith(f"is part of the description\nhint: to correct this, run: {line}\n")
    run_hint(run, err)
    assert task(run)["description"] == description


@pytest.mark.parametrize(
    "line",
    [
        "2026 budget",
        "budget 2024-2025",
        "noon walk",
        "25:00 write",
        "'9:00 - 9:30 write'",
        "'lunch @acme'",
        "+ write",
        "read 9:30 again",
        "fix '#12'",
        "mail zoe@acme.example",
        "see https://acme.example",
        "-- lunch 11:00 @acme",
        "3 calls",
        "set retries=3",
        "set project=",
        "call 9:30 --start 9:00",
    ],
)
def test_other_text_prints_no_note(run: Run, line: str) -> None:
    assert run("track", *shlex.split(line)).err == ""
    run("cancel")
    assert run("switch", *shlex.split(line.replace("--start", "--at"))).err == ""


@pytest.mark.parametrize(
    ("line", "typed", "corrected"),
    [
        ("track --start 10:15 - 10:25 phone call", "- 10:25", "track --start 10:15-10:25 phone call"),
        ("track lunch --at 11:00 - 11:30 --adjust", "- 11:30", "track lunch --start 11:00-11:30 --adjust"),
        ("track lunch --start=11:00 11:30", "11:30", "track lunch --start 11:00-11:30"),
        ("track lunch --start 9:00 to 10 am", "to 10 am", "track lunch --start '9:00-10 am'"),
        ("track call --start 'today 9:00' - 9:30 zoe", "- 9:30", "track call --start 'today 9:00-9:30' zoe"),
        ("switch lunch --at 11:00 11:30", "11:30", "track lunch --start 11:00-11:30"),
    ],
)
def test_split_range_changes_nothing(run: Run, line: str, typed: str, corrected: str) -> None:
    run("track", "before", "--start", "8:00-8:30")
    result = run(*shlex.split(line))
    assert (result.exit_code, result.out) == (2, "")
    hint = f"to record a finished task, run: tasktimer {corrected}"
    assert result.err == f"error: '{typed}' is not part of the start time\nhint: {hint}\n"
    assert task(run)["id"] == 1
    run_hint(run, result.err)
    assert task(run)["running"] is False


def test_split_range_without_description_prints_option(run: Run) -> None:
    result = run("track", "--start", "10:15", "-", "10:25")
    assert result.exit_code == 2
    assert result.err.endswith("hint: use --start with a range, such as 9:00-10:00, and add a description\n")


@pytest.mark.parametrize(
    "line",
    ["--start 9:00 2026 budget", "--start 9:00 '10:00 call'", "--start 9:00 - call", "--start 9:00 10:00 x --for 5m"],
)
def test_text_after_start_is_description(run: Run, line: str) -> None:
    assert run("track", *shlex.split(line)).exit_code == 0


def test_adjust_as_in_timewarrior_is_corrected(run: Run) -> None:
    run("track", "call", "--start", "8:00-9:00")
    err = run("track", "8:30", "-", "9:30", "mail", ":adjust").err
    assert f"hint: {UNDO} track mail --adjust --start 8:30-9:30\n" in err


def test_id_as_description_prints_note(run: Run) -> None:
    run("track", "call", "--start", "8:00-9:00")
    run("track", "mail")
    note = "note: '1' is the description of the new task, and also the ID of another one: call\n"
    result = run("switch", "1")
    assert result.err == f"{note}hint: to resume task 1 instead, run: tasktimer undo && tasktimer resume 1\n"
    run_hint(run, result.err)
    assert task(run)["description"] == "call"


def test_id_of_stopped_or_running_task_as_description_prints_undo(run: Run) -> None:
    run("track", "call")
    for command in ("switch", "track"):
        assert run(command, "1").err.endswith(": call\nhint: to undo this, run: tasktimer undo\n")
        run("undo")


@pytest.mark.parametrize("words", [["24"], ["2"], ["1", "call"], ["--", "1"]])
def test_other_number_prints_no_note(run: Run, words: list[str]) -> None:
    run("track", "call", "--start", "8:00-9:00")
    assert run("track", *words).err == ""


@pytest.mark.parametrize(
    ("line", "word", "edit"),
    [
        ("acme writing spec +docs", "acme", "--description 'writing spec' -p acme"),
        ("acme", "acme", "-p acme"),
        ("acme/web call", "acme/web", "--description call -p acme/web"),
        ("+docs acme call 12", "acme", "--description 'call 12' -p acme"),
        ("'big client' call --user 1", "big client", "--description call -p 'big client' --user 1"),
    ],
)
@pytest.mark.parametrize("command", ["track", "switch"])
def test_project_as_first_word_prints_edit_on_terminal(run: Run, command: str, line: str, word: str, edit: str) -> None:
    for project in ("acme-x", "acme/web/shop", "big client"):  # the first sorts before the levels below acme
        run("track", "call", "-p", project, "--start", "9:00-9:30")
    result = run(command, *shlex.split(line), terminal=True)
    note = f"note: '{word}' is part of the description, and also the name of a project\n"
    assert result.err == f"{note}hint: to set it as the project, run: tasktimer edit 4 {edit}\n"
    run_hint(run, result.err)
    assert task(run)["project"] == word


@pytest.mark.parametrize("line", ["acm x", "Acme x", "x acme", "'acme call'", "-- acme x", "acme x -p web", "/ x"])
def test_first_word_that_names_no_project_prints_no_note(run: Run, line: str) -> None:
    run("track", "call", "-p", "acme", "--start", "9:00-9:30")
    run("track", "call", "-p", "zeta", "--user", "7", "--start", "9:00-9:30")
    assert run("track", "--user", "1", *shlex.split(line), terminal=True).err == ""
    run("cancel", "--user", "1")
    assert run("track", "--user", "1", "zeta", "call", terminal=True).err == ""


def test_project_as_first_word_prints_no_note_on_pipe(run: Run) -> None:
    run("track", "call", "-p", "acme", "--start", "9:00-9:30")
    assert run("track", "acme", "call").err == ""
