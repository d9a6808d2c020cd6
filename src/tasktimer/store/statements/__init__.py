"""SQL statements, each next to the function that runs it; `user_id=None` means all users."""
