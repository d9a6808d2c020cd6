"""The base class for immutable values that every command needs at start-up."""

from typing import Any, NoReturn, Self


class Record:
    """An immutable value; `__slots__` lists its fields, which are also the arguments of its constructor, in this order.

    At start-up, a frozen dataclass with eight fields takes 5.1 million instructions, because `dataclass` compiles its
    methods in every process; merely importing `dataclasses` takes 2.5 million.
    """

    __slots__: tuple[str, ...] = ()

    def _values(self) -> tuple[Any, ...]:
        return tuple([getattr(self, name) for name in self.__slots__])

    def _replace(self, **values: Any) -> Self:
        """Return a copy with new values for some fields, like `_replace` of a named tuple."""
        return type(self)(**{name: getattr(self, name) for name in self.__slots__} | values)

    def __eq__(self, other: object) -> bool:
        return self._values() == other._values() if type(self) is type(other) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._values())

    def __repr__(self) -> str:
        fields = (f"{name}={getattr(self, name)!r}" for name in self.__slots__)
        return f"{type(self).__name__}({', '.join(fields)})"

    def __getstate__(self) -> tuple[Any, ...]:
        return self._values()

    def __setstate__(self, values: tuple[Any, ...]) -> None:
        for name, value in zip(self.__slots__, values, strict=True):
            object.__setattr__(self, name, value)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"cannot assign to field {name!r}")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"cannot delete field {name!r}")
