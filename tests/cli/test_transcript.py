"""What every command prints, on a terminal, on a pipe and as JSON: the same on each engine."""

import shlex
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from tests.conftest import NOW, Golden, Run

from tasktimer.cli.lazy_group import COMMAND_NAMES
from tasktimer.config.settings import config_file

# The first word says how: people see a terminal, programs read a pipe.
SCRIPT = """
people track write docs +docs -p acme/website --at 9:00
program track review --at 9:30 --until 10:15 --note 'two lines' -t docs
program track mail --no-gap --for 15m --json
people track call +phone --at 9:10 --for 20m
people status
program status
program status --json
program status --format '{id} {description} {elapsed} {total}'
people switch plan -p acme
program switch lunch --at 11:30
people stop
program resume 1
people resume 5
program cancel 7
people cancel 8
people track once more
program stop
people stop --all
program stop --all
people edit 1 --end 9:45 +urgent
program edit 1 2 -p acme/docs
program edit 4 --description 'phone call' --json
people edit --search mail +later --yes
people edit --search mail +later --dry-run
people split 2 --at 10:00
program split 1 --at 9:15
people join 2 10
program join 1 11 --yes
people move 4 8:00
program move 4 8:30
people delete 4
program delete 5 6
people delete --untagged --dry-run
people list
people list week --reverse --limit 2
program list --tag docs
program list -p acme --json
people report
program report --by project,day --round 15m
people show 1
program show 1
program show 2 --json
people times
program times
people timeline
program timeline
program timeline --tag docs --json
people gaps --from 7:00 --to 12:00
program gaps --from 7:00 --to 12:00
program gaps --longer-than 15m --json
people projects
program projects
program projects --json
people tags
program tags
people rename tag docs writing
program rename project acme ace
people undo
program undo 2
people redo
program redo --json
people history --limit 4
program history 1
program history 1 --limit 1 --json
people history --prune 1d --yes
program history --prune 1d --yes
program config get tz
program config set week_starts_on sunday
program config unset week_starts_on
people import report.csv --dry-run
people import report.csv
program import report.csv
program import report.csv --again --json
people undo
people redo
program export friday --to csv
people export week -p Acme --to klog
"""


# A detailed report of Toggl Track, in which a row has no start.
REPORT = """\
User,Email,Client,Project,Task,Description,Billable,Start date,Start time,End date,End time,Duration,Tags
Ada,ada@example.com,Acme,Website,,write docs,No,2023-07-14,09:00:00,2023-07-14,10:30:00,01:30:00,"docs, two words"
Ada,ada@example.com,,,,,No,2023-07-14,10:30:00,2023-07-14,10:45:00,00:15:00,
Ada,ada@example.com,Acme,,,call,No,,,2023-07-14,12:00:00,00:20:00,
"""


def transcript(run: Run) -> Iterator[str]:
    for number, line in enumerate(SCRIPT.strip().splitlines()):
        mode, _, words = line.partition(" ")
        now = NOW + timedelta(seconds=number)
        done = run(*shlex.split(words), now=now, terminal=mode == "people")
        said = "".join(f"! {text}\n" for text in done.err.replace(str(config_file()), "CONFIG").splitlines())
        yield f"{mode}$ tasktimer {words}\n{done.out}{said}" + (f"exit {done.exit_code}\n" if done.exit_code else "")


def test_output_of_every_command(
    run: Run, database: str, golden: Golden, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "report.csv").write_text(REPORT, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TASKTIMER_DATABASE", database)
    monkeypatch.setenv("TASKTIMER_USER", "42")
    golden("transcript.txt", "\n".join(transcript(run)))


def test_every_command_is_covered() -> None:
    elsewhere = {
        "serve",
        "token",
        "user",
        "db",
        "info",
        "backup",
        "restore",
    }  # what they print depends on the store, and has its own tests
    assert {line.split()[1] for line in SCRIPT.strip().splitlines()} == set(COMMAND_NAMES) - elsewhere
