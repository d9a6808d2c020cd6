"""The operations of the program: each service runs in one transaction and returns core types.

All services raise InvalidValue for invalid values. Services that accept task IDs raise TaskNotFound if a task does not
exist, and TaskOfOtherUser if the actor may not access the task. Docstrings list only other errors.
"""
