"""Recipes and tables with something odd in them: each is planned, and what the plan accepts is prepared and tried."""

from __future__ import annotations

import json
import os
import random
import traceback
from pathlib import Path
from typing import Any

from tests.runs.worker.making import sentences

ODD = (
    None,
    "",
    "  ",
    3,
    1.5,
    -1,
    True,
    [],
    ["a"],
    [None],
    {"text": ["rain"], "answer_start": [0]},
    "rain " * 90,
    "zebra",
)
OPTIONS: dict[str, tuple[Any, ...]] = {
    "max_length": (4, 8, 24, 64, 65, 1000), "warmup": (0.0, 0.5, 3.0, 500.0),
    "schedule": ("linear", "cosine", "polynomial"),
    "rows": (0, 1, 5), "eval_rows": (0, 1, 3), "eval_share": (0.01, 0.1, 0.5, 0.95), "stratify": (True, False),
    "eval_split": ("validation", "", "test"), "batch_size": (1, 8, 1000), "freeze": ("none", "encoder", "lower"),
    "max_steps": (0, 1, 40), "seed": (0, 2**32 - 1, 2**32), "lora_rank": (0, 2), "accumulation": (1, 3),
}  # fmt: skip
COLUMNS: dict[str, dict[str, str]] = {
    "text-classification": {"text": "one", "pair": "two", "label": "kind"},
    "token-classification": {"text": "words", "label": "tags"},
    "question-answering": {"text": "one", "question": "two", "answer": "answer"},
    "causal-lm": {"text": "one"}, "masked-lm": {"text": "one"}, "seq2seq": {"text": "one", "target": "two"},
    "multi-label-classification": {"text": "one", "label": "kinds"},
}  # fmt: skip


def table(chance: random.Random, count: int) -> list[dict[str, Any]]:
    """Rows that every task can use."""
    first, second = sentences(count, chance.randrange(99)), sentences(count, chance.randrange(99))
    return [
        {"one": a, "two": b, "kind": "abc"[at % 3], "words": a.split(), "tags": ["O"] * len(a.split()),
         "answer": a.split()[1], "kinds": ["a", "b", "c"][: at % 4]}
        for at, (a, b) in enumerate(zip(first, second, strict=True))
    ]  # fmt: skip


def drawn(chance: random.Random, file: Path, checkpoints: dict[str, str]) -> dict[str, Any]:
    """Write a table in which up to two values are odd, and draw a recipe with up to three options changed."""
    rows = table(chance, chance.choice((2, 12, 30, 30)))
    task = chance.choice(list(COLUMNS))
    for _ in range(chance.choice((0, 0, 0, 1, 2))):
        rows[chance.randrange(len(rows))][chance.choice(list(COLUMNS[task].values()))] = chance.choice(ODD)
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    changed = {name: chance.choice(OPTIONS[name]) for name in chance.sample(list(OPTIONS), chance.randrange(3))}
    return {"data": str(file), "task": task, "checkpoint": checkpoints[task], "max_length": 24, "threads": 1,
            **COLUMNS[task], **changed}  # fmt: skip


def try_them(checkpoints: dict[str, str], where: str, seed: int, count: int, kept: str) -> None:
    """Keep how many were refused and accepted, and what of the accepted did not start, with all that it takes."""
    from tui.errors import HeadnotesError
    from tui.recipes import planning, recipe
    from tui.runs import folder

    os.environ["HEADNOTES_HOME"] = f"{where}/home"
    chance, found = random.Random(seed), {"refused": 0, "accepted": 0}
    failed: list[dict[str, Any]] = []
    for number in range(count):
        file = Path(where) / f"{number}.jsonl"
        values = drawn(chance, file, checkpoints)
        try:
            asked = recipe.read(values)
            planning.plan(asked)
        except HeadnotesError:
            found["refused"] += 1
            continue
        except Exception:
            failed.append({"values": values, "rows": file.read_text("utf-8"), "planned": traceback.format_exc()})
            continue
        found["accepted"] += 1
        try:
            _start(folder.create(asked, ""))
        except BaseException:  # what a tokenizer in Rust raises among them
            failed.append({"values": values, "rows": file.read_text("utf-8"), "error": traceback.format_exc()})
    Path(kept).write_text(json.dumps({**found, "failed": failed}), "utf-8")


def _start(run: Any) -> None:
    """What a worker does before its first step, and the loss of two rows."""
    from tui.engine.ticks import tap_tqdm
    from tui.runs.worker.control import Control
    from tui.runs.worker.recording import Recorder
    from tui.runs.worker.running import prepare

    recorder = Recorder(run, speaks=True)
    session = prepare(run, recorder, Control(run.orders_file, 0, recorder), None, True)
    for rows in (session.train, session.evaluation):
        if rows is not None:
            longest = sorted(range(rows.num_rows), key=lambda at: -len(rows[at]["input_ids"]))[:2]
            assert session.model(**session.collator([rows[at] for at in longest])).loss is not None
    tap_tqdm(lambda what, done, total: None)
    recorder.close()
