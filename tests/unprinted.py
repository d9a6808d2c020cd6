"""Messages that no test of this process prints, and why; by the file and the function that makes them."""

_SERVED = "over HTTP it goes to the log, in other words than to the client"
_OF_POSTGRES = "what PostgreSQL reports is made up in tests/store/test_postgres_connections.py"

UNPRINTED: dict[str, str] = {
    "errors.py: Overtaken.__init__": "commands begin again by themselves; tests/tracker/test_retried.py",
    "store/failures.py: unavailable": "SQLite reports nothing else that is known",
    "store/failures.py: upgrade_explained": "root may write everywhere; tests/system/test_surroundings.py prints it",
    "store/postgres_failures.py: _refusal": _OF_POSTGRES,
    "store/postgres_failures.py: _unavailable": _OF_POSTGRES,
    "store/served_postgres.py: ServedPostgres._run": _SERVED,
    "store/sqlite_connection.py: connect": "this Python has a newer SQLite",
    "tracker/bulk.py: ChangedMeanwhile.__init__": "others come first; tests/tracker/test_bulk.py",
}
