"""Parsers for the dates, times and durations that people type; each raises InvalidValue for other text."""
