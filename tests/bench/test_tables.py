"""What rows cost: first ones, jumps and pages of tables small and huge, beside visidata and two Textual tables."""

from __future__ import annotations

import importlib.util
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pexpect
import psutil
import pyte
import pytest

from tests.bench.test_console import table  # noqa: F401 (a fixture)
from tests.console.console import Driver, console
from tests.engine.test_client import until
from tui.console.widgets.row_table import RowTable
from tui.engine.client import DATA_FIRST, EngineClient
from tui.tables import generate
from tui.tables.source import Source

pytestmark = [pytest.mark.bench, pytest.mark.timeout(3600)]
HUGE = int(os.environ.get("HEADNOTES_BENCH_ROWS", "10_000_000"))
MIDDLE, SMALL = 100_000, 3_668
MOVES = 30
OTHERS = Path(__file__).with_name("others.py")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the large tables are made, once."""
    return tmp_path_factory.mktemp("made")


@pytest.fixture
def made(home: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[int], Path]:
    monkeypatch.setenv("HEADNOTES_HOME", str(home))
    return generate.make


class Clock:
    """CPU seconds of the console (this process) and of its engine together."""

    def __init__(self, engine: EngineClient) -> None:
        self.engine = engine

    def now(self) -> float:
        engine = psutil.Process(self.engine.pid).cpu_times()
        return time.process_time() + engine.user + engine.system


async def settled(it: Driver) -> None:
    await it.until(lambda: it.rows._wanted is None)
    await it.pilot.pause()


async def ours(file: Path, tmp_path: Path) -> dict[str, float]:
    """First rows after the file is open, pages and jumps, and how much the console grew."""
    begun: list[float] = []
    put = RowTable.put

    def timed(self: RowTable, *given: Any, **options: Any) -> None:
        begun.append(clock.now())
        put(self, *given, **options)

    engine = EngineClient(log=tmp_path / "engine.log", command=DATA_FIRST)
    clock = Clock(engine)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(RowTable, "put", timed)
        return await measured(file, engine, clock, begun)


async def measured(file: Path, engine: EngineClient, clock: Clock, begun: list[float]) -> dict[str, float]:
    """What `ours` says, in a console of its own."""
    async with console(engine=engine) as it:
        await engine.start()
        await until(lambda: engine.phase.name == "ready", 200)
        before = psutil.Process().memory_info().rss
        handle = await engine.ask("data", call="open", values={"source": {"paths": [str(file)]}})  # opened, maps warm
        it.app.action_data(Source((str(file),)))
        await it.until(lambda: bool(begun) and bool(it.rows._rows), seconds=300)
        await settled(it)
        first = clock.now() - begun[0]
        pages, jumps = [], []
        for number in range(MOVES):
            start = clock.now()
            await it.press("pagedown")
            await settled(it)
            pages.append(clock.now() - start)
            start = clock.now()
            it.rows.go_to((number * 7_919_777) % it.rows.count)
            await settled(it)
            jumps.append(clock.now() - start)
        grown = psutil.Process().memory_info().rss - before
        assert handle["splits"]
        return {"first": first, "page": statistics.median(pages), "most": max(pages), "jump": statistics.median(jumps),
                "jump most": max(jumps), "grown": grown / 1e6}  # fmt: skip


def other(kind: str, file: Path) -> dict[str, Any]:
    done = subprocess.run([sys.executable, str(OTHERS), kind, str(file)], capture_output=True, text=True, check=True)
    return dict(json.loads(done.stdout.splitlines()[-1]))


def visidata(file: Path) -> dict[str, float] | None:
    """CPU seconds of visidata in a pty: until its rows are there and loaded, then for each page."""
    command = Path(sys.executable).with_name("vd")
    if not command.is_file():
        return None
    screen = pyte.Screen(120, 40)
    stream = pyte.ByteStream(screen)
    child = pexpect.spawn(str(command), ["--overwrite=n", str(file)], dimensions=(40, 120), encoding=None,
                          env={**os.environ, "TERM": "xterm-256color"})  # fmt: skip
    process = psutil.Process(child.pid)

    def used() -> float:
        times = process.cpu_times()
        return float(times.user + times.system)

    def quiet(seconds: float, patience: float) -> None:
        end = time.monotonic() + patience
        last, since = used(), time.monotonic()
        while time.monotonic() < end and time.monotonic() - since < seconds:
            with suppress(pexpect.TIMEOUT):
                stream.feed(child.read_nonblocking(65536, timeout=0.1))
            if used() - last > 0.02:
                last, since = used(), time.monotonic()

    try:
        quiet(3.0, 240)
        first, pages = used(), []
        for _ in range(MOVES):
            before = used()
            child.send("\x06")
            quiet(0.4, 10)
            pages.append(used() - before)
        return {"first": first, "page": statistics.median(pages), "most": max(pages),
                "rss": process.memory_info().rss}  # fmt: skip
    finally:
        child.close(force=True)


async def test_first_rows_pages_and_jumps(
    table: Callable[..., None],  # noqa: F811 (the fixture)
    made: Callable[[int], Path], tmp_path: Path,
) -> None:  # fmt: skip
    ms = lambda seconds: f"{1000 * seconds:.1f}"  # noqa: E731 (short)
    rows = []
    for count in (SMALL, MIDDLE, HUGE):
        got = await ours(made(count), tmp_path)
        rows.append((f"headnotes, {count:,} rows", ms(got["first"]), ms(got["page"]), ms(got["most"]), ms(got["jump"]),
                     ms(got["jump most"]), f"+{got['grown']:.0f}"))  # fmt: skip
    for count in (SMALL, MIDDLE):
        for kind in ("datatable", "fastdatatable"):
            if kind == "fastdatatable" and importlib.util.find_spec("textual_fastdatatable") is None:
                continue
            got = other(kind, made(count))
            name = f"{'Textual DataTable' if kind == 'datatable' else kind}, {count:,} rows"
            rows.append((name, ms(got["first"]), ms(got["page"]), ms(got["most"]), "", "", f"{got['rss'] / 1e6:.0f}"))
        if (seen := visidata(made(count))) is not None:
            name = f"visidata, {count:,} rows"
            rows.append(
                (name, ms(seen["first"]), ms(seen["page"]), ms(seen["most"]), "", "", f"{seen['rss'] / 1e6:.0f}")
            )
    table(
        "Rows of English and Chinese text, CPU ms (goal: first < 150, any page and jump < 30; MB: + is growth, < 50)",
        ("", "first rows", "page", "most", "jump", "most", "MB"),
        *rows,
    )


async def test_search_and_map(
    table: Callable[..., None],  # noqa: F811 (the fixture)
    made: Callable[[int], Path], tmp_path: Path,
) -> None:  # fmt: skip
    engine = EngineClient(log=tmp_path / "engine.log", command=DATA_FIRST)
    await engine.start()
    await until(lambda: engine.phase.name == "ready", 200)
    rows: list[tuple[str, str]] = []
    opened = await engine.ask("data", call="open", values={"source": {"paths": [str(made(HUGE))]}})
    for pattern, regex in (("Uruguay", False), ("尼日利亚", False), ("^During the .* War", True), ("1234567", False)):
        heard: list[tuple[float, int]] = []
        start = time.perf_counter()
        values = {"handle": opened["handle"], "split": opened["splits"][0]["name"], "pattern": pattern, "regex": regex}

        def hear(fields: dict[str, Any], start: float = start, heard: list[tuple[float, int]] = heard) -> None:
            heard.append((time.perf_counter() - start, fields["count"]))

        found = await engine.ask("data", call="find", values=values, on_partial=hear)
        whole = time.perf_counter() - start
        first = next((f"{1000 * at:.0f} ms" for at, count in heard if count), "at the end")
        rows.append((f"{pattern}: first hits / all {found['count']:,} in {HUGE:,} rows", f"{first} / {whole:.1f} s"))
    text = "map(lambda rows: tokenizer(rows['text']), batched=True, load_from_cache_file=False)"
    few = await engine.ask("data", call="step", values={"handle": opened["handle"], "text": "take(20000)"})
    script = tmp_path / "bare.py"
    script.write_text(
        few["table"]["code"].replace(
            "from datasets", "import time\nfrom transformers import AutoTokenizer\nfrom datasets"
        )
        + "from tui.instruments import checkpoints\n"
        "tokenizer = AutoTokenizer.from_pretrained(checkpoints.backbone().folder)\n"
        "for _ in range(4):\n    start = time.perf_counter()\n"
        "    dataset.map(lambda rows: tokenizer(rows['text']), batched=True, load_from_cache_file=False)\n"
        "    print('took', time.perf_counter() - start)\n"
    )
    ratios = []
    for _ in range(3):
        handle, seconds = few["table"]["handle"], []
        for _ in range(4):
            done = await engine.ask("data", call="step", values={"handle": handle, "text": text})
            seconds.append(done["seconds"])
        env = {**os.environ, "TOKENIZERS_PARALLELISM": "false", "OMP_WAIT_POLICY": "PASSIVE"}
        done = subprocess.run(["nice", "-n", "10", sys.executable, str(script)], capture_output=True, text=True,
                              check=True, env=env)  # fmt: skip
        bare = [float(line.split()[1]) for line in done.stdout.splitlines() if line.startswith("took")]
        ratios.append(statistics.median(seconds) / statistics.median(bare))
    rows.append(("map of 20,000 rows in the engine / in a script", f"{statistics.median(ratios):.3f} (goal 1.05)"))
    await engine.close()
    table("Search (goal: first hits < 300 ms) and map", ("", ""), *rows)
