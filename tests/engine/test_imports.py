"""An import is never interrupted, and an engine that is importing says so."""

from __future__ import annotations

import asyncio
import random
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.engine.test_client import until
from tests.scales import SCALES, seed, times
from tui.engine.client import DATA_FIRST, ENGINE, FETCHER, EngineClient
from tui.errors import Stopped

SLOW = """
import pathlib, time
here = pathlib.Path(__file__).parent
(here / "begun").touch()
end = time.monotonic() + 60
while not (here / "go").exists() and time.monotonic() < end:
    pass
done = True
"""
"""A module whose import ends when a file is there."""


@pytest_asyncio.fixture
async def bare(tmp_path: Path) -> AsyncIterator[EngineClient]:
    client = EngineClient(log=tmp_path / "engine.log", command=FETCHER)
    yield client
    await client.close()


async def test_a_request_is_stopped_when_its_import_has_ended(bare: EngineClient, tmp_path: Path) -> None:
    (tmp_path / "slow_module.py").write_text(SLOW)
    await bare.ask("cell", space="a", code=f"import sys; sys.path.append({str(tmp_path)!r})")
    pid = bare.pid
    request = bare.ask("cell", space="a", code="import slow_module\nwhile True: pass")
    await until((tmp_path / "begun").exists, 60)
    await until(lambda: bare._is_importing)
    bare.drop(request)
    await asyncio.sleep(0.5)  # ten interrupts that must do nothing
    assert not request.answer.done()
    (tmp_path / "go").touch()
    with pytest.raises(Stopped):
        await request
    assert bare.pid == pid
    answer = await bare.ask("cell", space="a", code="import slow_module\nslow_module.done")
    assert answer["output"] == "True\n"


async def test_an_engine_that_has_imported_and_then_hangs_is_shown(bare: EngineClient) -> None:
    request = bare.ask("cell", space=None, code="import colorsys\nsum(iter(int, 1))")  # at once after an import
    await until(lambda: request.started, 60)
    await until(lambda: not bare.is_answering, 60)
    bare.stop(request)
    with pytest.raises(Stopped):
        await request


def test_an_import_is_seen_however_it_begins() -> None:
    code = """
import importlib, sys, threading
from tui.engine import imports
seen = []
imports.watch(lambda: seen.append(imports.is_under_way()))
import json.tool
assert seen == [True, False], seen
importlib.import_module("colorsys")
assert seen == [True, False] * 2, seen
import json.tool, colorsys
assert len(seen) == 4, seen
try:
    import there_is_no_such_module
except ImportError:
    pass
assert seen == [True, False] * 3, seen
assert not imports.is_within(sys._getframe())
class Finder:
    def find_spec(self, *_):
        self.is_within = imports.is_within(sys._getframe())
sys.meta_path.insert(0, finder := Finder())
importlib.import_module("this")
assert finder.is_within
thread = threading.Thread(target=importlib.import_module, args=["chunk"])
thread.start()
thread.join()
assert seen[-2:] == [True, False]
"""
    subprocess.run([sys.executable, "-P", "-W", "ignore", "-c", code], check=True, stdout=subprocess.DEVNULL)


@pytest.mark.timeout(7200)
@pytest.mark.parametrize("scale", SCALES)
async def test_a_request_is_answered_after_one_was_dropped_at_any_moment(
    tmp_path: Path, scale: float, capsys: pytest.CaptureFixture[str]
) -> None:
    chance, count, alive, began = random.Random(seed()), times(100, scale), 0, 0
    requests = {
        "pipeline": {"task": "sentiment-analysis", "text": "good"},
        "tokens": {"text": "good"},
        "metrics": {},
    }
    for number in range(count):
        command = (ENGINE, FETCHER, DATA_FIRST)[number % 3]
        instrument = list(requests)[number // 3 % 3]
        engine = EngineClient(log=tmp_path / "engine.log", command=command)
        try:
            first = engine.ask("run", instrument=instrument, spec=requests[instrument])
            await until(lambda: engine.phase.name != "starting" or first.started, 120)  # noqa: B023
            await asyncio.sleep(chance.uniform(0.0, 6.0))
            began += first.started
            pid = engine.pid
            engine.drop(first)
            again = engine.ask("run", instrument=instrument, spec=requests[instrument])
            async with asyncio.timeout(240):
                assert await again, (number, instrument)
            alive += engine.pid == pid
        finally:
            await engine.close()
    with capsys.disabled():
        print(
            f"\n{count} starts with a drop: all answered, {alive} by the same engine; {began} dropped after they began"
        )
    assert began >= count // 4
