"""The console among other programs of a terminal: interrupt, suspend, redirected streams, cursor, no colors."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys

import pytest

from tests.terminal.terminal import Terminal

SGR = re.compile(rb"\x1b\[([0-9;:]*)m")


def colors(received: bytes) -> list[bytes]:
    """The color codes among all that was sent; attributes such as bold are none."""
    return [
        codes
        for codes in SGR.findall(received)
        if any(code and (30 <= int(code) <= 49 or 90 <= int(code) <= 107) for code in re.split(rb"[;:]", codes))
    ]


def test_ctrl_c_says_how_to_leave_and_leaves_when_pressed_again() -> None:
    with Terminal("2.2") as it:
        it.until("Three steps, one line", "POSITIVE")
        it.press("ctrl+c")
        it.until("Press ^c again to leave.")
        assert "[b]" not in it.text()
        it.press("ctrl+c")
        assert it.ended() == 130
        assert it.is_clean() == []


def test_ctrl_c_first_puts_the_prompt_away() -> None:
    with Terminal(size=(80, 24)) as it:
        it.until("1.1")
        it.press("/")
        it.until("Find:")
        it.press("x", "ctrl+c")
        it.wait(lambda: "Find:" not in it.text(), "the prompt to go")
        it.press("ctrl+c")
        it.until("again to leave")
        it.press("ctrl+q")
        assert it.ended() == 0


def test_an_interrupt_from_outside_leaves_the_terminal_clean() -> None:
    with Terminal("2.2") as it:
        it.until("Three steps, one line")
        os.kill(it.child.pid, signal.SIGINT)
        assert it.ended() == 130
        assert it.is_clean() == []


@pytest.mark.skipif(not shutil.which("bash"), reason="needs a shell with job control")
def test_ctrl_z_goes_to_the_shell_and_fg_comes_back() -> None:
    with Terminal(shell=shutil.which("bash") or "", size=(100, 30)) as it:
        it.until("$")
        it.child.send(f"'{sys.executable}' -m tui 2.2\n")
        it.until("Three steps, one line", seconds=60)
        it.press("ctrl+z")
        it.until("Stopped")
        assert set(it.is_clean()) <= {"bracketed paste"}, "which the shell itself switches on"
        it.child.send("echo here $((20+3))\n")
        it.until("here 23")
        it.child.send("fg\n")
        it.until("Three steps, one line", "2.2 Behind the pipeline")
        it.wait(lambda: "here 23" not in it.text(), "the whole screen drawn again")
        it.press("q")
        it.until("Several sequences at once")
        it.press("ctrl+q")
        it.until("$")
        it.child.send("exit\n")
        assert it.ended() == 0


def test_ctrl_z_without_a_shell_does_not_stop_for_good() -> None:
    with Terminal("2.2") as it:
        it.until("Three steps, one line")
        it.press("ctrl+z")
        it.until("no shell to come back from")
        it.press("ctrl+q")
        assert it.ended() == 0


@pytest.mark.parametrize("redirected", ["<", ">", "2>", "2>/dev/null >", "</dev/null 2>", ">/dev/null 2>&1 <"])
def test_a_stream_that_is_no_terminal_is_a_sentence(redirected: str) -> None:
    command = f"'{sys.executable}' -m tui 2.2 {redirected}/dev/null"
    with Terminal(shell=shutil.which("bash") or "/bin/bash") as it:
        it.until("$")
        it.child.send(f"{command}; echo code=$?\n")
        it.until("code=2")
        seen = it.text()
        everything_is_away = redirected in ("2>/dev/null >", ">/dev/null 2>&1 <")
        assert everything_is_away or "Not a terminal: standard" in seen
        assert b"\x1b[?1049h" not in it.received


def test_no_streams_at_all_is_a_sentence() -> None:
    done = subprocess.run([sys.executable, "-m", "tui"], stdin=subprocess.DEVNULL, capture_output=True, text=True)
    assert done.returncode == 2
    assert "Not a terminal: standard input, standard output, standard error." in done.stderr


@pytest.mark.drill
@pytest.mark.parametrize("theme", ["light", "terminal"])
def test_no_color_sends_no_color_codes(theme: str) -> None:
    with Terminal("2.2", "--theme", theme, NO_COLOR="1") as it:
        it.until("Three steps, one line", "POSITIVE")
        it.press("ctrl+p", "down")
        it.until("enter run")
        it.press("esc", "?", "esc", "t", "down", "esc", "/", "m", "o", "d", "e", "l", "enter", "n", "esc")
        it.press("ctrl+c")
        it.until("again to leave")
        it.press("ctrl+t")
        it.until("no colors to choose")
        it.press("e", "x", "esc", "c", "esc", "f2", "esc", "f4", "down", "enter")
        it.settle()
        assert colors(it.received) == []
        assert re.search(rb"\x1b\[(?:[0-9;]*;)?7(?:;[0-9;]*)?m", it.received), "a cursor is marked by an attribute"
        it.press("ctrl+q")
        assert it.ended() == 0
        assert colors(it.received) == []


@pytest.mark.parametrize("command", [["--help"], ["lessons", "list"], ["2.9"], ["doctor"]])
def test_a_dumb_terminal_gets_no_escape_sequences(command: list[str]) -> None:
    with Terminal(*command, TERM="dumb") as it:
        it.ended(120)
        assert b"\x1b" not in it.received


@pytest.mark.drill
@pytest.mark.parametrize("size", [(120, 40), (80, 24)], ids=["120x40", "80x24"])
def test_the_terminals_cursor_is_where_text_is_typed(size: tuple[int, int]) -> None:
    def before_cursor() -> str:
        row, column = it.screen.cursor.y, it.screen.cursor.x
        return "".join(it.screen.buffer[row][x].data for x in range(column))

    with Terminal("2.2", size=size) as it:
        it.until("Three steps, one line", "engine ready")  # until then seconds are counted
        it.press("/")
        it.settle()
        assert before_cursor().endswith("Find: ")
        it.child.send("注意力")
        it.wait(lambda: before_cursor().endswith("Find: 注意力"), "the cursor behind what was typed")
        it.press("left")
        it.wait(lambda: before_cursor().endswith("Find: 注意"), "the cursor between two characters")
        it.press("esc", "e")
        it.until("POSITIVE")
        it.settle()
        assert before_cursor().endswith("life.")
        it.child.send("这部电影很好，值得看")
        it.wait(lambda: before_cursor().endswith("很好，值得看"), "the cursor behind the last character")
        it.press("left", "left")
        it.wait(lambda: before_cursor().endswith("很好，值"), "the cursor between two characters")
        it.settle(1.5)
        assert before_cursor().endswith("很好，值"), "the answer that was drawn meanwhile left the cursor alone"
        it.press("esc", "ctrl+p", "a")
        it.settle()
        assert before_cursor().endswith("Find: a")
        it.press("esc", "ctrl+q")
        assert it.ended() == 0


def test_what_is_typed_into_a_full_line_wraps_and_can_be_seen() -> None:
    with Terminal("2.2") as it:  # its text is as wide as the box
        it.until("Three steps, one line", "POSITIVE")
        it.press("e")
        it.child.send("xyz and more")
        it.until("life.xyz and more")
        it.press("ctrl+q")
        assert it.ended() == 0
