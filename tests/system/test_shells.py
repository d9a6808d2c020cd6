"""Completion in real shells on a terminal: inserted text is data, whatever it contains."""

import contextlib
import os
import pty
import select
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.conftest import PATIENCE
from tests.system.command import TASKTIMER, Program

SHELLS = {
    "bash": ["bash", "--norc", "--noprofile", "-i"],
    "zsh": ["zsh", "-f", "-i"],
    "fish": ["fish", "--no-config", "-i"],
}
# The shell calls the command for completion; running the line only records its words.
RECORD = {
    "bash": "tasktimer() { printf '%s\\0' \"$@\" > args.new; mv args.new args; }",
    "zsh": "tasktimer() { printf '%s\\0' \"$@\" > args.new; mv args.new args; }",
    "fish": "function tasktimer; printf '%s\\0' $argv > args.new; mv args.new args; end",
}
LOAD = {
    "bash": "source ./completion",
    "zsh": "autoload -U compinit && compinit -u && source ./completion",
    "fish": "source ./completion",
}
HOSTILE = """x it's $(touch pwned) `touch pwned` "q" \\ ! * ~ ; & | < > {a,b} 🦀"""

Complete = Callable[[str], list[str]]


class Terminal:
    """A shell on its own terminal."""

    def __init__(self, words: list[str], folder: Path, environ: dict[str, str]) -> None:
        self.shown = ""
        self.process, self.terminal = pty.fork()
        if not self.process:
            os.chdir(folder)
            os.execvpe(words[0], words, environ)

    def type(self, keys: str) -> None:
        os.write(self.terminal, keys.encode())

    def wait_for(self, condition: Callable[[], bool]) -> None:
        deadline = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < deadline, self.shown
            if select.select([self.terminal], [], [], 0.05)[0]:
                self.shown += os.read(self.terminal, 65536).decode(errors="replace")

    def close(self) -> None:
        os.kill(self.process, signal.SIGKILL)
        os.close(self.terminal)
        os.waitpid(self.process, 0)


@pytest.fixture(params=SHELLS)
def terminal(
    request: pytest.FixtureRequest, program: Program, environ: dict[str, str], tmp_path: Path
) -> Iterator[Terminal]:
    """A shell with the completion script of the program."""
    shell = str(request.param)
    if not shutil.which(shell):
        (pytest.fail if os.environ.get("CI") else pytest.skip)(f"there is no {shell}")
    script = program(env={"_TASKTIMER_COMPLETE": f"source_{shell}"}).stdout
    (tmp_path / "completion").write_text(script)
    path = f"{Path(TASKTIMER).parent}:{environ['PATH']}"
    terminal = Terminal(SHELLS[shell], tmp_path, environ | {"PATH": path, "TERM": "xterm", "PS1": "> "})
    try:
        terminal.type(f"{LOAD[shell]}; {RECORD[shell]}; touch ready\r")
        terminal.wait_for((tmp_path / "ready").exists)
        yield terminal
    finally:
        with contextlib.suppress(ProcessLookupError):
            terminal.close()


@pytest.fixture
def complete(terminal: Terminal, tmp_path: Path) -> Complete:
    """Return the words of a line after completion; a tab in it is the TAB key."""

    def ask(line: str) -> list[str]:
        terminal.type(f"tasktimer {line}\r")
        args = tmp_path / "args"
        terminal.wait_for(args.exists)
        words = args.read_text().split("\0")[:-1]
        args.unlink()
        return words

    return ask


def test_shell_completes_commands_ids_dates_and_options(program: Program, complete: Complete) -> None:
    program("track", "write docs")
    assert complete("sto\t\t") == ["stop", "1"]
    assert complete("hist\t1\t") == ["history", "1"]
    assert complete("times --dat\tyest\t") == ["times", "--date", "yesterday"]
    assert complete("stop --at 15\t") == ["stop", "--at", "15m ago"]
    for command in ["edit", "show", "delete", "resume", "cancel", "split", "move"]:
        assert complete(f"{command} \t") == [command, "1"]
    assert complete("times --format js\t") == ["times", "--format", "json"]
    assert complete("list last w\t --rev\t") == ["list", "last", "week", "--reverse"]
    assert complete("list --from yest\t --to to\t") == ["list", "--from", "yesterday", "--to", "today"]


# Bash completes aliases that exist when the script is loaded; for later ones, it needs the line shown in the README.
ALIASES = {
    "bash": f"alias tt=tasktimer; {LOAD['bash']}; alias tx='tasktimer track x -p'; "
    "complete -o nosort -F _tasktimer_completion tx",
    "zsh": "alias tt=tasktimer tx='tasktimer track x -p'",
    "fish": "alias tt=tasktimer; alias tx='tasktimer track x -p'",
}


