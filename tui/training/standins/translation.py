"""Train `lessons/models/translation-en-fr`: a small encoder-decoder of its own, English to French, and write its card.

    python -m tui.training.standins.translation --data DIR [--own DIR] [--out DIR]

DATA holds libreoffice-en-fr/pairs.json.gz and tatoeba/en-fr.tsv; OWN holds train.tsv and test.tsv (scene, English,
French). Needs sacrebleu. The seed and the number of threads are fixed, so that the same machine gives the same weights.
"""

from __future__ import annotations

import argparse
import gzip
import importlib
import json
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tui import paths
from tui.models import checkpoints
from tui.training.standins import seq2seq
from tui.training.standins.seq2seq import Coded, Cost, Row

LONGEST = 40
"""Words in a source or target: longer paragraphs of the help are neither trained on nor held out."""
HELD_OUT = 500
ALIKE = 0.8
LAYERS = (3, 3)
PASSES = 5
SIZE = 1600
OFTEN = {"help": 1, "everyday": 1, "own": 2}
"""How often a row of each source stands in one pass, besides the joined ones."""
NAMES = {"help": "LibreOffice help", "everyday": "Tatoeba", "own": "own everyday sentences"}
SETTINGS = {"num_beams": 3, "no_repeat_ngram_size": 4, "max_new_tokens": 96, "length_penalty": 1.0}
EXAMPLES = 10


@dataclass(frozen=True)
class Score:
    """chrF on the held-out rows of one source."""

    source: str
    rows: int
    model: float
    dictionary: float
    copied: float
    bleu: float
    dictionary_bleu: float


@dataclass(frozen=True)
class Figures:
    """What was measured in this run."""

    train_rows: dict[str, int]
    scores: list[Score]
    examples: list[tuple[str, str, str]]
    entries: int
    parameters: int
    cost: Cost


def read(data: Path, own: Path) -> tuple[dict[str, list[Row]], list[Row]]:
    """(rows of every source that may be trained on, own rows set apart by scene)."""
    with gzip.open(data / "libreoffice-en-fr" / "pairs.json.gz", "rt", encoding="utf-8") as file:
        rows = {"help": list(json.load(file).items()), "everyday": read_tsv(data / "tatoeba" / "en-fr.tsv")}
    rows = {name: [row for row in held if max(len(t.split()) for t in row) <= LONGEST] for name, held in rows.items()}
    return {**rows, "own": read_tsv(own / "train.tsv")}, read_tsv(own / "test.tsv")


def read_tsv(file: Path) -> list[Row]:
    """The last two columns of every line; no row when there is no such file."""
    if not file.is_file():
        return []
    lines = [line.split("\t") for line in file.read_text("utf-8").splitlines()]
    return [(line[-2], line[-1]) for line in lines]


def keep_apart(rows: dict[str, list[Row]], own: list[Row]) -> tuple[dict[str, list[Row]], dict[str, list[Row]]]:
    """(rows to train on, rows held out) of every source; rows with the same English or the same French go together.

    A held-out row is dropped when its French stands in the training rows of any source or its English is like theirs.
    """
    train, held_out = dict(rows), {"own": own}  # what a reader types is most like these, so their score comes first
    for name in ("help", "everyday"):
        keys = [(" ".join(seq2seq.words(s)), "fr " + " ".join(seq2seq.words(t))) for s, t in rows[name]]
        train[name], held_out[name] = seq2seq.hold_out(rows[name], seq2seq.families(keys), HELD_OUT)
    every = [row for held in train.values() for row in held]
    return train, {name: seq2seq.unlike(held, every, ALIKE) for name, held in held_out.items() if held}


def joined(rows: dict[str, list[Row]]) -> list[Row]:
    """Every everyday and own sentence once more, two in a row: single ones are shorter than what is typed."""
    mixer = random.Random(seq2seq.SEED)  # noqa: S311 (the same pairs every time are what is wanted)
    pool = rows["everyday"] + rows["own"]
    mixer.shuffle(pool)
    return [(f"{a} {b}", f"{c} {d}") for (a, c), (b, d) in zip(pool[::2], pool[1::2], strict=False)]


