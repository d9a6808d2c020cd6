"""The operations of the program: each service is one transaction and returns core types.

All services raise InvalidValue for an invalid value, and those that accept IDs raise TaskNotFound if a task does not
exist, and TaskOfOtherUser if the actor may not touch it. Their docstrings list other errors only.
"""
