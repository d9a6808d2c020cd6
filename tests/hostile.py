"""Values that people, scripts and attackers send: each door refuses or keeps them the same way."""

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
    "👩\u200d💻",  # an emoji of several parts has characters between them that cannot be seen
    "می\u200cخواهم",  # as have words of Persian
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

DATES_REFUSED = [
    "2023-02-30",
    "2023-13-01",
    "0000-01-01",
    "9999-12-31",
    "10000-01-01",
    "tomorrow",
    "16.7.2023",
    "20230716",
    "2023-W28-7",  # Python reads both of these, and calls them ISO 8601
    "",
    "+1",
]

TIMES_REFUSED = ["25:00", "2023-02-30 10:00", "2024-03-31 02:30", "2024-10-27 02:30", "noon", "", "2023-07-16", "9"]

ZONES_REFUSED = ["Mars/Olympus", "", "../../etc/passwd", "Europe", "/etc/localtime", "x\0y"]
