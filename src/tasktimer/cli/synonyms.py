"""What other time trackers, and other people, call the commands; imported only when such a word is typed."""

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
_MEANT = {word: meant for meant, words in _WORDS.items() for word in words.split()}


def find_synonym(word: str) -> str | None:
    """What a word of another time tracker is here, as it is typed after `tasktimer`."""
    return _MEANT.get(word.lower())
