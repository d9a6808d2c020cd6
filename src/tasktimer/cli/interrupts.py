"""Ctrl-C while a change is committed: it waits, and then the command can say what is stored."""

import signal


def hold() -> None:
    """Let an interrupt wait from now on."""
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])


def release() -> None:
    """Let interrupts come again; one that has waited comes at once."""
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGINT])
