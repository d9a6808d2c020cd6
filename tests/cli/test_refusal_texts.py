"""Every refusal in the code: in plain letters, and with a hint."""

import ast
from collections.abc import Container
from pathlib import Path

from tasktimer.cli.hints import HINTS
from tasktimer.server.problems import HINTS as PROBLEM_HINTS

SOURCE = Path(__file__).parents[2] / "src" / "tasktimer"


def test_refusals_are_in_letters_that_every_locale_has() -> None:
    for layer in ("api", "cli", "core", "tracker", "store", "."):
        for path in (SOURCE / layer).glob("*.py"):
            calls = [node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)]
            said = [argument for call in calls for argument in call.args if isinstance(argument, ast.Constant)]
            assert all(str(argument.value).isascii() for argument in said), path


def test_every_refusal_says_what_to_do() -> None:
    names = ("InvalidValue", "NotFound", "Conflict")
    layers: dict[str, Container[str]] = dict.fromkeys(("api", "cli", "core", "output", "store", "tracker", "."), HINTS)
    for layer, hints in {**layers, "server": PROBLEM_HINTS}.items():
        for path in (SOURCE / layer).glob("*.py"):
            calls = [node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)]
            for call in calls:
                if isinstance(call.func, ast.Name) and call.func.id in names and len(call.args) == 2:
                    assert ast.literal_eval(call.args[0]) in hints, f"{path}: {ast.unparse(call)}"
