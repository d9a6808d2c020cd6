"""Rules for correcting command lines with misplaced arguments, or with commands and options of other time trackers."""

# What to run instead of a command that does not exist, or that rejected its arguments: the first line that is valid.
# Fields are filled in from the arguments, as listed in `corrections._fields`; options follow. A hyphen joins two words.
LINES = {
    "start in begin work on new create add record insert manual log-work": (
        "track {untimed} --start {times}",
        "track {untimed} --start {begin}",
        "track {tail} --start {first}",
        "track {rest}",
        "track 'write docs'",
    ),
    "out end finish done pause halt commit": ("stop {rest}", "stop"),
    "next lap checkout": ("switch {rest}", "switch 'write docs'"),
    "continue restart again": ("resume {first}", "switch -"),
    "remove rm del erase kill drop": ("delete {words}", "list"),
    "abort discard": ("cancel {rest}", "cancel"),
    "export dump": ("list {range} --format csv", "list all --format csv", "list all {rest}"),
    "search find grep": ("list --search {text}",),
    "prompt": ("status --help",),
    "client clients": ("projects",),
    "ls display print frames entries": ("list {rest}", "list {bounds}", "list"),
    "aggregate by-project": ("projects {range}", "projects {bounds}", "projects week"),
    "log report sum summary week total stats": ("list {range}", "list {bounds}", "list week", "list {rest}"),
    "by-tag": ("tags {range}", "tags {bounds}", "tags week"),
    "by-day": ("list {range}", "list {bounds}", "list week"),
    "month": ("list month",),
    "lastweek": ("list last week",),
    "lastmonth": ("list last month",),
    "day today": ("times",),
    "yesterday": ("times yesterday",),
    "current now active running": ("status {rest}", "status"),
    "annotate note comment": ("edit {first} --note {tail}", "edit last --note 'sent to Zoe'"),
    "tag": ("edit {first} {tags}", "tags"),
    "untag": ("edit {first} --remove-tag {tail}", "tags"),
    "modify change update amend set resize lengthen shorten": ("edit {changes}", "edit --help"),
    "config": ("config set {rest}", "config get {first}"),
    "configure configuration settings preferences prefs": (
        "config {rest}",
        "config set {rest}",
        "config get {first}",
        "config",
    ),
    "diagnostics doctor about": ("info",),
    "help man usage commands": ("{first} --help", "--help"),
    "merge combine": ("join {rest}", "join --help"),
    "journal audit": ("history {rest}", "history"),
    "revert rollback": ("undo {rest}", "undo"),
    "server web": ("serve --help",),
    "projects-rename project-rename rename-projects": ("rename project {words}", "projects"),
    "tags-rename tag-rename rename-tags": ("rename tag {words}", "tags"),
    "stop-all": ("stop --all",),
    "times": ("times {rest}", "list {rest}", "list {bounds}"),
    "status": ("list {range}", "list {bounds}", "show {rest}"),
    "list": ("list {range}", "list {bounds}", "list --search {search}"),
    "projects tags": ("{name} {range}", "{name} {bounds}"),
    "track switch": ("{name} {rest} 'write docs'",),
    "show": ("list --where {ids}", "list {range}", "list --search {search}"),
    "stop": ("stop --at {text}", "stop {init} --at {last}", "list --search {search}"),
    "edit": ("edit {init} --end {last}", "list --search {search}"),
    "delete": ("list --search {search}",),
    "resume cancel join split move": ("list {range}", "list --search {search}"),
    "project projects-list": ("projects {range}", "projects"),
    "tags-list": ("tags",),
    "history": ("history",),
    "undo redo": ("history",),
}

_END = dict.fromkeys(("--to", "--until", "--end"), "--end")
_DURATION = dict.fromkeys(("--duration", "--length", "--last"), "--for")
_START = dict.fromkeys(("--from", "--since", "--at", "--begin"), "--start")
_INSTANT = dict.fromkeys(("--end", "--until", "--to", "--start", "--from", "--time"), "--at")
_RANGES = {f"--{name}": name for name in ("today", "yesterday", "week", "month", "quarter", "year", "all")}
_FORMATS = {"--csv": "--format csv", "--tsv": "--format tsv", "--table": "--format table"}
_SPAN = {
    "--date": "",
    "--day": "today",
    "--since": "--from",
    "--until": "--to",
    "--tags": "--tag",
    **_RANGES,
    **_FORMATS,
}
_LAST = {"@1": "last"}  # in Timewarrior, the latest interval
_PAST = {**_LAST, **_INSTANT}
_TEXT = dict.fromkeys(("--text", "--name"), "--description")
# What to write instead of an option or a word, by command.
OPTIONS = {
    "track": {**_START, **_END, **_DURATION, "--tags": "--tag"},
    **dict.fromkeys(("cancel", "show", "join", "history"), _LAST),
    "edit": {**_LAST, **_START, **_END, **_DURATION, **_TEXT, "--tags": "-t"},
    "switch": {**_INSTANT, "--tags": "--tag"},
    "stop": {**_PAST, ":all": "--all"},
    **dict.fromkeys(("resume", "move", "split"), _PAST),
    **dict.fromkeys(("list", "projects", "tags"), _SPAN),
    "times": {**_RANGES, **_FORMATS, "--day": "--date"},
    "delete": {**_LAST, "--force": "--yes"},
    "config": {"list": "get", "show": "get", **{f"--{name}": name for name in ("get", "set", "unset", "edit")}},
}
# An option that selects what is shown on each line of a report, and its value.
GROUPING = r"--(?:by|per|group|group-by)[=-](project|tag|day)s?"
REPORTS = frozenset(
    ["list", "times", "projects", "tags", "aggregate", "log", "report", "sum", "summary", "week", "total", "stats"]
)
TIME_OPTIONS = {*_START, *_END, *_INSTANT}  # take a time, of up to three words
LABELED = ("list", "times", "projects", "tags")  # commands in which a word such as +docs or tag:docs selects tasks
TIME_FLAGS = {"track": "--start", "switch": "--at", "stop": "--at", "resume": "--at"}  # for a word such as -15m
