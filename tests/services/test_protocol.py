from inspect import signature
from typing import Any

import pytest

from tasktimer.services.protocol import SERVICES, Services

METHODS = {name: method for name, method in vars(Services).items() if not name.startswith("_")}


def test_protocol_has_a_method_for_each_service() -> None:
    assert METHODS.keys() == SERVICES.keys()


@pytest.mark.parametrize("name", METHODS)
def test_protocol_method_has_signature_of_service(name: str) -> None:
    assert described(METHODS[name]) == described(SERVICES[name])


def described(function: Any) -> tuple[list[tuple[Any, ...]], str]:
    """Return the parameters after the first, and the result; annotations that only type checkers see are names."""
    given = signature(function)
    parameters = list(given.parameters.values())[1:]
    shapes = [(each.name, each.kind, each.default, named(each.annotation)) for each in parameters]
    return shapes, named(given.return_annotation)


def named(annotation: Any) -> str:
    text = annotation if isinstance(annotation, str) else getattr(annotation, "__name__", None) or str(annotation)
    for module in ("tasktimer.core.task_filter.", "tasktimer.core.store_info."):
        text = text.replace(module, "")
    return text
