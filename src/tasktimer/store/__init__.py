"""Storage of tasks: a file read with the standard library's sqlite3, or PostgreSQL through SQLAlchemy."""
