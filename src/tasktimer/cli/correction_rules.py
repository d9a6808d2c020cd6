"""Rules for correcting command lines with misplaced arguments, or with commands and options of other time trackers."""

from tasktimer.formats.registry import READABLE, WRITABLE

# What to run instead of a command that does not exist, or that rejected its arguments: the first line that is valid.
# Fields are filled in from the arguments, as listed in `correction_fields`; options follow. A hyphen joins two words.
LINES = {
    "start in begin work on new create add record insert manual log-work": (
        "track {untimed} {times}",
        "track {untimed} {begin}",
        "track 'write docs' {alone}",
        "track {tail} --start {first}",
        "track {plain}",
        "track 'write docs' {plain}",
        "track 'write docs'",
    ),
    "out end finish done pause halt commit": (
        "stop {rest}",
        "stop --at {text}",
        "stop --at {swapped}",
        "stop {init} --at {last}",
        "list {task}",
        "list {relative}",
        "stop",
    ),
    "next lap checkout": ("switch {rest}", "switch 'write docs'"),
    "continue restart again": ("resume {words}", "list {task}", "list {relative}", "switch -"),
    "remove rm del erase kill drop": ("delete {words}", "list {task}", "list {relative}", "list"),
    "abort discard": ("cancel {rest}", "cancel"),
    "export dump save": (
        "export {file}",
        *(
            f"export {{{field}}}{options}"
            for options in ("", " --to csv")
            for field in ("range", "between", "filtered", "match")
        ),
        "export --to csv",
    ),
    "search find grep": ("list --search {text}",),
    "prompt": ("status --help",),
    "import": ("import {tail} --from {first}", "import {init} --from {last}"),
    "load": ("import {words}", "import {tail} --from {first}", "import {init} --from {last}", "import --help"),
    "client clients": ("projects",),
    "ls display print frames entries": (
        "list {range}",
        "list {bounds}",
        "list {filtered}",
        "list {match}",
        "list",
    ),
    "log": (
        "list {range}",
        "list {bounds}",
        "list {filtered}",
        "list week --search {search}",
        "list week",
        "list {rest}",
    ),
    "aggregate report sum summary week total stats": (
        "report {range}",
        "report {bounds}",
        "report {filtered}",
        "report week --search {search}",
        "report week",
        "report {rest}",
    ),
    "month": ("list month",),
    "lastweek": ("list last week",),
    "lastmonth": ("list last month",),
    "day today": ("times",),
    "yesterday": ("times yesterday",),
    "current now active running": ("status {rest}", "status"),
    "annotate note comment": ("edit {first} --note {tail}", "edit last --note 'sent to Zoe'"),
    "tag": ("edit {first} {tags}", "tags"),
    "untag": ("edit {first} --remove-tag {tail}", "tags"),
    "modify-start": ("edit {first} --start {tail}",),
    "modify-end": ("edit {first} --end {tail}",),
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
    "projects-rename project-rename rename-projects modify-project": ("rename project {names}", "projects"),
    "projects-update project-update": ("rename project {names}", "projects"),
    "projects-add project-add projects-create project-create": ("track 'write docs' -p {text}", "projects"),
    "projects-new project-new": ("track 'write docs' -p {text}", "projects"),
    "projects-rm project-rm projects-remove project-remove projects-delete project-delete": (
        "edit --where {project} --no-project",
        "projects",
    ),
    "tags-rename tag-rename rename-tags modify-tag retag tags-update tag-update": ("rename tag {names}", "tags"),
    "tags-add tag-add tags-create tag-create tags-new tag-new": ("track 'write docs' {plus}", "tags"),
    "tags-rm tag-rm tags-remove tag-remove tags-delete tag-delete": (
        "edit --where {tag} --remove-tag {first}",
        "tags",
    ),
    "stop-all": ("stop --all",),
    "times": ("times {rest}", "list {rest}", "list {bounds}", "list {filtered}"),
    "status": ("list {range}", "list {bounds}", "show {rest}"),
    "list": ("list {range}", "list {bounds}", "list {filtered}", "list {match}"),
    "projects tags timeline": ("{name} {range}", "{name} {bounds}", "{name} {filtered}"),
    "track switch": ("{name} {rest} 'write docs'",),
    "gaps": ("gaps {range}",),
    "chart graph": ("timeline {range}", "timeline"),
    "show": ("list --where {ids}", "list {range}", "list {task}", "list {relative}"),
    "stop": (
        "stop --at {text}",
        "stop --at {swapped}",
        "stop {init} --at {last}",
        "list {task}",
        "list {relative}",
    ),
    "edit": (
        "edit {init} --end {last}",
        "edit {first} --description {description}",
        "list {task}",
        "list {relative}",
    ),
    "delete": ("list {task}", "list {relative}"),
    "resume cancel join split move": ("list {range}", "list {task}", "list {relative}"),
    "project projects-list projects-ls project-list project-ls": ("projects {range}", "projects"),
    "tags-list tags-ls tag-list tag-ls": ("tags {range}", "tags"),
    "history": ("history",),
    "undo redo": ("history",),
}

LOOKUPS = frozenset(["task", "relative"])  # fields of lines that show the ID of a task
OVERVIEWS = ("projects", "tags", "history", "info")  # commands to offer whatever the arguments are

