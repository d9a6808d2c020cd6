"""Find the command line that was probably meant, according to the rules in `correction_rules`."""

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from itertools import pairwise
from shlex import join, split
from typing import Any

from tasktimer.cli.correction_checks import HELP, is_valid
from tasktimer.cli.correction_fields import fill_fields
from tasktimer.cli.correction_rules import (
    GROUPING,
    LABELED,
    LINES,
    LOOKUPS,
    MEANINGS,
    OPTIONS,
    OVERVIEWS,
    REPORTS,
    SEVERAL_IDS,
    TAG_OPTIONS,
    TIME_FLAGS,
    TIME_OPTIONS,
)
from tasktimer.cli.label_words import split_labels
from tasktimer.cli.lazy_group import COMMAND_NAMES, build_command
from tasktimer.cli.repeated_options import find_database_option
from tasktimer.core.labels import is_tag_word
from tasktimer.core.report import find_key
from tasktimer.core.timeparse.clocks import CLOCK, find_time_of_day
from tasktimer.core.timeparse.datetimes import parse_datetime
from tasktimer.errors import InvalidValue

_COMMANDS = {word: lines for words, lines in LINES.items() for word in words.split()}
_EXAMPLE = "write docs"
_MOST_IDS = 20


def suggest(arguments: Sequence[str], now: datetime) -> str | None:
    """Return a hint with the command line returned by `correct`, or None."""
    line = correct(arguments, now)
    is_example = line and _EXAMPLE in line and _EXAMPLE not in " ".join(arguments)
    return line and f"{'for example' if is_example else 'instead, run'}: {line}"


def suggest_time(arguments: Sequence[str], now: datetime) -> str | None:
    """Return a hint for a time that has a wrong date and is not quoted, as in `--at 31.06.2023 9:15`, or None."""
    for option, *words in zip(arguments, arguments[1:], arguments[2:], strict=False):
        if option in TIME_OPTIONS and re.fullmatch(CLOCK, words[1].lower()):
            try:
                parse_datetime(" ".join(words), now)
            except InvalidValue as error:
                return error.hint
    return None


def correct(arguments: Sequence[str], now: datetime) -> str | None:
    """Return a valid command line that is probably the intended one, or None if there is no such line."""
    names = [word.lower().removeprefix(":") for word in arguments]  # Timewarrior has ranges such as :week
    found = next((index for index, name in enumerate(names) if name in (*COMMAND_NAMES, *_COMMANDS)), None)
    if found is None or not (found == 0 or arguments[0].startswith("-")):
        return None
    database, misplaced = _split_database(arguments[:found])
    name, rest = _read_grouping(names[found], arguments[found + 1 :])
    for line in _lines(name, rest, misplaced, now):
        for possible in (line, *_on_yesterday(line)):
            if is_valid(possible, now):
                return join(["tasktimer", *database, *possible])
    return None


def _read_grouping(name: str, rest: Sequence[str]) -> tuple[str, Sequence[str]]:
    """Replace words such as `by project`, and a command that takes no option `--by`, by a report with this option."""
    for place in range(len(rest) if name in REPORTS else 0):
        for end in range(place + 4, place, -1):  # by project and day
            match = re.fullmatch(GROUPING, "=".join(rest[place:end]).lower())
            keys = [find_key(word) for word in filter(None, match.groups())] if match else []
            if keys and all(keys):
                today = ["today"] * (name == "times" and len(rest[place:end]) == len(rest))
                return "report", [*rest[:place], *rest[end:], *today, "--by", ",".join(map(str, keys))]
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


def _split_database(words: Sequence[str]) -> tuple[Sequence[str], Sequence[str]]:
    """Split options before the command into --database and those that belong after the command."""
    place = find_database_option(words)
    return words[place], [*words[: place.start], *words[place.stop :]]


def _lines(name: str, rest: Sequence[str], misplaced: Sequence[str], now: datetime) -> Iterator[list[str]]:
    """Yield the words of possible command lines, most likely first; not all of them are valid."""
    pair = "-".join([name, *rest[:1]])
    if pair in _COMMANDS:
        name, rest = pair, rest[1:]
    given = [*rest, *misplaced]
    translated = [[meanings.get(word, word) for word in given] for meanings in MEANINGS.get(name, ())]
    readings = [*(reading for reading in translated if reading != given), given]
    templates = _COMMANDS.get(name, ())
    own = name if name in COMMAND_NAMES or not templates else templates[0].split()[0]
    for reading in readings:
        if name in COMMAND_NAMES:
            yield from _rearranged(name, reading, rest)
        if templates and not HELP.isdisjoint(reading):
            yield [own, "--help"]
        for quoted in (*_quote_times(reading), reading):
            for template in templates:
                yield from _filled(template, own, quoted, now)
    if name != own:
        yield from (split(template) for template in templates if _is_general(template))
        yield [own, "--help"]


