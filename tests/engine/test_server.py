"""The engine itself: a real one, with the real libraries, shared by the tests of this file."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.engine.test_client import until
from tui.engine.client import EngineClient
from tui.errors import CheckpointError, Stopped, UsageError

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def engine(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[EngineClient]:
    client = EngineClient(log=tmp_path_factory.mktemp("engine") / "engine.log")
    await client.start()
    await until(lambda: client.phase.name == "ready", 120)
    yield client
    await client.close()


async def test_an_instrument_answers(engine: EngineClient) -> None:
    answer = await engine.ask("run", instrument="tokens", spec={"text": "Hello, how are you?"})
    assert answer["input_ids"] == [101, 7592, 1010, 2129, 2024, 2017, 1029, 102]


async def test_errors_keep_their_kind_and_their_advice(engine: EngineClient) -> None:
    with pytest.raises(UsageError, match="Did you mean 'text'"):
        await engine.ask("run", instrument="tokens", spec={"txt": "a"})
    with pytest.raises(UsageError, match="no instrument"):
        await engine.ask("run", instrument="nothing", spec={})
    with pytest.raises(UsageError, match="cannot do"):
        await engine.ask("dance")


async def test_a_space_keeps_its_variables_and_another_does_not_see_them(engine: EngineClient) -> None:
    await engine.ask("cell", space="2", code="x = 41")
    assert (await engine.ask("cell", space="2", code="print(x + 1)"))["output"] == "42\n"
    nameless = await engine.ask("cell", space=None, code="print(x)")
    assert nameless["failed"]
    assert "NameError" in nameless["output"]


async def test_the_names_of_a_space_are_completed_and_forgotten(engine: EngineClient) -> None:
    await engine.ask("cell", space="2", code="numbers = [1]")
    assert (await engine.ask("complete", space="2", code="numb"))["items"] == ["numbers"]
    await engine.ask("reset", space="2")
    answer = await engine.ask("cell", space="2", code="numbers")
    assert answer["explanation"]["message"] == "engine.explain.name"


async def test_a_cell_sees_the_bench(engine: EngineClient) -> None:
    code = "print(type(tokenizer).__name__, type(encoder).__name__, type(model).__name__, checkpoint[:1])"
    answer = await engine.ask("cell", space=None, code=code)
    assert answer["output"].startswith("BertTokenizer BertModel BertForSequenceClassification")


async def test_the_last_value_is_shown_without_a_prompt(engine: EngineClient) -> None:
    assert (await engine.ask("cell", space=None, code="1 + 1"))["output"] == "2\n"


async def test_what_libraries_print_does_not_reach_the_line(engine: EngineClient) -> None:
    code = "import os, sys\nos.write(1, b'straight to 1')\nos.system('echo from a child')\nprint('seen')"
    assert (await engine.ask("cell", space=None, code=code))["output"] == "seen\n"


async def test_long_output_is_cut_and_counted(engine: EngineClient) -> None:
    answer = await engine.ask("cell", space=None, code="print('x' * 50_000)")
    assert len(answer["output"]) == 20_000
    assert answer["cut"] == 30_001


@pytest.mark.parametrize(
    "code", ["while True: pass", "import time\ntime.sleep(60)", "import torch\nwhile True: torch.rand(9)"]
)
async def test_running_code_stops_at_once(engine: EngineClient, code: str) -> None:
    request = engine.ask("cell", space=None, code=code)
    await until(lambda: request.started)
    await asyncio.sleep(0.5)  # let the code be in the middle of it
    pid, start = engine.pid, time.perf_counter()
    engine.drop(request)
    with pytest.raises(Stopped):
        await request
    assert time.perf_counter() - start < 2.0, "it was killed, not interrupted"
    assert engine.pid == pid
    assert (await engine.ask("cell", space=None, code="1"))["output"] == "1\n"


async def test_one_endless_call_into_c_costs_the_engine_and_the_console_says_so(engine: EngineClient) -> None:
    request = engine.ask("cell", space=None, code="sum(iter(int, 1))")
    await until(lambda: request.started)
    await asyncio.sleep(0.5)  # let the code be in the middle of it
    pid = engine.pid
    engine.drop(request)
    with pytest.raises(Stopped, match="could not be interrupted, so the engine was restarted"):
        await request
    assert (await engine.ask("cell", space=None, code="1"))["output"] == "1\n"
    assert engine.pid != pid


async def test_progress_bars_become_numbers_at_most_ten_a_second(engine: EngineClient) -> None:
    seen: list[tuple[str, float, float | None]] = []
    code = (
        "from tqdm.auto import tqdm\nimport time\n"
        "for _ in tqdm(range(200), desc='map', mininterval=0): time.sleep(0.004)"
    )
    start = time.perf_counter()
    answer = await engine.ask(
        "cell", space=None, code=code, on_progress=lambda p: seen.append((p.what, p.done, p.total))
    )
    assert answer["output"] == ""
    assert seen
    assert all(what == "map" and total == 200 for what, _, total in seen)
    assert len(seen) <= 10 * (time.perf_counter() - start) + 2


async def test_the_engine_tells_about_itself(engine: EngineClient) -> None:
    about = await engine.ask("about")
    assert about["torch"]
    assert about["backbone"].startswith("all-MiniLM-L6-v2, package")


async def test_a_backbone_that_is_altered_is_a_sentence_to_every_request(tmp_path: Path) -> None:
    for name in ("config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"):
        (tmp_path / name).write_text("{}")
    os.environ["HEADNOTES_BACKBONE"] = str(tmp_path)
    engine = EngineClient(log=tmp_path / "engine.log")
    try:
        with pytest.raises(CheckpointError, match="not at hand") as caught:
            await engine.ask("run", instrument="tokens", spec={"text": "a"})
        assert "not the published file" in caught.value.detail
        await until(lambda: engine.phase.trouble is not None, 60)
    finally:
        del os.environ["HEADNOTES_BACKBONE"]
        await engine.close()


async def test_an_engine_ends_with_its_console(tmp_path: Path) -> None:
    engine = EngineClient(log=tmp_path / "engine.log")
    await engine.start()
    process = engine._process
    assert process is not None
    assert process.stdin is not None
    process.stdin.close()
    assert await asyncio.wait_for(process.wait(), 20) == 0
    await engine.close()
