"""SQL statements, each in the module of the function that runs it; `user_id=None` means all users."""
