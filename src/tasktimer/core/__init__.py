"""The domain, without I/O or a clock: intervals, local days, parsing and formatting of times, tasks and timesheets."""
