"""The engine is killed fifty times at random moments of requests; the console says so each time and goes on."""

from __future__ import annotations

import asyncio
import os
import random
import signal
from pathlib import Path
from typing import Any

import pytest

from tests.console.console import console
from tests.scales import SCALES, seed, times
from tui.engine.client import EngineClient

KILLS = 50


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.timeout(1800)
async def test_fifty_kills(tmp_path: Path, scale: float, capsys: pytest.CaptureFixture[str]) -> None:
    kills, chance = times(KILLS, scale), random.Random(seed())
    engine = EngineClient(log=tmp_path / "engine.log")
    said: list[str] = []
    in_request = while_starting = 0
    async with console("2.4", engine=engine) as it:
        notify = it.app.notify
        it.app.notify = lambda message, **options: (said.append(message), notify(message, **options))[0]  # type: ignore[method-assign,assignment,return-value]
        await it.until(
            lambda: it.reader.bench.pane is not None and it.reader.bench.pane.result is not None, seconds=120
        )
        pane: Any = it.reader.bench.pane
        assert pane.instrument.name == "tokens"
        long_text = "unbelievable tokenization " * 12_000
        for number in range(kills):
            if number % 5:  # four in five fall into a request of a warm engine, one into the warm-up
                await it.until(lambda: engine.phase.name == "ready", "a warm engine", 120)
            pid, told = engine.pid, len(said)
            assert pid is not None
            pane.put({"text": f"{number} {long_text}"})
            await it.until(lambda: pane._request is not None, "the request")
            request = pane._request
            if number % 5:
                await it.until(lambda request=request: request.started, "the request to begin")
                await asyncio.sleep(chance.uniform(0.0, 0.2))
            else:
                await asyncio.sleep(chance.uniform(0.0, 0.4))
            in_request += request.started and not request.answer.done()
            while_starting += not request.started
            os.kill(pid, signal.SIGKILL)
            await it.until(lambda told=told: len(said) > told, f"word of kill {number}", 30)
            assert "killed by SIGKILL" in said[told]
            await it.until(lambda pid=pid: engine.pid not in (None, pid), "another engine", 60)
            pane.put({"text": f"after kill {number}"})
            await it.until(lambda: pane.result is not None and pane._request is None, "the next answer", 120)
            assert "after" in pane.result.tokens
            assert str(number)[0] in "".join(pane.result.tokens)
            assert it.app.is_running
        assert len([message for message in said if "killed by SIGKILL" in message]) == kills
    with capsys.disabled():
        print(f"\n{kills} kills: {in_request} in the middle of a request, {while_starting} before it began; all told")
    assert in_request >= kills // 2
    assert while_starting >= 1