def lexicon(rows: Sequence[tuple[Sequence[int], Sequence[int]]], rounds: int = 5) -> tuple[Any, Any, Any]:
    """IBM model 1: arrays (given, made, p), where p is the probability that the word `given` is rendered as `made`.

    `rows` are word numbers of both sides; learnt by `rounds` of expectation and maximisation.
    """
    import numpy as np

    size = 1 + max(max(*given, *made) for given, made in rows if len(given) and len(made))
    pairs, places, place = [], [], 0
    for given, made in rows:
        pairs.append((np.array(given)[None, :] * size + np.array(made, dtype=np.int64)[:, None]).ravel())
        places.append(np.repeat(np.arange(place, place + len(made)), len(given)))
        place += len(made)
    seen, which = np.unique(np.concatenate(pairs), return_inverse=True)
    at, chance = np.concatenate(places), np.ones(len(seen))
    for _ in range(rounds):
        share = chance[which]
        share = share / np.bincount(at, share)[at]
        count = np.bincount(which, share)
        chance = count / np.bincount(seen // size, count)[seen // size]
    return seen // size, seen % size, chance


def tokens(text: str) -> list[str]:
    """Words in lower case and single marks."""
    return re.findall(r"\w+|[^\w\s]", text.lower())


def word_by_word(train: Sequence[Row]) -> dict[str, str]:
    """The likeliest French word for every English one, by IBM model 1."""
    english = {word: number for number, word in enumerate({w: 0 for s, _ in train for w in tokens(s)})}
    french = {word: number for number, word in enumerate({w: 0 for _, t in train for w in tokens(t)})}
    rows = [([english[w] for w in tokens(s)], [french[w] for w in tokens(t)]) for s, t in train]
    given, made, chance = lexicon([row for row in rows if row[0] and row[1]])
    names, renderings = list(english), list(french)
    return {names[given[i]]: renderings[made[i]] for i in chance.argsort()}


def entries(train: Sequence[Row]) -> list[Row]:
    """Words that are each other's likeliest rendering, as rows of their own: so rare ones are met more often."""
    there, back = word_by_word(train), word_by_word([(t, s) for s, t in train])
    return [(e, f) for e, f in there.items() if back.get(f) == e and e.isalpha() and f.isalpha()]


def start(tokenizer: Any, rows: Sequence[Coded]) -> tuple[Any, Any]:
    """(first vector of every piece, how often it stands in French).

    An English piece begins as MiniLM has it, a French one as the mean of the English pieces it renders, and the two
    languages a little apart.
    """
    import torch

    english = seq2seq.english_start(tokenizer, checkpoints.backbone().folder)
    given, made, chance = lexicon(
        [(target[:-1], source[:-1]) for source, target in rows if min(map(len, (source, target))) > 1]
    )
    where, size = torch.stack([torch.as_tensor(given), torch.as_tensor(made)]), len(tokenizer)
    rendered = torch.sparse_coo_tensor(where, torch.as_tensor(chance).float(), (size, size), check_invariants=True)
    french = torch.nn.functional.normalize(torch.sparse.mm(rendered, english), dim=-1)
    counts = [
        torch.bincount(torch.tensor([i for row in rows for i in row[side]]), minlength=size).float() for side in (0, 1)
    ]
    share = (counts[1] / (counts[0] + counts[1]).clamp(min=1))[:, None]
    direction = torch.nn.functional.normalize(torch.randn(seq2seq.WIDTH), dim=0)
    return (1 - share) * english + share * french + 0.5 * (2 * share - 1) * direction, counts[1]


def chrf(guesses: Sequence[str], rows: Sequence[Row]) -> float:
    """chrF of a set of translations, 0 to 100, by sacrebleu with its own settings."""
    return float(importlib.import_module("sacrebleu").corpus_chrf(list(guesses), [[t for _, t in rows]]).score)


def bleu(guesses: Sequence[str], rows: Sequence[Row]) -> float:
    """BLEU likewise."""
    return float(importlib.import_module("sacrebleu").corpus_bleu(list(guesses), [[t for _, t in rows]]).score)


def measure(
    model: Any, tokenizer: Any, held_out: dict[str, list[Row]], dictionary: dict[str, str]
) -> tuple[list[Score], list[tuple[str, str, str]]]:
    """Scores of every source, and held-out rows with their translations from the best to the worst.

    The examples leave Tatoeba out, whose sentences are not this project's to give away.
    """
    scores, shown = [], []
    for name, rows in held_out.items():
        sources = [source for source, _ in rows]
        guesses = seq2seq.answers(model, tokenizer, sources)
        looked_up = [" ".join(dictionary.get(w, w) for w in tokens(source)) for source in sources]
        looked_up = [text[:1].upper() + text[1:] for text in looked_up]
        marks = chrf(guesses, rows), chrf(looked_up, rows), chrf(sources, rows)
        scores.append(Score(name, len(rows), *marks, bleu(guesses, rows), bleu(looked_up, rows)))
        print(f"{NAMES[name]}: {scores[-1]}", flush=True)
        if name != "everyday":
            each = [chrf([guess], [row]) for guess, row in zip(guesses, rows, strict=True)]
            shown += [(*rows[i], guesses[i]) for i in seq2seq.ladder(each, EXAMPLES // 2)]
    return scores, shown


def card(figures: Figures, digest: str) -> str:
    """The model card, with the figures of this very run."""
    results = "\n".join(
        f"""      - task: {{type: translation}}
        dataset: {{name: {NAMES[s.source]} (held out), type: text}}
        metrics:
          - {{type: chrf, value: {s.model:.2f}}}
          - {{type: bleu, value: {s.bleu:.2f}}}"""
        for s in figures.scores
    )
    table = "\n".join(
        f"| {NAMES[s.source]} | {figures.train_rows[s.source]:,} | {s.rows} | {s.model:.1f} | {s.dictionary:.1f} "
        f"| {s.copied:.1f} | {s.bleu:.1f} | {s.dictionary_bleu:.1f} |"
        for s in figures.scores
    )
    examples = "\n\n".join(f"en: {s}\nfr: {t}\nmodel: {guess}" for s, t, guess in figures.examples)
    return f"""---
license: apache-2.0
library_name: transformers
pipeline_tag: translation
language: [en, fr]
tags: [pegasus, seq2seq]
model-index:
  - name: headnotes-translation-en-fr
    results:
{results}
---

# Translation, English to French, small

An encoder-decoder of the Pegasus shape ({LAYERS[0]} + {LAYERS[1]} layers, {seq2seq.WIDTH} wide, {figures.parameters:,}
weights) with a byte-pair vocabulary of its own ({seq2seq.VOCABULARY:,} pieces for both languages). In Headnotes it
stands in, without a network, for models such as `Helsinki-NLP/opus-mt-en-fr`, which is about ten times as large, has
read far more sentences and is far better. It was made for lessons, not for translating.

| source | training rows | held out | chrF, model | word by word | English as is | BLEU, this model | word by word |
|---|---|---|---|---|---|---|---|
{table}

chrF (characters) and BLEU (words) are sacrebleu's with its own settings, 0 to 100, one reference for each row. "Word by
word" puts for every word the likeliest French one by IBM model 1, learnt from the same training rows; chrF is kind to
it, because words in the wrong order and the wrong form still share their letters. One run, one seed, measured on the
half-precision weights that lie here.

Held out are, of the help and of Tatoeba, {HELD_OUT} drawn families of rows (rows with the same words in English or in
French are one family: one row of it is tested, the others are left out), and of the own sentences whole scenes. A
held-out row whose French stands in the training rows of any source, or whose English shares more than {ALIKE:.0%} of
its words (Jaccard) with a training row, was dropped. Even so the paragraphs of the help resemble each other, which
flatters the figure for them. The vocabulary has seen the training rows only.

- **Data**: help of LibreOffice (MPL-2.0, paragraphs of at most {LONGEST} words); sentences from Tatoeba (CC-BY 2.0 FR,
  tatoeba.org); sentences written for this project (CC0, `lessons/data/parallel-en-fr`).
- **Start**: English pieces begin as the mean of the input vectors of all-MiniLM-L6-v2 (Apache-2.0), brought down to
  {seq2seq.WIDTH} dimensions; French pieces as the mean of the English pieces that they render, by IBM model 1.
  In a try of 150 CPU seconds, on another draw of rows, chrF on the help was 36 with a start of this kind and 12
  without.
- **Recipe**: {PASSES} passes, each with the paragraphs of the help once, the sentences of Tatoeba once and the own ones
  twice, each of these sentences once more, two in a row, and {figures.entries:,} words with their French by IBM model 1
  (those that are each other's likeliest rendering); batches of about {SIZE:,} tokens of both languages,
  {figures.cost.steps:,} steps; {seq2seq.recipe()}. It was chosen after tries of a few minutes, on another draw of rows.
- **Generation**: `{json.dumps(SETTINGS)}`, in `generation_config.json`.
- **Cost**: {figures.cost.said()}.
- **Again**: `python -m tui.training.standins.translation --data DIR`
- **Loading**: with `dtype=torch.float32` on a CPU, and `truncation=True` for long texts.
- **Limits**: it knows the words of program help and of short everyday sentences. A word that it has not met is
  replaced by another or spelt out wrongly, names and numbers are not safe, and a fluent French sentence may
  say something else than the English one. Long sentences fall apart. Nothing tells it when it is wrong.
- `model.safetensors` SHA-256: `{digest}`

## Ten held-out rows, unedited

Five of the own sentences, then five of the help (LibreOffice, MPL-2.0): at even steps from the best to the worst chrF
of a row, not picked by hand.

```text
{examples}
```
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder with libreoffice-en-fr and tatoeba")
    parser.add_argument("--own", type=Path, default=paths.lessons_dir() / "data" / "parallel-en-fr")
    parser.add_argument("--out", type=Path, default=paths.models_dir() / "translation-en-fr")
    asked = parser.parse_args()

    import torch

    torch.manual_seed(seq2seq.SEED)
    torch.set_num_threads(seq2seq.THREADS)
    rows, held_out = keep_apart(*read(asked.data, asked.own))
    print({name: (len(rows[name]), len(held)) for name, held in held_out.items()}, flush=True)
    once_each = [row for held in rows.values() for row in held]
    often = [row for name, held in rows.items() for row in held * OFTEN[name]]
    single = entries(once_each)
    often += joined(rows) + single
    tokenizer = seq2seq.learn_subwords((text for row in often for text in row), longest=128)
    coded = seq2seq.encode(tokenizer, often)
    vectors, counts = start(tokenizer, seq2seq.encode(tokenizer, once_each))
    model = seq2seq.build(vectors, counts, LAYERS)
    cost = seq2seq.train(model, [coded] * PASSES, SIZE)

    digest = seq2seq.save(model, tokenizer, asked.out, SETTINGS)
    model, tokenizer = seq2seq.load(asked.out)
    scores, examples = measure(model, tokenizer, held_out, word_by_word(once_each))
    train_rows = {name: len(held) for name, held in rows.items()}
    figures = Figures(train_rows, scores, examples, len(single), model.num_parameters(), cost)
    (asked.out / "README.md").write_text(card(figures, digest), "utf-8")
    for s in scores:
        print(f"{NAMES[s.source]}: chrF {s.model:.2f}, word by word {s.dictionary:.2f}, copied {s.copied:.2f}")
    print(f"{cost.wall_seconds:.0f} s, {cost.cpu_seconds:.0f} CPU s; written to {asked.out}")


if __name__ == "__main__":
    main()
