"""The domain, pure: intervals, local days, the text of times, tasks and timesheets."""
