"""A large table on the reader's own machine: rows made from the country profiles, English and Chinese in turn."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tui import paths
from tui.errors import DataError, UsageError

BATCH = 1000
MOST = 50_000_000
BYTES_A_ROW = 190
REGIONS = {
    "Africa": "非洲", "Oceania": "大洋洲", "Caribbean": "加勒比地区", "Central Asia": "中亚", "East Asia": "东亚",
    "Europe": "欧洲", "Middle East": "中东", "North America": "北美洲", "South America": "南美洲", "South Asia": "南亚",
}  # fmt: skip


def made_file(rows: int) -> Path:
    """Where a table of so many rows lies, or would."""
    return paths.cache_dir() / "made" / f"countries-{rows}.arrow"


def make(rows: int) -> Path:
    """Make it if it is not there: an Arrow stream file, about 180 bytes a row. Reports its progress through tqdm.

    Raises `UsageError` for a number that does not fit and `DataError` when the disk has no room.
    """
    if not 1 <= rows <= MOST:
        raise UsageError("tables.rows-out-of-range", rows=rows, most=MOST)
    file = made_file(rows)
    if file.is_file():
        return file
    import shutil

    import pyarrow
    from tqdm import tqdm

    file.parent.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(file.parent).free
    if free < 1.1 * rows * BYTES_A_ROW:
        raise DataError("tables.rows-need-room", rows=rows, needed=rows * BYTES_A_ROW / 1e6, free=free / 1e6)
    schema = pyarrow.schema(
        [("id", pyarrow.int64()), ("name", pyarrow.string()), ("region", pyarrow.string()),
         ("text", pyarrow.string()), ("population", pyarrow.int64())]
    )  # fmt: skip
    beside = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        with pyarrow.OSFile(str(beside), "wb") as out, pyarrow.ipc.new_stream(out, schema) as writer:
            for batch in tqdm(_batches(rows, schema), desc="making rows", total=-(-rows // BATCH), unit="batch"):
                writer.write_batch(batch)
        beside.replace(file)
    except OSError as error:
        raise DataError("tables.rows-not-written", reason=str(error)) from error
    finally:
        beside.unlink(missing_ok=True)
    return file


def _batches(rows: int, schema: Any) -> Iterator[Any]:
    """Batches of 1,000 rows. A table of sentences is drawn on, so that a row costs little to make."""
    import pyarrow

    countries = [json.loads(line) for line in _countries().read_text("utf-8").splitlines()]
    told = [list(_sentences(country)) for country in countries]
    for first in range(0, rows, BATCH):
        last = min(rows, first + BATCH)
        chosen = [(n * 7919) % len(countries) for n in range(first, last)]
        yield pyarrow.record_batch(
            [
                pyarrow.array(range(first, last), pyarrow.int64()),
                [countries[c]["name_zh" if n % 2 else "name"] for n, c in enumerate(chosen, first)],
                [countries[c]["region"] for c in chosen],
                [_chinese(countries[c]) if n % 2 else told[c][n % len(told[c])] for n, c in enumerate(chosen, first)],
                [countries[c]["population"] + n % 1000 for n, c in enumerate(chosen, first)],
            ],
            schema=schema,
        )  # fmt: skip


def _countries() -> Path:
    return paths.data_dir() / "countries" / "countries.jsonl"


def _sentences(country: dict[str, Any]) -> Iterator[str]:
    found = [part for part in re.split(r"(?<=[.;]) ", country["background"]) if len(part) > 20]
    yield from found[:6] or [country["background"]]


def _chinese(country: dict[str, Any]) -> str:
    area = country["area_km2"]
    size = f"，面积约{area:,.0f}平方公里" if area else ""
    life = country["life_expectancy"]
    years = f"，人均预期寿命约{life:.0f}岁" if life else ""
    region = REGIONS[country["region"]]
    return f"{country['name_zh']}位于{region}{size}，人口约{country['population']:,}人{years}。这些数字大约是2015年的。"
