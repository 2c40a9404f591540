"""The console's side of the engine, against a stub that can die, hang and make noise."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
import pytest_asyncio

from tui.engine.client import EngineClient, Phase, Progress
from tui.errors import EngineDied, EngineError, Stopped

STUB = (sys.executable, str(Path(__file__).with_name("stub.py")))


async def until(condition: Callable[[], bool], seconds: float = 10) -> None:
    """Wait for a condition; fail when it does not come."""
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.01)


@pytest_asyncio.fixture
async def engine(tmp_path: Path) -> AsyncIterator[EngineClient]:
    client = EngineClient(log=tmp_path / "engine.log", command=STUB)
    yield client
    await client.close()


def cell(engine: EngineClient, code: str) -> object:
    return engine.ask("cell", space=None, code=code)


async def test_it_starts_with_the_first_request(engine: EngineClient) -> None:
    phases: list[Phase] = []
    engine.listen(phases.append)
    assert engine.pid is None
    assert (await engine.ask("cell", code="echo hi"))["output"] == "hi"
    assert [phase.name for phase in phases][:2] == ["starting", "importing torch"]
    await until(lambda: engine.phase.name == "ready")


async def test_requests_are_answered_in_turn(engine: EngineClient) -> None:
    requests = [engine.ask("cell", code=f"echo {i}") for i in range(20)]
    assert [(await request)["output"] for request in requests] == [str(i) for i in range(20)]


async def test_progress_arrives(engine: EngineClient) -> None:
    seen: list[Progress] = []
    await engine.ask("cell", code="progress", on_progress=seen.append)
    assert seen == [Progress("map", 3, 10)]


async def test_noise_on_the_line_is_skipped(engine: EngineClient) -> None:
    assert (await engine.ask("cell", code="noise after"))["output"] == "after"


async def test_a_long_line_arrives_whole(engine: EngineClient) -> None:
    assert len((await engine.ask("cell", code="huge 5000000"))["output"]) == 5_000_000


async def test_a_running_request_can_be_stopped_and_the_next_one_works(engine: EngineClient) -> None:
    request = engine.ask("cell", code="sleep")
    await until(lambda: request.started)
    pid = engine.pid
    engine.drop(request)
    with pytest.raises(Stopped):
        await request
    assert (await engine.ask("cell", code="echo next"))["output"] == "next"
    assert engine.pid == pid


async def test_a_waiting_request_is_dropped_without_running(engine: EngineClient) -> None:
    first, second = engine.ask("cell", code="sleep"), engine.ask("cell", code="echo never")
    await until(lambda: first.started)
    engine.drop(second)
    with pytest.raises(Stopped):
        await second
    assert not second.started
    engine.drop(first)


async def test_what_cannot_be_interrupted_is_killed_and_the_console_is_told(
    engine: EngineClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.engine.client.STOP_PATIENCE", 0.2)
    request = engine.ask("cell", code="deaf")
    await until(lambda: request.started)
    pid = engine.pid
    await asyncio.sleep(0)
    engine.drop(request)
    with pytest.raises(Stopped, match="restarted"):
        await request
    assert (await engine.ask("cell", code="echo next"))["output"] == "next"
    assert engine.pid != pid


async def test_a_death_is_told_to_the_running_request_and_the_others_are_answered_by_a_new_engine(
    engine: EngineClient,
) -> None:
    phases: list[Phase] = []
    engine.listen(phases.append)
    first, second = engine.ask("cell", code="sleep"), engine.ask("cell", code="echo later")
    await until(lambda: first.started)
    assert engine.pid is not None
    os.kill(engine.pid, signal.SIGKILL)
    with pytest.raises(EngineDied) as died:
        await first
    assert "SIGKILL" in died.value.title
    assert "Nothing you typed is lost" in died.value.next_step
    assert (await second)["output"] == "later"
    assert any(phase.name == "ended" and phase.trouble is not None for phase in phases)


async def test_an_engine_that_keeps_dying_is_given_up_until_asked_again(tmp_path: Path) -> None:
    engine = EngineClient(log=tmp_path / "log", command=(*STUB, "--dead"))
    with pytest.raises(EngineError, match="exit code 3"):
        await engine.ask("cell", code="echo")
    await until(lambda: engine.gave_up)
    assert engine.phase.name == "ended"
    engine.restart()
    assert not engine.gave_up
    await until(lambda: engine.gave_up)
    await engine.close()


async def test_a_program_that_does_not_exist(tmp_path: Path) -> None:
    engine = EngineClient(log=tmp_path / "log", command=("/no/such/program",))
    with pytest.raises(EngineError, match="cannot be started"):
        await engine.ask("cell", code="echo")
    await engine.close()


async def test_closing_answers_what_is_open_and_leaves_no_process(tmp_path: Path) -> None:
    engine = EngineClient(log=tmp_path / "log", command=STUB)
    request = engine.ask("cell", code="sleep")
    await until(lambda: request.started)
    pid = engine.pid
    assert pid is not None
    await engine.close()
    with pytest.raises(Stopped):
        await request
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
