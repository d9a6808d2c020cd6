"""The domain, without I/O or a clock: intervals, local days, tasks, timesheets, and parsing and formatting of times."""
