"""Control characters that another program wrote into the store reach no output of any command."""

import json
import re
import shlex
from contextlib import closing
from pathlib import Path

import pytest
from tests.cli.conftest import Complete
from tests.conftest import Run

from tasktimer.config.settings import parse_database
from tasktimer.store.factory import open_store

ODD = "\x1b[31mred\x1b]0;title\x07\r\x7f\x85\x9b2J\u202e[bold]x[/]"
ESCAPED = r"\x1b[31mred\x1b]0;title\x07\r\x7f\x85\x9b2J\u202e[bold]x[/]"

# Programs get tabs and newlines as the format has them; a terminal gets nothing that moves the cursor or turns text.
IN_DATA = r"[\x00-\x08\x0b-\x1f\x7f-\x9f]"
ON_TERMINAL = r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]"

UPDATES = [
    "UPDATE commands SET name = name || :odd",
    "UPDATE changes SET description = description || :odd, project = :odd, tags = 'a ' || :odd, note = :odd",
    "UPDATE tasks SET description = description || :odd, project = :odd, tags = 'a ' || :odd, note = :odd",
    "UPDATE task_tags SET tag = :odd WHERE tag = 'a'",
    "UPDATE tokens SET name = :odd",
]

READS = [
    *("history", "history 1", "show 1", "list", "times", "projects", "tags", "token list", "info", "db status"),
    "status",
]
REPORTS = ("report --by tag,project", "report --by project,description")
READS_OF_ONE_FORM = [
    "status --format '{id} {user} {description} {project} {tags} {note}'",
    *(f"{command} --format {form}" for command in ("times", *REPORTS) for form in ("table", "csv", "tsv", "json")),
    *(f"{command} --plain --format table" for command in REPORTS),
    *("stop", "cancel", "show 99", "undo --user 7", "undo --command 1 --user 7", "undo --command 99"),
    *("edit 1 --remove-tag x", "stop 1 2 99", "delete --running --dry-run", "edit --running +b --dry-run"),
    *("list -p none", "list --tag none", "resume", "join 1 4", "show 3"),
]
CHANGES = [
    *("edit 1 +b", "undo", "redo", "undo", "edit 4 --note x", "undo --command 1", "undo", "split 4 --at 10:30"),
    *("stop 1", "resume 1", "move 4 8:00", "delete 4", "show 4", "undo", "switch next", "cancel", "token revoke 1"),
    *("token revoke 1", "delete --search write --yes", "edit 1", "undo", "rename tag b c", "backup"),
]


@pytest.fixture
def corrupted(run: Run, database: str, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A store with a text that no command would store, wherever there is text."""
    monkeypatch.setenv("TASKTIMER_DATABASE", database)
    monkeypatch.setenv("TASKTIMER_USER", "1")
    for line in (
        *("track write -p p +a --note n --at 9:00", "track call -p p +a --at 9:30", "track gone --for 1m", "delete 3"),
        *("track plan -p p +a --at 10:00 --for 1h", "edit 1 +b", "undo", "token create --name x"),
    ):
        assert run(*shlex.split(line)).exit_code == 0, line
    with closing(open_store(parse_database(database))) as store, store.write() as connection:
        for statement in UPDATES:
            connection.execute(statement, {"odd": ODD})
    return run


def found(run: Run, line: str, *words: str, terminal: bool) -> list[str]:
    """The control characters that a command writes."""
    result = run(*shlex.split(line), *words, terminal=terminal)
    assert "Traceback" not in result.err
    pattern = ON_TERMINAL if terminal and "--format" not in line and not words else IN_DATA
    return re.findall(pattern, result.out) + re.findall(ON_TERMINAL, result.err)


@pytest.mark.parametrize("terminal", [True, False])
def test_no_command_prints_control_characters(
    corrupted: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, terminal: bool
) -> None:
    monkeypatch.chdir(tmp_path)  # where a PostgreSQL database would be copied to
    written = {line: found(corrupted, line, terminal=terminal) for line in (*READS, *READS_OF_ONE_FORM)}
    written |= {f"{line} --json": found(corrupted, line, "--json", terminal=terminal) for line in READS}
    written |= {f"{number} {line}": found(corrupted, line, terminal=terminal) for number, line in enumerate(CHANGES)}
    assert {line: odd for line, odd in written.items() if odd} == {}


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("history", f"track{ESCAPED}"),
        ("token list", ESCAPED),
        ("undo", f"Undid track{ESCAPED} (5):"),
        ("token revoke 1", f"Revoked token 1 ({ESCAPED}) of user 1"),
    ],
)
def test_terminal_shows_control_characters_escaped(corrupted: Run, line: str, shown: str) -> None:
    out = corrupted(*shlex.split(line), terminal=True).out
    assert shown.replace(" ", "") in re.sub(r"\s", "", out)  # a narrow column folds


def test_error_shows_command_name_escaped(corrupted: Run) -> None:
    assert f"user 1 removed it with delete{ESCAPED} (command 4)" in corrupted("show", "3").err
    assert (
        f"command 1 (track{ESCAPED}) belongs to user 1, not to user 7"
        in corrupted("undo", "--command", "1", "--user=7").err
    )


def test_tsv_line_keeps_number_of_fields(corrupted: Run) -> None:
    odd = ESCAPED.replace(r"\u202e", "\u202e").replace("\\", "\\\\")
    assert {line.split("\t")[2] for line in corrupted("history").out.splitlines()} == {
        f"{name}{odd}" for name in ("track", "delete", "edit", "undo")
    }
    assert [line.split("\t")[3] for line in corrupted("token", "list").out.splitlines()] == [odd]


def test_json_round_trips(corrupted: Run) -> None:
    assert json.loads(corrupted("history", "--json", terminal=True).out)[0]["command"] == f"track{ODD}"
    assert json.loads(corrupted("token", "list", "--json", terminal=True).out)[0]["name"] == ODD


def test_completion_shows_control_characters_escaped(corrupted: Run, complete: Complete, shell: str) -> None:
    assert corrupted("history").exit_code == 0
    for line in ("undo --command ", "show ", "stop ", "track x -p ", "track x +"):
        assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", complete(shell, f"tasktimer {line}"))
    assert r"x1b" in complete(shell, "tasktimer undo --command ")


@pytest.mark.parametrize("line", ["db status", "db upgrade", "info", "backup", "list", "show 1"])
def test_path_is_shown_escaped(run: Run, tmp_path: Path, line: str) -> None:
    folder = tmp_path / "\x1b[31m\x9b"
    folder.mkdir()
    for words in ([], ["track", "x", "--for", "1m"]):
        run("--database", str(folder / "a.db"), *words)
        result = run("--database", str(folder / "a.db"), *shlex.split(line), terminal=True)
        assert not re.search(ON_TERMINAL, result.out + result.err)
