"""Each scenario has the same outcome on the command line and over HTTP."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import NOW, Run
from tests.hostile import DATES_REFUSED, DESCRIPTIONS_KEPT, DESCRIPTIONS_REFUSED, ZONES_REFUSED
from tests.server.conftest import Api

from tasktimer.cli.streams import EXIT_CODES
from tasktimer.server.problem_details import STATUSES

Outcome = tuple[str, object]  # "done" and the result, or the error message and the exit code


@dataclass(frozen=True)
class Track:
    description: str = "write docs"
    user: int = 42
    start: str | None = None
    end: str | None = None
    project: str | None = None
    tags: tuple[str, ...] = ()
    note: str | None = None


@dataclass(frozen=True)
class Stop:
    id: int
    end: str | None = None


@dataclass(frozen=True)
class Times:
    date: str = "2023-07-16"
    user: int = 42
    tz: str | None = None


@dataclass(frozen=True)
class Report:
    by: str = "project"
    first: str = "2023-07-10"
    last: str = "2023-07-16"
    user: int = 42
    tags: tuple[str, ...] = ()
    more: dict[str, str | bool] = field(default_factory=dict)  # by the name of the HTTP parameter


@dataclass(frozen=True)
class Later:
    hours: float


Step = Track | Stop | Times | Report | Later

DAY = "2023-07-16"
LONG = [Track("sail", start="2023-07-10T12:00+02:00", end="2023-07-15T08:00+02:00")]

WEEK: list[Step] = [
    *LONG,
    Track("plan", start="2023-07-11T09:00+02:00", end="2023-07-11T10:20:30+02:00", project="acme", tags=("a", "b")),
    Track("code", start="2023-07-11T10:00+02:00", end="2023-07-11T12:00+02:00", project="acme/web", tags=("b",)),
    Track("test", start="2023-07-12T23:50+02:00", end="2023-07-13T00:05+02:00", project="acme/web", note="lunch"),
    Track("code", user=1, start="2023-07-12T09:00+02:00", end="2023-07-12T09:07:00.5+02:00", project="[bold]'acme'"),
    Track("still running", project="office"),
    Later(0.5),
]

SCENARIOS: dict[str, Sequence[Step]] = {
    "start and stop": [Track(), Later(1.5), Stop(1), Later(1), Times()],
    "several running tasks": [
        Track("a"),
        Track("b"),
        Track("c", user=1),
        Later(2),
        Times(),
        Stop(2),
        Times(),
        Times(user=1),
    ],
    "finished task": [Track(start=f"{DAY}T09:14:00+02:00", end=f"{DAY}T10:00:00.25+02:00"), Times()],
    "task across midnight": [
        Track(start="2023-07-15T23:00+02:00", end="2023-07-16T01:00+02:00"),
        Times("2023-07-15"),
        Times(DAY),
        Times("2023-07-17"),
        Times("2023-07-15", tz="America/New_York"),
        Times(DAY, tz="America/New_York"),
    ],
    "task of several days": [*LONG, *(Times(f"2023-07-{day:02}") for day in range(9, 17))],
    "running task grows": [Track(start="2023-07-14T09:00+02:00"), Times(), Later(0.1), Times(), Times("2023-07-14")],
    "days of 23, 24.5 and 25 hours": [
        Later(24 * 600),
        Track("spring", start="2024-03-30T12:00+01:00", end="2024-04-01T12:00+02:00"),
        Track("autumn", start="2024-10-26T12:00+02:00", end="2024-10-28T12:00+01:00"),
        Times("2024-03-31"),
        Times("2024-10-27"),
        Times("2024-04-07", tz="Australia/Lord_Howe"),
        Times("2024-10-27", tz="America/Havana"),
    ],
    "day skipped in a zone": [
        Track(start="2011-12-28T12:00Z", end="2012-01-02T12:00Z"),
        *(Times(f"2011-12-{day}", tz="Pacific/Apia") for day in (29, 30, 31)),
    ],
    "day in the future": [Track(), Times("2023-07-17"), Times("9999-12-30"), Times("0001-01-02")],
    "tasks with same start": [*(Track(str(number), start=f"{DAY}T09:00+02:00") for number in range(3)), Times()],
    "reports by each key": [
        *WEEK,
        *map(Report, ("hour", "weekday", "day", "week", "month", "quarter", "year")),
        *map(Report, ("project", "tag", "user", "description", "day,project", "project,tag", "Day, Tag")),
        Report(user=1),
        Report(last="2023-07-11", more={"tz": "America/New_York"}),
        Report("hour", first="2023-07-11T07:30Z", last="2023-07-11T07:45:30.25Z"),
    ],
    "report options": [
        *WEEK,
        Report(more={"depth": "1"}),
        Report("day,project", more={"elapsed": True}),
        Report("day", more={"fill": True}),
        Report("day", first="2023-07-13", more={"fill": True, "elapsed": True}),
        Report(more={"round": "15m"}),
        Report("day", more={"round": "0:06", "direction": "nearest"}),
        Report("week,user", more={"round": "1h", "direction": "down"}),
        Report("tag", more={"round": "15 min", "each": True}),
    ],
    "filters of reports": [
        *WEEK,
        *(Report("description", more={name: True}) for name in ("running", "untagged", "no_project")),
        *(Report("description", tags=tags) for tags in (("b",), ("a", "b"), ("a", "docs"))),
        Report("description", more={"project": "acme"}),
        Report("description", more={"not_tag": "a", "search": "LUNCH"}),
        Report("description", more={"longer_than": "2h", "shorter_than": "PT90H"}),
        Report("description", more={"where": "project:acme and (not code or from:yesterday)"}),
        Report(more={"project": "acme", "no_project": True}),
    ],
    "invalid reports": [
        *map(Report, ("", ",", "fortnight", "day,day", "day,project,tag", "[bold]")),
        *(Report(more={"depth": text}) for text in ("0", "-1", "x", "9" * 40)),
        *(Report(more={"round": text}) for text in ("0", "7m", "25h", "5h", "90s", "soon", "")),
        Report("day", more={"depth": "1"}),
        Report(more={"fill": True}),
        Report(more={"round": "15m", "elapsed": True}),
        Report("hour", more={"round": "15m", "each": True}),
        *(Report(key, more={"round": "15m"}) for key in ("tag", "description", "day,tag")),
        Report("hour", first="2020-01-01"),
        Report("day", first="0001-01-02", last="9999-12-30"),
        Report(first="0001-01-02", more={"round": "15m"}),
        Report("weekday", first="1900-01-01"),
        Report(tags=("a b",)),
        *(Report(more={"where": text}) for text in ("", "colour:red", "(", "(" * 60, " or ".join("a" * 51))),
        Report(more={"longer_than": "much"}),
        *(Report(more={"search": text}) for text in (" ", "x" * 1001, "\x07")),
        Report(more={"project": "a//b"}),
        Report(more={"tz": "Mars"}),
    ],
    "empty store": [Times(), Stop(1), Times(), Report(), Report("day,project", more={"round": "15m", "fill": True})],
    "stopped twice": [Track(), Later(1), Stop(1), Later(1), Stop(1), Times()],
    "missing task": [Track(), Stop(2), Stop(2**63 - 1)],
    "stop before start": [Track(), Stop(1, end=f"{DAY}T11:59:59+02:00"), Times()],
    "stop in the future": [Track(), Stop(1, end=f"{DAY}T12:00:01+02:00"), Times()],
    "stop in the past": [Track(start=f"{DAY}T09:00+02:00"), Stop(1, end=f"{DAY}T10:30+02:00"), Times()],
    "end before start": [Track(start=f"{DAY}T10:00+02:00", end=f"{DAY}T09:00+02:00"), Times()],
    "start or end in the future": [
        Track(start="2023-07-17T09:00+02:00"),
        Track(start=f"{DAY}T09:00Z", end="2024-01-01T00:00Z"),
    ],
    "nonexistent date": [Track(start="2023-02-30T09:00+01:00")],
    "invalid offset": [Track(start=f"{DAY}T09:00+25:00")],
    "start out of range": [Track(start="0001-01-01T09:00Z"), Track(start="9999-12-31T09:00Z")],
    "project, tags and note": [
        Track(project="acme/web site", tags=("b", "a", "it's", "🦀"), note="two\nlines"),
        Times(),
    ],
    "invalid projects": [Track(project="a//b"), Track(project=" "), Track(project="x" * 201), Times()],
    "invalid tags": [*(Track(tags=(tag,)) for tag in ("a b", "a,b", "", "++a", "x" * 101, "a\tb")), Times()],
    "invalid notes": [Track(note=" "), Track(note="\x07"), Times()],
    "descriptions kept as typed": [*(Track(text) for text in DESCRIPTIONS_KEPT), Times()],
    **{f"invalid description {text[:9]!r}": [Track(), Track(text), Times()] for text in DESCRIPTIONS_REFUSED},
    **{f"invalid zone {name[:9]!r}": [Times(tz=name)] for name in ZONES_REFUSED if name},
}


class CommandLine:
    """Run the steps as commands."""

    def __init__(self, run: Run, database: str) -> None:
        self._run, self._database, self._now = run, database, NOW

    def perform(self, step: Step) -> Outcome:
        match step:
            case Later():
                self._now += timedelta(hours=step.hours)
                return "done", None
            case Track():
                labels = self._options(project=step.project, note=step.note), (f"--tag={tag}" for tag in step.tags)
                options = [*self._options(start=step.start, end=step.end), *chain(*labels)]
                return self._command("track", "--json", "--user", str(step.user), *options, "--", step.description)
            case Stop():
                return self._command("stop", "--json", "--user", "all", str(step.id), *self._options(at=step.end))
            case Times():
                day = self._options(date=step.date, tz=step.tz)
                return self._command("times", "--json", "--user", str(step.user), *day)
            case Report():
                span = f"--from={step.first}", f"--to={step.last}", *(f"--tag={tag}" for tag in step.tags)
                return self._command(
                    "report", "--json", f"--by={step.by}", "--user", str(step.user), *span, *self._flags(step.more)
                )

    def _flags(self, parameters: dict[str, str | bool]) -> list[str]:
        flags = {f"--{name.replace('_', '-')}": value for name, value in parameters.items() if name != "direction"}
        direction = [f"--{parameters['direction']}"] if "direction" in parameters else []
        return [*direction, *(name if value is True else f"{name}={value}" for name, value in flags.items())]

    def _options(self, **values: str | None) -> list[str]:
        return [f"--{name}={text}" for name, text in values.items() if text is not None]

    def _command(self, *arguments: str) -> Outcome:
        result = self._run("--database", self._database, *arguments, now=self._now)
        if result.exit_code:
            return result.err.split("\n")[0].removeprefix("error: "), result.exit_code
        output = json.loads(result.out)
        if arguments[0] == "track":
            return "done", {"id": output["id"]}
        return "done", {"id": output[0]["id"]} if arguments[0] == "stop" else output


class Http:
    """Run the steps as requests."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def perform(self, step: Step) -> Outcome:
        match step:
            case Later():
                self._api.clock.move(hours=step.hours)
                return "done", None
            case Track():
                body: dict[str, object] = {"user_id": step.user, "description": step.description}
                body |= self._fields(start_time=step.start, end_time=step.end, project=step.project, note=step.note)
                return self._request("POST", "/track", json=body | {"tags": step.tags})
            case Stop():
                return self._request("POST", "/stop", json={"id": step.id} | self._fields(end_time=step.end))
            case Times():
                day = {"user_id": str(step.user), "date": step.date} | self._fields(tz=step.tz)
                return self._request("GET", "/times", params=day)
            case Report():
                span = {"from": step.first, "to": step.last, "user_id": str(step.user), "tag": step.tags}
                return self._request("GET", "/report", params={"by": step.by} | span | step.more)

    def _fields(self, **values: str | None) -> dict[str, str]:
        return {name: text for name, text in values.items() if text is not None}

    def _request(self, method: str, path: str, **options: Any) -> Outcome:
        if "json" in options:  # httpx rejects a lone surrogate
            options = {"content": json.dumps(options["json"]), "headers": {"Content-Type": "application/json"}}
        response = self._api.call(method, path, **options)
        if response.status_code == 200:
            return "done", response.json()
        problem = response.json()
        assert problem["status"] == response.status_code
        (kind,) = (kind for kind, status in STATUSES.items() if status == response.status_code)
        return problem["detail"], EXIT_CODES[kind]


