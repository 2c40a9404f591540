"""What is said of a copy: only what is known of it, and where else the text is."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.console.console import console
from tests.console.test_snapshots import Recorded
from tui import paths
from tui.console import clipboard
from tui.console.clipboard import OSC52_LIMIT, Copied

SHORT, LONG = "some text", "x" * (OSC52_LIMIT + 1)
CASES = {
    "confirmed": (SHORT, Copied("clipboard", True), "Copied: code (9 characters).", "已复制：代码（9 个字符）。"),
    "tmux": (SHORT, Copied("tmux", True), "Copied to tmux's buffer and sent", "已复制到 tmux 缓冲区"),
    "sent": (SHORT, Copied("", True), "a terminal does not confirm it", "终端不会确认，请粘贴检查"),
    "too long": (LONG, Copied("", True), "Too long for the terminal's clipboard", "超出终端剪贴板的长度"),
    "sent alone": (SHORT, Copied("", False), "a terminal does not confirm it", "终端不会确认，请粘贴检查"),
    "nowhere": (LONG, Copied("", False), "Not copied: code (74,001 characters)", "未复制：代码（74,001 个字符）"),
}


@pytest.mark.parametrize("place", [0, 1], ids=["en", "zh"])
async def test_a_copy_says_what_is_known_of_it(place: int, monkeypatch: pytest.MonkeyPatch) -> None:
    language = ("en", "zh")[place]
    notices: list[str] = []
    async with console(language=language, engine=Recorded(record=False)) as it:
        monkeypatch.setattr(it.app, "notify", lambda message, **options: notices.append(message))
        for name, (text, copied, *words) in CASES.items():
            notices.clear()
            monkeypatch.setattr(clipboard, "copy", lambda text, keep, copied=copied: copied)
            it.app.copy("code", text)
            await it.until(lambda: notices, name)
            assert words[place] in notices[0], name
            is_in_file = copied.in_file and copied.place != "clipboard"
            assert (str(paths.copied_file()) in notices[0]) == is_in_file, name
            assert len(notices) == 1


def test_a_file_that_cannot_be_written_is_no_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way", "utf-8")
    assert clipboard.copy("text", blocked / "copied.txt") == Copied("", False)
    assert clipboard.copy("text", tmp_path / "copied.txt") == Copied("", True)
