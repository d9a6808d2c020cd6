"""Prompts on a real terminal."""

import fcntl
import os
import pty
import re
import shlex
import signal
import subprocess
import termios
import threading
from contextlib import suppress

import pytest
from tests.conftest import Run
from tests.system.command import TASKTIMER, Program

CTRL_C, CTRL_D = b"\x03", b"\x04"


def converse(environ: dict[str, str], arguments: list[str], answer: bytes) -> tuple[int, str, str]:
    """Answer a prompt; return the exit code, and the output before and after the answer."""
    terminal, other_end = pty.openpty()
    with subprocess.Popen(
        [TASKTIMER, *arguments],
        env=environ,
        stdin=other_end,
        stdout=other_end,
        stderr=other_end,
        start_new_session=True,
        preexec_fn=acquire_terminal,  # noqa: PLW1509 (the other thread of this process holds no lock)
    ) as command:
        os.close(other_end)
        last_moment = threading.Timer(60, command.kill)  # an unexpected prompt must fail, not hang
        last_moment.start()
        question = rest = ""
        while not question.endswith("[y/N] ") and (text := read_some(terminal)):
            question += text
        if answer == CTRL_C:
            interrupt(command, terminal)
        else:
            os.write(terminal, answer)
        while text := read_some(terminal):
            rest += text
        last_moment.cancel()
    os.close(terminal)
    return command.returncode, question, rest


def interrupt(command: subprocess.Popen[bytes], terminal: int) -> None:
    """Press Ctrl-C repeatedly: a signal just before a read does not interrupt it."""
    while command.poll() is None:
        with suppress(OSError):
            os.write(terminal, CTRL_C)
        with suppress(subprocess.TimeoutExpired):
            command.wait(timeout=2)


def acquire_terminal() -> None:
    """Acquire the terminal, and enable Ctrl-C, which a shell disables for background processes."""
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def read_some(terminal: int) -> str:
    try:
        return os.read(terminal, 1024).decode()
    except OSError:  # the other end was closed
        return ""


def block(*lines: str) -> str:
    return "".join(f"{line}\r\n" for line in lines)


TAGGED = (
    " ID  Start  End     Length  Description  Tags",
    " ───────────────────────────────────────────────",
    " Sun 16 July 2023",
    "  1  08:00  09:00  1:00:00  write        +later",
)
NO = "note: nothing was changed\r\n"
# The tasks and the question that each command prints, and the output after yes.
COMMANDS = {
    "edit --search write +docs --remove-tag later": (
        block(
            *TAGGED,
            "     tags +later -> +docs",
            "  2  08:30  08:45  0:15:00  write it",
            "     tags none -> +docs",
            "  3  09:30  11:00  1:30:00  write",
            "     tags none -> +docs",
            "",
        )
        + "Edit 3 tasks?",
        "3 tasks edited; to undo this, run: tasktimer undo\r\n",
    ),
    "delete --search 'write it'": (
        block(
            " ID  Start  End     Length  Description",
            " ───────────────────────────────────────",
            " Sun 16 July 2023",
            "  2  08:30  08:45  0:15:00  write it",
            "",
        )
        + "Delete 1 task?",
        "1 task deleted; to undo this, run: tasktimer undo\r\n",
    ),
    "join 3 1": (
        block(*TAGGED, "  3  09:30  11:00  1:30:00  write", "") + "Join them, and include the 0:30:00 between them?",
        (
            "Joined 1 and 3:\r\n"
            "  1: write, 2023-07-16 08:00 to 11:00 (3:00:00)\r\n"
            "  includes the 0:30:00 between them\r\n"
            "note: task 1 overlaps task 2 (write it, 2023-07-16 08:30 to 08:45) "
            "and task 4 (call, 2023-07-16 09:30 to 11:00)\r\n"
            "hint: to remove the other tasks, run: tasktimer edit 1 --adjust\r\n"
        ),
    ),
    "history --prune 1y": (
        "Prune 4 commands of all users before DATE? Pruned commands can no longer be undone.",
        "Pruned 4 commands.\r\n",
    ),
}
ANSWERS = {
    "yes": (b"y\n", 0, "y\r\n"),
    "no": (b"n\n", 1, f"n\r\n{NO}"),
    "nothing": (b"\n", 1, f"\r\n{NO}"),
    "another word": (b"yes please\n", 1, f"yes please\r\n{NO}"),
    "the end": (CTRL_D, 1, f"\r\n{NO}"),
    "Ctrl-C": (CTRL_C, 130, "\r\n"),
}


def state(run: Run) -> tuple[str, str]:
    return run("list", "all", "--json").out, run("history", "--json").out


@pytest.mark.parametrize("answer", ANSWERS)
@pytest.mark.parametrize("line", COMMANDS)
def test_prompt_shows_tasks_and_asks(run: Run, environ: dict[str, str], line: str, answer: str) -> None:
    run("track", "write", "+later", "--at", "08:00", "--until", "09:00")
    run("track", "write it", "--at", "08:30", "--until", "08:45")
    run("track", "write", "--at", "09:30", "--until", "11:00")
    run("track", "call", "--at", "09:30", "--until", "11:00")
    before = state(run)
    typed, exit_code, echo = ANSWERS[answer]
    question, done = COMMANDS[line]
    code, shown, rest = converse(environ, shlex.split(line), typed)
    assert re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d\?", "DATE?", shown) == f"{question} [y/N] "
    rest = re.sub(r"^(\^C)+", "", rest)
    assert (code, rest) == (exit_code, echo + (done if answer == "yes" else ""))
    assert (state(run) == before) == (answer != "yes")


def test_prompt_shows_one_screen_of_long_list(run: Run, environ: dict[str, str]) -> None:
    for number in range(1, 26):
        run("track", f"write {number}", "--at", f"8:{number:02}", "--for", "1m")
    code, shown, rest = converse(environ, ["delete", "--search", "write"], b"n\n")
    lines = shown.split("\r\n")
    assert [line.split()[-1] for line in lines[3:-3]] == [str(number) for number in range(1, 20)]
    assert lines[-3:] == [" and 6 more", "", "Delete 25 tasks? [y/N] "]
    assert (code, rest) == (1, f"n\r\n{NO}")


def test_prompt_without_terminal_requires_yes(run: Run, program: Program) -> None:
    run("track", "write", "--at", "08:00", "--until", "09:00")
    run("track", "write", "--at", "09:30", "--until", "11:00")
    before = state(run)
    for line, exit_code in [*((line, 2) for line in COMMANDS if not line.startswith("join")), ("join 1 2", 1)]:
        done = program(*shlex.split(line))
        assert (done.returncode, done.stdout) == (exit_code, ""), line
        assert "--yes" in done.stderr
    assert state(run) == before
