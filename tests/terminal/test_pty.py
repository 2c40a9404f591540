"""The console in a real terminal: a walk through the lessons, every way to end, and terminals that can do little."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import psutil
import pytest

from tests.terminal.terminal import Terminal


@pytest.mark.parametrize("size", [(120, 40), (80, 24)], ids=["120x40", "80x24"])
def test_the_whole_walk(size: tuple[int, int]) -> None:
    """Open 2.2, edit, step through the stages, flip a mask cell in 2.5, Chinese and back, quit."""
    narrow = size[0] < 110
    with Terminal("2.2", size=size) as it:
        it.until("Three steps, one line", seconds=20)
        if narrow:
            it.press("tab")
        it.until("POSITIVE")
        it.press("e")
        for _ in range(60):
            it.press("\x7f") if narrow else it.child.send("\x7f")
        it.child.send("A dreadful, boring film.")
        it.until("A dreadful, boring film.", "NEGATIVE")
        it.press("esc", "n", "n")
        it.until("anatomy")
        it.press("enter", "enter")
        it.press("left", "left", "left", "right", "right", "right")
        it.until("[1, 16, 384]")
        it.press("esc", "q")
        it.until("Several sequences at once")
        it.press("down", "down", "enter")
        it.until("Models expect a batch")
        it.press("tab")
        it.until("[CLS]", "mask")
        it.press("tab", "tab")
        it.settle()
        it.press("right", "space")
        it.until("your mask")
        it.press("esc")
        it.press("l")
        it.until("批次")
        it.press("l")
        it.until("Models expect a batch")
        it.press("ctrl+q")
        assert it.ended() == 0
        assert it.is_clean() == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_leaves_the_terminal_clean_and_no_engine_behind(number: signal.Signals) -> None:
    with Terminal("2.2") as it:
        it.until("Three steps, one line", "POSITIVE")
        children = psutil.Process(it.child.pid).children(recursive=True)
        assert children
        os.kill(it.child.pid, number)
        assert it.ended() == 128 + number
        assert it.is_clean() == []
        _, alive = psutil.wait_procs(children, timeout=10)
        assert alive == []


def test_an_engine_killed_while_one_reads_is_told_and_comes_back() -> None:
    with Terminal("2.2") as it:
        it.until("POSITIVE", "ready")
        (engine,) = psutil.Process(it.child.pid).children()
        engine.send_signal(signal.SIGKILL)
        it.until("is starting again", "killed by SIGKILL")
        it.press("tab", "tab", "r")
        it.until("ready")
        it.until("POSITIVE")
        it.press("ctrl+q")
        assert it.ended() == 0


def test_a_console_that_is_killed_takes_its_engine_with_it() -> None:
    with Terminal("2.2") as it:
        it.until("ready")
        children = psutil.Process(it.child.pid).children(recursive=True)
        it.child.kill(signal.SIGKILL)
        _, alive = psutil.wait_procs(children, timeout=10)
        assert alive == []


def test_nothing_is_sent_while_nothing_happens() -> None:
    with Terminal("2.2") as it:
        it.until("POSITIVE", "ready")
        it.settle(1.5)
        assert it.pump(3.0) == 0


def test_copying_reaches_the_terminal_as_osc_52() -> None:
    with Terminal("2.2") as it:
        it.until("POSITIVE")
        it.press("c")
        it.until("pipe = pipeline('sentiment-analysis'")
        it.press("y")
        it.wait(lambda: b"\x1b]52;c;" in it.received, "OSC 52")
        it.press("esc", "ctrl+q")
        assert it.ended() == 0


def test_forty_by_ten() -> None:
    with Terminal("2.2", size=(40, 10)) as it:
        it.until("Three steps", seconds=20)
        it.press("pagedown", "n", "enter")
        it.until("esc done")  # while something runs, esc stops it
        it.press("esc", "?", "esc", "q")
        it.until("Behind the pip")
        it.press("q")
        assert it.ended() == 0
        assert it.is_clean() == []


def test_a_dumb_terminal_gets_a_sentence() -> None:
    with Terminal("2.2", TERM="dumb") as it:
        assert it.ended() == 2
        assert "cannot draw screens (TERM=dumb)" in it.text()
        assert b"\x1b[?1049h" not in it.received


def test_a_terminal_without_utf8_is_drawn_in_ascii_and_told_so() -> None:
    with Terminal("2.2", LANG="C", LC_ALL="C") as it:
        it.until("The locale is not UTF-8", seconds=20)
        it.until("POSITIVE")
        it.settle()
        assert it.received.isascii()
        it.press("l")
        it.settle()
        assert it.received.isascii()
        it.press("ctrl+q")
        assert it.ended() == 0


def test_utf8_can_be_insisted_on() -> None:
    with Terminal("2.2", "--utf8", LANG="C", LC_ALL="C") as it:
        it.until("Three steps", seconds=20)
        it.until("▸ pipeline")
        it.press("ctrl+q")
        assert it.ended() == 0


def test_the_terminals_own_colors() -> None:
    with Terminal("2.2", "--theme", "terminal") as it:
        it.until("Three steps, one line", "POSITIVE")
        it.settle()
        assert b"38;2;" not in it.received
        assert b"48;2;" not in it.received
        it.press("ctrl+q")
        assert it.ended() == 0


def test_a_folder_of_foreign_markdown(tmp_path: object) -> None:
    from pathlib import Path

    folder = Path(str(tmp_path)) / "notes"
    folder.mkdir()
    (folder / "bad.md").write_bytes(b"---\n[\n---\n# Caf\xe9 \x1b[2J [/INST]\n\n[@click=app.quit]x[/]\n\xff\xfe\x00")
    with Terminal("notes", str(folder)) as it:
        it.until("␛[2J [/INST]", "[@click=app.quit]", seconds=20)
        it.press("ctrl+q")
        assert it.ended() == 0


def test_a_broken_lesson_is_a_sentence_and_the_others_open(tmp_path: object) -> None:
    import shutil
    from pathlib import Path

    from tests.conftest import LESSONS

    package = Path(str(tmp_path)) / "package"
    shutil.copytree(Path(__file__).parents[2] / "tui", package / "tui", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(LESSONS, package / "lessons")
    broken = package / "lessons" / "1-transformer-models" / "01-introduction.en.md"
    broken.write_text("---\nid: [\n---\n", "utf-8")
    with Terminal(PYTHONPATH=str(package)) as it:
        it.until("Tokenizers", seconds=20)
        assert "YAML" in it.text()
        it.press("enter")
        it.until("YAML of the front matter is broken")
        it.press("down", "enter")
        it.until("/ 1.2")
        it.press("ctrl+q")
        assert it.ended() == 0


def test_it_can_be_started_as_a_module_and_as_a_command() -> None:
    done = subprocess.run([sys.executable, "-m", "tui", "--version"], capture_output=True, check=True, timeout=20)
    assert done.stdout.startswith(b"headnotes ")


def test_nothing_is_sent_while_a_text_has_the_focus_on_a_screen_above_others() -> None:
    with Terminal("2.2") as it:
        it.until("Three steps, one line", "POSITIVE")
        it.press("esc", "q")
        it.until("Several sequences at once")
        it.press("down", "down", "enter")
        it.until("Models expect a batch", "[CLS]")
        it.press("tab")
        it.settle()
        before = len(it.received)
        it.pump(1.5)
        assert len(it.received) == before
