"""Find the command line that was probably meant, according to the rules in `correction_rules`."""

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from itertools import dropwhile
from shlex import join, quote, split
from typing import Any

from tasktimer.cli.correction_checks import HELP, is_valid
from tasktimer.cli.correction_rules import GROUPING, LABELED, LINES, OPTIONS, REPORTS, TIME_FLAGS, TIME_OPTIONS
from tasktimer.cli.lazy_group import COMMAND_NAMES, Commands
from tasktimer.core.timeparse.clocks import find_time_of_day
from tasktimer.core.timeparse.date_ranges import parse_date_range, parse_range_bounds
from tasktimer.core.timeparse.time_words import split_times
from tasktimer.errors import InvalidValue, TasktimerError

_COMMANDS = {word: lines for words, lines in LINES.items() for word in words.split()}


def correct(arguments: Sequence[str], now: datetime) -> str | None:
    """Return a valid command line that is probably the intended one, or None if there is no such line."""
    names = [word.lower().removeprefix(":") for word in arguments]  # Timewarrior has ranges such as :week
    found = next((index for index, name in enumerate(names) if name in (*COMMAND_NAMES, *_COMMANDS)), None)
    if found is None:
        return None
    database, misplaced = _split_database(arguments[:found])
    name, rest = _read_grouping(names[found], arguments[found + 1 :])
    for line in _lines(name, rest, misplaced, now):
        for possible in (line, *_on_yesterday(line)):
            if is_valid(possible, now):
                return join(["tasktimer", *database, *possible])
    return None


def _read_grouping(name: str, rest: Sequence[str]) -> tuple[str, Sequence[str]]:
    """Replace the name of a report, and an option such as `--by project`, by a word such as `by-project`."""
    for place in range(len(rest) if name in REPORTS else 0):
        for end in (place + 1, place + 2):
            if match := re.fullmatch(GROUPING, "=".join(rest[place:end])):
                today = ["today"] * (name == "times" and len(rest) == end - place)
                return f"by-{match[1]}", [*rest[:place], *rest[end:], *today]
    return name, rest


def _on_yesterday(line: Sequence[str]) -> Iterator[list[str]]:
    """Yield the command line of a stop that was forgotten on the day before, if it contains a time of day."""
    for place, word in enumerate(line if line[:1] == ["stop"] else ()):
        with suppress(InvalidValue):  # such as 25:00
            if find_time_of_day(word):
                yield [*line[:place], f"yesterday {word}", *line[place + 1 :]]


def _quote_times(rest: Sequence[str]) -> Iterator[list[str]]:
    """Yield the arguments with the words of a time joined, as in `--at 'yesterday 5:30 pm'`."""
    for place, word in enumerate(rest, 1):
        for end in (place + 3, place + 2) if word in TIME_OPTIONS else ():
            yield [*rest[:place], " ".join(rest[place:end]), *rest[end:]]


def _split_database(words: Sequence[str]) -> tuple[list[str], list[str]]:
    """Split options before the command into --database and those that belong after the command."""
    for index, word in enumerate(words):
        if word.startswith("--database"):
            end = index + (1 if "=" in word else 2)
            return [*words[index:end]], [*words[:index], *words[end:]]
    return [], [*words]


def _lines(name: str, rest: Sequence[str], misplaced: Sequence[str], now: datetime) -> Iterator[list[str]]:
    """Yield the words of possible command lines, most likely first; not all of them are valid."""
    pair = "-".join([name, *rest[:1]])
    if pair in _COMMANDS:
        name, rest = pair, rest[1:]
    given = [*rest, *misplaced]
    if name in COMMAND_NAMES:
        yield from _rearranged(name, given, rest)
    templates = _COMMANDS.get(name, ())
    if templates and not HELP.isdisjoint(given):
        yield [templates[0].split()[0], "--help"]
    without_options = []
    for template in templates:
        is_own = template.startswith("{name}") or "--search" in template  # with the words of the command itself
        target = name if is_own else template.split()[0]
        words, options = _arrange(target, given)
        fields = {**_fields(words, options, now), "name": name}
        used = re.findall(r"\{([a-z]+)\}", template)
        is_repeated = not {"--format" if word == "--json" else word for word in options}.isdisjoint(template.split())
        if not is_repeated and all(fields[field] is not None for field in used):
            line = split(template.format_map(fields))
            yield [*line, *options]
            if name not in COMMAND_NAMES or "--search" in line:
                without_options.append(line)
    yield from without_options


