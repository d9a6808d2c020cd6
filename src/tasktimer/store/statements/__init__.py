"""Every SQL statement, each beside the function that runs it."""
