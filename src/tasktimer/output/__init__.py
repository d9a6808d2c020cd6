"""Formatting of results as tables and sentences for people, and as JSON, CSV and TSV for programs.

`from tasktimer import output` imports none of the modules of this package; each is imported when it is first used
as `output.NAME`.
"""

from importlib import import_module
from typing import TYPE_CHECKING

__all__ = [
    "calendar_heat_map",
    "changes",
    "formatting",
    "gaps_table",
    "history_table",
    "import_report",
    "interval_records",
    "json_tsv",
    "losses",
    "notes",
    "palette",
    "previews",
    "records",
    "report_data",
    "reports",
    "status",
    "tables",
    "timeline",
    "timeline_text",
    "timesheet_tables",
    "usage_table",
    "wrapping",
]

# Most commands print only an ID or a few lines. Always importing the modules for sentences (0.8 million instructions),
# JSON (3 million) and Rich tables (130 million) would multiply the cost of such a command.
if TYPE_CHECKING:
    from tasktimer.output import (
        calendar_heat_map,
        changes,
        formatting,
        gaps_table,
        history_table,
        import_report,
        interval_records,
        json_tsv,
        losses,
        notes,
        palette,
        previews,
        records,
        report_data,
        reports,
        status,
        tables,
        timeline,
        timeline_text,
        timesheet_tables,
        usage_table,
        wrapping,
    )
else:

    def __getattr__(name):
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return import_module(f"{__name__}.{name}")
