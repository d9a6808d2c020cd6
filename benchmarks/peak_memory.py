"""Run a command and print the most memory it held (KiB on Linux, bytes on macOS), and the seconds it computed.

A program of its own, run with `python -I -S`, because a child counts the memory of the process that started it as its
own until it has become another program: the starter has to be smaller than what it measures.
"""

import os
import sys


def main() -> None:
    """Measure the command of this process's arguments."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    child = os.posix_spawn(
        sys.argv[1], sys.argv[1:], os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, nowhere, sys.stdout.fileno())]
    )
    _, status, usage = os.wait4(child, 0)
    if status:
        sys.exit(f"{sys.argv[1]} ended with {os.waitstatus_to_exitcode(status)}")
    print(usage.ru_maxrss, usage.ru_utime + usage.ru_stime)


if __name__ == "__main__":
    main()
