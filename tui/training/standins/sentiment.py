"""Train `lessons/models/sentiment`: a LoRA adapter over MiniLM on SST-2, and write its card.

    python -m tui.training.standins.sentiment --data DIR [--out DIR]

DIR holds train.tsv and dev.tsv, a line each: label (1 positive, 0 negative), tab, sentence. The seed and the number of
threads are fixed, so that the same machine gives the same weights.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tui import paths
from tui.models import checkpoints, loading

SEED = 0
THREADS = 2
EPOCHS = 3
BATCH = 32
RATE = 5e-4
RANK = 16
LONGEST = 128
TARGETS = ["query", "key", "value", "attention.output.dense", "intermediate.dense", "output.dense"]

Rows = list[tuple[int, str]]


@dataclass(frozen=True)
class Figures:
    """What was measured on the dev rows."""

    train_rows: int
    dev_rows: int
    accuracy: float
    f1: float
    majority: float
    tfidf: float
    parameters: int
    wall_seconds: float
    cpu_seconds: float


def read_rows(file: Path) -> Rows:
    """The labelled sentences of one file."""
    rows = []
    for line in file.read_text("utf-8").splitlines():
        label, sentence = line.split("\t", 1)
        rows.append((int(label), sentence))
    return rows


def baselines(train: Rows, dev: Rows) -> tuple[float, float]:
    """Accuracy on `dev` of the majority label, and of TF-IDF with logistic regression."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import accuracy_score
    from sklearn.pipeline import make_pipeline

    truth = [label for label, _ in dev]
    most_common = round(sum(label for label, _ in train) / len(train))
    model = make_pipeline(TfidfVectorizer(ngram_range=(1, 2), min_df=2), LogisticRegression(C=4, max_iter=1000))
    model.fit([text for _, text in train], [label for label, _ in train])
    guesses = model.predict([text for _, text in dev])
    return accuracy_score(truth, [most_common] * len(dev)), accuracy_score(truth, guesses)


def build() -> Any:
    """MiniLM with two labels, low-rank matrices beside every linear layer, and a pooler and head to train in full."""
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForSequenceClassification

    base = AutoModelForSequenceClassification.from_pretrained(
        checkpoints.backbone().folder, id2label=checkpoints.LABELS, use_safetensors=True
    )
    config = LoraConfig(
        task_type="SEQ_CLS",
        r=RANK,
        lora_alpha=2 * RANK,
        lora_dropout=0.1,
        target_modules=TARGETS,
        modules_to_save=["classifier", "pooler"],
    )
    return get_peft_model(base, config)


def batches(rows: Rows, tokenizer: Any, shuffler: random.Random | None) -> list[dict[str, Any]]:
    """Padded batches of rows of like length; in a new order every time when there is a shuffler."""
    import torch

    encoded = tokenizer([text for _, text in rows], truncation=True, max_length=LONGEST)["input_ids"]
    order = list(range(len(rows)))
    if shuffler is not None:
        shuffler.shuffle(order)
    pool = BATCH * 20
    groups = [sorted(order[i : i + pool], key=lambda r: len(encoded[r])) for i in range(0, len(order), pool)]
    chosen = [group[i : i + BATCH] for group in groups for i in range(0, len(group), BATCH)]
    if shuffler is not None:
        shuffler.shuffle(chosen)
    made = []
    for rows_of_batch in chosen:
        batch = tokenizer.pad({"input_ids": [encoded[r] for r in rows_of_batch]}, return_tensors="pt")
        made.append({**batch, "labels": torch.tensor([rows[r][0] for r in rows_of_batch])})
    return made


