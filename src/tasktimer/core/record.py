"""The base class for immutable values that every command needs at start-up."""

from dataclasses import FrozenInstanceError
from typing import Any, NoReturn


class Record:
    """An immutable value; its annotated fields are the arguments of its constructor, in the same order.

    Subclasses are dataclasses without generated methods, because `dataclass` compiles such methods in every process. At
    start-up, a frozen dataclass with eight fields takes 5.1 million instructions, and a subclass of Record 1.5 million.
    """

    __slots__: tuple[str, ...] = ()

    def _values(self) -> tuple[Any, ...]:
        return tuple([getattr(self, name) for name in self.__slots__])

    def __eq__(self, other: object) -> bool:
        return self._values() == other._values() if type(self) is type(other) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._values())

    def __repr__(self) -> str:
        fields = (f"{name}={getattr(self, name)!r}" for name in self.__slots__)
        return f"{type(self).__name__}({', '.join(fields)})"

    def __reduce__(self) -> tuple[type, tuple[Any, ...]]:
        return type(self), self._values()

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise FrozenInstanceError(f"cannot assign to field {name!r}")

    def __delattr__(self, name: str) -> NoReturn:
        raise FrozenInstanceError(f"cannot delete field {name!r}")
