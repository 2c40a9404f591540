"""The script of a run does the same alone: the same rows set aside, the same answers, one GPU, from any path."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.runs.worker import workers
from tests.runs.worker.test_loops import steps
from tui.models.adapters import adapter_base
from tui.recipes import recipe
from tui.recipes.recipe import Recipe
from tui.recipes.script import script
from tui.runs import folder
from tui.runs.folder import Run

HOSTILE = 'it\'s "quoted" \\n {braces} $ \nand a line'


def moved(values: dict[str, Any], where: Path) -> dict[str, Any]:
    """The same training rows as one file in a folder of another name, so that some are set aside."""
    where.mkdir()
    file = where / "rows.jsonl"
    file.write_bytes((Path(values["data"]) / "train.jsonl").read_bytes())
    return {**values, "data": str(file)}


def test_it_sets_the_same_rows_aside_from_any_path(
    small: dict[str, dict[str, Any]], home: Path, tmp_path: Path
) -> None:
    """The checkpoint and the data are in a folder with whatever a file system lets one write."""
    values = moved(small["text-classification"], tmp_path / HOSTILE)
    checkpoint = tmp_path / HOSTILE / "model"
    checkpoint.symlink_to(values["checkpoint"])
    run = workers.new({**values, "checkpoint": str(checkpoint), "epochs": 2.0, "eval_share": 0.3, "rows": 12})
    assert workers.worked(run) == 0, folder.last_words(run)
    prepared = workers.kinds(run, "prepared")[0]
    assert (prepared["rows"], prepared["eval_rows"]) == (12, 8)
    told, alone = steps(run), workers.script(run)
    assert [{name: step[name] for name in alone[0]} for step in told] == alone
    for line in run.script_file.read_text("utf-8").splitlines():
        if "rows.jsonl" in line or line.startswith("checkpoint ="):
            assert repr(str(tmp_path))[1:-1] in line


def test_paths_in_a_script_hold_from_any_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "base").mkdir()
    (tmp_path / "adapter").mkdir()
    (tmp_path / "adapter/adapter_config.json").write_text('{"base_model_name_or_path": "base"}')
    (tmp_path / "adapter/adapter_model.safetensors").touch()
    (tmp_path / "rows.csv").write_text("text,label\n")
    monkeypatch.chdir(tmp_path)
    assert adapter_base(Path("adapter")) == tmp_path / "base"
    code = script(Recipe(data="rows.csv"))
    assert repr(str(tmp_path / "rows.csv")) in code
    folders = [word for word in re.findall(r"'([^'\n]*/[^'\n]*)'", code) if not word.startswith(("/", "out/"))]
    assert folders == []


def squad(values: dict[str, Any], where: Path) -> dict[str, Any]:
    """The rows of question answering as SQuAD has them."""
    rows = [json.loads(line) for line in (Path(values["data"]) / "train.jsonl").read_text("utf-8").splitlines()]
    made = [{"id": str(at), "context": row["text"], "question": row["question"],
             "answers": {"text": [row["answer"]], "answer_start": [row["text"].find(row["answer"])]}}
            for at, row in enumerate(rows)]  # fmt: skip
    where.write_text("".join(json.dumps(row) + "\n" for row in made), "utf-8")
    return {**values, "data": str(where), "text": "context", "eval_share": 0.3}


def test_squads_own_answers_train_as_others_do(small: dict[str, dict[str, Any]], home: Path, tmp_path: Path) -> None:
    run = workers.new({**squad(small["question-answering"], tmp_path / "squad.jsonl"), "epochs": 1.0})
    assert workers.worked(run) == 0, folder.last_words(run)
    told, alone = steps(run), workers.script(run)
    assert [{name: step[name] for name in alone[0]} for step in told] == alone


ANY = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), min_size=1, max_size=30)


@given(
    ANY | st.sampled_from(["'", '"', "\\", "\n", "'''", "\\'", "{x}", "\u2028", HOSTILE]), st.sampled_from(recipe.TASKS)
)
def test_any_name_gives_python(name: str, task: str) -> None:
    """Columns, splits, keys: what a recipe says comes back from the script as it was."""
    columns = {what: f"{name}{at}" for at, what in enumerate(("text", "pair", "label", "question", "answer", "target"))}
    checkpoint = {"seq2seq": "summarization", "causal-lm": "text-generation"}.get(task, "MiniLM")
    asked = Recipe(data="https://example.org/rows.json", format="json", field=name, train_split=name,
                   eval_split=f"{name}-", task=task, checkpoint=checkpoint, **columns)  # fmt: skip
    compile(script(asked), "<script>", "exec")


@pytest.mark.parametrize(
    ("values", "inherited", "visible"),
    [
        ({}, None, "0"), ({}, "4,5", "4"), ({"device": "cuda:1"}, "4,5", "5"), ({"device": "cuda:2"}, None, "2"),
        ({"device": "cpu"}, "4,5", ""), ({"loop": "accelerate"}, None, "0"),
        ({"launcher": "torchrun", "processes": 2}, "4,5", "4,5"),
    ],
)  # fmt: skip
def test_a_script_sees_one_gpu(values: dict[str, Any], inherited: str | None, visible: str) -> None:
    code = script(Recipe(data="pairs", text="sentence1", pair="sentence2", **values))
    head = code[: code.index("from datasets")] if "from datasets" in code else code
    head = head.split("import torch")[0].split("import math")[0].split("import evaluate")[0]
    around = {name: value for name, value in os.environ.items() if name != "CUDA_VISIBLE_DEVICES"}
    around |= {} if inherited is None else {"CUDA_VISIBLE_DEVICES": inherited}
    words = [sys.executable, "-c", f"{head}\nimport os; print(os.environ.get('CUDA_VISIBLE_DEVICES'))"]
    done = subprocess.run(words, env=around, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == visible


def test_lists_of_questions_train_from_the_script(
    new: Callable[..., Run], small: dict[str, dict[str, Any]], home: Path, tmp_path: Path
) -> None:
    values = small["question-answering"]
    rows = [json.loads(line) for line in (Path(values["data"]) / "train.jsonl").read_text("utf-8").splitlines()]
    made = [
        {"text": row["text"], "questions": [{"question": row["question"], "answer": row["answer"]}] * 2} for row in rows
    ]
    (tmp_path / "lists.jsonl").write_text("".join(json.dumps(row) + "\n" for row in made), "utf-8")
    run = workers.new({**values, "data": str(tmp_path / "lists.jsonl"), "question": "questions", "epochs": 1.0})
    assert workers.worked(run) == 0, folder.last_words(run)
    told, alone = steps(run), workers.script(run)
    assert [{name: step[name] for name in alone[0]} for step in told] == alone
