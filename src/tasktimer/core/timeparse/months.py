"""The names of months."""

MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)


def find_month(normal: str) -> int | None:
    """Return the number of a month, given by its name or its first three letters."""
    return next((number for number, name in enumerate(MONTHS, 1) if normal in (name, name[:3])), None)
