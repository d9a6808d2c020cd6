"""SQL statements, each next to the function that runs it."""
