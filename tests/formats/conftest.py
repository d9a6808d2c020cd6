"""A fixture that makes files to import."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tasktimer.formats.source import Source


@pytest.fixture
def source(tmp_path: Path) -> Callable[..., Source]:
    """Return a function that returns a file with this content, and perhaps a name and an encoding, as a source."""

    def make(content: str | bytes, name: str = "file", encoding: str | None = None) -> Source:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return Source(path, name, encoding)

    return make
