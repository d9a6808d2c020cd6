"""Wrapping of sentences at word boundaries, to fit the width of a terminal."""

import re
from collections.abc import Iterator
from textwrap import wrap

# Quoted text can contain what otherwise ends a command: `; ` or, without "run:", also `, ` and ` or `.
_QUOTED = r"""'[^']*'|"[^"]*\""""
_COMMAND = rf"(?<=run: )(?:{_QUOTED}|(?!; ).)+|(?<![^ ])tasktimer (?:{_QUOTED}|(?!; |, | or ).)+"
_INDENT = "  "
_BEFORE_VALUE = r"(?:\w+(?: \w+)?  )? *"  # the name of a field and the space after it, in a list of fields


def wrap_words(text: str, width: int) -> str:
    r"""Wrap the lines of a text at word boundaries; a width of 0 means no limit.

    >>> wrap_words("Tracking 7: write docs\n", 15)
    'Tracking 7:\nwrite docs\n'
    """
    return "\n".join(_fill(line, width) if len(line) > width > 0 else line for line in text.split("\n"))


def wrap_item(line: str, width: int) -> str:
    r"""Wrap a line of a list like `wrap_words`, and indent its further lines.

    >>> wrap_item("row 5: the end is missing", 20)
    'row 5: the end is\n  missing'
    """
    return wrap_words(line, width - len(_INDENT)).replace("\n", f"\n{_INDENT}") if len(line) > width > 0 else line


def wrap_hint(hint: str, width: int) -> str:
    r"""Wrap a hint at word boundaries, but keep each of its commands whole, on a line of its own.

    >>> wrap_hint("to stop it, run: tasktimer stop 6; next time, use switch", 30)
    'to stop it, run:\n  tasktimer stop 6\nnext time, use switch'
    """
    return "\n".join(_hint_lines(hint, width)) if len(hint) > width > 0 else hint


def _hint_lines(hint: str, width: int) -> Iterator[str]:
    end = 0
    for match in re.finditer(_COMMAND, hint):
        yield _fill(hint[end : match.start()].lstrip(",; ").rstrip(), width)
        yield _INDENT + match[0].rstrip()
        end = match.end()
    if rest := hint[end:].lstrip(",; "):
        yield _fill(rest, width)


def _fill(line: str, width: int) -> str:
    match = re.match(_BEFORE_VALUE, line)
    before = match[0] if match else ""
    value, room = line[len(before) :], max(1, width - len(before))
    return before + f"\n{' ' * len(before)}".join(wrap(value, room, break_long_words=False, break_on_hyphens=False))
