"""Completion scripts for bash, zsh and fish, and the output that they read; candidates are never run as code."""

import os
from collections.abc import Sequence
from itertools import pairwise

from tasktimer.cli.lazy_group import COMMAND_NAMES
from tasktimer.cli.typer_internals import (
    BashComplete,
    CompletionItem,
    FishComplete,
    ShellComplete,
    ZshComplete,
    register_completion,
    resolve_parameter,
    set_shell_name,
)
from tasktimer.errors import InvalidValue, quote_value

_SHELLS = ("bash", "zsh", "fish")
_LONGEST = 60  # characters of a description, so that the list of candidates fits on the screen

# mapfile reads candidates line by line; unlike words from $(…), they are not expanded.
_BASH = """
%(complete_func)s() {
    local line="${COMP_LINE:0:COMP_POINT}" program="$1"
    if [[ -n ${BASH_ALIASES[$1]-} ]]; then  # bash completes an alias without expanding it
        line="${BASH_ALIASES[$1]}${line#*"$1"}"
        program="${BASH_ALIASES[$1]%%%% *}"
    fi
    type -P "$program" > /dev/null || program=%(prog_name)s
    mapfile -t COMPREPLY < <(
        env COMP_LINE="$line" COMP_TYPE="$COMP_TYPE" COMP_WORDBREAKS="$COMP_WORDBREAKS" \\
            %(autocomplete_var)s=complete_bash "$program"
    )
    if [[ ${COMPREPLY-} == $'\\tfiles' || ${COMP_WORDS[COMP_CWORD - 1]} == *([0-9&])@(<|>|>>) ]]; then
        COMPREPLY=()
        compopt -o default
    fi
}

complete -o nosort -F %(complete_func)s %(prog_name)s $(
    for name in "${!BASH_ALIASES[@]}"; do
        [[ ${BASH_ALIASES[$name]} =~ ^%(prog_name)s(" "|$) ]] && echo "$name"
    done
)
"""
_ZSH = """
#compdef %(prog_name)s

%(complete_func)s() {
  local code="$(env _TYPER_COMPLETE_ARGS="${words[1,$CURRENT]}" %(autocomplete_var)s=complete_zsh %(prog_name)s)"
  [[ -n $code ]] && eval "$code"
}

compdef %(complete_func)s %(prog_name)s
if [[ $funcstack[1] == _%(prog_name)s ]]; then  # zsh loads this file at the first TAB
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

# These characters need no quotes in any shell.
_ALWAYS_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+./,%")
# An exclamation mark triggers history expansion, even in double quotes.
_IN_DOUBLE_QUOTES = str.maketrans({"\\": "\\\\", '"': '\\"', "$": "\\$", "`": "\\`", "!": "\"'!'\""})
_PATHS = ("PATH", "[PATH]", "PATH|URL", "COPY", "FILE", "FILE...")  # the metavars of parameters that take paths
_FILES = "\tfiles"  # makes bash and fish complete paths; no candidate starts with a tab
_LISTED = ("33", "63", "64")  # the values of COMP_TYPE for which bash lists the candidates and inserts none


def install_completion_classes(arguments: Sequence[str]) -> None:
    """Replace Typer's completion, which evaluates names as code and renders descriptions as Rich markup."""
    for shell in (_Bash, _Zsh, _Fish):
        register_completion(shell.name, shell, shell.source_template)
    if name := _named_shell(arguments):
        set_shell_name(name)


def _named_shell(arguments: Sequence[str]) -> str | None:
    """Return the shell name given with --install-completion or --show-completion, or None if it is omitted."""
    for flag, name in pairwise(arguments):
        if flag == "--" or flag in COMMAND_NAMES:  # the rest belongs to a command
            return None
        if flag.startswith(("--install-c", "--show-c")) and not name.startswith("-"):
            if name not in _SHELLS:
                message = f"there is no completion for the shell {quote_value(name)}"
                raise InvalidValue(
                    "unknown-shell",
                    message,
                    f"use one of {', '.join(_SHELLS)}, or omit the name to use the current shell",
                )
            return name
    return None


def split_line(line: str, breaks: str = "") -> tuple[list[str], str, str, int]:
    r"""Split a command line, which ends at the cursor, as a shell would.

    Return the words before the last one, the last word without quotes, its unclosed quote if any, and the number of its
    leading characters that readline does not replace. Readline treats the characters in `breaks` as word breaks.

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
    """Completion code shared by all shells, which splits the line and finds candidates for its last word."""

    def get_completions(self, args: list[str], incomplete: str) -> list[CompletionItem]:
        """Return Typer's candidates, or an item of type "file" if the shell itself should complete a path."""
        ctx, parameter, incomplete = resolve_parameter(self.cli, self.ctx_args, self.prog_name, args, incomplete)
        if getattr(parameter, "metavar", None) in _PATHS:
            return [CompletionItem(incomplete, "file")]
        items: list[CompletionItem] = parameter.shell_complete(ctx, incomplete)
        return items

    def candidates(self, line: str, breaks: str = "") -> tuple[list[CompletionItem], str, int]:
        """Return candidates for the last word, its unclosed quote, and the number of its leading characters to keep."""
        words, word, quote, kept = split_line(line, breaks)
        option, equals, value = word.partition("=")
        beginning = option + equals if equals and option.startswith("--") else ""
        is_dashed = beginning and value.startswith("-")  # Typer would parse it as an option
        items = self.get_completions(words[1:], beginning if is_dashed else word)
        matches = [item for item in items if not is_dashed or item.value.startswith(value)]
        if not matches:
            raise SystemExit(0)  # bash and fish would treat an empty line as an empty candidate
        return [CompletionItem(beginning + item.value, item.type, item.help) for item in matches], quote, kept


def _are_files(items: Sequence[CompletionItem]) -> bool:
    return any(item.type == "file" for item in items)


def _description(item: CompletionItem) -> str:
    text = item.help or ""
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


class _Bash(_CompletionMixin, BashComplete):
    source_template = _BASH

    def complete(self) -> str:
        """Return the candidates, with descriptions unless bash may insert a candidate into the command line."""
        line = os.environ.get("COMP_LINE") or os.environ.get("COMP_WORDS", "")  # Typer's own script sets COMP_WORDS
        items, quote, kept = self.candidates(line, os.environ.get("COMP_WORDBREAKS", ""))
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
        """Return zsh code that adds the candidates, with special characters encoded; zsh quotes what it inserts."""
        items, _, _ = self.candidates(os.environ.get("_TYPER_COMPLETE_ARGS", ""))
        if _are_files(items):
            return "[[ $PREFIX == --*=* ]] && compset -P '*='; _files"
        return f"local -a found; found=({' '.join(map(_candidate_for_zsh, items))}); _describe -V values found"


class _Fish(_CompletionMixin, FishComplete):
    source_template = _FISH

    def complete(self) -> str:
        """Return one line per candidate: the candidate, a tab, and its description; fish quotes what it inserts."""
        items, _, _ = self.candidates(os.environ.get("_TYPER_COMPLETE_ARGS", ""))
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