_END = dict.fromkeys(("--to", "--until", "--end", "--stop"), "--end")
_DURATION = dict.fromkeys(("--duration", "--length", "--last"), "--for")
_START = dict.fromkeys(("--from", "--since", "--at", "--begin", "-s"), "--start")
_INSTANT = dict.fromkeys(("--end", "--until", "--to", "--stop", "--start", "--from", "--time", "-s"), "--at")
_RANGES = {f"--{name}": name for name in ("today", "yesterday", "week", "month", "quarter", "year", "all")}
_FORMATS = {
    **{f"--{name}": f"--format {name}" for name in ("csv", "tsv", "table")},
    **dict.fromkeys(("-f", "--output"), "--format"),
    **dict.fromkeys(("--timezone", "--zone"), "--tz"),
}
_EXPORT = {
    **{f"{dashes}{name}": f"--to {name}" for name in WRITABLE for dashes in ("", "--")},
    **dict.fromkeys(("--format", "-f"), "--to"),
    **dict.fromkeys(("--file", "--out"), "--output"),
    "--overwrite": "--force",
    "--tags": "--tag",
    **_RANGES,
    **dict.fromkeys(("--timezone", "--zone"), "--tz"),
}
_SPAN = {
    "--date": "",
    "--day": "today",
    **dict.fromkeys(("--since", "--start", "--begin", "-s"), "--from"),
    **dict.fromkeys(("--until", "--end", "--stop"), "--to"),
    "-n": "--limit",
    "--tags": "--tag",
    "-o": "-p",
    ":ids": "",  # in Timewarrior, shows the IDs
    **_RANGES,
    **_FORMATS,
}
_LAST = dict.fromkeys(("@1", "-1"), "last")  # the latest interval in Timewarrior, and the last frame in Watson
_PAST = {**_LAST, **_INSTANT}
_TEXT = dict.fromkeys(("-d", "--text", "--name"), "--description")
_NEW = {"-o": "-p", "--tags": "--tag", ":yes": "--yes"}
# What to write instead of an option or a word, by command.
OPTIONS = {
    "track": {**_START, **_END, **_DURATION, **_NEW},
    **dict.fromkeys(("cancel", "show", "join"), _LAST),
    "history": {**_LAST, **dict.fromkeys(("-n", "--last", "--count"), "--limit")},
    **dict.fromkeys(("undo", "redo"), dict.fromkeys(("-n", "--last", "--count", "--limit"), "")),
    "edit": {**_LAST, **_START, **_END, **_DURATION, **_TEXT, "--tags": "-t", "-o": "-p"},
    "switch": {**_INSTANT, **_NEW},
    "stop": {**_PAST, ":all": "--all"},
    **dict.fromkeys(("resume", "move", "split"), _PAST),
    **dict.fromkeys(("list", "projects", "tags", "report", "timeline"), _SPAN),
    "times": {**_RANGES, **_FORMATS, "--day": "--date"},
    "gaps": {**_RANGES, **_FORMATS, "--date": "", "--day": "today"},
    "export": _EXPORT,
    "delete": {**_LAST, "--force": "--yes", "-f": "--yes"},
    "status": {
        "-f": "--format",
        "-p": "--format {project}",
        "-t": "--format {tags}",
        "-e": "--format {elapsed}",
    },
    "rename": {"--name": "", "--to": ""},
    "import": {
        **dict.fromkeys(("--format", "--type", "-f"), "--from"),
        **dict.fromkeys(("--timezone", "--zone"), "--tz"),
        **dict.fromkeys(("--preview", "-n"), "--dry-run"),
        **dict.fromkeys(("--file", "-i"), ""),
        **{f"--{name}": f"--from {name}" for name in READABLE},
    },
    "config": {"list": "get", "show": "get", **{f"--{name}": name for name in ("get", "set", "unset", "edit")}},
}
_WATSON_SPAN = {"-f": "--from", "-t": "--to"}
_WATSON_REPORT = {
    **_WATSON_SPAN,
    "-T": "--tag",
    "-j": "--json",
    "-s": "--csv",
    "-d": "today",
    **{f"-{name[0]}": name for name in ("week", "month", "year", "all")},
}
_TOGGL_SPAN = {"-s": "--from", "-p": "--to"}
_TIME_AS_LABEL = dict.fromkeys(("-p", "-t"), "--at")  # a time is more likely than a project or a tag of this name
# What short options mean in other programs, by command; the first meaning with which the line is valid applies.
MEANINGS = {
    **dict.fromkeys(("log", "report", "aggregate"), (_TOGGL_SPAN, _WATSON_REPORT)),
    **dict.fromkeys(("list", "ls", "sum", "summary", "projects", "tags", "timeline"), (_TOGGL_SPAN, _WATSON_SPAN)),
    **dict.fromkeys(("stop", "out", "end", "finish", "done"), (_TIME_AS_LABEL,)),
    "add": ({"-f": "--start", "-t": "--end"},),
    "start": ({"-G": "--no-gap"},),
}
TAG_OPTIONS = ("-t", "--tag", "--not-tag", "--remove-tag")
# Words that select what to group by, joined with equals signs.
GROUPING = r"-{0,2}(?:by|per|group|group-by)[=-]([a-z]+)(?:(?:,|=and=)([a-z]+))?"
REPORTS = frozenset(
    ["list", "times", "projects", "tags", "aggregate", "log", "report", "sum", "summary", "week", "total", "stats"]
)
TIME_OPTIONS = {*_START, *_END, *_INSTANT}  # take a time, of up to three words
SEVERAL_IDS = ("edit", "delete", "cancel")  # commands in which a word such as 3-5 can only mean several IDs
# Commands in which a word such as +docs or tag:docs selects tasks.
LABELED = ("list", "times", "projects", "tags", "report", "timeline")
TIME_FLAGS = {"track": "--start", "switch": "--at", "stop": "--at", "resume": "--at"}  # for a word such as -15m
