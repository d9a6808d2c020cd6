"""SQL statements, and the functions that run them; `user_id=None` means all users."""
