"""Messages that no test in this process prints, and error codes that none raises, each with the reason."""

_SERVED = "printed only in the log of the server"
_OF_POSTGRES = "tests/store/test_postgres_connections.py simulates errors of PostgreSQL"

_IN_PROCESSES = "requires the permissions, locks or home of another process; tests/system prints it"

# By file and function.
UNPRINTED: dict[str, str] = {
    "cli/context.py: report_unreachable_config": _IN_PROCESSES,
    "config/settings.py: Settings._config": _IN_PROCESSES,
    "errors.py: ConcurrentUpdate.__init__": "commands begin again by themselves; tests/services/test_retry.py",
    "store/sqlite/backup.py: _translate_backup_error": "no disk is full here; tests/store/test_restore.py",
    "store/sqlite/errors.py: _describe": "SQLite reports nothing else that is known",
    "store/sqlite/new_file.py: upgrade": "root may write everywhere; test_environment.py prints it",
    "store/sqlite/open_files.py: no_locks_error": _IN_PROCESSES,
    "store/sqlite/errors.py: _blocked": _IN_PROCESSES,
    "store/sqlite/open_files.py: _OpenFiles._add_holder": "a child of a fork meets it; tests/store/test_open_files.py",
    "store/postgres/errors.py: _translate": _OF_POSTGRES,
    "store/postgres/errors.py: _unavailable_error": _OF_POSTGRES,
    "store/postgres/async_store.py: AsyncPostgresStore.write": _SERVED,
    "store/sqlite/connection.py: connect": "this Python has a newer SQLite",
    "services/adjust.py: RemovalNotConfirmed.__init__": "the command asks for confirmation; tests/cli/test_adjust.py",
    "services/bulk.py: TaskChangedConcurrently.__init__": "others come first; tests/services/test_bulk.py",
}

UNRAISED: dict[str, str] = {
    "store-forked": "a child of a fork meets it; tests/store/test_open_files.py",
}
