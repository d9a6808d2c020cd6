"""The store in one SQLite file, through the standard library's sqlite3."""
