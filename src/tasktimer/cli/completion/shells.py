"""How bash, zsh and fish ask for candidates, and how they get them: as data that none of them takes for code."""

import os
from collections.abc import Sequence
from itertools import pairwise

# Typer names no public place for these; its version is pinned.
from typer import _completion_shared, completion
from typer._click.shell_completion import (
    CompletionItem,
    ShellComplete,
    _resolve_context,
    _resolve_incomplete,
    add_completion_class,
)
from typer._completion_classes import BashComplete, FishComplete, ZshComplete

from tasktimer.cli.lazy_group import COMMAND_NAMES
from tasktimer.errors import InvalidValue, quote_value

_SHELLS = ("bash", "zsh", "fish")
_LONGEST = 60  # characters of a description; a list of candidates should fit the screen

# Candidates are read a line each, and not expanded again, as the words of $(…) would be.
_BASH = """
%(complete_func)s() {
    mapfile -t COMPREPLY < <(
        env COMP_LINE="${COMP_LINE:0:COMP_POINT}" COMP_TYPE="$COMP_TYPE" COMP_WORDBREAKS="$COMP_WORDBREAKS" \\
            %(autocomplete_var)s=complete_bash "$1"
    )
    if [[ ${COMPREPLY-} == $'\\tfiles' || ${COMP_WORDS[COMP_CWORD - 1]} == *([0-9&])@(<|>|>>) ]]; then
        COMPREPLY=()
        compopt -o default
    fi
}

complete -o nosort -F %(complete_func)s %(prog_name)s
"""
_ZSH = """
#compdef %(prog_name)s

%(complete_func)s() {
  local code="$(env _TYPER_COMPLETE_ARGS="${words[1,$CURRENT]}" %(autocomplete_var)s=complete_zsh %(prog_name)s)"
  [[ -n $code ]] && eval "$code"
}

compdef %(complete_func)s %(prog_name)s
if [[ $funcstack[1] == _%(prog_name)s ]]; then  # zsh loads this file when it is first asked
  %(complete_func)s "$@"
fi
"""
_FISH = """
function %(complete_func)s
    set --local line (commandline --cut-at-cursor --current-process | string collect)
    set --local found (env %(autocomplete_var)s=complete_fish _TYPER_COMPLETE_FISH_ACTION=get-args \\
        _TYPER_COMPLETE_ARGS=$line %(prog_name)s)
    if test "$found" = \\tfiles
        set --local token (commandline --current-token --cut-at-cursor)
        complete --do-complete "'' $token"
    else if set --query found[1]
        printf '%%s\\n' $found
    end
end

complete --command %(prog_name)s --no-files --keep-order --arguments '(%(complete_func)s)'
"""

# What each of these means to a shell ends where a candidate is inserted.
_ALWAYS_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+./,%")
# An exclamation mark is history, even there.
_IN_DOUBLE_QUOTES = str.maketrans({"\\": "\\\\", '"': '\\"', "$": "\\$", "`": "\\`", "!": "\"'!'\""})
_PATHS = ("PATH", "[PATH]", "PATH|URL", "COPY")  # what stands for a path in the help of a command
_FILES = "\tfiles"  # for bash and fish: the shell completes them; no candidate begins so
_LISTED = ("33", "63", "64")  # of COMP_TYPE: the candidates are shown; else each may be inserted


def install_completion_classes(arguments: Sequence[str]) -> None:
    """Replace Typer's ways, which take names for code and descriptions for Rich markup.

    Raises:
        InvalidValue: a shell is named that it cannot be.
    """
    for shell in (_Bash, _Zsh, _Fish):
        # The class answers at TAB, the script is what --install-completion writes.
        add_completion_class(shell, shell.name)
        _completion_shared._completion_scripts[shell.name] = shell.source_template  # noqa: SLF001
    if name := _named_shell(arguments):
        for module in (completion, _completion_shared):  # Typer's flags take no name: they find the shell out
            module._get_shell_name = lambda: name  # type: ignore[attr-defined]  # noqa: SLF001


def _named_shell(arguments: Sequence[str]) -> str | None:
    """The shell that stands after --install-completion or --show-completion, if one does."""
    for flag, name in pairwise(arguments):
        if flag == "--" or flag in COMMAND_NAMES:  # what follows are words of a command
            return None
        if flag.startswith(("--install-c", "--show-c")) and not name.startswith("-"):
            if name not in _SHELLS:
                message = f"there is no completion for the shell {quote_value(name)}"
                raise InvalidValue("unknown-shell", message, f"give one of {', '.join(_SHELLS)}, or none for this one")
            return name
    return None


