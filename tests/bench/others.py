"""The same Arrow file in other tables, each in a process of its own: `python others.py datatable|fastdatatable FILE`.

Prints one JSON line: CPU seconds to the first rows and for pages, the median and the most, and memory at the end.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
import time
from typing import Any

PAGES = 30


def application(kind: str, file: str) -> Any:
    """An app with nothing but the table."""
    import pyarrow
    from textual.app import App

    table = pyarrow.ipc.open_stream(pyarrow.memory_map(file)).read_all()

    class Shown(App[None]):
        def compose(self) -> Any:
            if kind == "datatable":
                from textual.widgets import DataTable

                yield DataTable()
            else:
                from textual_fastdatatable import ArrowBackend, DataTable

                yield DataTable(backend=ArrowBackend(table))

        def on_mount(self) -> None:
            if kind == "datatable":
                from rich.text import Text
                from textual.widgets import DataTable

                shown = self.query_one(DataTable)
                shown.add_columns(*table.column_names)
                for row in zip(*(column.to_pylist() for column in table.columns), strict=True):
                    shown.add_row(*(Text(str(cell)) for cell in row))

    return Shown()


async def main(kind: str, file: str) -> None:
    import psutil

    start = time.process_time()
    app = application(kind, file)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        first = time.process_time() - start
        pages = []
        for _ in range(PAGES):
            before = time.process_time()
            await pilot.press("pagedown")
            await pilot.pause()
            pages.append(time.process_time() - before)
    print(json.dumps({"first": first, "page": statistics.median(pages), "most": max(pages),
                      "rss": psutil.Process().memory_info().rss}))  # fmt: skip


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2]))
