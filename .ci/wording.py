"""Check the wording of code, docs and test names: `python .ci/wording.py`.

Prints `file:line: word: what to use instead` for each hit, and exits with 1 if there are any. CONTRIBUTING.md lists the
words to use. Prefer rewriting a sentence to adding an exception.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]

TEXTS = ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "src/**/*.py", "docs/*.md", "docs/*.py", "benchmarks/*.py")
GENERATED = ("docs/commands.md",)  # from the help texts in src
TEST_NAMES = "tests/**/*.py"

# Words match in prose and as a part of names, in any case.
WORDS = {
    "anew": "again",
    "door|doors": "interface",
    "everybody|nobody|somebody": "the role: the user, another process",
    "gives": "returns, prints, contains",
    "hinder|hinders|hindered": "prevent",
    "lie|lies": "is, are",
    "mend|mends|mended": "fix",
    "offers|offered": "candidates, completes, provides",
    "parted|parts them": "separated",
    "refusal|refusals": "error",
    "seldom": "rarely",
    "spoilt": "corrupted, invalid",
    "stands(?! for)": "is",
    r"tell(?!\(\))|tells|told|said": "print, report, show",
    "verb|verbs": "service",
    "visit|visits": "request context",
    "whoever|whomever": "the role: the user, the caller",
}

# Regular expressions that match a line of prose, or a name with spaces for underscores.
PHRASES = {
    r"(?<!there )\b(?:is|are|was|were) no (?!longer\b|more\b)": "is not a valid ..., invalid ...",
    r"cannot be one\b": "is invalid",
    r"be there none": "even if there are none",
    r"there (?:is|are) none\b": "what is missing, as a noun",
    r"it is so\b": "the condition",
    r"\"\"\"The same\b": "a docstring that stands alone: Like `x`, but ...",
    r"the same of\b": "the noun",
    r"(?<=[\w,]) \(None\)": "user_id=None means all users",
    r"once in a while": "occasionally",
    r"so many\b": "the number",
    r"begins? so\b": "with this prefix",
    r"(?:^\s*|[.:;] |# |\| )(?-i:Where) [^.?]*,": "If, When",
    r"\bwhere (?:there is|there are|no|none|nothing)\b": "if",
    r"\b(?:is|are) meant\b": "selects, means",
    r"\bwhose(?=\w*[(=:,)])|\bwhose_\w+": "user_id, user_filter",
}

# (file, part of the line). At most ten.
EXCEPTIONS: tuple[tuple[str, str], ...] = ()


class Hit(NamedTuple):
    """A word to replace, and where it is."""

    path: str
    line: int
    word: str
    instead: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.word}: use {self.instead}"


_SOURCES = {rf"(?<![A-Za-z])(?:{word})(?![A-Za-z])": use for word, use in WORDS.items()} | PHRASES
_PATTERNS = [(re.compile(source, re.IGNORECASE), use) for source, use in _SOURCES.items()]


def find_hits(path: str, lines: dict[int, str]) -> Iterator[Hit]:
    """Yield the words to replace in the lines of a file."""
    for number, line in lines.items():
        for pattern, use in _PATTERNS:
            for match in pattern.finditer(line):
                yield Hit(path, number, match[0].strip(), use)


def numbered_test_names(path: str, text: str) -> dict[int, str]:
    """Return the names of a test file and of its tests, with spaces for underscores."""
    names = {1: Path(path).stem}
    for number, line in enumerate(text.splitlines(), start=1):
        if match := re.match(r"\s*(?:async )?def (test_\w+)", line):
            names[number] = match[1]
    return {number: name.replace("_", " ") for number, name in names.items()}


def check(root: Path, exceptions: tuple[tuple[str, str], ...] = EXCEPTIONS) -> list[str]:
    """Return a line for each hit under a folder, and for each exception without one."""
    unused = set(exceptions)
    found = []
    for path, lines in _numbered_lines(root):
        for hit in find_hits(path, lines):
            allowed = {(name, part) for name, part in exceptions if name == path and part in lines[hit.line]}
            unused -= allowed
            if not allowed:
                found.append(str(hit))
    return found + [f"{name}: unused exception: {part}" for name, part in sorted(unused)]


def _numbered_lines(root: Path) -> Iterator[tuple[str, dict[int, str]]]:
    for pattern in TEXTS:
        for path in sorted(root.glob(pattern)):
            name = path.relative_to(root).as_posix()
            if name not in GENERATED:
                yield name, dict(enumerate(path.read_text(encoding="utf-8").splitlines(), start=1))
    for path in sorted(root.glob(TEST_NAMES)):
        name = path.relative_to(root).as_posix()
        yield name, numbered_test_names(name, path.read_text(encoding="utf-8"))


def main() -> None:
    """Check the checkout that contains this script."""
    hits = check(ROOT)
    print("\n".join(hits), end="\n" if hits else "")
    sys.exit(1 if hits else 0)


if __name__ == "__main__":
    main()
