"""Reports for people, as tables, calendars or lines of words."""

from datetime import UTC, datetime

from tasktimer.core.report import Report
from tasktimer.output.report_lines import report_lines
from tasktimer.output.report_matrix import matrix_sheet
from tasktimer.output.report_sheet import list_sheet
from tasktimer.output.report_style import ReportStyle


def format_report(report: Report, style: ReportStyle, now: datetime) -> str:
    """Format a report in the time zone of `now`, with pictures if there is room."""
    return _format_calendar(report, style, now) if style.calendar else _format_table(report, style, now)


def _format_calendar(report: Report, style: ReportStyle, now: datetime) -> str:
    from tasktimer.output.calendar_heat_map import calendar_heat_map, calendar_text  # lazy: Rich

    draw = calendar_heat_map if style.pictures and not style.plain else calendar_text
    return draw(report, now)


def _format_table(report: Report, style: ReportStyle, now: datetime) -> str:
    is_matrix = len(report.query.by) > 1
    create = matrix_sheet if is_matrix else list_sheet
    hours = style.hours or ("minutes" if is_matrix else "seconds")
    sheet = create(report, now.tzinfo or UTC, hours, average=style.average)
    if style.plain:
        return report_lines(sheet)
    from tasktimer.output.report_table import report_table  # lazy: Rich

    return report_table(sheet, bars=style.pictures and not is_matrix)