@pytest.mark.parametrize("name", SCENARIOS)
def test_command_and_request_have_same_outcome(run: Run, api: Api, tmp_path: Path, name: str) -> None:
    interfaces = CommandLine(run, str(tmp_path / "cli.db")), Http(api)
    for step in SCENARIOS[name]:
        command, request = (interface.perform(step) for interface in interfaces)
        if "\ud800" in getattr(step, "description", ""):  # not valid in JSON: the message is that of the parser
            command, request = (("", outcome[1]) for outcome in (command, request))
        assert command == request, step


@pytest.mark.parametrize("text", DATES_REFUSED)
def test_invalid_date_is_rejected(file_api: Api, text: str) -> None:
    response = file_api.get("/times", params={"user_id": 42, "date": text})
    assert (response.status_code, response.json()["code"]) in [(422, "invalid-date"), (422, "date-out-of-range")]


def test_responses_match_original_service(file_api: Api) -> None:
    tracked = file_api.post("/track", {"user_id": 42, "description": "write docs"})
    assert (tracked.status_code, tracked.text) == (200, '{"id":1}')
    file_api.clock.move(minutes=90)
    stopped = file_api.post("/stop", {"id": 1})
    assert (stopped.status_code, stopped.text) == (200, '{"id":1}')
    times = file_api.get("/times?user_id=42&date=2023-07-16")
    assert times.headers["content-type"] == "application/json"
    (entry,) = times.json()
    assert (entry["id"], entry["description"], entry["time_spent"]) == (1, "write docs", 5400.0)


