"""No key, byte or size ends the console; an error of its own ends it cleanly if it must."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.terminal.terminal import Terminal

PAGE_DOWN = b"\x1b[6~"


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(b"\x10" + PAGE_DOWN, id="palette-and-page-key-in-one-packet"),
        pytest.param(b"\x1b[M\x20\xe9\x25", id="x10-mouse-report"),
        pytest.param(bytes(range(128, 256)), id="bytes-that-are-not-utf8"),
        pytest.param(b"\x1b[99999999u", id="a-character-that-does-not-exist"),
        pytest.param(b"\x1b[48;0;0;0;0t\x1b[<0;5;5M", id="a-size-of-nothing"),
        pytest.param(b"\x1b[?2048;1$y\x1b[48;60000;60000;1;1t", id="a-size-of-everything"),
    ],
)
def test_no_byte_ends_the_console(sent: bytes, own_home: Path) -> None:
    with Terminal() as it:
        it.until("Tokenizers")
        it.child.send(sent)
        it.settle()
        it.press("esc", "esc")
        it.until("Tokenizers")
        it.press("ctrl+q")
        assert it.ended() == 0
        assert it.is_clean() == []
    assert not (own_home / "state" / "console.log").exists()


def test_a_paste_that_never_ends_does_not_take_the_keys() -> None:
    with Terminal() as it:
        it.until("Tokenizers")
        it.child.send(b"\x1b[200~torn off")
        it.settle(3.0)
        it.press("ctrl+q")
        assert it.ended() == 0


@pytest.mark.parametrize("size", [(1, 24), (2, 24), (80, 1), (1, 1)])
def test_the_smallest_windows_are_drawn_and_take_keys(size: tuple[int, int], own_home: Path) -> None:
    columns, rows = size
    with Terminal("2.2") as it:
        it.until("Three steps")
        it.settle()
        seen = len(it.received)
        it.child.setwinsize(rows, columns)
        it.wait(lambda: b"\x1b[1;1H" in it.received[seen:], "a first line that is drawn")
        for key in "lq":
            it.settle()
            it.child.send(key)
            it.wait(it.pump, "something drawn after a key")
        it.child.setwinsize(40, 120)
        it.until("共享模型与分词器")
        it.press("l")
        it.until("Tokenizers")
        it.press("ctrl+q")
        assert it.ended() == 0
        assert it.is_clean() == []
    assert not (own_home / "state" / "console.log").exists()


def test_contents_that_cannot_be_drawn_end_it_with_a_sentence_and_a_clean_terminal(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        "from tui.console.screens.contents import ContentsList\n"
        "def decorated(self, y): raise ValueError('the own words of the reader')\n"
        "ContentsList.decorated = decorated\n"
    )
    with Terminal(PYTHONPATH=str(tmp_path)) as it:
        assert it.ended() == 1
        assert it.is_clean() == []
        assert "headnotes: error: The console ended because its own code kept failing." in it.text()
        assert "console.log" in it.text()
        assert "Traceback" not in it.text()
        assert b"own words" not in it.received


@pytest.mark.parametrize(
    "broken",
    [
        "tui.console.widgets.notes:Notes.on_unmount",
        "tui.console.screens.reader:Reader.on_unmount",
        "tui.engine.client:EngineClient.close",
    ],
)
def test_an_error_while_it_ends_is_a_sentence_and_keeps_the_progress(
    broken: str, tmp_path: Path, own_home: Path
) -> None:
    module, name = broken.split(":")
    owner, method = name.split(".")
    (tmp_path / "sitecustomize.py").write_text(
        f"from {module} import {owner}\n"
        "async def fail(self): raise ValueError('the own words of the reader')\n"
        f"{owner}.{method} = fail\n"
    )
    with Terminal("2.2", PYTHONPATH=str(tmp_path)) as it:
        it.until("Three steps")
        it.press("n", "ctrl+q")
        assert it.ended() == 1
        assert it.is_clean() == []
        assert "headnotes: error: The console has ended, but part of its own code failed while it did." in it.text()
        assert "Traceback" not in it.text()
        assert b"own words" not in it.received
    log = (own_home / "state" / "console.log").read_text("utf-8")
    assert "ValueError" in log
    assert "own words" not in log
    assert (own_home / "state" / "progress.json").exists()
