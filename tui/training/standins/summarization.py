"""Train `lessons/models/summarization`: a small encoder-decoder of its own, long to short, and write its card.

    python -m tui.training.standins.summarization --data DIR [--out DIR]

DATA holds debian-summaries/pairs.json.gz. Needs rouge-score. The seed and the number of threads are fixed, so that the
same machine gives the same weights.
"""

from __future__ import annotations

import argparse
import gzip
import importlib
import json
import random
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tui import paths
from tui.models import checkpoints
from tui.training.standins import seq2seq
from tui.training.standins.seq2seq import Coded, Cost, Row

LONGEST = 64
"""Pieces of a description that are read, the end mark among them; most of what a summary says stands in them."""
HELD_OUT = 600
ALIKE = 0.5
COMMON = 40
"""A first word that opens more descriptions than this (this, the, it) says nothing of what they are about."""
LAYERS = (2, 3)
COPYING = 2
PASSES = 7
LOST = 0.1
SIZE = 1600
SETTINGS = {"num_beams": 5, "no_repeat_ngram_size": 3, "max_new_tokens": 32, "length_penalty": 0.5}
EXAMPLES = 10


@dataclass(frozen=True)
class Figures:
    """What was measured in this run: ROUGE-L on the held-out rows."""

    train_rows: int
    rows: int
    model: float
    first_sentence: float
    first_words: float
    copied: float
    """The share of the model's words that stand in the description."""
    copied_by_people: float
    examples: list[tuple[str, str, str]]
    parameters: int
    cost: Cost


def read(file: Path) -> list[Row]:
    """(long description, short description) of every package."""
    with gzip.open(file, "rt", encoding="utf-8") as opened:
        return [(long, short) for long, short in json.load(opened)]


def keys(rows: Sequence[Row]) -> list[list[str]]:
    """What makes packages one family: one summary, one rare first word, the same first eight or last thirty words."""
    cut = [(seq2seq.words(long), " ".join(seq2seq.words(short))) for long, short in rows]
    openings = Counter(words[0] for words, _ in cut if words)
    found = []
    for words, short in cut:
        shared = ["first " + " ".join(words[:8]), "last " + " ".join(words[-30:]), "short " + short]
        found.append(shared + ["opens " + w for w in words[:1] if openings[w] <= COMMON])
    return found


def keep_apart(rows: list[Row]) -> tuple[list[Row], list[Row]]:
    """(rows to train on, rows held out), by family; a held-out row that is like one trained on is dropped."""
    train, held_out = seq2seq.hold_out(rows, seq2seq.families(keys(rows)), HELD_OUT)
    return train, seq2seq.unlike(held_out, train, ALIKE)


def copies(rows: Sequence[Coded], shuffler: random.Random) -> list[Coded]:
    """Summaries to be written from themselves, some pieces lost: how to copy, learnt where it is cheap."""
    made = []
    for _, target in rows:
        kept = [piece for piece in target[:-1] if shuffler.random() >= LOST]
        made.append(([*(kept or target[:1]), seq2seq.END], target))
    return made


def first_sentence(text: str) -> str:
    """Up to the first full stop, question mark or exclamation mark that a space follows."""
    return re.split(r"(?<=[.!?])\s+", text, maxsplit=1)[0]


def first_words(text: str) -> str:
    """The first twelve."""
    return " ".join(text.split()[:12])


def rouge(guesses: Sequence[str], rows: Sequence[Row]) -> list[float]:
    """ROUGE-L (F-measure, no stemming) of every row, by rouge-score."""
    scorer = importlib.import_module("rouge_score.rouge_scorer").RougeScorer(["rougeL"], use_stemmer=False)
    return [scorer.score(short, guess)["rougeL"].fmeasure for guess, (_, short) in zip(guesses, rows, strict=True)]


def mean(values: Sequence[float]) -> float:
    """Of one number or more."""
    return sum(values) / len(values)


def borrowed(summaries: Sequence[str], rows: Sequence[Row]) -> float:
    """The share of all words of the summaries that stand in their descriptions."""
    found = [
        word in words
        for summary, (long, _) in zip(summaries, rows, strict=True)
        for words in [set(seq2seq.words(long))]
        for word in seq2seq.words(summary)
    ]
    return mean(found)


def measure(model: Any, tokenizer: Any, train_rows: int, rows: Sequence[Row], cost: Cost) -> Figures:
    """The figures on the held-out rows, and ten of them from the best to the worst."""
    longs = [long for long, _ in rows]
    guesses = seq2seq.answers(model, tokenizer, longs)
    each = rouge(guesses, rows)
    return Figures(
        train_rows,
        len(rows),
        mean(each),
        mean(rouge([first_sentence(long) for long in longs], rows)),
        mean(rouge([first_words(long) for long in longs], rows)),
        borrowed(guesses, rows),
        borrowed([short for _, short in rows], rows),
        [(*rows[i], guesses[i]) for i in seq2seq.ladder(each, EXAMPLES)],
        model.num_parameters(),
        cost,
    )


