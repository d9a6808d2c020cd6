"""The distinct values of an indexed column, found by a loose index scan."""


def distinct_values(name: str, column: str, table: str, condition: str, *, first: str | None = None) -> str:
    """Return a recursive table expression `name (value)` with the distinct values of a column, in order.

    Each step looks up the next larger value in the index: as many steps as there are values, however many rows have
    each. The last value is NULL. `first` is an SQL expression for a lower bound.
    """
    start = condition if first is None else f"{condition} AND {column} >= {first}"
    return f"""{name} (value) AS (
SELECT value FROM (SELECT {column} AS value FROM {table} WHERE {start} ORDER BY {column} LIMIT 1) AS least
UNION ALL
SELECT (SELECT {column} FROM {table} WHERE {condition} AND {column} > {name}.value ORDER BY {column} LIMIT 1)
FROM {name} WHERE {name}.value IS NOT NULL
)"""
