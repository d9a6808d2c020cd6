"""The installed command, and the type of the fixture that runs it."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

TASKTIMER = str(Path(sys.executable).with_name("tasktimer"))

Program = Callable[..., subprocess.CompletedProcess[str]]
