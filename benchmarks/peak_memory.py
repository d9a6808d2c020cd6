"""Run a command; print its peak memory (KiB on Linux, bytes on macOS) and its CPU seconds.

A separate script, run with `python -I -S`: until its exec, a child process counts the memory of its parent, so the
parent must be smaller than the measured program.
"""

import os
import sys


def main() -> None:
    """Measure the command given as arguments."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    child = os.posix_spawn(
        sys.argv[1], sys.argv[1:], os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, nowhere, sys.stdout.fileno())]
    )
    _, status, usage = os.wait4(child, 0)
    if status:
        sys.exit(f"{sys.argv[1]} exited with {os.waitstatus_to_exitcode(status)}")
    print(usage.ru_maxrss, usage.ru_utime + usage.ru_stime)


if __name__ == "__main__":
    main()
