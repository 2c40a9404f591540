"""Tables in a real engine: paged through while a step runs, stopped in the middle, and a file that shrinks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from tests.engine.test_client import until
from tui.engine.client import DATA_FIRST, EngineClient, Progress
from tui.errors import EngineDied, Stopped, TableGone

pytestmark = pytest.mark.asyncio(loop_scope="module")
ROWS = 200_000


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def engine(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[EngineClient]:
    client = EngineClient(log=tmp_path_factory.mktemp("engine") / "engine.log", command=DATA_FIRST)
    await client.start()
    yield client
    await client.close()


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An Arrow stream file of many rows."""
    import pyarrow

    made = tmp_path_factory.mktemp("data") / "rows.arrow"
    schema = pyarrow.schema([("n", pyarrow.int64()), ("t", pyarrow.string())])
    with pyarrow.OSFile(str(made), "wb") as out, pyarrow.ipc.new_stream(out, schema) as writer:
        for first in range(0, ROWS, 1000):
            numbers = list(range(first, first + 1000))
            texts = [f"row {n} 行" * 10 for n in numbers]
            writer.write_batch(pyarrow.record_batch([numbers, texts], schema=schema))
    return made


async def opened(engine: EngineClient, path: Path | str, **options: Any) -> dict[str, Any]:
    plain = await engine.ask("data", call="open", values={"source": {"paths": [str(path)], **options}})
    return dict(plain)


async def rows(engine: EngineClient, table: dict[str, Any], first: int, count: int = 40) -> list[list[str]]:
    values = {"handle": table["handle"], "split": table["splits"][0]["name"], "first": first, "count": count,
              "names": ["n", "t"]}  # fmt: skip
    page = await engine.ask("look", call="rows", values=values)
    return list(page["rows"])


async def test_rows_come_while_a_step_runs(engine: EngineClient, file: Path) -> None:
    table = await opened(engine, file)
    values = {"handle": table["handle"], "text": "map(lambda row: {'x': sum(range(200))})"}
    step = engine.ask("data", call="step", values=values)
    await until(lambda: step.started, 60)
    for first in (0, 150_000, 77_777):
        page = await rows(engine, table, first)
        assert page[0][0] == (f"{first:,}" if first >= 10_000 else str(first))
        assert not step.answer.done()
    engine.drop(step)
    with pytest.raises(Stopped):
        await step
    assert len(await rows(engine, table, 5)) == 40  # the table is as it was


@pytest.mark.parametrize(
    "text",
    [
        "map(lambda row: {'x': sum(range(2000))})",
        "map(lambda rows: {'x': [sum(range(2000)) for n in rows['n']]}, batched=True)",
        "filter(lambda row: sum(range(2000)) > 0)",
        "map(lambda row: {'x': sum(range(2000))}, num_proc=2)",
        "map(lambda row: {'x': next(n for n in iter(int, 1))})",
        "pandas(lambda frame: [frame := frame.sort_values('t') for _ in range(10**6)][-1])",
    ],
    ids=["map", "batched", "filter", "two processes", "endless", "pandas"],
)
async def test_escape_in_the_middle_of_a_step(engine: EngineClient, file: Path, text: str) -> None:
    table, pid = await opened(engine, file), engine.pid
    heard: list[Progress] = []
    step = engine.ask(
        "data", call="step", values={"handle": table["handle"], "text": text}, on_progress=heard.append
    )  # fmt: skip
    await until(lambda: step.started, 60)
    if "next(" not in text and "pandas" not in text:
        await until(lambda: bool(heard), 60)
    engine.drop(step)
    with pytest.raises(Stopped):
        await asyncio.wait_for(step.answer, 30)
    try:
        assert (await rows(engine, table, 0))[0][0] == "0"
    except (EngineDied, TableGone):
        assert engine.pid != pid  # what does not listen goes with its engine, and the tables with it


async def test_escape_in_the_middle_of_opening(engine: EngineClient, tmp_path: Path) -> None:
    big = tmp_path / "big.jsonl"
    with big.open("w") as out:
        for n in range(400_000):
            out.write(f'{{"n": {n}, "t": "{"x" * 100}"}}\n')
    heard: list[Progress] = []
    request = engine.ask(
        "data", call="open", values={"source": {"paths": [str(big)]}}, on_progress=heard.append
    )  # fmt: skip
    await until(lambda: bool(heard) or request.answer.done(), 60)
    engine.drop(request)
    with pytest.raises(Stopped):
        await asyncio.wait_for(request.answer, 30)
    assert len(await rows(engine, await opened(engine, big), 399_999)) == 1  # nothing half-made was kept


async def test_escape_in_the_middle_of_a_search_and_of_saving(engine: EngineClient, file: Path, tmp_path: Path) -> None:
    table = await opened(engine, file)
    split = table["splits"][0]["name"]
    partial: list[dict[str, Any]] = []
    values = {"handle": table["handle"], "split": split, "pattern": "(.*)*z{5}|row 1 ", "regex": True}
    search = engine.ask("data", call="find", values=values, on_partial=partial.append)
    await until(lambda: search.started, 60)
    engine.drop(search)
    with pytest.raises(Stopped):
        await asyncio.wait_for(search.answer, 30)
    saving = engine.ask("data", call="save", values={"handle": table["handle"], "path": str(tmp_path / "a.csv")})
    await until(lambda: saving.started, 60)
    engine.drop(saving)
    with pytest.raises(Stopped):
        await asyncio.wait_for(saving.answer, 30)
    assert list(tmp_path.iterdir()) == []  # neither the file nor half of one


async def test_a_file_that_shrinks_ends_the_engine_and_not_the_console(engine: EngineClient, tmp_path: Path,
                                                                       file: Path) -> None:  # fmt: skip
    copy = tmp_path / "copy.arrow"
    copy.write_bytes(file.read_bytes())
    table = await opened(engine, copy)
    with copy.open("r+b") as out:
        out.truncate(4096)
    with pytest.raises((EngineDied, TableGone)):
        await rows(engine, table, ROWS - 50)
    await until(lambda: engine.pid is not None, 60)
    with pytest.raises(TableGone):
        await rows(engine, table, 0)
    again = await opened(engine, file)
    assert len(await rows(engine, again, 0)) == 40
