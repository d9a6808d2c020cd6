"""The tokens of expressions, and errors that show where an expression is wrong."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from tasktimer.errors import InvalidValue

_BEFORE, _SHOWN = 30, 40  # characters shown before a mistake, and from its start, so that the line fits a terminal

# Matches a parenthesis, or quoted or bare text after an optional key. A key cannot start with a digit: 10:30 is text.
_TOKEN = re.compile(
    r"""\s*(?:(?P<bracket>[()])|(?:(?P<key>[^\W\d]\w*):)?"""
    r"""(?:(?P<mark>["'])(?P<quoted>(?:\\.|(?!(?P=mark))[^\\])*)(?P=mark)|(?P<bare>(?:[^\s()"'][^\s()"]*)?)))""",
    re.DOTALL,
)


class Token(NamedTuple):
    """A parenthesis, a word or quoted text, with its position in the expression and its key, if any."""

    text: str
    start: int
    end: int
    key: str | None = None
    is_quoted: bool = False

    def is_word(self, *words: str) -> bool:
        """Return whether the token is one of `words`, which may be parentheses, and has neither quotes nor a key."""
        return self.key is None and not self.is_quoted and self.text.lower() in words


def tokenize(text: str) -> Iterator[Token]:
    """Yield the tokens of an expression, which must not end with spaces."""
    position = 0
    while position < len(text):
        found = _TOKEN.match(text, position)
        assert found is not None  # the bare text can be empty
        start = found.end() - len(found[0].lstrip())
        if not found[0].strip():
            hint = 'close it, or put the apostrophe in double quotes, as in "it\'s"'
            raise mark(text, Token("", start, start + 1), invalid("unmatched quotation mark", hint))
        quoted = found["quoted"]
        value = found["bracket"] or found["bare"] or "" if quoted is None else re.sub(r"\\(.)", r"\1", quoted)
        yield Token(value, start, found.end(), found["key"], quoted is not None)
        position = found.end()


def invalid(message: str, hint: str) -> InvalidValue:
    """Return an error about the syntax of an expression."""
    return InvalidValue("invalid-expression", f"invalid expression: {message}", hint)


def mark(text: str, token: Token, error: InvalidValue) -> InvalidValue:
    """Return a copy of the error with new details: the part of the expression around a token, which is underlined."""
    start = max(token.start - _BEFORE, 0)
    before, marked = text[start : token.start], text[token.start : token.end][:_SHOWN]
    after = text[token.start + len(marked) : token.start + _SHOWN]
    line = "".join(character if character.isprintable() else " " for character in before + marked + after)
    underline = " " * _width(before) + "^" * max(_width(marked), 1)
    return InvalidValue(error.code, error.message, error.hint, details=(line, underline) if text else ())


def _width(text: str) -> int:
    """Return the number of terminal columns that a text occupies."""
    from unicodedata import combining, east_asian_width  # lazy: only needed for errors

    return sum(0 if combining(character) else 1 + (east_asian_width(character) in "FW") for character in text)
