"""Names of the commands in other time trackers."""

_WORDS = {
    "track": "start in begin work on new create",
    "stop": "out end finish done pause halt",
    "resume": "continue restart again",
    "track DESCRIPTION --at WHEN --until WHEN": "add record log-work insert manual",
    "delete": "remove rm del erase kill drop",
    "cancel": "abort discard",
    "list": "log export ls display print frames entries",
    "list week": "week",
    "list month": "month",
    "times": "report summary day today total aggregate stats",
    "times --date yesterday": "yesterday",
    "status": "current now active running",
    "edit ID --note TEXT": "annotate note comment",
    "edit ID +TAG": "tag",
    "edit ID --remove-tag TAG": "untag",
    "edit": "modify change update amend set resize lengthen shorten",
    "info": "config configure configuration settings diagnostics doctor about",
    "--help": "help man usage commands",
    "--version": "version",
    "join": "merge combine",
    "switch": "next lap",
    "history": "journal audit",
    "undo": "revert rollback",
    "serve": "server web",
}
_COMMANDS = {word: command for command, words in _WORDS.items() for word in words.split()}


def find_synonym(word: str) -> str | None:
    """Return the arguments of `tasktimer` for a command of another time tracker, if it is known."""
    return _COMMANDS.get(word.lower())
