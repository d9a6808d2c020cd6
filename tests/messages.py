"""Check the form of messages: one plain sentence, and a hint that works when pasted."""

import re
from collections.abc import Iterator
from functools import cache

import typer

from tasktimer.cli.app import app

LABELS = ("error", "note")

# Quoted text is the user's own and can contain anything.
_QUOTED = re.compile(r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|\([^()]*\)""")
_DESCRIPTION = re.compile(r"(?<=task )([0-9]+) \(.*?(?=, (?:since )?[0-9][0-9: to-]*\))")  # can contain anything, too
_PROPER = ("PostgreSQL", "Python", "None", "Ctrl-C", "Timewarrior", "Watson", "Org")
_FIELD = re.compile(r"\{[a-z_]+\}")
_WORD = r"""(?:'[^']*'|"[^"]*"|[^\s'"])+"""  # of a shell
_COMMAND = re.compile(rf"\btasktimer(?: --database {_WORD})? ([a-z]+)((?: [^;,()&]+)?)")
_FLAG = re.compile(r"(?<![\w-])--?[a-z][a-z-]*")


def in_output(text: str) -> Iterator[str]:
    """Yield the messages in the standard error of a process."""
    yield from re.findall(r"^(?:error|note): .*\n(?:(?:  |hint: ).*\n)*", text, re.MULTILINE)


def breaches(text: str) -> list[str]:
    """Return what is wrong with a printed message."""
    first, *rest = text.rstrip("\n").split("\n")
    label, _, message = first.partition(": ")
    hints = [line.removeprefix("hint: ") for line in rest if line.startswith("hint: ")]
    found = [f"{fault} in {message!r}" for fault in faults(message)]
    found += [f"{fault} in the hint {hint!r}" for hint in hints for fault in (*faults(hint), *wrong_commands(hint))]
    if label not in LABELS:
        found.append(f"no label in {first!r}")
    if label == "error" and not hints:
        found.append(f"no hint for {message!r}")
    return found


def faults(sentence: str) -> Iterator[str]:
    """Yield the reasons why a text is not a single plain sentence."""
    plain = _QUOTED.sub("''", _DESCRIPTION.sub(r"\1 (", sentence))
    if not plain.isascii():
        yield "letters that not every locale has"
    if re.match(r"[A-Z][a-z]", plain) and not plain.startswith(_PROPER):
        yield "a capital at the start"
    if plain.endswith(".") and not plain.endswith("..."):
        yield "a full stop at the end"
    if re.search(r"[.?!] [A-Z]", plain):
        yield "a second sentence"
    if _FIELD.search(plain):
        yield "a field that is not filled in"


def wrong_commands(hint: str) -> Iterator[str]:
    """Yield the unknown commands and flags that a hint names."""
    for name, rest in _COMMAND.findall(hint):
        flags = _flags(name)
        if flags is None:
            yield f"no command {name}"
            continue
        for flag in _FLAG.findall(_QUOTED.sub("''", rest)):
            if flag not in flags:
                yield f"no flag {flag} of {name}"


@cache
def _flags(name: str) -> frozenset[str] | None:
    """Return the flags of a command and its subcommands, or None for an unknown command."""
    group = typer.main.get_command(app)
    command = group.get_command(typer.Context(group), name)  # type: ignore[attr-defined]
    if command is None:
        return None
    commands = [command, *getattr(command, "commands", {}).values()]
    flags = (
        flag for each in commands for parameter in each.params for flag in parameter.opts + parameter.secondary_opts
    )
    return frozenset({*flags, "--help", "-h", "--"})