def _rearranged(name: str, given: Sequence[str], rest: Sequence[str]) -> Iterator[list[str]]:
    """Yield lines of the same command that differ from the given one."""
    for quoted in _quote_times(given):
        words, options = _arrange(name, quoted)
        yield [name, *words, *options]
    words, options = _arrange(name, given)
    if sorted([*words, *options]) != sorted(rest):
        yield [name, *words, *options]
    yield from _on_yesterday([name, *words, *options])


def _fields(words: Sequence[str], options: Sequence[str], now: datetime) -> dict[str, str | None]:
    """Return a value for each template field, or None for fields that these arguments cannot fill."""
    text = " ".join(words)
    untimed, _, times = split_times([*words])
    fields: dict[str, str | None] = {
        "text": quote(text),
        "times": quote(times) if times else None,
        "begin": quote(times.partition("-")[0]) if times else None,
        "untimed": join(untimed),
        "words": join(words),
        "changes": join(words) if options or any(word.startswith("+") for word in words) else None,
        "first": join(words[:1]),
        "init": join(words[:-1]),
        "last": join(words[-1:]),
        "tail": quote(" ".join(words[1:])) if words[1:] else None,
        "tags": join([f"+{word.removeprefix('+')}" for word in words[1:]]) or None,
        "ids": quote(" or ".join(f"id:{word}" for word in words)) if all(map(str.isdecimal, words)) else None,
        "search": quote(text) if re.fullmatch("(?i)(?!last$)[a-z -]+", text) and not _is_date(text, now) else None,
        "range": join([re.sub("^:(last|this|)", lambda match: f"{match[1]} ".lstrip(), word) for word in words]),
        "bounds": _bounds(words, now),
    }
    return {**(fields if words else dict.fromkeys(fields)), "rest": join(words)}


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


def _bounds(words: Sequence[str], now: datetime) -> str | None:
    """Return --from and, if there is an end, --to for words such as `monday to friday`; None for other words."""
    first, *others = [*dropwhile(lambda word: word in ("from", "since", "between"), words)] or [""]
    for index in range(len(others), -1, -1):
        start = " ".join([first, *others[:index]])
        end = " ".join(dropwhile(lambda word: word in ("-", "to", "until", "and"), others[index:]))
        with suppress(TasktimerError):
            if not end and start.endswith("ago"):  # a misspelled date is more likely than a time
                return None
            parse_range_bounds(start, end or None, now)
            return join(["--from", start, *(["--to", end] if end else [])])
    return None


def _arrange(name: str, rest: Sequence[str]) -> tuple[list[str], list[str]]:
    """Split the arguments into words and options, and replace options that have another name in this command."""
    end = rest.index("--") if "--" in rest else len(rest)
    valued = {option for parameter in _parameters(name) if not _is_flag(parameter) for option in parameter.opts}
    words: list[str] = []
    options: list[str] = []
    remaining = iter(rest[:end])
    for typed in remaining:
        word, equals, value = typed.partition("=") if typed.startswith("--") else (typed, "", "")
        word = OPTIONS.get(name, {}).get(word, word)
        if " " in word and word != typed:  # an option and its value
            word, equals, value = word.partition(" ")
        if re.match("-[0-9]", word) and name in TIME_FLAGS:
            options += [TIME_FLAGS[name], word]
        elif name in LABELED and (label := re.fullmatch(r"\+(.+)|([a-z]+:.+)", word)):
            options += ["--tag", label[1]] if label[1] else ["--where", word]
        elif word[:1] == "-" and word != "-":
            given = value if equals else next(remaining, None) if word in valued else None
            values = [] if given is None else given.split(",") if typed.startswith("--tags") else [given]
            options += [part for each in values for part in (word, each)] or [word]
        else:
            words += [part for part in (word, value) if part or not typed]
    return words, [*options, *rest[end:]]


def _parameters(name: str) -> Sequence[Any]:
    return Commands()[name].params if name in COMMAND_NAMES else ()


def _is_flag(parameter: Any) -> bool:
    return bool(getattr(parameter, "is_flag", False))
