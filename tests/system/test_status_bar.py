"""The status bar example of the docs, in a separate tmux."""

import re
import shlex
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.conftest import wait_until
from tests.system.command import TASKTIMER, Program

PAGE = Path(__file__).parents[2] / "docs" / "scripting.md"


@pytest.fixture
def screen(environ: dict[str, str], tmp_path: Path) -> Iterator[Callable[[], str]]:
    """The screen of a tmux with the documented configuration, which runs in a pane of another tmux."""
    if shutil.which("tmux") is None:
        pytest.skip("tmux is not installed")
    (example,) = re.findall(r"```tmux\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    config = tmp_path / "tmux.conf"
    config.write_text(example, encoding="utf-8")
    outer, inner = (["tmux", "-S", str(tmp_path / name)] for name in ("outer", "inner"))
    line = shlex.join(["env", "-u", "TMUX", *inner, "-f", str(config), "new-session", "-s", "name", "cat"])
    path = environ | {"PATH": f"{Path(TASKTIMER).parent}:{environ['PATH']}"}
    begin = [*outer, "-f", "/dev/null", "new-session", "-d", "-x", "100", "-y", "6", line]
    subprocess.run(begin, env=path, check=True)

    def show() -> str:
        command = [*outer, "capture-pane", "-p"]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    yield show
    for server in (inner, outer):
        subprocess.run([*server, "kill-server"], check=False, capture_output=True)


@pytest.fixture
def tracked(program: Program) -> str:
    description = "50% #S #[fg=red]#(date)"
    assert program("track", description).returncode == 0
    return description


def test_tmux_shows_description_uninterpreted(tracked: str, screen: Callable[[], str]) -> None:
    def shown() -> str | None:
        found = re.search(r"(\S.*) [0-9]+:[0-9]{2}:[0-9]{2}$", screen().split("name", 1)[-1], re.MULTILINE)
        return found and found[1]

    wait_until(lambda: shown() is not None)  # tmux redraws the bar when the command has ended
    assert str(shown()).endswith(tracked)
