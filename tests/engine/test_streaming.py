"""A text arrives while it is written, and the writing can be stopped: the real engine, a tiny untrained model."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from time import perf_counter
from typing import Any

import pytest

from tui.engine.client import EngineClient
from tui.errors import Stopped


@pytest.fixture(scope="module")
def writer(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A folder with a GPT-2 of two layers that has learned nothing."""
    import torch
    from transformers import GPT2Config, GPT2LMHeadModel

    from tui.models import loading

    folder = tmp_path_factory.mktemp("writer")
    torch.manual_seed(0)
    config = GPT2Config(vocab_size=30522, n_positions=1024, n_embd=64, n_layer=2, n_head=2, eos_token_id=30521)
    GPT2LMHeadModel(config).save_pretrained(folder)
    loading.tokenizer().save_pretrained(folder)
    return str(folder)


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[EngineClient]:
    client = EngineClient(log=tmp_path / "engine.log")
    yield client
    await client.close()


def spec(model: str, tokens: int) -> dict[str, Any]:
    return {"text": "in this course", "task": "text-generation", "model": model, "max_new_tokens": tokens}


async def test_what_is_written_arrives_bit_by_bit(engine: EngineClient, writer: str) -> None:
    partial: list[list[dict[str, Any]]] = []
    result = await engine.ask(
        "run", instrument="pipeline", spec=spec(writer, 300), on_partial=lambda fields: partial.append(fields["pieces"])
    )
    assert len(result["pieces"]) == 300
    assert len(partial) >= 2
    assert [len(pieces) for pieces in partial] == sorted({len(pieces) for pieces in partial})
    assert all(pieces == result["pieces"][: len(pieces)] for pieces in partial)
    assert all(0 <= piece["probability"] <= 1 for piece in result["pieces"])
    assert result["output"][0]["generated_text"].startswith("in this course")


async def test_writing_stops_when_it_is_told_to(engine: EngineClient, writer: str) -> None:
    begun = asyncio.Event()
    request = engine.ask("run", instrument="pipeline", spec=spec(writer, 1000), on_partial=lambda fields: begun.set())
    await asyncio.wait_for(begun.wait(), 120)
    pid, start = engine.pid, perf_counter()
    engine.drop(request)
    with pytest.raises(Stopped):
        await request
    print(f"stopped after {1000 * (perf_counter() - start):.0f} ms")
    assert engine.pid == pid  # it heard; it was not killed
    again = await engine.ask("run", instrument="pipeline", spec=spec(writer, 3))
    assert len(again["pieces"]) == 3


async def test_the_same_seed_writes_the_same(engine: EngineClient, writer: str) -> None:
    first = await engine.ask("run", instrument="pipeline", spec=spec(writer, 20))
    again = await engine.ask("run", instrument="pipeline", spec=spec(writer, 20))
    other = await engine.ask("run", instrument="pipeline", spec={**spec(writer, 20), "seed": 1})
    greedy = await engine.ask("run", instrument="pipeline", spec={**spec(writer, 20), "temperature": 0})
    assert first["written"] == again["written"]
    assert first["written"] != other["written"]
    assert greedy["written"] not in (first["written"], other["written"])
