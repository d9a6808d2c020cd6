"""A parser for expressions, such as `project:acme and (tag:docs or tag:review) and not "lunch"`."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NoReturn

from tasktimer.core.expression_tokens import Token, invalid, mark, tokenize
from tasktimer.core.expressions import And, Expression, Not, Or, Term
from tasktimer.core.labels import parse_project, parse_tag
from tasktimer.core.task import parse_id, parse_user_id
from tasktimer.core.task_filter import MAX_TERMS, NO_PROJECT, parse_search
from tasktimer.core.timeparse.date_ranges import parse_range_bounds
from tasktimer.core.timeparse.durations import parse_duration
from tasktimer.errors import InvalidValue, find_closest_match, quote_value

MAX_DEPTH = 50
STATES = ("running", "untagged")
_PARSERS: Mapping[str, Callable[[str, datetime], Any]] = {
    "project": lambda text, _: parse_project(text),
    "tag": lambda text, _: parse_tag(text),
    "user": lambda text, _: parse_user_id(text),
    "id": lambda text, _: parse_id(text),
    "longer": lambda text, _: parse_duration(text),
    "shorter": lambda text, _: parse_duration(text),
    "from": lambda text, now: parse_range_bounds(text, None, now).start,
    "to": lambda text, now: parse_range_bounds(None, text, now).end,
    "description": lambda text, _: parse_search(text),
    "note": lambda text, _: parse_search(text),
    "text": lambda text, _: parse_search(text),  # without a key
}
KEYS = tuple(key for key in _PARSERS if key != "text")

_TERM_HINT = "use terms such as project:acme, tag:docs, running or lunch"


def parse_expression(text: str, now: datetime) -> Expression:
    """Parse an expression; times are in the time zone of `now`.

    `not` binds more tightly than `and`, which can be omitted, and `and` more tightly than `or`.

    Raises:
        InvalidValue: if the text cannot be parsed; `details` contains the text, with the mistake underlined.

    >>> parse_expression("tag:docs or not lunch", datetime(2023, 7, 16))
    Or(parts=(Term(key='tag', value='docs'), Not(part=Term(key='text', value='lunch'))))
    """
    return _Parser(text, now).parse()


class _Parser:
    """A recursive-descent parser, with one method per level of precedence."""

    def __init__(self, text: str, now: datetime) -> None:
        self._text, self._now = text.rstrip(), now
        self._tokens = list(tokenize(self._text))[::-1]  # the next token is last
        self._terms = self._depth = 0

    def parse(self) -> Expression:
        expression = self._or()
        if self._tokens:
            self._fail(self._tokens[-1], "unmatched ')'", "remove it, or add '('")
        return expression

    def _or(self) -> Expression:
        parts = [self._and()]
        while self._accept("or"):
            parts.append(self._and())
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def _and(self) -> Expression:
        parts = [self._not()]
        while self._accept("and") or (self._tokens and not self._tokens[-1].is_word("or", ")")):
            parts.append(self._not())
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def _not(self) -> Expression:
        end = len(self._text)
        token = self._tokens.pop() if self._tokens else Token("", end, end)
        self._depth += 1
        if self._depth > MAX_DEPTH + 1:
            self._fail(token, "too many levels", f"use at most {MAX_DEPTH} levels of 'not' and parentheses")
        if token.is_word("not"):
            expression: Expression = Not(self._not())
        elif token.is_word("("):
            expression = self._or()
            if not self._accept(")"):
                self._fail(token, "unmatched '('", "add ')'")
        else:
            expression = self._term(token)
        self._depth -= 1
        return expression

    def _accept(self, word: str) -> bool:
        is_next = bool(self._tokens) and self._tokens[-1].is_word(word)
        if is_next:
            self._tokens.pop()
        return is_next

    def _term(self, token: Token) -> Term:
        self._terms += 1
        if self._terms > MAX_TERMS:
            self._fail(token, "too many terms", f"use at most {MAX_TERMS} terms")
        if token.is_word("", "and", "or", ")"):
            self._fail(token, "a term is missing", _TERM_HINT)
        if token.is_word(*STATES):
            return Term(token.text.lower())
        key = "text" if token.key is None else self._key(token, token.key)
        if key == "project" and token.text.lower() == "none" and not token.is_quoted:
            return NO_PROJECT
        try:
            return Term(key, _PARSERS[key](token.text, self._now))
        except InvalidValue as error:
            raise mark(self._text, token, error) from None

    def _key(self, token: Token, typed: str) -> str:
        key = typed.lower()
        if key not in KEYS:
            key_only = token._replace(end=token.start + len(key) + 1)
            self._fail(key_only, f"unknown key {quote_value(typed)}", _key_hint(key))
        if not token.text and not token.is_quoted:
            self._fail(token, f"a value is missing after '{key}:'", "add it without a space, as in project:acme")
        return key

    def _fail(self, token: Token, message: str, hint: str) -> NoReturn:
        raise mark(self._text, token, invalid(message, hint))


def _key_hint(key: str) -> str:
    if near := find_closest_match(key, [*KEYS, *STATES]):
        return f"did you mean {near}{':' if near in KEYS else ''}? to search for text, put it in quotes"
    *first, last = (f"{name}:" for name in KEYS)
    return f"use {', '.join(first)} or {last}, or put text in quotes"