@pytest.mark.parametrize("query", ["", "user_id=42", "user_id=42&date=", "user_id=&date=2023-07-16"])
def test_times_requires_date(file_api: Api, query: str) -> None:
    assert file_api.get(f"/times?{query}").status_code == 422


def test_days_without_tz_are_in_zone_of_server(serve: Callable[..., Api], tmp_path: Path) -> None:
    api = serve(str(tmp_path / "tasks.db"), tz=None)  # the machine's zone: Berlin
    api.track(start_time="2023-07-16T00:30+02:00", end_time="2023-07-16T01:30+02:00")
    assert api.get("/times?user_id=42&date=2023-07-16").json()[0]["start_time"] == "2023-07-16T00:30:00+02:00"
    assert api.get("/times?user_id=42&date=2023-07-15").json() == []
    assert len(api.get("/times?user_id=42&date=2023-07-15&tz=America/New_York").json()) == 1


def test_end_time_requires_start_time(file_api: Api) -> None:
    response = file_api.post("/track", {"user_id": 42, "description": "x", "end_time": "2023-07-16T09:00Z"})
    assert (response.status_code, response.json()["code"]) == (422, "end-without-start")


def test_stop_shortly_before_start_ends_at_start(api: Api) -> None:
    task_id = api.track()
    api.clock.move(seconds=-60)
    assert api.post("/stop", {"id": task_id}).status_code == 200
    assert api.get(f"/tasks/{task_id}").json()["end_time"] == "2023-07-16T12:00:00+02:00"


def test_stop_after_clock_was_set_back_is_rejected(api: Api) -> None:
    task_id = api.track()
    api.clock.move(hours=-1)
    for body in ({"id": task_id}, {"id": task_id, "end_time": "2023-07-16T11:00:00+02:00"}):
        response = api.post("/stop", body)
        problem = response.json()
        assert (response.status_code, problem["code"]) == (409, "clock-before-start")
        assert problem["detail"] == ("task 1 cannot end now, at 11:00, before its start at 12:00")
        assert problem["hint"] == "correct the server's clock, or change the start of the task with PATCH /tasks/1"
    assert api.get(f"/tasks/{task_id}").json()["end_time"] is None
