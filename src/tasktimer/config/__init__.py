"""Settings from options, environment variables and the config file, including users, time zones and databases."""
