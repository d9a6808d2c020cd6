"""A store in a PostgreSQL database, through SQLAlchemy."""
