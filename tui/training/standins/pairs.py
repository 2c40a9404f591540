"""Measure the sentence pairs of `lessons/data/pairs`: what can be had without training, and what fine-tuning adds.

    python -m tui.training.standins.pairs [--data DIR]

Writes the figures into the data card. Nothing is kept of the fine-tuned model: training it is the reader's part.
"""

from __future__ import annotations

import argparse
import csv
import random
import re
import time
from pathlib import Path
from typing import Any, NamedTuple

from tui import paths
from tui.models import checkpoints, loading

SEED = 0
THREADS = 1
EPOCHS = 3
BATCH = 16
RATE = 1e-4
FIGURES = re.compile(r"(?<=<!-- figures -->\n).*?(?=<!-- end -->)", re.DOTALL)


class Pair(NamedTuple):
    """Two sentences; label 1 when they say the same."""

    label: int
    first: str
    second: str


def read_rows(file: Path) -> list[Pair]:
    """The pairs of one split."""
    with file.open(encoding="utf-8", newline="") as lines:
        rows = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [Pair(int(row["label"]), row["sentence1"], row["sentence2"]) for row in rows]


def scores(truth: list[int], guesses: list[int]) -> tuple[float, float]:
    """(accuracy, F1 of label 1)."""
    from sklearn.metrics import accuracy_score, f1_score

    return float(accuracy_score(truth, guesses)), float(f1_score(truth, guesses))


def tfidf(train: list[Pair], test: list[Pair]) -> list[int]:
    """Logistic regression on how much the two vectors have in common and where they differ."""
    import numpy
    from scipy.sparse import hstack
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    words = TfidfVectorizer(ngram_range=(1, 2), min_df=1).fit([text for pair in train for text in pair[1:]])

    def features(rows: list[Pair]) -> Any:
        one, two = words.transform([r.first for r in rows]), words.transform([r.second for r in rows])
        cosine = numpy.asarray(one.multiply(two).sum(axis=1))
        return hstack([abs(one - two), one.multiply(two), cosine]).tocsr()

    model = LogisticRegression(C=4, max_iter=2000).fit(features(train), [r.label for r in train])
    return [int(guess) for guess in model.predict(features(test))]


def cosines(rows: list[Pair]) -> Any:
    """Cosine of the backbone's sentence embeddings, one for each pair."""
    import torch

    tokenizer, encoder = loading.tokenizer(), loading.load().model

    def embed(texts: list[str]) -> Any:
        made = []
        for at in range(0, len(texts), 64):
            batch = tokenizer(texts[at : at + 64], padding=True, truncation=True, return_tensors="pt")
            with torch.inference_mode():
                hidden = encoder(**batch).last_hidden_state
            mask = batch["attention_mask"][:, :, None].float()
            made.append((hidden * mask).sum(1) / mask.sum(1))
        return torch.cat(made)

    return torch.nn.functional.cosine_similarity(embed([r.first for r in rows]), embed([r.second for r in rows]))


def threshold(train: list[Pair], test: list[Pair]) -> list[int]:
    """Same when the cosine is above the threshold that is best on the training rows."""
    known, wanted = cosines(train), [r.label for r in train]
    best = max(known.tolist(), key=lambda t: scores(wanted, (known >= t).int().tolist())[0])
    return [int(value) for value in (cosines(test) >= best).int().tolist()]


def fine_tune(train: list[Pair], dev: list[Pair], test: list[Pair]) -> list[int]:
    """The backbone with a head for two labels, all weights trained; the epoch that is best on dev answers."""
    import torch
    from transformers import AutoModelForSequenceClassification, get_scheduler

    tokenizer = loading.tokenizer()
    model = AutoModelForSequenceClassification.from_pretrained(checkpoints.backbone().folder, use_safetensors=True)
    steps = EPOCHS * -(-len(train) // BATCH)
    optimizer = torch.optim.AdamW(model.parameters(), lr=RATE, weight_decay=0.01, fused=True)
    schedule = get_scheduler("linear", optimizer, num_warmup_steps=steps // 10, num_training_steps=steps)
    shuffler = random.Random(SEED)  # noqa: S311 (the same shuffle every time is what is wanted)

    def batch_of(rows: list[Pair]) -> Any:
        return tokenizer(
            [r.first for r in rows], [r.second for r in rows], padding=True, truncation=True, return_tensors="pt"
        )

    def guess(rows: list[Pair]) -> list[int]:
        model.eval()
        with torch.inference_mode():
            return [
                label for at in range(0, len(rows), 50)
                for label in model(**batch_of(rows[at : at + 50])).logits.argmax(-1).tolist()
            ]  # fmt: skip

    best, answer = 0.0, [0] * len(test)
    for epoch in range(EPOCHS):
        model.train()
        order = train[:]
        shuffler.shuffle(order)
        for at in range(0, len(order), BATCH):
            rows = order[at : at + BATCH]
            loss = model(**batch_of(rows), labels=torch.tensor([r.label for r in rows])).loss
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            optimizer.zero_grad()
        accuracy, f1 = scores([r.label for r in dev], guess(dev))
        print(f"epoch {epoch + 1}: loss {loss.item():.3f}, dev accuracy {accuracy:.4f}, F1 {f1:.4f}", flush=True)
        if accuracy > best:
            best, answer = accuracy, guess(test)
    return answer


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, default=paths.lessons_dir() / "data" / "pairs")
    asked = parser.parse_args()

    import torch

    torch.manual_seed(SEED)
    torch.set_num_threads(THREADS)
    train, dev, test = (read_rows(asked.data / f"{name}.tsv") for name in ("train", "dev", "test"))
    truth = [r.label for r in test]
    rows = [("always “the same”", scores(truth, [1] * len(test)))]
    rows.append(("TF-IDF and logistic regression", scores(truth, tfidf(train, test))))
    rows.append(("threshold on the cosine of embeddings", scores(truth, threshold(train, test))))
    print(rows, flush=True)
    start = time.perf_counter()
    rows.append(("fine-tuned backbone", scores(truth, fine_tune(train, dev, test))))
    seconds = time.perf_counter() - start
    table = ["| on the test rows | accuracy | F1 |", "|---|---|---|"]
    table += [f"| {name} | {accuracy:.3f} | {f1:.3f} |" for name, (accuracy, f1) in rows]
    table.append(f"\nFine-tuning: all weights, {EPOCHS} epochs, batch {BATCH}, AdamW at {RATE:g}, seed {SEED};")
    table.append(f"{seconds:.0f} s by the clock, {THREADS} thread, on cores that did other work as well.")
    card = asked.data / "README.md"
    card.write_text(FIGURES.sub(lambda _: "\n".join(table) + "\n", card.read_text("utf-8")), "utf-8")
    print("\n".join(table))


if __name__ == "__main__":
    main()
