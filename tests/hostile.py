"""Values that users, scripts and attackers send: each interface must reject or accept them alike."""

DESCRIPTIONS_KEPT = [
    "--help",
    "'; DROP TABLE tasks;--",
    "[bold red]x[/]",
    "[/]",
    ":smile: {0} %s %(x)s :id",
    "🦀👩‍👩‍👧‍👦 e\u0301",
    "שלום עולם",
    "\u202egnp.exe",
    "after",
    "daily",
    "da",
    "today",
    "12345",
    "30m",
    "2023-01-01",
    "2023-01-01 09:00 - 10:00",
    "C++ +1",
    "-x",
    "a\tb\nc\\d",
    " padded ",
    '"quoted", with commas; =SUM(A1)',
    "x" * 10_000,
]

DESCRIPTIONS_REFUSED = [
    "",
    " ",
    "\t\n",
    "\u00a0",
    "x" * 10_001,
    "a\0",
    "\x1b[31mred",
    "\x07",
    "\r",
    "\x7f",
    "\x9b31m",
    "\ud800",
]

TAGS_KEPT = [
    '"quoted"',
    "it's",
    "';--",
    "C++",
    "a/b",
    "%_:id",
    "[bold]",
    "🦀",
    "👩\u200d💻",  # an emoji sequence, joined by invisible characters
    "می\u200cخواهم",  # a Persian word with an invisible character
    "x" * 100,
]

TAGS_REFUSED = [
    *("", "+", " ", "two words", "a,b", "++a", "a\tb", "a\nb", "a\u00a0b", "a\0", "\x1b[31m", "\x7f", "\ud800"),
    *("\u200d", "docs\u200d", "\u200bdocs", "do\u00adcs", "\u202egnp", "x" * 101),
]

PROJECTS_KEPT = ["acme/web site", "a,b", "C++/+1", 'it\'s/"x"', "%/_", "[bold]", "🦀/👩\u200d💻", "x" * 200]

PROJECTS_REFUSED = [
    *("", " ", "/", "a/", "/a", "a//b", "a /b", " a", "a\tb", "a\nb", "a\0", "\x1b[31m", "\x7f", "\ud800"),
    *("a/\u200d/b", "\u200d", "acme\u200d", "\u200bacme", "\u202egnp", "x" * 201),
]

INTEGERS_REFUSED = ["0", "-1", str(2**63), "9" * 100, "4x", "", " ", "1.5", "1e3", "NaN", "0x1", "١", "--"]
USERS_REFUSED = [text for text in INTEGERS_REFUSED if text != "NaN"]  # which could be a name

DATES_REFUSED = [
    "2023-02-30",
    "2023-13-01",
    "0000-01-01",
    "9999-12-31",
    "10000-01-01",
    "tomorrow",
    "16.7.2023",
    "20230716",
    "2023-W28-7",  # Python accepts both as ISO 8601
    "",
    "+1",
]

TIMES_REFUSED = ["25:00", "2023-02-30 10:00", "2024-03-31 02:30", "2024-10-27 02:30", "midnight", "", "2023-07-16", "9"]

# One instant in the formats of other programs; digits beyond microseconds are cut off, not rounded.
INSTANT = "2023-07-16T09:14:05.123456+00:00"
INSTANTS_KEPT = [
    "2023-07-16T11:14:05,123456789+02:00",  # date -Ins
    "2023-07-16T11:14:05.123456999+02:00",  # date --iso-8601=ns elsewhere
    "2023-07-16 11:14:05.123456789+02:00",  # date --rfc-3339=ns
    "2023-07-16 11:14:05.123456789 +0200",  # stat -c %y, ls --full-time
    "2023-07-16 11:14:05.123456+02",  # psql
    "2023-07-16 14:44:05.123456+05:30",  # psql in India
    "2023-07-16T09:14:05.123456Z",  # PostgreSQL as JSON, Rust, Python
    "2023-07-16T09:14:05.123456789z",  # Go, Java
    "2023-07-16T11:14:05.1234567+02:00",  # .NET
    "2023-07-16T09:14:05.123456789012Z",
    "20230716T091405.123456Z",
    "20230716T111405,123456789+0200",
    "20230716t111405.123456+02",
    " 2023-07-16T09:14:05.123456  Z ",
]
WHOLE_INSTANT = "2023-07-16T09:00:00+00:00"
WHOLE_INSTANTS_KEPT = [
    "20230716T090000Z",  # Timewarrior, iCalendar
    "20230716T0900Z",
    "20230716T110000+02",
    "20230716T11:00:00+02:00",  # date +%Y%m%dT%T%:z
    "2023-07-16T110000+0200",
    "2023-07-16T11+02:00",  # date -Ih
    "20230716T09Z",
    "2023-07-16 9:00Z",
    "2023-07-16T09:00-00:00",
    "2023-07-16T09:53:28+00:53:28",  # psql, for years before time zones
]
INSTANTS_REFUSED = [
    "2023-07-16T09:14:05.Z",
    "2023-07-16T09:14.5Z",
    "2023-07-16T09:14:05.5",  # which zone?
    "20230716T091405",
    "20230716 091405Z",
    "2023-07-16 9-10",  # a range of hours: an offset requires the T
    "2023-07-16 0914-1000",
    "2023-0716T09:14Z",
    "230716T0914Z",
    "20230716T914Z",
    "2023-07-16T09:1405Z",
    "2023-07-16T09:14:05+2",
    "2023-07-16T09:14:05+02:0",
    "2023-07-16T09:14:60Z",
    "2023-07-16T25Z",
    "2023-07-16T24:00Z",
    "20230230T0900Z",
    "20231301T0900Z",
    "2023-07-16T09:14+24",
    "2023-07-16T09:14+02:60",
    "٢٠٢٣0716T0900Z",
    "00010101T0000Z",
    "9999-12-31T00:00:00.000000001Z",
]

ZONES_REFUSED = ["Mars/Olympus", "", "../../etc/passwd", "Europe", "/etc/localtime", "x\0y"]
