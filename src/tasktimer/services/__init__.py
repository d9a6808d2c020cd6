"""The program's operations, called services; each runs in one transaction and returns objects from `tasktimer.core`.

All services raise InvalidValue for invalid values. Services that accept task IDs raise TaskNotFound if a task does not
exist, and TaskOfOtherUser if the actor may not access the task. Docstrings of services list only errors that are
raised for other reasons.
"""
