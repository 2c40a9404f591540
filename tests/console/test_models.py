"""Stories of the shelf: fetch a checkpoint from a hub on loopback, change one's mind, stop, have no network."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import huggingface_hub.constants  # noqa: F401 (reads the environment now, before the tests set their children's)
import pytest

from tests.console.console import Driver, console
from tests.hub import Hub, serve
from tui.console.screens.models import Models

COURSE = "distilbert/distilbert-base-uncased-finetuned-sst-2-english"


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """A hub with the first task's checkpoint, 30 MB of noise, for the processes that the console starts."""
    files = {"config.json": b'{"model_type": "distilbert"}', "model.safetensors": os.urandom(30_000_000)}
    with serve({COURSE: files}) as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.address)
        monkeypatch.setenv("HF_HUB_OFFLINE", "0")
        monkeypatch.setenv("HF_HUB_DISABLE_XET", "1")
        monkeypatch.setenv("HF_HOME", str(tmp_path / "cache"))
        yield hub


async def shelf(it: Driver) -> Models:
    await it.press("f3")
    await it.until_shown("accuracy 0.880")
    assert isinstance(it.app.screen, Models)
    return it.app.screen


async def test_a_checkpoint_is_fetched_after_its_size_was_shown(hub: Hub, tmp_path: Path) -> None:
    async with console("2.2") as it:
        await shelf(it)
        await it.press("enter")
        await it.until_shown("Fetch 30 MB (2 files)", seconds=60)
        assert not [asked for asked in hub.asked if "/resolve/" in asked]
        await it.press("enter")
        await it.until_shown("is on this machine now", seconds=60)
        (weights,) = (tmp_path / "cache").rglob("model.safetensors")
        assert weights.stat().st_size == 30_000_000


async def test_one_can_leave_it(hub: Hub, tmp_path: Path) -> None:
    async with console("2.2") as it:
        screen = await shelf(it)
        await it.press("enter")
        await it.until_shown("Leave it", seconds=60)
        await it.press("down", "enter")
        await it.until(lambda: screen._fetcher is None)
        assert not [asked for asked in hub.asked if "/resolve/" in asked]


async def test_escape_stops_a_download_and_nothing_half_is_used(hub: Hub, tmp_path: Path) -> None:
    hub.seconds_a_chunk = 0.3
    async with console("2.2") as it:
        screen = await shelf(it)
        await it.press("enter")
        await it.until_shown("Fetch 30 MB", seconds=60)
        await it.press("enter")
        await it.until_shown("esc stops", COURSE, seconds=60)
        assert screen._fetcher is not None
        pid = screen._fetcher.pid
        assert pid is not None
        await it.press("escape")
        await it.until(lambda: screen._fetcher is None)
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
        assert not list((tmp_path / "cache").rglob("model.safetensors"))
        assert it.app.screen is screen
        await it.press("escape")
        assert not isinstance(it.app.screen, Models)


async def test_without_a_network_there_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setenv("HF_HUB_OFFLINE", "0")
    async with console("2.2") as it:
        screen = await shelf(it)
        await it.press("down", "enter")
        await it.until_shown("cannot be reached", "needs no network", seconds=60)
        await it.until_shown("Mirror of the Hub: http://127.0.0.1:9")
        await it.until(lambda: screen._fetcher is None)
