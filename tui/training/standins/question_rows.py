"""Split the passages written for question answering, and write them with their card into `lessons/data`.

    python -m tui.training.standins.question_rows --passages FILE... [--out DIR]

Each FILE holds one passage a line: `passage_id`, `subject`, `context` and `questions`, each with its `answer`, which
stands in the context as written. A passage is wholly in one split, and every subject is spread over all three.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import statistics
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

from tui import paths

SEED = 0
NAMES = {"t": "train", "d": "dev", "e": "test"}
PATTERN = "ttettdttet"
"""Which split each of ten neighbouring passages goes to, when they are in the order of their subjects."""
ALIKE_PASSAGES = 0.4
ALIKE_QUESTIONS = 0.8

Passage = dict[str, Any]


@dataclass(frozen=True)
class Likeness:
    """The largest word overlap (Jaccard) between rows of different splits."""

    passages: float
    questions: float
    same_questions: int


def read(files: Iterable[Path]) -> list[Passage]:
    """The passages of some files; raises `ValueError` for one whose answer is not in its context."""
    passages = [json.loads(line) for file in files for line in file.read_text("utf-8").splitlines() if line.strip()]
    for passage in passages:
        for asked in passage["questions"]:
            if asked["answer"] not in passage["context"]:
                raise ValueError(f"{passage['passage_id']}: {asked['answer']!r} is not in the context")
    return passages


def split(passages: list[Passage]) -> dict[str, list[Passage]]:
    """Whole passages by split: in the order of their subjects, shuffled within each, dealt out by the pattern."""
    chance = random.Random(SEED)  # noqa: S311 (the same split every time is what is wanted)
    order = sorted(passages, key=lambda p: str(p["passage_id"]))
    chance.shuffle(order)
    order.sort(key=lambda p: str(p["subject"]))
    made: dict[str, list[Passage]] = {name: [] for name in NAMES.values()}
    for number, passage in enumerate(order):
        made[NAMES[PATTERN[number % len(PATTERN)]]].append(passage)
    return made


def likeness(splits: dict[str, list[Passage]]) -> Likeness:
    """How like each other the most similar passages and questions of two different splits are."""
    passages = questions = 0.0
    same = 0
    for one, other in combinations(splits.values(), 2):
        contexts = ([_words(p["context"]) for p in one], [_words(p["context"]) for p in other])
        asked = tuple([_words(q["question"]) for p in held for q in p["questions"]] for held in (one, other))
        passages = max(passages, _most(*contexts))
        questions = max(questions, _most(*asked))
        same += len(set(asked[0]) & set(asked[1]))
    return Likeness(passages, questions, same)


def card(splits: dict[str, list[Passage]], alike: Likeness) -> str:
    """The card of the data, with counts and lengths measured on the rows themselves."""
    rows = []
    for name, held in splits.items():
        asked = [q for p in held for q in p["questions"]]
        subjects = len({p["subject"] for p in held})
        rows.append(f"| {name} | {len(held)} | {len(asked)} | {subjects} | {_span(p['context'] for p in held)} |"
                    f" {_span(q['question'] for q in asked)} | {_span(q['answer'] for q in asked)} |")  # fmt: skip
    table = "\n".join(rows)
    return f"""---
license: cc0-1.0
language: en
task_categories: [question-answering]
size_categories: [1K<n<10K]
pretty_name: Headnotes passages and questions
---

# Passages and questions

Short English passages, each with questions whose answers stand in the passage word for word. They were written anew for
Headnotes, sentence by sentence, without templates and without copying from other data sets, by a language model working
under an editor's brief and checked by scripts; what is said of real people and places is meant to be true, other people
and places are invented. Dedicated to the public domain (CC0 1.0).

| split | passages | questions | subjects | words in a passage | words in a question | words in an answer |
|---|---|---|---|---|---|---|
{table}

Lengths are given as fewest, median, most.

- **Row**: a JSON object a line: `passage_id`, `subject`, `context`, and `questions`, a list of `question` and `answer`.
  An answer stands in its context as written, once.
- **Asked otherwise**: most questions put the matter in other words than the passage, so that looking for the sentence
  with the same words is not enough.
- **Split**: whole passages, about 70/10/20, subjects spread evenly, seed {SEED}. No passage and no question is in two
  splits, and there are no question templates to share. The two most alike passages of different splits share
  {alike.passages:.2f} of their words (Jaccard, in lower case), the two most alike questions {alike.questions:.2f}.
- **Again**: `python -m tui.training.standins.question_rows --passages FILE...`
"""


def _words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", text.lower()))


def _most(one: list[frozenset[str]], other: list[frozenset[str]]) -> float:
    return max(len(a & b) / len(a | b) for a in one for b in other)


def _span(texts: Iterable[str]) -> str:
    lengths = sorted(len(text.split()) for text in texts)
    return f"{lengths[0]}, {statistics.median(lengths):.0f}, {lengths[-1]}"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "--passages", type=Path, nargs="+", required=True, help="files of passages, a JSON object a line"
    )
    parser.add_argument("--out", type=Path, default=paths.lessons_dir() / "data" / "question-answering")
    asked = parser.parse_args()
    splits = split(read(asked.passages))
    alike = likeness(splits)
    if alike.passages > ALIKE_PASSAGES or alike.questions > ALIKE_QUESTIONS or alike.same_questions:
        raise SystemExit(f"rows of different splits are too much alike: {alike}")
    asked.out.mkdir(parents=True, exist_ok=True)
    for name, held in splits.items():
        lines = [json.dumps(passage, ensure_ascii=False) + "\n" for passage in held]
        (asked.out / f"{name}.jsonl").write_text("".join(lines), "utf-8")
    (asked.out / "README.md").write_text(card(splits, alike), "utf-8")
    print({name: len(held) for name, held in splits.items()}, alike, f"written to {asked.out}")


if __name__ == "__main__":
    main()