def split_line(line: str, breaks: str = "") -> tuple[list[str], str, str, int]:
    r"""Take a line apart as a shell does, up to the cursor at its end.

    Gives the words before the one that is typed; that one, without quotes; the quote that is open in it; and how many
    of its characters stand before the part that readline replaces, where `breaks` end a word for it.

    >>> split_line(r"tasktimer track a\ b 'c d' -p 'acme")
    (['tasktimer', 'track', 'a b', 'c d', '-p'], 'acme', "'", 0)
    >>> split_line("stop --project=acme:w", breaks=":=")
    (['stop'], '--project=acme:w', '', 15)
    """
    words: list[str] = []
    word, quote, kept, begun = "", "", 0, False
    characters = iter(line)
    for character in characters:
        if character == quote:
            quote, kept = "", len(word)
        elif character == "\\" and quote != "'":
            word, begun = word + next(characters, ""), True
        elif quote:
            word += character
        elif character in "'\"":
            quote, kept, begun = character, len(word), True
        elif character.isspace():
            words += [word] if begun else []
            word, kept, begun = "", 0, False
        else:
            word, begun = word + character, True
            kept = len(word) if character in breaks else kept
    return words, word, quote, kept


class _CompletionMixin(ShellComplete):
    """What all of them share: the words of the line, and the candidates for the last."""

    def get_completions(self, args: list[str], incomplete: str) -> list[CompletionItem]:
        """What Typer finds, or that a path is expected, which the shell knows best."""
        ctx = _resolve_context(self.cli, self.ctx_args, self.prog_name, args)
        expected, incomplete = _resolve_incomplete(ctx, args, incomplete)
        if getattr(expected, "metavar", None) in _PATHS:
            return [CompletionItem(incomplete, "file")]
        return expected.shell_complete(ctx, incomplete)

    def offers(self, line: str, breaks: str = "") -> tuple[list[CompletionItem], str, int]:
        """The candidates for the whole last word, the quote open in it, and how many characters of it stay."""
        words, word, quote, kept = split_line(line, breaks)
        option, equals, value = word.partition("=")
        beginning = option + equals if equals and option.startswith("--") else ""
        is_dashed = beginning and value.startswith("-")  # it would be taken for an option
        items = self.get_completions(words[1:], beginning if is_dashed else word)
        found = [item for item in items if not is_dashed or item.value.startswith(value)]
        if not found:
            raise SystemExit(0)  # Typer would print an empty line, which is a candidate for bash and fish
        return [CompletionItem(beginning + item.value, item.type, item.help) for item in found], quote, kept


def _are_files(items: Sequence[CompletionItem]) -> bool:
    return any(item.type == "file" for item in items)


def _description(item: CompletionItem) -> str:
    text = item.help or ""
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


class _Bash(_CompletionMixin, BashComplete):
    source_template = _BASH

    def complete(self) -> str:
        """One candidate is inserted as it is; bash lists several, and has room for their descriptions then."""
        line = os.environ.get("COMP_LINE") or os.environ.get("COMP_WORDS", "")  # which a script of Typer's gives
        items, quote, kept = self.offers(line, os.environ.get("COMP_WORDBREAKS", ""))
        if _are_files(items):
            return _FILES
        values = [_quoted_for_bash(item.value[kept:], quote) for item in items]
        if len(items) == 1 or os.environ.get("COMP_TYPE") not in _LISTED:
            return "\n".join(values)
        return "\n".join(
            f"{value}  -- {_description(item)}" if item.help else value
            for value, item in zip(values, items, strict=True)
        )


class _Zsh(_CompletionMixin, ZshComplete):
    source_template = _ZSH

    def complete(self) -> str:
        """Zsh quotes what it inserts; the list of candidates is code for it, with every odd character encoded."""
        items, _, _ = self.offers(os.environ.get("_TYPER_COMPLETE_ARGS", ""))
        if _are_files(items):
            return "[[ $PREFIX == --*=* ]] && compset -P '*='; _files"
        return f"local -a found; found=({' '.join(map(_candidate_for_zsh, items))}); _describe -V values found"


class _Fish(_CompletionMixin, FishComplete):
    source_template = _FISH

    def complete(self) -> str:
        """Fish takes lines of a candidate, a tab and its description, and quotes what it inserts."""
        items, _, _ = self.offers(os.environ.get("_TYPER_COMPLETE_ARGS", ""))
        if _are_files(items):
            return _FILES
        return "\n".join(f"{item.value}\t{_description(item)}" for item in items)


def _quoted_for_bash(text: str, quote: str) -> str:
    if quote == "'":
        return text.replace("'", "'\\''")
    if quote:
        return text.translate(_IN_DOUBLE_QUOTES)
    return "".join(
        character if character in _ALWAYS_PLAIN or ord(character) > 127 else f"\\{character}" for character in text
    )


def _candidate_for_zsh(item: CompletionItem) -> str:
    value, description = (text.replace("\\", r"\\").replace(":", r"\:") for text in (item.value, _description(item)))
    text = f"{value}:{description}" if description else value
    encoded = (
        character if character in _ALWAYS_PLAIN or ord(character) > 127 else f"\\x{ord(character):02x}"
        for character in text
    )
    return f"$'{''.join(encoded)}'"
