"""What people see when something is refused."""

import shlex
from pathlib import Path

from tests.conftest import Golden, Run


def test_folder_as_database_fails(run: Run, tmp_path: Path) -> None:
    result = run("--database", str(tmp_path), "track", "x")
    assert (result.exit_code, result.err) == (
        3,
        f"error: {tmp_path} is a folder\nhint: use --database with the path of a regular file\n",
    )


def test_invalid_value_is_shown_escaped(run: Run) -> None:
    result = run("times", "--date", "\x1b]0;title\x07\ud800")
    assert result.exit_code == 2
    assert result.err.startswith("error: invalid date '\\x1b]0;title\\x07\\ud800'\n")


def test_long_value_is_truncated_in_message(run: Run) -> None:
    assert len(run("times", "--date", "x" * 5000).err) < 300


def test_errors(run: Run, golden: Golden, tmp_path: Path) -> None:
    """What people see when something is refused, all in one place."""
    run("track", "write docs", "--at", "10:30", "--user", "42")
    run("track", "done", "--at", "9:00", "--until", "10:00")
    run("track", "call", "--at", "11:00")
    run("track", "call", "--at", "7:00", "--for", "1h")
    run("delete", run("track", "mistake").out.strip())
    empty = tmp_path / "empty.db"
    empty.touch()
    transcript = ""
    for line in [
        "track",
        "track ''",
        "track write +docs,later",
        "track write -p acme//site",
        "track write --note ' '",
        "track write --at 25:00",
        "track write --at 13pm",
        "track write --at 23:50",
        "track write --at 2023-03-26T02:30",
        "track write --at 2022-10-30T02:30",
        "track write --until 10:00",
        "track write --at 9:00 --until 10:00 --for 1h",
        "track write --at 11:00 --until 10:00",
        "track write --for 90",
        "track write --user 0",
        "track -x",
        "track write --no-gap --at 9:00",
        "track write --no-gap --user 7",
        "track write --no-gap --until 9:30",
        "switch",
        "switch write -x",
        "switch write --at 10:00 --user 42",
        "switch write --at 13:00",
        "resume",
        "resume 9",
        "resume 3",
        "resume --user 7",
        "cancel",
        "cancel 2",
        "cancel 1 --user 7",
        "cancel one",
        "status --format {descripton}",
        "status --format {description.__class__}",
        "status --format '{id'",
        "status --format {id} --json",
        "stop",
        "stop 99",
        "stop 2",
        "stop 1 --user 7",
        "stop 1 --at 10:00",
        "stop 1 --all",
        "stop one",
        "stop --user 7",
        "edit 1",
        "edit +docs",
        "edit 0 +docs",
        "edit 99 +docs",
        "edit 1 2 --start 11:00",
        "edit 1 --start 23:50",
        "edit 1 --end 10:00",
        "edit 1 --end tomorrow",
        "edit 1 --start 9:00 --end 10:00 --for 1h",
        "edit 1 --end none --for 1h",
        "edit 1 --remove-tag docs",
        "edit 1 +docs --remove-tag docs",
        "edit 1 +docs,later",
        "edit 1 --note ''",
        "edit 1 -p acme --no-project",
        "edit 1 --note x --no-note",
        "edit 1 -p acme --project home",
        "edit --project acme +x",
        "edit --project acme",
        "edit --project acme -p home --running",
        "edit --search docs --project acme --yes",
        "edit --search docs --tag later +x --yes",
        "edit --search docs -p acme",
        "edit 1 -p acme --user 7",
        "split 1 --at 9:00",
        "split 2 --at 10:00",
        "split 1 --at 12:30",
        "split 1",
        "move 1",
        "join 2 2",
        "join 1 2",
        "join 2 3",
        "join 3 4",
        "move 2 11:30",
        "move 2 -15m",
        "move 2 soon",
        "delete",
        "delete 2 99",
        "delete 5",
        "delete 2 --running",
        "delete --running",
        "undo two",
        "undo 9",
        "undo --user 7",
        "undo --command one",
        "undo 2 --command 1",
        "undo --command 99",
        "redo",
        "history one",
        "history --prune soon",
        "times --date 2023-02-30",
        "times --date tomorrow",
        "times --date 2026-W34",
        "list wek",
        "list -7",
        "times --tz Europe/Berlim",
        "times --format yaml",
        "times --dat today",
        "list --where 'project:acme and prject:home'",
        "list --where 'longer:soon'",
        "list --where '(tag:docs'",
        "list --where ''",
        "tims",
        "--database EMPTY times",
        "--database /dev/null times",
        "--database mysql://ada@db/work times",
    ]:
        result = run(*(str(empty) if word == "EMPTY" else word for word in shlex.split(line)))
        assert (result.out, result.exit_code > 0) == ("", True)
        transcript += f"$ tasktimer {line}\n{result.err}exit {int(result.exit_code)}\n\n".replace(str(tmp_path), "DIR")
    golden("errors.txt", transcript)
