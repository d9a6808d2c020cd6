"""How the candidates for TAB are handed to bash, zsh and fish: as text that no shell takes for code."""

# Typer names no public place for these; its version is pinned.
from typer._click.shell_completion import CompletionItem, add_completion_class
from typer._completion_classes import BashComplete, FishComplete, ZshComplete

# Descriptions come from the store, and zsh evaluates what it is given: what could act there is shown by a look-alike.
_LOOK_ALIKES = str.maketrans("\\`$\"'*?[()!", "＼‘＄”’∗？［（）！")  # noqa: RUF001
_LONGEST = 60  # characters of a description; a list of candidates should fit the screen


def use_plain_text() -> None:
    """Replace Typer's ways, which take descriptions for Rich markup and let a backslash undo zsh's quotes."""
    for shell in (_Bash, _Zsh, _Fish):
        add_completion_class(shell, shell.name)


def _description(item: CompletionItem) -> str:
    text = item.help or ""
    return (text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…").translate(_LOOK_ALIKES)


class _Bash(BashComplete):
    def complete(self) -> str:
        """One candidate is inserted as it is; bash lists several, and has room for their descriptions then."""
        items = self.get_completions(*self.get_completion_args())
        if len(items) == 1:
            return str(items[0].value)
        return "\n".join(f"{item.value}  -- {_description(item)}" if item.help else item.value for item in items)


class _Zsh(ZshComplete):
    def format_completion(self, item: CompletionItem) -> str:
        description = _description(item).replace(":", r"\:")
        return f'"{item.value}":"{description}"' if description else f'"{item.value}"'


class _Fish(FishComplete):
    def format_completion(self, item: CompletionItem) -> str:
        return f"{item.value}\t{_description(item)}"
