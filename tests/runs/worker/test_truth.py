"""What a run reports of its model is true: no answer is seen beforehand, and what cannot be learned is not."""

from __future__ import annotations

import json
import math
import random
from pathlib import Path

import pytest

from tests.runs.worker import making, workers
from tui.runs import folder

RANDOM_WORDS = [
    *("rain", "sun", "wind", "snow", "moon", "star", "tree", "lake", "road", "bird"),
    *("fish", "gold", "iron", "wood", "milk", "salt", "corn", "rice", "bread", "stone"),
]
"""Each a token of its own. As long as they are drawn at random, nobody guesses better than one out of so many."""


@pytest.fixture(scope="module")
def random_words(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Texts of random words, so long that separators hardly matter, and models that know no other words."""
    where = tmp_path_factory.mktemp("random")
    models = workers.begin(making.word_models, str(where), RANDOM_WORDS)
    chance = random.Random(11)
    for split, count in (("train", 30), ("validation", 10)):
        rows = [{"text": " ".join(chance.choices(RANDOM_WORDS, k=240))} for _ in range(count)]
        (where / "texts").mkdir(exist_ok=True)
        (where / "texts" / f"{split}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    assert workers.finish(models) == 0
    return where


@pytest.mark.parametrize(("task", "kind"), [("causal-lm", "bert"), ("causal-lm", "gpt2"), ("masked-lm", "bert")])
def test_random_words_cannot_be_guessed(home: Path, random_words: Path, task: str, kind: str) -> None:
    """With these steps a bert that sees the token to guess comes to 1.003, one that sees a fifth of them to 18.2."""
    run = workers.new({
        "task": task, "data": str(random_words / "texts"), "checkpoint": str(random_words / kind), "max_length": 8,
        "max_steps": 220, "learning_rate": 3e-3, "batch_size": 32, "evaluate_every": 1000, "threads": 1,
    })  # fmt: skip
    assert workers.worked(run) == 0, folder.last_words(run)
    perplexity = workers.kinds(run, "evaluation")[-1]["metrics"]["perplexity"]
    assert 0.95 * len(RANDOM_WORDS) <= perplexity < 1.5 * len(RANDOM_WORDS)  # the words themselves were learned
    config = json.loads((run.model / "config.json").read_text())
    assert config.get("is_decoder", False) is (task == "causal-lm" and kind == "bert")


@pytest.fixture(scope="module")
def labels(random_words: Path) -> Path:
    """Texts whose label depends on their first word, and the same with the labels shuffled; tags of words likewise."""
    chance = random.Random(5)
    for split, count in (("train", 160), ("validation", SHUFFLED)):
        texts = [chance.choices(RANDOM_WORDS, k=6) for _ in range(count)]
        real = [RANDOM_WORDS.index(text[0]) < 10 for text in texts]
        tags = [["O" if RANDOM_WORDS.index(word) < 10 else "B-X" for word in text] for text in texts]
        shuffled, flat = chance.sample(real, count), [tag for some in tags for tag in some]
        chance.shuffle(flat)
        mixed = [flat[at : at + 6] for at in range(0, len(flat), 6)]
        for name, kinds, marks in (("real", real, tags), ("shuffled", shuffled, mixed)):
            rows = [{"text": " ".join(text), "label": str(kind), "words": text, "tags": some}
                    for text, kind, some in zip(texts, kinds, marks, strict=True)]  # fmt: skip
            (random_words / name).mkdir(exist_ok=True)
            lines = "".join(json.dumps(row) + "\n" for row in rows)
            (random_words / name / f"{split}.jsonl").write_text(lines, "utf-8")
    return random_words


SHUFFLED = 150
"""Rows that are evaluated."""
LABELS = {"text-classification": {}, "token-classification": {"text": "words", "label": "tags"}}


@pytest.mark.parametrize("task", LABELS)
def test_shuffled_labels_are_not_learned_and_real_ones_are(home: Path, labels: Path, task: str) -> None:
    accuracies = {}
    for kind in ("shuffled", "real"):
        run = workers.new({
            "task": task, **LABELS[task], "data": str(labels / kind), "checkpoint": str(labels / "bert"), "threads": 1,
            "epochs": 6.0, "learning_rate": 3e-3, "batch_size": 16, "evaluate_every": 1000, "max_length": 16,
        })  # fmt: skip
        assert workers.worked(run) == 0, folder.last_words(run)
        (event,) = workers.kinds(run, "evaluation")  # the best of several would flatter
        accuracies[kind] = event["metrics"]["accuracy"]
    rows = [json.loads(line) for line in (labels / "shuffled" / "validation.jsonl").read_text().splitlines()]
    truth = [tag for row in rows for tag in (row["tags"] if task == "token-classification" else [row["label"]])]
    majority = max(truth.count(label) for label in truth) / len(truth)
    margin = 1.96 * math.sqrt(majority * (1 - majority) / len(truth))
    assert abs(accuracies["shuffled"] - majority) <= margin
    assert accuracies["real"] > majority + margin
