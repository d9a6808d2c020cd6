"""Suggestions for mistyped names."""

from collections.abc import Iterable


def find_closest_match(text: str, names: Iterable[str], *, cutoff: float = 0.6) -> str | None:
    """Return the name most similar to a text, ignoring case, or None if no similarity, from 0 to 1, reaches the cutoff.

    >>> find_closest_match("ACMEE", ["home", "acme"]), find_closest_match("soon", ["home", "acme"], cutoff=0.8)
    ('acme', None)
    """
    from difflib import get_close_matches  # lazy: errors

    named = {name.casefold(): name for name in names}
    similar = get_close_matches(text.casefold(), named, n=1, cutoff=cutoff)
    return named[similar[0]] if similar else None
