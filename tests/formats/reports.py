"""Detailed reports as Toggl Track and Clockify write them."""

import csv
from io import StringIO

from tests.format_files import read

from tasktimer.formats.rows import Row
from tasktimer.formats.source import Source

TOGGL = {
    "User": "Ann Example",
    "Email": "ann@example.test",
    "Client": "Acme",
    "Project": "Website",
    "Task": "Texts",
    "Description": "write the manual",
    "Billable": "Yes",
    "Start date": "2024-03-04",
    "Start time": "09:00:00",
    "End date": "2024-03-04",
    "End time": "10:30:00",
    "Duration": "01:30:00",
    "Tags": "docs, urgent",
    "Amount ()": "12.50",
}
CLOCKIFY = {
    "Project": "Website",
    "Client": "Acme",
    "Description": "write the manual",
    "Task": "Texts",
    "User": "Ann Example",
    "Group": "",
    "Email": "ann@example.test",
    "Tags": "docs, urgent",
    "Billable": "Yes",
    "Start Date": "2024-03-04",
    "Start Time": "09:00:00",
    "End Date": "2024-03-04",
    "End Time": "10:30:00",
    "Duration (h)": "01:30:00",
    "Duration (decimal)": "1.50",
    "Billable Rate (USD)": "50.00",
    "Billable Amount (USD)": "75.00",
}


def report(*rows: dict[str, str], columns: dict[str, str] = TOGGL) -> str:
    """Return a report whose rows have these values, and otherwise those of `columns`."""
    text = StringIO()
    writer = csv.DictWriter(text, list(columns))
    writer.writeheader()
    writer.writerows({**columns, **row} for row in rows)
    return text.getvalue()


def read_row(source: Source) -> Row:
    (row,) = read(source)
    assert isinstance(row, Row), row
    return row
