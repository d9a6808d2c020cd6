"""Parsers for the dates, times and durations that people type."""
