"""A cache for functions of texts that repeat within a file, such as the names of projects."""

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import TypeVar

_ENTRIES = 4096
_LONGEST = 1000  # characters; longer texts, which are rejected in most cases, would fill the memory

Result = TypeVar("Result")


def cache_short_texts(function: Callable[..., Result]) -> Callable[..., Result]:
    """Return a function that caches the results for short texts.

    >>> split = cache_short_texts(lambda tags: tuple(tags.split(",")))
    >>> split("a,b") is split("a,b")
    True
    """
    cached = lru_cache(_ENTRIES)(function)

    @wraps(function)
    def call(*texts: str) -> Result:
        return cached(*texts) if sum(map(len, texts)) <= _LONGEST else function(*texts)

    return call
