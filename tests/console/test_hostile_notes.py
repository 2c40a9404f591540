"""A folder of hostile notes, read from its first page to its last: no crash, no hang, little memory."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import hostile_notes
from tests.conftest import ROOT
from tests.console.console import notes_of
from tui.course.book import Folder, entries

MOST_MEMORY = 200_000_000


def peak() -> int:
    """The most memory this process has had, in bytes; that of the process that started it is not counted."""
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return int(status["VmHWM"].split()[0]) * 1024


async def read_all(folder: Path) -> None:
    """Every page, in keys; prints how much memory that took."""
    async with notes_of(folder) as it:
        before = peak()
        for entry in entries(it.app.book):
            it.reader.open(entry)
            await it.until_read()
            assert it.reader.page is not None
            assert it.reader.page.path == entry.files[""]
            await it.press("end", "home", "n", "pagedown", "o", "escape", "t", "escape")
            await it.ask("slash", "x")
            await it.press("n", "escape")
            print(entry.id, (peak() - before) // 1_000_000, "MB", flush=True)
            assert peak() - before < MOST_MEMORY
            assert it.app.is_running


@pytest.mark.drill
@pytest.mark.timeout(1500)
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read from /proc")
def test_every_page_opens_in_little_memory(tmp_path: Path) -> None:
    folder = hostile_notes.write(tmp_path / "notes")
    script = [sys.executable, "-m", "tests.console.test_hostile_notes", str(folder)]
    home = {**os.environ, "HEADNOTES_HOME": str(tmp_path / "home")}
    done = subprocess.run(script, cwd=ROOT, env=home, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
    assert len(done.stdout.splitlines()) == len(entries(Folder.open(folder))) == len(hostile_notes.FILES)


if __name__ == "__main__":
    asyncio.run(read_all(Path(sys.argv[1])))
