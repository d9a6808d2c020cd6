"""The command-line interface, which parses the arguments, calls a service and prints the result."""

import gc
import sys

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
