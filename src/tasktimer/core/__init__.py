"""The domain model, without I/O or a clock: intervals, local days, tasks, timesheets, and parsers for times."""
