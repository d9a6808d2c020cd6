"""Locks of SQLite files, seen by another process, because a process does not see its own."""

import subprocess
import sys
from pathlib import Path

_READ = "import sqlite3, sys; sqlite3.connect(sys.argv[1], timeout=0).execute('SELECT count(*) FROM tasks')"


def is_commit_waiting(path: Path) -> bool:
    """Return whether a writer waits for readers to end and blocks new ones (a PENDING lock)."""
    done = subprocess.run([sys.executable, "-c", _READ, str(path)], capture_output=True, check=False, text=True)
    return "locked" in done.stderr
