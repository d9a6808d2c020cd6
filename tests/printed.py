"""Check every message that a test prints, and every error code.

After a full run, also check that each message in the code was printed, and that each documented code was raised.
"""

import ast
import re
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from runpy import run_path
from typing import Any

import pytest

from tasktimer.cli import streams
from tasktimer.cli.hints import hint_for, message_for
from tasktimer.errors import TasktimerError
from tasktimer.output.formatting import escape_for_terminal
from tasktimer.server.problem_details import Problem
from tests.messages import breaches
from tests.unprinted import UNPRINTED, UNRAISED

Place = tuple[str, int]  # a file under SOURCE, and a line

SOURCE = Path(streams.__file__).parents[1]
MAKERS = ("InvalidValue", "NotFound", "Conflict", "Unavailable", "Problem", "print_message")
CODES = run_path(str(Path(__file__).parents[1] / "docs" / "error_codes.py"))["CODES"]
# Files that serve every interface, and what only one of them has: its commands and options.
NO_INTERFACES = ("errors.py", "core/", "services/", "config/")
INTERFACE_WORDS = r"\btasktimer [a-z-]|(?:^|\b(?:use|add|omit|with|in|or|and) )-{1,2}[a-z]"
# Files with examples for the OpenAPI document, and files that pass on messages of others.
PASSED = ("server/openapi.py", "cli/long_results.py")

_MISSING = pytest.StashKey[list[str]]()

_made: dict[str, set[Place]] = {}  # by the text of the message
_printed: set[Place] = set()
_raised: set[str] = set()  # codes
_interface_hints: set[str | None] = set()  # of errors that interfaces created, and that a setting may pass on
_breaches: list[str] = []


def pytest_configure() -> None:
    """Record where errors are created and printed while the tests run."""
    _watch_making(TasktimerError, lambda error: (message_for(error), hint_for(error)))
    _watch_making(Problem, lambda problem: (problem.detail, problem.hint))
    respond = Problem.response

    def response(problem: Problem) -> Any:
        _look_at(problem.detail, problem.hint)
        return respond(problem)

    def print_message(text: str, **options: Any) -> None:
        caller = sys._getframe(1).f_back
        assert caller is not None
        _printed.add(_place(caller))
        plain = re.sub(r"\x1b\[[0-9;]*m", "", text)  # without the colour of the label
        _printed.update(_makers_of(plain.partition("\n")[0]))
        _breaches.extend(breaches(plain))
        print(text, **options)

    Problem.response = response  # type: ignore[assignment,method-assign]
    streams.print = print_message  # type: ignore[attr-defined]


def _watch_making(kind: Any, text_of: Callable[[Any], tuple[str, str | None]]) -> None:
    make = kind.__init__

    def init(made: Any, *arguments: Any, **options: Any) -> None:
        make(made, *arguments, **options)
        place = _place(sys._getframe(1))
        if place[0]:  # not an example of a test
            _breaches.extend(_code_breaches(made))
        if not place[0].startswith(NO_INTERFACES):
            _interface_hints.add(made.hint)
        elif made.hint not in _interface_hints and re.search(INTERFACE_WORDS, made.hint or ""):
            _breaches.append(f"only interfaces have such hints: {made.hint}")
        message, hint = text_of(made)
        _made.setdefault(escape_for_terminal(message), set()).add(place)
        if _is_called_by_api(sys._getframe(1)):  # Python prints it
            _look_at(message, hint)
        elif hint and place[0] not in PASSED:  # without a hint, the caller adds one
            _look_at(message, hint, is_printed=False)

    kind.__init__ = init


def _code_breaches(made: TasktimerError | Problem) -> Iterator[str]:
    """Yield what is wrong with the code of an error or a problem."""
    documented = CODES.get(made.code)
    if documented is None:
        yield f"docs/error_codes.py does not list {made.code}"
    elif isinstance(made, Problem):
        if made.status != documented.status:
            yield f"docs/error_codes.py lists {made.code} with status {documented.status}, not {made.status}"
    elif documented.error is None or not isinstance(made, documented.error):
        yield f"docs/error_codes.py lists {made.code} for another class than {type(made).__name__}"
    _raised.add(made.code)


def _look_at(message: str, hint: str | None, *, is_printed: bool = True) -> None:
    text = escape_for_terminal(message)
    if is_printed:
        _printed.update(_makers_of(text))
    _breaches.extend(breaches(f"error: {text}" + (f"\nhint: {escape_for_terminal(hint)}" if hint else "")))


