"""What ships with the lessons: models that are safe, small, and as good as their cards say; data without leaks."""

from __future__ import annotations

import csv
import hashlib
import json
import re
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import pytest
import yaml

from tests.conftest import LESSONS
from tui.models.catalog import SHELF

MODELS, DATA = LESSONS / "models", LESSONS / "data"
FOLDERS = sorted(folder for folder in MODELS.iterdir() if folder.is_dir())
ALLOWED = {".json", ".safetensors", ".md"}
WORD = re.compile(r"\w+")


def words(text: str) -> frozenset[str]:
    return frozenset(WORD.findall(text.lower()))


def alike(one: frozenset[str], other: frozenset[str]) -> float:
    """Share of words in common, 0 to 1."""
    return len(one & other) / max(1, len(one | other))


# -- models ---------------------------------------------------------------------------------------------------------


def test_together_they_are_small() -> None:
    assert sum(file.stat().st_size for file in MODELS.rglob("*") if file.is_file()) <= 60_000_000


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_model_is_safetensors_and_belongs_to_a_task(folder: Path) -> None:
    assert {file.suffix for file in folder.iterdir()} <= ALLOWED
    assert folder.name in {at.folder for at in SHELF}


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_its_card_says_what_was_measured_on_what(folder: Path) -> None:
    text = (folder / "README.md").read_text("utf-8")
    _, front, body = text.split("---\n", 2)
    card = yaml.safe_load(front)
    assert card["license"]
    (model,) = card["model-index"]
    for result in model["results"]:
        assert result["dataset"]["name"]
        for metric in result["metrics"]:
            shown = {f"{metric['value']:.{digits}f}" for digits in (0, 1, 2, 3, 4)}
            assert any(re.search(rf"(?<![\d.]){re.escape(one)}(?!\d)", body) for one in shown), metric
    for weights in folder.glob("*.safetensors"):
        assert hashlib.sha256(weights.read_bytes()).hexdigest() in body
    assert "python -m tui.training.standins." in body


def test_the_course_has_a_revision_for_every_task() -> None:
    assert len({at.task for at in SHELF}) == len(SHELF) == 8
    assert all(re.fullmatch(r"[0-9a-f]{7}", at.revision) for at in SHELF)


# -- sentence pairs -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def pairs() -> dict[str, list[dict[str, str]]]:
    found = {}
    for name in ("train", "dev", "test"):
        with (DATA / "pairs" / f"{name}.tsv").open(encoding="utf-8", newline="") as file:
            found[name] = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    return found


def test_pairs_are_as_many_and_as_balanced_as_their_card_says(pairs: dict[str, list[dict[str, str]]]) -> None:
    assert {name: len(rows) for name, rows in pairs.items()} == {"train": 5923, "dev": 315, "test": 315}
    for rows in pairs.values():
        assert 0.6 <= sum(row["label"] == "1" for row in rows) / len(rows) <= 0.7
        for row in rows:
            assert all(6 <= len(row[key].split()) <= 30 for key in ("sentence1", "sentence2"))
            assert row["sentence1"] != row["sentence2"]


def test_no_pair_is_there_twice(pairs: dict[str, list[dict[str, str]]]) -> None:
    seen = [frozenset((row["sentence1"], row["sentence2"])) for rows in pairs.values() for row in rows]
    assert len(seen) == len(set(seen))


def test_no_sentence_nor_one_much_like_it_is_in_two_splits(pairs: dict[str, list[dict[str, str]]]) -> None:
    sentences = {
        name: {row[key] for row in rows for key in ("sentence1", "sentence2")} for name, rows in pairs.items()
    }
    for one, other in combinations(sentences.values(), 2):
        assert not one & other
        for text, near, share in likeness(one, other):
            assert share <= 0.8, (text, near)


def likeness(one: set[str], other: set[str]) -> Iterator[tuple[str, str, float]]:
    """(text, text, share) of texts of two sets that have a rare word in common."""
    sets = {text: words(text) for text in one | other}
    index: dict[str, list[str]] = {}
    for text in other:
        for word in sets[text]:
            index.setdefault(word, []).append(text)
    for text in one:
        near = {found for word in sets[text] if len(index.get(word, ())) <= 200 for found in index.get(word, ())}
        yield from ((text, found, alike(sets[text], sets[found])) for found in near)


def test_few_words_in_common_does_not_give_the_label_away(pairs: dict[str, list[dict[str, str]]]) -> None:
    shares: dict[str, list[float]] = {"0": [], "1": []}
    for row in pairs["train"]:
        shares[row["label"]].append(alike(words(row["sentence1"]), words(row["sentence2"])))
    few = [sum(share < 0.2 for share in shares[label]) for label in "01"]
    assert few[0] >= 60
    assert sum(share > 0.7 for share in shares["1"]) >= 100  # and many words in common does not either


# -- questions ------------------------------------------------------------------------------------------------------


def test_questions_are_answered_in_their_passage_and_split_by_passage() -> None:
    passages: dict[str, list[dict[str, object]]] = {}
    asked: set[str] = set()
    for name in ("train", "dev", "test"):
        text = (DATA / "question-answering" / f"{name}.jsonl").read_text("utf-8")
        rows = [json.loads(line) for line in text.split("\n") if line]
        passages[name] = rows
        for row in rows:
            for question in row["questions"]:
                assert question["answer"] in row["context"]
                assert question["question"] not in asked
                asked.add(question["question"])
    assert len(asked) >= 400
    contexts = {name: {str(row["context"]) for row in rows} for name, rows in passages.items()}
    for one, other in combinations(contexts.values(), 2):
        assert not one & other
        assert all(share <= 0.6 for _, _, share in likeness(one, other))


# -- countries ------------------------------------------------------------------------------------------------------


def test_the_card_of_the_countries_has_every_file_with_its_size_and_digest() -> None:
    folder = DATA / "countries"
    card = (folder / "README.md").read_text("utf-8")
    line = re.compile(r"^\| (\S+) \| (\d+) \| ([\d,]+) \| `([0-9a-f]{16})` \|$", re.MULTILINE)
    said = {name: (int(size.replace(",", "")), digest) for name, _, size, digest in line.findall(card)}
    files = {str(file.relative_to(folder)): file for file in folder.rglob("*") if file.is_file()}
    files.pop("README.md")
    assert said == {
        name: (file.stat().st_size, hashlib.sha256(file.read_bytes()).hexdigest()[:16]) for name, file in files.items()
    }
