"""Parsers for dates, times and durations typed by users; they raise InvalidValue for text that they cannot parse."""
