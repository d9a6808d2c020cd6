"""Parsers for the dates, times and durations that users type; for other text, they raise InvalidValue."""
