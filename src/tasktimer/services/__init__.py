"""Services, the operations of the program: each runs in one transaction and returns types from `tasktimer.core`.

All services raise InvalidValue for invalid values. Services that accept task IDs raise TaskNotFound if a task does not
exist, and TaskOfOtherUser if the actor may not access the task. The docstrings of services list only other errors.
"""
