"""The command-line interface, which parses the arguments, calls a service and prints the result."""

import gc
import os
import sys
import threading
from contextlib import suppress

INTERRUPTED = 130


def main() -> int:
    """Run the command in `sys.argv` and return its exit code."""
    # A command exits before garbage accumulates, and collections during the imports would take 13% of the instructions.
    gc.disable()
    try:
        # Imported here so that Ctrl-C during the imports prints no traceback.
        from tasktimer.cli.app import run

        return run(sys.argv[1:])
    except KeyboardInterrupt:
        return INTERRUPTED
    finally:
        gc.freeze()  # prevents a collection at exit


def script() -> int:
    """Run the command in `sys.argv` and end the process, without waiting until Python has freed its memory.

    Freeing each object takes as long as a seventh of a command. Return the exit code instead if threads are running,
    as in a server, or if output cannot be written.
    """
    code = main()
    with suppress(OSError):
        for stream in (sys.stdout, sys.stderr):
            if stream is not None:  # closed by the caller
                stream.flush()
        if threading.active_count() == 1:
            os._exit(code)
    return code
