"""The command line: parse, call one verb, print."""

import gc
import sys

INTERRUPTED = 130


def main() -> int:
    """Run the command of this process's arguments and give its exit code."""
    # A command ends before garbage could matter; looking for it while modules are loaded takes a twentieth of the run.
    gc.disable()
    try:
        # Imported here so that Ctrl-C is quiet from the first moment on.
        from tasktimer.cli.app import run

        return run(sys.argv[1:])
    except KeyboardInterrupt:
        return INTERRUPTED
    finally:
        gc.freeze()  # or Python would look for it once more when it ends
