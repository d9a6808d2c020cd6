"""Task storage in a SQLite file (through the standard library's sqlite3) or in PostgreSQL (through SQLAlchemy)."""
