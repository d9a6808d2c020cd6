"""Settings from options, environment variables and the config file: databases, users, formats and time zones."""
