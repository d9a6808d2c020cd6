"""A store in a SQLite file, accessed through the standard library's sqlite3."""
