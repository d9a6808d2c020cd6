"""What somebody who mistyped a name may have meant."""

from collections.abc import Iterable


def find_closest_match(text: str, names: Iterable[str], *, alike: float = 0.6) -> str | None:
    """The name most like a text, whatever the case; None where none is as alike, from 0 to 1, as that.

    >>> find_closest_match("ACMEE", ["home", "acme"]), find_closest_match("soon", ["home", "acme"], alike=0.8)
    ('acme', None)
    """
    from difflib import get_close_matches  # only a mistake is worth its import

    named = {name.casefold(): name for name in names}
    similar = get_close_matches(text.casefold(), named, n=1, cutoff=alike)
    return named[similar[0]] if similar else None
