"""Settings from flags, environment variables and the config file; users, time zones and database strings."""