def test_shell_completes_alias_of_any_name(
    program: Program, terminal: Terminal, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    program("track", "write docs", "-p", "acme")
    terminal.type(f"{ALIASES[request.node.callspec.params['terminal']]}; touch aliases\r")
    terminal.wait_for((tmp_path / "aliases").exists)
    args = tmp_path / "args"
    for line, words in [
        ("tt sto\t\t", ["stop", "1"]),
        ("tt track wr\t", ["track", "write docs"]),
        ("tt list --tz Europe/Berl\t", ["list", "--tz", "Europe/Berlin"]),
        ("tx ac\t", ["track", "x", "-p", "acme"]),
    ]:
        terminal.type(f"{line}\r")
        terminal.wait_for(args.exists)
        assert args.read_text().split("\0")[:-1] == words
        args.unlink()


def test_shell_inserts_name_as_data(program: Program, complete: Complete, tmp_path: Path) -> None:
    program("track", "x", "-p", HOSTILE, "-t", "we$(touch${IFS}pwned)ird'\"\\🦀*")
    program("track", "x", "-p", "beta:web=1@2", "+docs")
    program("stop", "--all")
    before = sorted(os.listdir(tmp_path))
    for opened in ["-p x\t", "-p 'x\t", '-p "x\t', "-p x\\ it\t"]:
        assert complete(f"track y {opened}") == ["track", "y", "-p", HOSTILE]
    for opened in ["be\t", "beta:w\t", "'be\t", '"beta:\t']:
        assert complete(f"track y -p {opened}") == ["track", "y", "-p", "beta:web=1@2"]
    assert complete("track y --project=be\t") == ["track", "y", "--project=beta:web=1@2"]
    assert complete("track y -t we\t") == ["track", "y", "-t", "we$(touch${IFS}pwned)ird'\"\\🦀*"]
    assert complete("track y +do\t") == ["track", "y", "+docs"]
    assert sorted(os.listdir(tmp_path)) == before


def test_shell_inserts_odd_names_whole(program: Program, complete: Complete, tmp_path: Path) -> None:
    names = {"-": "-x y", "🦀": "🦀 & \u00e9", "s": "$(touch pwned)", "b": "`touch pwned`", "q": """'it"s'"""}
    for name in names.values():
        program("track", "x", f"--project={name}", f"--tag={name.replace(' ', '')}")
    before = sorted(os.listdir(tmp_path))
    assert complete("track y --project=-\t") == ["track", "y", "--project=-x y"]
    assert complete("track y -p 🦀\t") == ["track", "y", "-p", names["🦀"]]
    assert complete("rename project \\$\t new") == ["rename", "project", names["s"], "new"]
    assert complete("list -p \\`\t") == ["list", "-p", names["b"]]
    assert complete("list -p \\'\t") == ["list", "-p", names["q"]]
    assert complete("edit 1 +🦀\t +\\`\t") == ["edit", "1", "+🦀&\u00e9", "+`touchpwned`"]
    assert sorted(os.listdir(tmp_path)) == before


def test_shell_lists_candidates_with_descriptions(program: Program, terminal: Terminal, tmp_path: Path) -> None:
    program("track", "write $(touch pwned) `touch pwned`")
    program("track", "call %F{red}")
    terminal.type("tasktimer stop \t\t")
    terminal.wait_for(
        lambda: "write $(touch pwned) `touch pwned`" in terminal.shown and "call %F{red}" in terminal.shown
    )
    assert not (tmp_path / "pwned").exists()


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    """File names in the working folder."""
    names = ["docs.db", "folder/", "odd $(touch pwned) it's.db", "zzz"]
    for name in names:
        (tmp_path / name).mkdir() if name.endswith("/") else (tmp_path / name).touch()
    return names


def test_shell_completes_paths(complete: Complete, files: list[str], home: Path, tmp_path: Path) -> None:
    docs, _, odd, _ = files
    assert [word.rstrip("/") for word in complete("backup fol\t")] == ["backup", "folder"]  # zsh removes the slash
    assert complete("restore do\t") == ["restore", docs]
    assert complete("--database do\t list") == ["--database", docs, "list"]
    assert complete("--database=do\t list") == [f"--database={docs}", "list"]
    assert complete("--database od\t list") == ["--database", odd, "list"]
    assert complete("--database=od\t list") == [f"--database={odd}", "list"]
    assert complete("--database 'do\t list") == ["--database", docs, "list"]
    for opened in ['"od\t', "odd\\ \t"]:
        assert complete(f"--database {opened} list") == ["--database", odd, "list"]
    assert complete(f"backup {tmp_path}/od\t") == ["backup", f"{tmp_path}/{odd}"]
    (home / ".config").mkdir(exist_ok=True)
    assert [word.rstrip("/") for word in complete("backup ~/.conf\t")] == ["backup", str(home / ".config")]
    assert not (tmp_path / "pwned").exists()


@pytest.mark.parametrize("word", ["do", "fol", "zzz"])
def test_shell_inserts_nothing_if_no_path_is_expected(
    program: Program, complete: Complete, files: list[str], word: str
) -> None:
    assert any(name.startswith(word) for name in files)
    program("track", "x", "-p", "acme", "+tag")
    lines = ["", "track", "stop", "stop 1", "show", "edit 1 --note", "track y -p", "list -t", "undo --command"]
    for line in [*lines, "times --date", "list", "track y --at", "list --search", "times --format", "serve --port"]:
        # A space after the word would split it in two.
        assert complete(f"{line} {word}\tq") == [*line.split(), f"{word}q"]
    assert complete(f"track y --project={word}\tq") == ["track", "y", f"--project={word}q"]


@pytest.mark.usefixtures("files")
def test_shell_completes_redirections(complete: Complete, tmp_path: Path) -> None:
    for line in ("list >do\t", "list > do\t", "list 2>do\t", "list >> do\t"):
        assert complete(line) == ["list"]
    assert sorted(os.listdir(tmp_path / "folder")) == []
    assert not (tmp_path / "do").exists()


@pytest.mark.parametrize("shell", SHELLS)
def test_shell_receives_nothing_without_candidates(program: Program, shell: str) -> None:
    for line in ("tasktimer stop ", "tasktimer track zzz", "tasktimer track y -p zzz", "tasktimer zzz"):
        variables = {"_TASKTIMER_COMPLETE": f"complete_{shell}", "COMP_LINE": line, "_TYPER_COMPLETE_ARGS": line}
        done = program(env=variables)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
