"""The console's side of the engine, against a stub that can die, hang and make noise."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from time import monotonic

import pytest
import pytest_asyncio

from tui.engine.client import NOT_ANSWERING, EngineClient, Phase, Progress
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


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """All that is waited for, a tenth as long."""
    for name, seconds in (("SILENCE", 0.5), ("LOOK_EVERY", 0.05), ("STOP_PATIENCE", 0.2)):
        monkeypatch.setattr(f"tui.engine.client.{name}", seconds)


async def test_an_engine_that_does_not_answer_is_shown_and_is_well_again_when_it_does(engine: EngineClient) -> None:
    phases: list[Phase] = []
    engine.listen(phases.append)
    await engine.ask("cell", code="echo hi")
    await until(lambda: engine.phase.name == "ready")
    assert engine.pid is not None
    os.kill(engine.pid, signal.SIGSTOP)
    await until(lambda: not engine.is_answering, 60)
    assert engine.phase.name == NOT_ANSWERING
    print(f"shown {monotonic() - engine.phase.since:.1f} s after its last word")
    os.kill(engine.pid, signal.SIGCONT)
    await until(lambda: engine.phase.name == "ready")
    assert [phase.name for phase in phases[-3:]] == ["ready", NOT_ANSWERING, "ready"]
    assert phases[-1] == phases[-3]


def test_silence_is_shown_within_five_seconds() -> None:
    from tui.engine import client, protocol

    assert client.SILENCE > 2 * protocol.BEAT_EVERY
    assert client.SILENCE + 3 * client.LOOK_EVERY <= 5  # a stopped import takes one look more


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize("has_begun", [True, False])
async def test_stopping_ends_an_engine_that_does_not_answer(engine: EngineClient, has_begun: bool) -> None:
    await engine.ask("cell", code="echo hi")
    pid = engine.pid
    assert pid is not None
    if not has_begun:
        os.kill(pid, signal.SIGSTOP)
    request = engine.ask("cell", code="sleep")
    if has_begun:
        await until(lambda: request.started)
        os.kill(pid, signal.SIGSTOP)
    await until(lambda: not engine.is_answering)
    assert request.started == has_begun
    engine.stop(request)
    with pytest.raises(Stopped, match="did not answer"):
        await request
    assert (await engine.ask("cell", code="echo next"))["output"] == "next"
    assert engine.pid != pid
    assert engine.is_answering


@pytest.mark.usefixtures("hasty")
async def test_what_nobody_waits_for_any_more_ends_no_engine(engine: EngineClient) -> None:
    await engine.ask("cell", code="echo hi")
    pid = engine.pid
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    request = engine.ask("cell", code="echo")  # as when a letter more is typed
    await until(lambda: not engine.is_answering)
    engine.drop(request)
    await asyncio.sleep(0.5)  # more than the patience
    assert engine.pid == pid
    os.kill(pid, signal.SIGCONT)
    assert (await engine.ask("cell", code="echo next"))["output"] == "next"


@pytest.mark.usefixtures("hasty")
async def test_a_long_import_is_neither_called_dead_nor_killed(engine: EngineClient) -> None:
    phases: list[str] = []
    engine.listen(lambda phase: phases.append(phase.name))
    await engine.ask("cell", code="echo hi")
    pid = engine.pid
    request = engine.ask("cell", code="import 3")
    await until(lambda: request.started)
    await asyncio.sleep(0.2)  # its beat has come
    engine.drop(request)
    assert (await engine.ask("cell", code="echo next"))["output"] == "next"
    assert engine.pid == pid
    assert NOT_ANSWERING not in phases


@pytest.mark.usefixtures("hasty")
async def test_an_import_that_hangs_is_shown(engine: EngineClient) -> None:
    request = engine.ask("cell", code="import 60")
    await until(lambda: request.started)
    await until(lambda: engine._is_importing)
    assert engine.pid is not None
    os.kill(engine.pid, signal.SIGSTOP)
    await until(lambda: not engine.is_answering)
    engine.stop(request)
    with pytest.raises(Stopped):
        await request


@pytest.mark.usefixtures("hasty")
async def test_engines_that_the_reader_ends_are_not_counted_as_deaths(engine: EngineClient) -> None:
    for _ in range(5):
        await engine.start()
        pid = engine.pid
        engine.kill()
        await until(lambda pid=pid: engine.pid not in (None, pid))
    assert not engine.gave_up


@pytest.mark.parametrize("obstacle", ["a folder in its place", "a file in place of its folder", "a full disk"])
async def test_a_log_that_cannot_be_written_stops_nothing(tmp_path: Path, obstacle: str) -> None:
    log = tmp_path / "state" / "engine.log"
    match obstacle:
        case "a folder in its place":
            log.mkdir(parents=True)
        case "a file in place of its folder":
            log.parent.write_text("")
        case _:
            log = Path("/dev/full")
    engine = EngineClient(log=log, command=STUB)
    assert (await engine.ask("cell", code="echo hi"))["output"] == "hi"
    died = engine.ask("cell", code="die 1")
    with pytest.raises(EngineDied) as caught:
        await died
    assert caught.value.detail == ""
    await engine.close()
