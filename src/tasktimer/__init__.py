"""A time tracker for the command line: track, stop, times."""

__version__ = "0.1.0"
