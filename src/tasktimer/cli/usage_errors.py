"""What to say to words that the parser refuses."""

import re
from collections.abc import Sequence

import typer

from tasktimer.cli.lazy_group import COMMAND_NAMES
from tasktimer.errors import quote_value


def explain(error: typer.TyperException, arguments: Sequence[str]) -> tuple[str, str]:
    """What is wrong with the words of a command, and what to do."""
    message, meant = _read(error)
    path = _path(error, arguments)
    see = f"did you mean {meant}? see {path} --help" if meant else f"see {path} --help"
    name = next(iter(path.split()[1:]), None)
    if type(error).__name__ == "NoSuchOption":
        return _dash_hint(error, arguments, path) or (message, see)
    if not message.startswith("unexpected argument"):
        return message, see
    if name == "times":
        return message, "tasktimer times --date yesterday shows a day, tasktimer list last week any days"
    return message, f"a value of several words needs quotes, such as '20m ago'; see {path} --help"


def _read(error: typer.TyperException) -> tuple[str, str]:
    """What the parser says, as all other messages are written, and what it suggests."""
    if type(error).__name__ == "NoSuchOption":
        possibilities: Sequence[str] = getattr(error, "possibilities", None) or ()
        return f"no such option {quote_value(getattr(error, 'option_name', ''))}", ", ".join(sorted(possibilities))
    if extra := re.match(r"Got unexpected extra argument(?:\(s\))? \((.*)\)", error.format_message(), re.DOTALL):
        return f"unexpected argument {quote_value(extra[1])}", ""
    message, _, meant = error.format_message().rstrip(".?").partition(". Did you mean ")
    return message[:1].lower() + message[1:], meant


def _path(error: typer.TyperException, arguments: Sequence[str]) -> str:
    """The command, with that of its group, where the parser knows it; else what looks like one."""
    context = getattr(error, "ctx", None)
    if context is not None:
        return str(context.command_path)
    return " ".join(["tasktimer", *[word for word in arguments if word in COMMAND_NAMES][:1]])


def _dash_hint(error: typer.TyperException, arguments: Sequence[str], path: str) -> tuple[str, str] | None:
    """The same of a word that begins with a dash and is no flag."""
    name = path.removeprefix("tasktimer").strip()
    see = f"see {path} --help"
    if name in ("track", "switch"):
        return _read(error)[0], f"put -- before a description that begins with a dash; {see}"
    word = _time_as_flag(arguments) if name == "move" else _number_as_flag(error, arguments)
    if word is None:
        return None
    days = "yesterday" if word == "-1" else f"{word[1:]} days ago"
    hints = {
        **dict.fromkeys(("", "backup", "info", "serve", "status"), see),  # which take no number
        **{
            span: f"write tasktimer {span} {days}, or tasktimer {span} -- {word}"
            for span in ("list", "projects", "tags")
        },
        "times": f"write tasktimer times --date {word}",
        "move": f"WHEN is the time of the start, such as 9:15 or '15m ago'; {see}",  # it is not moved by so much
    }
    return f"{word} is read as a flag", hints.get(name, f"ids and numbers of commands begin with 1; {see}")


def _time_as_flag(arguments: Sequence[str]) -> str | None:
    return next((word for word in arguments if word[:1] == "-" and word[1:2].isdigit()), None)


def _number_as_flag(error: typer.TyperException, arguments: Sequence[str]) -> str | None:
    """The number after a dash that a mistake is about, as it was typed: the parser names its first digit alone."""
    flag = getattr(error, "option_name", "")
    numbers = (word for word in arguments if word.startswith(flag) and re.fullmatch("-[0-9]{1,6}", word))
    return next(numbers, None) if flag else None
