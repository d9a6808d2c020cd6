"""Schemathesis generates valid and invalid requests from the OpenAPI document, and checks each response."""

import subprocess
import sys
from pathlib import Path

from tests.conftest import PATIENCE
from tests.examples import examples
from tests.system.command import Program
from tests.system.server import serving

SIMILAR = "^/(projects|tags|redo|switch|resume|tasks/running)$"  # to other routes
SCHEMATHESIS = str(Path(sys.executable).with_name("schemathesis"))

# What the document leaves out on purpose: patterns that only some regular expressions can say, zones, which differ
# between machines, a condition and the media types of exports, which client generators cannot express. And what no
# schema can say: the same key for another request is refused, and so are the tag of an earlier state of a task and a
# time that ends before it begins; some parameters of a report need or exclude others, or a short window, and those of
# an export need a format; a day excludes a window, a task a user, and a command a count; most bytes are no file to
# import; no client writes an integer in a URL as 7.0, which is an integer in JSON; the first and the last days of the
# calendar are out of range.
HOOKS = r"""
import schemathesis
from tasktimer.config.timezones import zone_names
from tasktimer.formats.registry import WRITABLE

TEXT = r"^[^\x00-\x08\x0b-\x1f\x7f-\x9f]*[!-~\xa1-\xac\xae-\u02af][^\x00-\x08\x0b-\x1f\x7f-\x9f]*$"
PROJECT = "^[A-Za-z0-9.]{1,9}([ /][A-Za-z0-9.]{1,9}){0,9}$"
TAG = "^[A-Za-z0-9.-]+$"
PATTERNS = {"description": TEXT, "note": TEXT, "project": PROJECT, "tags": TAG}
PATTERNS |= {"search": TEXT, "tag": TAG, "not_tag": TAG}
KLOG = b"2023-07-15\n    9:00 - 10:00 write docs\n"
LATER = {"not": {"pattern": "^(0001|9999)"}}
VALUES = {
    "tz": sorted(zone_names())[::50],  # each route is called with each of them
    "by": ["hour", "day,project", "Week, user", "project", "tag", "description"],
    "round": ["15m", "1h"],
    "longer_than": ["90m", "P1D"],
    "shorter_than": ["90m", "1:30"],
    "from": ["2023-07-01", "2023-07-16T09:14:00Z", "last week"],
    "to": ["2030-07-01", "2030-07-16T09:14:00Z", "year"],
}
OMITTED = ("Idempotency-Key", "If-Match", "where")
NEEDS_START = [
    {"properties": {"end_time": {"type": "null"}}},
    {"properties": {"start_time": {"type": "string"}}, "required": ["start_time"]},
]

def narrow(schema, pattern):
    for part in (schema, schema.get("items", {}), *schema.get("anyOf", [])):
        if "pattern" in part:
            part["pattern"] = pattern

@schemathesis.hook
def before_load_schema(context, raw_schema):
    track = raw_schema["components"]["schemas"]["TrackRequest"]
    track["anyOf"] = NEEDS_START
    exported = raw_schema["paths"]["/export"]["get"]["responses"]["200"]
    exported["content"] = {file_type.media_type: {"schema": {}} for file_type in WRITABLE.values()}
    for model in ("Track", "Stop", "Switch", "Resume", "Edit", "Split"):
        for name, field in raw_schema["components"]["schemas"][f"{model}Request"]["properties"].items():
            if name in PATTERNS:
                narrow(field, PATTERNS[name])
            for part in (field, *field.get("anyOf", [])):
                part |= LATER if part.get("format") == "date-time" else {}
    for item in raw_schema["paths"].values():
        for operation in item.values():
            parameters = [found for found in operation.get("parameters", []) if found["name"] not in OMITTED]
            operation["parameters"] = parameters
            for parameter in parameters:
                if parameter["name"] in VALUES:
                    parameter["schema"] = {"type": "string", "enum": VALUES[parameter["name"]]}
                elif parameter["name"] in PATTERNS:
                    narrow(parameter["schema"], PATTERNS[parameter["name"]])

# A value that violates no more than a pattern may be valid, because those above are narrower than the document's.
@schemathesis.hook
def filter_case(context, case):
    mutations = case.meta.phase.data.mutations
    return not mutations or any("pattern" not in mutation.keywords for mutation in mutations)

def remove_conflicts(query):
    by = query.get("by") or ("day" if "project" in query else "project")
    if "project" not in by:
        query.pop("depth", None)
    if by in ("project", "tag", "description"):
        query.pop("fill", None)
    if "round" not in query or query.get("elapsed") in (True, "true") or by in ("hour", "tag", "description"):
        for name in ("round", "direction", "each"):
            query.pop(name, None)
    query |= {"from": "2023-07-01", "to": "2023-07-31"}

# The export to klog has a line for each day of a task: tasks since antiquity would take it a minute.
def limit_export(task):
    if (task.get("start_time") or "2000") < "1996":
        task["start_time"] = "1996" + task["start_time"][4:]  # a leap year

@schemathesis.hook
def before_call(context, case, kwargs):
    if case.path == "/import" and case.meta.generation.mode.is_positive:
        case.body = KLOG
        for name in ("format", "encoding"):
            (case.query or {}).pop(name, None)
    if {"from", "to"} <= (case.query or {}).keys():
        del case.query["to"]
    if case.path == "/times" and case.meta.generation.mode.is_positive:
        kept = {name: text for name, text in (case.query or {}).items() if name not in ("from", "to")}
        case.query = kept | {"date": "2023-07-16"}
    if case.query and case.meta.generation.mode.is_positive:
        if case.path == "/report":
            remove_conflicts(case.query)
        if case.path == "/history" and "task_id" in case.query:
            case.query.pop("user_id", None)
        if case.path == "/export":
            case.query |= {"flatten": case.query["format"] == "timewarrior", "for_spreadsheets": False}
    if case.path == "/undo" and case.meta.generation.mode.is_positive and "command" in case.body:
        case.body.pop("count", None)
    if isinstance(case.body, dict) and case.meta.generation.mode.is_positive:
        tasks = case.body.get("tasks", [case.body])
        del tasks[2:]
        for task in tasks:
            limit_export(task)
    for place in (case.query, case.path_parameters):
        for name, value in list((place or {}).items()):
            if isinstance(value, float) and value.is_integer():
                place[name] = int(value)
"""


# The phase "coverage" sends thousands of invalid values, which are rejected before the store is used: once is enough,
# and only for one of several routes with the same parameters.
def test_responses_match_openapi_document(
    program: Program, environ: dict[str, str], database: str, tmp_path: Path
) -> None:
    token = program("--database", database, "token", "create", "--user", "42", "--admin").stdout.strip()
    (tmp_path / "hooks.py").write_text(HOOKS)
    with serving(database, environ=environ, log=tmp_path / "server.log") as server:
        command = [
            *(SCHEMATHESIS, "run", f"{server.url}/openapi.json", "--header", f"Authorization: Bearer {token}"),
            *("--max-examples", str(examples(20)), "--seed", "1"),
            *("--wait-for-schema", "600", "--request-timeout", "600"),
            *("--no-color", "--continue-on-failure"),
            *(("--exclude-path-regex", SIMILAR) if database.endswith(".db") else ()),
            *("--phases", "examples,coverage" if database.endswith(".db") else "examples,fuzzing,stateful"),
        ]
        done = subprocess.run(
            command,
            env=environ | {"SCHEMATHESIS_HOOKS": "hooks", "PYTHONPATH": str(tmp_path)},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
        assert "Traceback" not in server.log()
        assert " 500" not in server.log()
