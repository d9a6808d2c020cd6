"""Formatting of results: tables and sentences for people; JSON, CSV and TSV for programs.

`from tasktimer import output` imports no module of the package: each is imported when `output.NAME` is first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING

__all__ = ["changes", "formatting", "json_tsv", "records", "status", "tables", "timesheet_tables"]

# Most commands print an ID or a few lines, so that sentences (0.8 million instructions), JSON (3 million) and Rich
# (130 million) would multiply what a command costs.
if TYPE_CHECKING:
    from tasktimer.output import changes, formatting, json_tsv, records, status, tables, timesheet_tables
else:

    def __getattr__(name):
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return import_module(f"{__name__}.{name}")
