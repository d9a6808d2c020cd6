"""Find the command line that was probably meant, according to the rules in `correction_rules`."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from itertools import dropwhile
from shlex import join, quote, split
from typing import Any

import typer

from tasktimer.cli.correction_rules import LABELED, LINES, OPTIONS, TIME_FLAGS
from tasktimer.cli.lazy_group import COMMAND_NAMES, Commands
from tasktimer.core.labels import parse_tags
from tasktimer.core.task import parse_id, validate_not_future
from tasktimer.core.timeparse.date_ranges import parse_date_range, parse_range_bounds
from tasktimer.core.timeparse.dates import parse_date
from tasktimer.core.timeparse.datetimes import parse_datetime, split_time_range
from tasktimer.errors import InvalidValue, TasktimerError

_COMMANDS = {word: lines for words, lines in LINES.items() for word in words.split()}
_HELP = {"--help", "-h"}


def correct(arguments: Sequence[str], now: datetime) -> str | None:
    """Return a valid command line that is probably the intended one, or None if there is no such line."""
    found = next((index for index, word in enumerate(arguments) if word.lower() in (*COMMAND_NAMES, *_COMMANDS)), None)
    if found is None:
        return None
    database, misplaced = _split_database(arguments[:found])
    name, rest = arguments[found].lower(), arguments[found + 1 :]
    for line in _lines(name, rest, misplaced, now):
        if _is_valid(line, now):
            return join(["tasktimer", *database, *line])
    return None


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
        words, options = _arrange(name, given)
        if misplaced or sorted([*words, *options]) != sorted(rest):
            yield [name, *words, *options]
    templates = _COMMANDS.get(name, ())
    if templates and not _HELP.isdisjoint(given):
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


def _fields(words: Sequence[str], options: Sequence[str], now: datetime) -> dict[str, str | None]:
    """Return a value for each template field, or None for fields that these arguments cannot fill."""
    text = " ".join(words)
    fields: dict[str, str | None] = {
        "text": quote(text),
        "yesterday": quote(f"yesterday {text}"),
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
            parse_date_range(part, now.date())
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


def _is_valid(words: Sequence[str], now: datetime) -> bool:
    """Return whether a command accepts these arguments, and can parse the IDs, dates and times among them."""
    if not words or not _HELP.isdisjoint(words):  # the parser would print the help
        return words[-1:] == ["--help"] and set(words[:-1]) <= set(COMMAND_NAMES)
    name, *rest = words
    with suppress(typer.TyperException, TasktimerError):
        command: Any = Commands()[name]
        while rest and rest[0] in getattr(command, "commands", ()):
            command = command.commands[rest.pop(0)]
        context = command.make_context(name, list(rest))
        names = {option for parameter in command.params for option in parameter.opts}
        is_foreign = any(word[:2] == "--" and word.partition("=")[0] not in {*names, "--"} for word in rest)
        if is_foreign or not _is_consistent(context.params):
            return False
        for parameter in command.params:
            given = context.params.get(parameter.name)
            if given and parameter.metavar in _PARSERS:
                _PARSERS[parameter.metavar]([given] if isinstance(given, str) else given, now)
        return True
    return False


def _is_consistent(given: Mapping[str, Any]) -> bool:
    """Return False if a new task has --end but no start or duration, or a date range is used with --from or --to."""
    has_start = any(map(given.get, ("start", "length", "no_gap")))
    return not (given.get("description") and given.get("end") and not has_start) and not (
        given.get("date_range") and (given.get("start") or given.get("end"))
    )


def _parse_time(given: Any, now: datetime) -> None:
    if given[0] != "none" and split_time_range(given[0]) is None:
        validate_not_future("end", parse_datetime(given[0], now), now)


def _parse_ids(given: Any, _now: datetime) -> None:
    for word in given:
        if word != "last" and not word.startswith("+"):
            parse_id(word)


# Functions that raise InvalidValue for an invalid value of a parameter, by its metavar.
_PARSERS: dict[str, Callable[[Any, datetime], object]] = {
    **dict.fromkeys(("WHEN", "WHEN|none"), _parse_time),
    **dict.fromkeys(("ID", "[ID]", "[ID...]", "[ID...] [+TAG...]"), _parse_ids),
    "WHEN|RANGE": lambda given, now: parse_range_bounds(given[0], None, now),
    **dict.fromkeys(("DAY", "[DAY...]"), lambda given, now: parse_date(" ".join(given), now.date())),
    "[RANGE]": lambda given, now: parse_date_range(" ".join(given), now.date()),
    "TAG": lambda given, _now: parse_tags(given),
}