def _makers_of(text: str) -> Iterator[Place]:
    """Yield the places that created a message, with or without the name of the setting in front."""
    while text:
        yield from _made.get(text, ())
        text = text.partition(": ")[2]


def _is_called_by_api(frame: Any) -> bool:
    while frame is not None and not _place(frame)[0].startswith("client"):
        frame = frame.f_back
    return frame is not None


def _place(frame: Any) -> Place:
    return (_path_in_source(frame.f_code.co_filename), frame.f_lineno)


@cache  # there are many frames, but few files
def _path_in_source(file_name: str) -> str:
    path = Path(file_name)
    return path.relative_to(SOURCE).as_posix() if path.is_relative_to(SOURCE) else ""


@pytest.fixture(autouse=True)
def messages() -> Iterator[None]:
    """Fail a test that prints an invalid message."""
    yield
    found = list(_breaches)
    _breaches.clear()
    assert not found, "\n".join(found)


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Send the findings of an xdist worker, or look for what a successful run did not print or raise."""
    config = session.config
    if hasattr(config, "workeroutput"):
        config.workeroutput["printed"] = sorted(_printed)
        config.workeroutput["raised"] = sorted(_raised)
    elif exitstatus == pytest.ExitCode.OK and _is_whole(config):
        config.stash[_MISSING] = [f"no test prints {message}" for message in missing(_printed)]
        config.stash[_MISSING] += unraised(_raised)
        if config.stash[_MISSING]:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Collect the printed messages and the raised codes of an xdist worker."""
    output = getattr(node, "workeroutput", {})
    _printed.update((path, line) for path, line in output.get("printed", ()))
    _raised.update(output.get("raised", ()))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Name the messages that no test prints, and the codes that no test raises."""
    for line in config.stash.get(_MISSING, []):
        terminalreporter.write_line(line, red=True)


def _is_whole(config: pytest.Config) -> bool:
    """Return whether the run included all tests, except possibly slow ones, which run in other processes."""
    option = config.option
    chosen = (option.keyword, option.deselect, option.ignore, option.ignore_glob, getattr(option, "lf", False))
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    return (
        config.args_source is pytest.Config.ArgsSource.TESTPATHS
        and option.markexpr in ("", "not slow")
        and not any(chosen)
        and not option.collectonly
        and reporter is not None
        and not reporter.stats.get("skipped")
    )


def missing(printed: set[Place]) -> list[str]:
    """Return the messages in the code that were not printed, and the outdated entries of UNPRINTED."""
    found = []
    used = set()
    for path in sorted(SOURCE.rglob("*.py")):
        name = path.relative_to(SOURCE).as_posix()
        lines = {line for file, line in printed if file == name}
        for call, function in calls(ast.parse(path.read_text(encoding="utf-8"))):
            is_printed = not lines.isdisjoint(range(call.lineno, (call.end_lineno or 0) + 1))
            key = f"{name}: {function}"
            if not is_printed and name not in PASSED and key not in UNPRINTED:
                found.append(f"{name}:{call.lineno}: {ast.unparse(call)[:100]}")
            if not is_printed:
                used.add(key)
    return found + [f"listed in UNPRINTED, but printed: {key}" for key in sorted(UNPRINTED.keys() - used)]


def unraised(raised: set[str]) -> list[str]:
    """Return the documented codes that were not raised, and the outdated entries of UNRAISED."""
    return [
        *(f"no test raises {code}" for code in sorted(CODES.keys() - raised - UNRAISED.keys())),
        *(f"listed in UNRAISED, but raised: {code}" for code in sorted(UNRAISED.keys() & raised)),
    ]


def calls(tree: ast.AST, function: str = "") -> Iterator[tuple[ast.Call, str]]:
    """Yield the calls that create or print a message, each with the function that contains it."""
    for node in ast.iter_child_nodes(tree):
        is_scope = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        if isinstance(node, ast.Call) and _makes_message(node):
            yield node, function
        yield from calls(node, f"{function}.{node.name}".removeprefix(".") if is_scope else function)  # type: ignore[attr-defined]


def _makes_message(call: ast.Call) -> bool:
    name = ast.unparse(call.func)
    is_code = bool(call.args) and isinstance(call.args[0], ast.Constant | ast.JoinedStr)
    return name in MAKERS or (name == "super().__init__" and is_code)  # the latter in a subclass of an error
