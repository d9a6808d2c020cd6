"""A store in a PostgreSQL database, accessed through SQLAlchemy."""
