"""Write tasks as JSON lines with `json.dumps`, and nothing else: `bare_export.py DATABASE FILE`."""

import json
import sqlite3
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_COLUMNS = ("id", "user_id", "description", "start_time", "end_time", "project", "tags", "note")
_SELECT = f"SELECT {', '.join(_COLUMNS)} FROM tasks ORDER BY start_time, id"


def main() -> None:
    """Export all tasks."""
    database, path = sys.argv[1:]
    with closing(sqlite3.connect(database)) as connection, Path(path).open("w", encoding="utf-8") as file:
        for row in connection.execute(_SELECT):
            record = dict(zip(_COLUMNS, row, strict=True))
            for key in ("start_time", "end_time"):
                record[key] = (_EPOCH + timedelta(microseconds=record[key])).isoformat()
            record["tags"] = record["tags"].split()
            file.write(json.dumps(record, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
