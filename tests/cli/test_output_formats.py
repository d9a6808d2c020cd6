"""What every command prints, to people, on a pipe and as JSON; none may be left out."""

import re
import shlex
import shutil
import sqlite3
from pathlib import Path

import pytest
from tests.cli.test_app import COMMANDS
from tests.conftest import GOLDEN, Golden, Run

from tasktimer import __version__

BEFORE = """
track write +docs -p acme --at 8:00 --until 9:00 --note 'two\tlines'
track write --at 9:30 --until 11:00
track call +phone -p acme/web --at 11:00
delete 2
undo
stop
undo
token create --admin --name laptop
user add ada --id 1
"""
# Each is run three times, each time on what was done before, and nothing else.
LINES = """
track mail +docs --at 11:30
switch mail
stop
resume 1
cancel
status
times
list
report
timeline
gaps
export -o DIR/tasks.klg
show 1
undo
redo
history
edit 1 +urgent --for 30m
split 1 --at 8:20
join 2 1 --yes
move 2 7:00
delete 1 2
projects
tags
rename project acme ace
rename tag docs writing
info
config get
config set tz UTC
config unset tz
config edit
backup DIR/copy.db
restore DIR/../before.db --yes
token create --name phone
token list
token revoke 1
user add ben
user list
user rename ada anna
db status
db upgrade
import DIR/../entries.csv
"""
WITHOUT_JSON = {
    *("rename project", "rename tag", "db upgrade", "config set", "config unset", "config edit"),
    "export",  # --to json prints tasks
}
# Of Timetrap, with an entry that ends before it starts.
ENTRIES = """\
start,end,note,sheet
"2023-07-14 09:00:00","2023-07-14 10:30:00","write docs","acme"
"2023-07-14 11:00:00","2023-07-14 10:30:00","call","acme"
"""


EVERY = set(COMMANDS)
LINE_OF = {name: line for name in EVERY for line in LINES.strip().splitlines() if f"{line} ".startswith(f"{name} ")}


@pytest.fixture
def before(run: Run, tmp_path: Path) -> Path:
    (tmp_path / "entries.csv").write_text(ENTRIES, encoding="utf-8")
    path = tmp_path / "before.db"
    for words in BEFORE.strip().splitlines():
        assert run("--database", str(path), *shlex.split(words)).exit_code == 0
    return path


def printed(run: Run, before: Path, line: str, form: str) -> str:
    folder = before.with_name(form)
    folder.mkdir()
    store = shutil.copy(before, folder / "tasks.db")
    line += " --json" if form == "json" else ""
    words = shlex.split(line.replace("DIR", str(folder)))
    done = run("--database", str(store), *words, terminal=form == "people")
    text = done.out + "".join(f"! {said}\n" for said in done.err.splitlines())
    return f"{form}$ tasktimer {line}\n{text.replace(str(folder), 'DIR')}exit {done.exit_code}\n"


def settled(text: str) -> str:
    """The same without what differs from one machine or version to another."""
    text = re.sub(r"tasktimer_[0-9a-f]{64}", "SECRET", text).replace(sqlite3.sqlite_version, "3.x")
    text = re.sub(r"\d+ KiB|(?<=\"size\": )\d+|(?<=size\t)\d+", "SIZE", text)
    return text.replace(__version__, "VERSION").replace(str(Path.home()), "HOME")


@pytest.mark.parametrize("name", sorted(LINE_OF))
def test_output_in_every_format(
    run: Run, before: Path, golden: Golden, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("EDITOR", "true")
    forms = ["people", "pipe", *(["json"] if name not in WITHOUT_JSON else [])]
    text = "\n".join(printed(run, before, LINE_OF[name], form) for form in forms)
    golden(f"forms-{name.replace(' ', '-')}.txt", settled(text))


def test_every_command_is_covered(run: Run) -> None:
    assert set(LINE_OF) == EVERY - {"serve"}  # which says what it does as it does it
    for name in EVERY - {"serve"}:
        assert ("│ --json" in run(*name.split(), "--help").out) == (name not in WITHOUT_JSON)
    kept = {path.name for kind in ("help", "forms") for path in GOLDEN.glob(f"{kind}-*.txt")}
    groups = {"tasktimer", *(name.split()[0] for name in EVERY if " " in name)}
    helped = {f"help-{name.replace(' ', '-')}.txt" for name in EVERY | groups}
    assert kept == helped | {f"forms-{name.replace(' ', '-')}.txt" for name in LINE_OF}
