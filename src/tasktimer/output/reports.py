"""Reports for people, as tables or as lines of words."""

from datetime import tzinfo

from tasktimer.core.report import Report
from tasktimer.output.report_lines import report_lines
from tasktimer.output.report_matrix import matrix_sheet
from tasktimer.output.report_sheet import list_sheet


def format_report(report: Report, zone: tzinfo, hours: str | None, *, average: bool, bars: bool, plain: bool) -> str:
    """Format a report as a table, with bars if there is room, or as one line of words per row if `plain` is true.

    `hours` is a key of UNITS; by default, times by two keys are in minutes, and others in seconds.
    """
    is_matrix = len(report.query.by) > 1
    create = matrix_sheet if is_matrix else list_sheet
    sheet = create(report, zone, hours or ("minutes" if is_matrix else "seconds"), average=average)
    if plain:
        return report_lines(sheet)
    from tasktimer.output.report_table import report_table

    return report_table(sheet, bars=bars and not is_matrix)