def train(model: Any, tokenizer: Any, rows: Rows, dev: Rows) -> None:
    """Three passes with AdamW, a linear schedule with a short warm-up, and gradients clipped at 1."""
    import torch
    from transformers import get_scheduler

    shuffler = random.Random(SEED)  # noqa: S311 (the same shuffle every time is what is wanted)
    weights = [p for p in model.parameters() if p.requires_grad]
    steps = EPOCHS * -(-len(rows) // BATCH)
    optimizer = torch.optim.AdamW(weights, lr=RATE, weight_decay=0.01, fused=True)
    schedule = get_scheduler("linear", optimizer, num_warmup_steps=int(0.06 * steps), num_training_steps=steps)
    for epoch in range(EPOCHS):
        model.train()
        total, made = 0.0, batches(rows, tokenizer, shuffler)
        for batch in made:
            loss = model(**batch).loss
            loss.backward()
            torch.nn.utils.clip_grad_norm_(weights, 1.0)
            optimizer.step()
            schedule.step()
            optimizer.zero_grad()
            total += loss.item()
        accuracy, _ = evaluate(model, tokenizer, dev)
        print(f"epoch {epoch + 1}: loss {total / len(made):.3f}, dev accuracy {accuracy:.4f}", flush=True)


def evaluate(model: Any, tokenizer: Any, rows: Rows) -> tuple[float, float]:
    """(accuracy, F1 of the positive label)."""
    import torch
    from sklearn.metrics import accuracy_score, f1_score

    model.eval()
    truth: list[int] = []
    guesses: list[int] = []
    with torch.inference_mode():
        for batch in batches(rows, tokenizer, None):
            truth += batch.pop("labels").tolist()
            guesses += model(**batch).logits.argmax(-1).tolist()
    return accuracy_score(truth, guesses), f1_score(truth, guesses)


def card(figures: Figures, digest: str) -> str:
    """The model card, with the figures of this very run."""
    return f"""---
license: apache-2.0
base_model: {checkpoints.BACKBONE_ID}
library_name: peft
pipeline_tag: text-classification
language: en
tags: [lora, sentiment]
model-index:
  - name: headnotes-sentiment
    results:
      - task: {{type: text-classification}}
        dataset: {{name: SST-2 (dev), type: sst2}}
        metrics:
          - {{type: accuracy, value: {figures.accuracy:.4f}}}
          - {{type: f1, value: {figures.f1:.4f}}}
---

# Sentiment, small

A LoRA adapter (rank {RANK}, {figures.parameters:,} trained weights) over all-MiniLM-L6-v2 that says whether an English
sentence speaks well or badly of something. In Headnotes it stands in, without a network, for
`distilbert/distilbert-base-uncased-finetuned-sst-2-english`, which is larger and better (about 0.91 on these rows by
its own card). It was made for lessons, not for decisions about people or products.

| on the {figures.dev_rows} dev sentences of SST-2 | accuracy |
|---|---|
| this adapter (F1 {figures.f1:.3f}) | {figures.accuracy:.3f} |
| TF-IDF and logistic regression on the same training rows | {figures.tfidf:.3f} |
| always the more frequent label | {figures.majority:.3f} |

One run, one seed: the 95 % interval at {figures.dev_rows} rows is about ±2 points. These are
the weights after the last epoch; that three epochs are enough was seen on the same dev rows.

- **Data**: Stanford Sentiment Treebank v2, sentence level, {figures.train_rows:,} training sentences: film reviews, in
  English. The data set itself is not part of this project.
- **Recipe**: {EPOCHS} epochs, batch {BATCH}, AdamW at {RATE:g} with linear decay and 6 % warm-up, sentences cut at
  {LONGEST} tokens, seed {SEED}, {THREADS} threads; pooler and classifier trained in full.
- **Cost**: {figures.wall_seconds:.0f} s on {THREADS} CPU cores ({figures.cpu_seconds:.0f} CPU seconds).
- **Again**: `python -m tui.training.standins.sentiment --data DIR`
- **Limits**: knows film reviews; irony, negation across clauses, other languages and neutral text are beyond it, and it
  never says "neutral".
- `adapter_model.safetensors` SHA-256: `{digest}`
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder with train.tsv and dev.tsv")
    parser.add_argument("--out", type=Path, default=paths.models_dir() / "sentiment")
    asked = parser.parse_args()

    import torch

    torch.manual_seed(SEED)
    torch.set_num_threads(THREADS)
    rows, dev = read_rows(asked.data / "train.tsv"), read_rows(asked.data / "dev.tsv")
    majority, tfidf = baselines(rows, dev)
    print(f"dev accuracy: majority {majority:.4f}, TF-IDF and logistic regression {tfidf:.4f}", flush=True)

    tokenizer, model = loading.tokenizer(), build()
    wall, cpu = time.perf_counter(), time.process_time()
    train(model, tokenizer, rows, dev)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    accuracy, f1 = evaluate(model, tokenizer, dev)

    model.peft_config["default"].base_model_name_or_path = checkpoints.BACKBONE_ID
    model.save_pretrained(asked.out, safe_serialization=True)
    digest = hashlib.sha256((asked.out / "adapter_model.safetensors").read_bytes()).hexdigest()
    trained = sum(p.numel() for p in model.parameters() if p.requires_grad)
    figures = Figures(len(rows), len(dev), accuracy, f1, majority, tfidf, trained, wall, cpu)
    (asked.out / "README.md").write_text(card(figures, digest), "utf-8")
    print(f"dev accuracy {accuracy:.4f}, F1 {f1:.4f}; {wall:.0f} s, {cpu:.0f} CPU s; written to {asked.out}")


if __name__ == "__main__":
    main()