def _filled(template: str, own: str, given: Sequence[str], now: datetime) -> Iterator[list[str]]:
    """Yield the line of a template, if the arguments fill its fields, and if it drops none of them."""
    # These templates take the words of the command itself.
    is_own = template.startswith(("{name}", "list --search", "list {task}"))
    target = own if is_own else template.partition(" ")[0]
    words, options = _arrange(target, given)
    fields = {**fill_fields(words, options, now), "name": own}
    used = re.findall(r"\{([a-z]+)\}", template)
    if not LOOKUPS.isdisjoint(used):  # the options belong to the command to run afterwards
        if any(word.startswith("-") and word not in _option_names(target) for word in options):
            return  # a word may be the value of an unknown option
        options = [part for pair in pairwise(options) if pair[0] == "--user" for part in pair]
    is_dropping = words and not used and not _is_general(template)
    is_repeated = not {"--format" if word == "--json" else word for word in options}.isdisjoint(template.split())
    if not is_dropping and not is_repeated and all(fields.get(field) is not None for field in used):
        yield [*split(template.format_map(fields)), *options]


def _is_general(template: str) -> bool:
    return template in OVERVIEWS or template.endswith(" --help")


def _rearranged(name: str, given: Sequence[str], rest: Sequence[str]) -> Iterator[list[str]]:
    """Yield lines of the same command that differ from the given one."""
    for quoted in _quote_times(given):
        words, options = _arrange(name, quoted)
        yield [name, *words, *options]
    words, options = _arrange(name, given)
    if sorted([*words, *options]) != sorted(rest):
        yield [name, *words, *options]
    yield from _on_yesterday([name, *words, *options])


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
            options += (
                [part for tag in _split_tags(label[1]) for part in ("--tag", tag)] if label[1] else ["--where", word]
            )
        elif word[:1] == "-" and word != "-":
            given = value if equals else next(remaining, None) if word in valued else None
            values = [] if given is None else _split_tags(given) if word in TAG_OPTIONS else [given]
            options += [part for each in values for part in (word, each)] or [word]
        else:
            words += [part for part in (word, value) if part or not typed]
    words, labels = _interpret_words(name, words, has_project=not {"-p", "--project"}.isdisjoint(options))
    return words, [*options, *labels, *rest[end:]]


def _interpret_words(name: str, words: list[str], *, has_project: bool) -> tuple[list[str], list[str]]:
    """Return the words, with several IDs written out, and the options to use instead of words that look like labels."""
    if name in ("track", "switch"):
        words, _, labels = split_labels(words, has_project=has_project)
        return [part for word in words for part in _split_tag_word(word)], labels
    return [part for word in words for part in (_expand_ids(word) if name in SEVERAL_IDS else [word])], []


def _split_tags(text: str) -> list[str]:
    """Return the tags in a text, which are separated by commas."""
    return re.split(r", *", text.strip(", ")) if "," in text else [text]


def _split_tag_word(word: str) -> list[str]:
    return [f"+{tag.removeprefix('+')}" for tag in _split_tags(word)] if is_tag_word(word) else [word]


def _expand_ids(word: str) -> list[str]:
    """Return the IDs in a word such as 11-20 or 7,8, the tags in a word such as +docs,review, or else the word."""
    if re.fullmatch("[0-9]{1,9}-[0-9]{1,9}", word):
        first, last = map(int, word.split("-"))
        return [*map(str, range(first, last + 1))] if first <= last < first + _MOST_IDS else [word]
    return word.split(",") if re.fullmatch("[0-9]+(,[0-9]+)+", word) else _split_tag_word(word)


def _parameters(name: str) -> Sequence[Any]:
    return build_command(name).params if name in COMMAND_NAMES else ()


def _option_names(name: str) -> set[str]:
    return {option for parameter in _parameters(name) for option in parameter.opts}


def _is_flag(parameter: Any) -> bool:
    return bool(getattr(parameter, "is_flag", False))