def card(figures: Figures, digest: str) -> str:
    """The model card, with the figures of this very run."""
    examples = "\n\n".join(f"long: {a}\nshort: {b}\nmodel: {guess}" for a, b, guess in figures.examples)
    return f"""---
license: apache-2.0
library_name: transformers
pipeline_tag: summarization
language: en
tags: [pegasus, seq2seq]
model-index:
  - name: headnotes-summarization
    results:
      - task: {{type: summarization}}
        dataset: {{name: Debian package descriptions (held out), type: text}}
        metrics:
          - {{type: rougeL, value: {figures.model:.4f}}}
---

# Summarization, small

An encoder-decoder of the Pegasus shape ({LAYERS[0]} + {LAYERS[1]} layers, {seq2seq.WIDTH} wide, {figures.parameters:,}
weights) with a byte-pair vocabulary of its own ({seq2seq.VOCABULARY:,} pieces). It reads the description of a program
and writes a title of a few words. In Headnotes it stands in, without a network, for models such as
`sshleifer/distilbart-cnn-12-6` and `t5-small`, which are many times larger, write whole sentences and are far better.
It was made for lessons.

| on {figures.rows} held-out descriptions | ROUGE-L |
|---|---|
| this model | {figures.model:.3f} |
| first sentence | {figures.first_sentence:.3f} |
| first twelve words | {figures.first_words:.3f} |

ROUGE-L is the mean F-measure of rouge-score, without stemming, against the one summary that the package has. Of the
model's words {figures.copied:.0%} stand in the description; of the words of the packages' own summaries
{figures.copied_by_people:.0%} do. One run, one seed, measured on the half-precision weights that lie here.

Held out are {HELD_OUT} drawn families of packages, of which one row is tested and the others are left out: packages
with the same summary, the same first eight or last thirty words, or the same first word where at most {COMMON}
descriptions open with it. A held-out row whose summary stands in the training rows, or whose description shares more
than {ALIKE:.0%} of its words (Jaccard) with one of them, was dropped. The vocabulary has seen the training rows only.

- **Data**: {figures.train_rows:,} long and short descriptions of Debian packages, each under the free licence of its
  package.
- **Start**: the pieces begin as the mean of the input vectors of all-MiniLM-L6-v2 (Apache-2.0), brought down to
  {seq2seq.WIDTH} dimensions.
- **Recipe**: {COPYING} passes in which a summary is written from itself with {LOST:.0%} of its pieces lost, then
  {PASSES} passes over the descriptions, cut at {LONGEST} pieces; batches of about {SIZE:,} tokens of both sides,
  {figures.cost.steps:,} steps; {seq2seq.recipe()}. It was chosen after tries of a few minutes, on another draw of rows.
- **Generation**: `{json.dumps(SETTINGS)}`, in `generation_config.json`. Beams and length penalty
  were chosen among nine settings on 133 of the rows that were left out, neither trained on nor tested.
- **Cost**: {figures.cost.said()}.
- **Again**: `python -m tui.training.standins.summarization --data DIR`
- **Loading**: with `dtype=torch.float32` on a CPU, and `truncation=True`: it has not learnt to read past {LONGEST}
  pieces.
- **Limits**: it makes a title, of any text, as if the text described a program; it reads the first forty or fifty words
  and no more. It joins words of the text in ways that the text does not say, spells rare names wrongly, and adds what
  packages often have ("library", "Python 3", "development files") where nothing says so. News, stories
  and dialogue are beyond it.
- `model.safetensors` SHA-256: `{digest}`

## Ten held-out rows, unedited

At even steps from the best to the worst ROUGE-L, not picked by hand. The descriptions are those of Debian packages.

```text
{examples}
```
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder with debian-summaries")
    parser.add_argument("--out", type=Path, default=paths.models_dir() / "summarization")
    asked = parser.parse_args()

    import torch

    torch.manual_seed(seq2seq.SEED)
    torch.set_num_threads(seq2seq.THREADS)
    rows, held_out = keep_apart(read(asked.data / "debian-summaries" / "pairs.json.gz"))
    print(f"{len(rows):,} rows to train on, {len(held_out)} held out", flush=True)
    tokenizer = seq2seq.learn_subwords((text for row in rows for text in row), LONGEST)
    coded = seq2seq.encode(tokenizer, rows)
    written = torch.tensor([piece for _, target in coded for piece in target])
    counts = torch.bincount(written, minlength=len(tokenizer)).float()
    model = seq2seq.build(seq2seq.english_start(tokenizer, checkpoints.backbone().folder), counts, LAYERS)
    shuffler = random.Random(seq2seq.SEED)  # noqa: S311 (the same losses every time are what is wanted)
    passes = [copies(coded, shuffler) for _ in range(COPYING)]
    cost = seq2seq.train(model, [*passes, *[coded] * PASSES], SIZE)

    digest = seq2seq.save(model, tokenizer, asked.out, SETTINGS)
    model, tokenizer = seq2seq.load(asked.out)
    figures = measure(model, tokenizer, len(rows), held_out, cost)
    (asked.out / "README.md").write_text(card(figures, digest), "utf-8")
    print(
        f"ROUGE-L {figures.model:.4f}, first sentence {figures.first_sentence:.4f}, first twelve words "
        f"{figures.first_words:.4f}; copied {figures.copied:.3f}, by people {figures.copied_by_people:.3f}"
    )
    print(f"{cost.wall_seconds:.0f} s, {cost.cpu_seconds:.0f} CPU s; written to {asked.out}")


if __name__ == "__main__":
    main()
