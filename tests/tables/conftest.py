"""Tables in a folder of their own, with a cache of their own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tui.tables.source import Source
from tui.tables.table_store import DESK, Table


@pytest.fixture(autouse=True)
def _own_tables(own_tables: None) -> None:
    """For every test of this room."""


@pytest.fixture
def rows_csv(tmp_path: Path) -> Path:
    """100 rows: name, n, k."""
    file = tmp_path / "rows.csv"
    lines = [f"row {n},{n},{n % 3}" for n in range(100)]
    file.write_text("\n".join(["name,n,k", *lines]) + "\n", "utf-8")
    return file


@pytest.fixture
def table(rows_csv: Path) -> Table:
    """The 100 rows, open."""
    return DESK.open(Source((str(rows_csv),)))


@pytest.fixture
def names_of() -> Callable[[Table], list[str | None]]:
    """The first column of a table's first split."""

    def names(table: Table) -> list[str | None]:
        split = table.splits[0]
        page = DESK.rows(table.handle, split.name, 0, 10_000, [table.columns[0].name])
        return [row[0] for row in page.rows]

    return names
