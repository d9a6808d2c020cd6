"""Questions, as a person at a real terminal sees and answers them."""

import os
import pty
import signal
import subprocess
import threading
from contextlib import suppress

import pytest
from tests.system.conftest import TASKTIMER, Program

QUESTION = "  1: write, 08:00 to 09:00 (1:00:00)\r\nDelete 1 task? [y/N] "


def converse(environ: dict[str, str], arguments: list[str], question: str, answer: bytes) -> tuple[int, str]:
    """Answer a question; gives the exit code, and all that stood on the terminal."""
    terminal, other_end = pty.openpty()
    with subprocess.Popen(
        [TASKTIMER, *arguments],
        env=environ,
        stdin=other_end,
        stdout=other_end,
        stderr=other_end,
        start_new_session=True,
        preexec_fn=hear_interrupts,  # noqa: PLW1509 (the other thread of this process holds no lock)
    ) as command:
        os.close(other_end)
        last_moment = threading.Timer(60, command.kill)  # so that whatever is not understood fails, and does not hang
        last_moment.start()
        seen = ""
        while not seen.endswith(question) and (text := read_some(terminal)):
            seen += text
        if answer:
            os.write(terminal, answer)
        else:
            interrupt(command)
        while text := read_some(terminal):
            seen += text
        last_moment.cancel()
    os.close(terminal)
    return command.returncode, seen


def interrupt(command: subprocess.Popen[bytes]) -> None:
    """Press Ctrl-C as often as it takes: a signal that comes just before a read does not end it."""
    while command.poll() is None:
        command.send_signal(signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            command.wait(timeout=2)


def hear_interrupts() -> None:
    """Who runs tests in the background of a shell has Ctrl-C ignored, and so would the command."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def read_some(terminal: int) -> str:
    try:
        return os.read(terminal, 1024).decode()
    except OSError:  # the other end is closed
        return ""


@pytest.mark.parametrize(
    ("answer", "exit_code", "rest"),
    [
        (b"y\n", 0, "y\r\n1 task deleted; tasktimer undo takes that back.\r\n"),
        (b"n\n", 1, "n\r\nnote: nothing is changed\r\n"),
        (b"\x04", 1, "\r\nnote: nothing is changed\r\n"),  # Ctrl-D
        (b"", 130, "\r\n"),  # Ctrl-C
    ],
)
def test_a_person_is_asked(program: Program, environ: dict[str, str], answer: bytes, exit_code: int, rest: str) -> None:
    program("track", "write", "--at", "2023-07-16 08:00", "--until", "2023-07-16 09:00")
    question = QUESTION.replace("08:00 to", "2023-07-16 08:00 to")
    assert converse(environ, ["delete", "--search", "write"], question, answer) == (exit_code, question + rest)
    left = program("list", "all").stdout.count("\n")
    assert left == (0 if exit_code == 0 else 1)
