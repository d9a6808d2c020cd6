"""A store in a SQLite file, through the standard library's sqlite3."""
