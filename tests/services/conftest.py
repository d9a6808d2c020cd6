"""A fixture that imports rows."""

from collections.abc import Callable
from datetime import UTC
from pathlib import Path
from typing import Any

import pytest
from tests.services.import_steps import MINE, NOW, Listed

from tasktimer.core.task import Actor
from tasktimer.errors import InvalidValue
from tasktimer.formats.import_report import ImportResult
from tasktimer.formats.reading import ReadOptions
from tasktimer.formats.rows import RejectedRow, Row
from tasktimer.formats.source import Source
from tasktimer.services.imports import ImportFile, import_files
from tasktimer.store.protocols import Store

Import = Callable[..., ImportResult]


@pytest.fixture
def imported(store: Store, tmp_path: Path) -> Import:
    """Return a function that imports rows, and returns the report on them."""
    (tmp_path / "rows").touch()

    def import_rows(*rows: Row | RejectedRow | InvalidValue, actor: Actor = MINE, **options: Any) -> ImportResult:
        file = ImportFile(Source(tmp_path / "rows"), "listed", Listed(*rows), ReadOptions(UTC))
        return import_files(store, actor, [file], now=NOW, **options)

    return import_rows
