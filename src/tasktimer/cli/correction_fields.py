"""The values of the fields in the templates of `correction_rules`."""

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from itertools import dropwhile
from shlex import join, quote, split

from tasktimer.core.expression_parser import STATES
from tasktimer.core.expressions import format_term
from tasktimer.core.labels import parse_project
from tasktimer.core.timeparse.date_ranges import find_date_range, find_quarter, parse_date_range, parse_range_bounds
from tasktimer.core.timeparse.time_words import TypedTimes, split_times
from tasktimer.errors import InvalidValue, TasktimerError
from tasktimer.formats.registry import find_by_suffix

_LINKS = ("name", "to", "into", "as")  # words between an old and a new name
_TEXT = r"(?!(?i:last|tomorrow)$)[^\W\d_][^:@+]*"  # neither an ID nor a time nor a label


def fill_fields(words: Sequence[str], options: Sequence[str], now: datetime) -> dict[str, str | None]:
    """Return a value for each template field, or None for fields that these arguments cannot fill."""
    if not words:
        return {"rest": "", "plain": ""}
    return {**_fill_words(words, options), **_fill_times(words), **_fill_spans(words, now), "rest": join(words)}


def expand_range(word: str) -> str:
    """Return a date range of Timewarrior, such as :week or :lastweek, in the words of this program."""
    return re.sub("^:(last|this|)", lambda match: f"{match[1]} ".lstrip(), word)


def _fill_words(words: Sequence[str], options: Sequence[str]) -> dict[str, str | None]:
    text = " ".join(words)
    return {
        "text": quote(text),
        "words": join(words),
        "names": join([words[0], *words[2:]] if len(words) == 3 and words[1] in _LINKS else words),
        "changes": join(words) if options or any(word.startswith("+") for word in words) else None,
        "first": join(words[:1]),
        "init": join(words[:-1]),
        "last": join(words[-1:]),
        "tail": quote(" ".join(words[1:])) if words[1:] else None,
        "swapped": quote(" ".join([*words[1:], words[0]])),
        "tags": join([f"+{tag.removeprefix('+')}" for word in words[1:] for tag in word.split(",")]) or None,
        "plus": join([f"+{word.removeprefix('+')}" for word in words]),
        "ids": quote(" or ".join(f"id:{word}" for word in words)) if all(map(str.isdecimal, words)) else None,
        "relative": "" if any(re.fullmatch("@[0-9]+", word) for word in words) else None,
        "project": quote(format_term("project", text)),
        "tag": quote(format_term("tag", text.removeprefix("+"))),
        "file": f"--output {quote(text)}" if find_by_suffix(text) else None,
    }


def _fill_times(words: Sequence[str]) -> dict[str, str | None]:
    text, _, times = split_times([*words])
    if times is None:
        return {"plain": join(words)}
    options = join(times.options)
    begin = join(TypedTimes(times.start).options)
    return {"untimed": join(text), "times": options, "begin": begin or None, "alone": None if text else options}


def _fill_spans(words: Sequence[str], now: datetime) -> dict[str, str | None]:
    return {
        "search": _search(words, now),
        "match": _match(words, now),
        "task": _task([word for word in words if not word.startswith("+")], now),
        "description": _search(words[1:], now),
        "range": find_quarter(" ".join(words)) or join(map(expand_range, words)),
        "bounds": _bounds(words, now),
        "between": _between(words, now),
        "filtered": next(_filtered(words, now), None),
    }


def _search(words: Sequence[str], now: datetime) -> str | None:
    """Return words that are probably the text of a task, quoted for a shell, or None."""
    text = _find_text(words, now)
    return None if text is None else quote(text)


def _task(words: Sequence[str], now: datetime) -> str | None:
    """Return the option to list tasks with these words, which are probably a description if there are several."""
    return f"--search {quote(text)}" if " " in (text := _find_text(words, now) or "") else _match(words, now)


def _match(words: Sequence[str], now: datetime) -> str | None:
    """Return the option to list tasks with these words in their text or as their project."""
    text = _find_text(words, now)
    if text is None:
        return None
    is_bare = re.fullmatch(r"[\w/.-]+", text) and text.lower() not in ("and", "or", "not", "none", *STATES)
    term = text if is_bare else format_term("", f"{text} ")[1:-2] + '"'
    with suppress(InvalidValue):  # not a valid name of a project
        return "--where " + quote(f"{format_term('project', parse_project(text))} or {term}")
    return f"--search {quote(text)}"


def _find_text(words: Sequence[str], now: datetime) -> str | None:
    text = " ".join(words)
    return text if re.fullmatch(_TEXT, text) and not _is_date(text, now) else None


def _is_date(text: str, now: datetime) -> bool:
    """Return whether a text, or any word in it, is a date range or probably a misspelled one."""
    for part in (text, *text.split()):
        try:
            parse_date_range(part, now)
        except InvalidValue as error:
            if error.hint is None or not error.hint.startswith("did you mean"):
                continue
        return True
    return False


def _between(words: Sequence[str], now: datetime) -> str | None:
    """Return the option --where that has the same meaning as the result of `_bounds`, or None."""
    bounds = split(_bounds(words, now) or "")[1::2]
    terms = [format_term(key, value) for key, value in zip(("from", "to"), bounds, strict=False)]
    return f"--where {quote(' '.join(terms))}" if terms else None


def _filtered(words: Sequence[str], now: datetime) -> Iterator[str]:
    """Yield a date range, or --from and --to, with the text before or after it, as in `week --search acme`."""
    for place in range(len(words) - 1, 0, -1):
        for span, text in ((words[:place], words[place:]), (words[place:], words[:place])):
            days = [*map(expand_range, span)]
            bounds = join(days) if find_date_range(" ".join(days), now) else _bounds(days, now)
            if bounds and (search := _search(text, now)):
                yield f"{bounds} --search {search}"


def _bounds(words: Sequence[str], now: datetime) -> str | None:
    """Return --from and, if there is an end, --to for words such as `monday to friday`; None for other words."""
    parts = [part for word in words for part in re.split(r"(\.{2,})", word) if part]
    first, *others = [*dropwhile(lambda word: word in ("from", "since", "between"), parts)] or [""]
    for index in range(len(others), -1, -1):
        start = " ".join([first, *others[:index]])
        end = " ".join(dropwhile(lambda word: word in ("-", "to", "until", "and", "..", "..."), others[index:]))
        with suppress(TasktimerError):
            if not end and start.endswith("ago"):  # a misspelled date is more likely than a time
                return None
            parse_range_bounds(start, end or None, now)
            return join(["--from", start, *(["--to", end] if end else [])])
    return None
