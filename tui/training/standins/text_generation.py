"""Train `lessons/models/text-generation`: a small GPT-2 of its own, tokenizer and all, and write its card.

    python -m tui.training.standins.text_generation --data DIR [--out DIR]

DIR is laid out as `open_text` says. Needs nltk, for the baseline only. The seed and the number of threads are fixed, so
that the same machine gives the same weights.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib
import math
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from tui import paths
from tui.training.standins import open_text
from tui.training.standins.open_text import Source

SEED = 0
THREADS = 2
VOCABULARY = 2048
LAYERS = 4
WIDTH = 256
HEADS = 4
CONTEXT = 256
BATCH = 16
EPOCHS = 3
RATE = 2e-3
END = "<|endoftext|>"
LONGEST = 50
"""Tokens after which generation ends when nobody says; the pipeline's own 256 more than the prompt would not fit."""
SAMPLING = {"do_sample": True, "temperature": 0.7, "top_k": 50}
"""What the pipeline does when nobody says, said once more for the samples in the card."""
PROMPTS = [
    "In this course, we will teach you how to",
    "This course will teach you",
    "This package contains",
    "Once upon a time,",
    "The young man looked at her and said",
    "I have never been",
    "To open a new document,",
    "She was a woman of",
    "My favourite thing about the town is",
    "The weather was cold, and",
]


@dataclass(frozen=True)
class Score:
    """What was measured on the held-out text of one source, or of all together (name `all`)."""

    name: str
    tokens: int
    perplexity: float
    bits: float
    """Bits per character."""
    baseline: float
    """Perplexity of the 3-gram model."""


@dataclass(frozen=True)
class Figures:
    """What was measured in this run."""

    train_tokens: int
    train_characters: dict[str, int]
    parameters: int
    scores: list[Score]
    samples: list[str]
    wall_seconds: float
    cpu_seconds: float


def build_tokenizer(texts: list[str]) -> Any:
    """A byte-level BPE tokenizer, learnt from the training texts; every byte is in it, so that nothing is unknown."""
    from tokenizers import ByteLevelBPETokenizer
    from transformers import PreTrainedTokenizerFast

    learnt = ByteLevelBPETokenizer()
    learnt.train_from_iterator(texts, VOCABULARY, min_frequency=2, show_progress=False, special_tokens=[END])
    return PreTrainedTokenizerFast(
        tokenizer_object=learnt._tokenizer, bos_token=END, eos_token=END, unk_token=END, model_max_length=CONTEXT
    )


def build() -> Any:
    """A GPT-2 with random weights; input and output embeddings are one matrix."""
    from transformers import GPT2Config, GPT2LMHeadModel

    size = {"vocab_size": VOCABULARY, "n_positions": CONTEXT, "n_embd": WIDTH, "n_layer": LAYERS, "n_head": HEADS}
    dropout = {"resid_pdrop": 0.0, "embd_pdrop": 0.0, "attn_pdrop": 0.0}
    return GPT2LMHeadModel(GPT2Config(**size, **dropout, bos_token_id=0, eos_token_id=0))


def encode(tokenizer: Any, source: Source) -> list[list[int]]:
    """Token ids of every document, each beginning with the end mark."""
    return [[0, *ids] for ids in tokenizer(source.texts(), verbose=False)["input_ids"]]


def batches(documents: list[list[int]], shuffler: random.Random) -> Iterator[Any]:
    """One pass: documents in a new order, end to end, cut into rows; tensors of shape (BATCH, CONTEXT)."""
    import torch

    order = shuffler.sample(documents, len(documents))
    stream = torch.tensor([token for ids in order for token in ids])
    rows = stream[: len(stream) // CONTEXT * CONTEXT].view(-1, CONTEXT)
    chosen = list(range(len(rows)))
    shuffler.shuffle(chosen)
    for start in range(0, len(chosen) - BATCH + 1, BATCH):
        yield rows[chosen[start : start + BATCH]]


def groups(model: Any) -> list[dict[str, Any]]:
    """The weights for AdamW: matrices decay, biases, norms and embeddings do not."""
    decayed = {n for n, p in model.named_parameters() if p.ndim == 2 and "wte" not in n and "wpe" not in n}
    return [
        {"params": [p for n, p in model.named_parameters() if n in decayed], "weight_decay": 0.1},
        {"params": [p for n, p in model.named_parameters() if n not in decayed], "weight_decay": 0.0},
    ]


def train(model: Any, documents: list[list[int]]) -> None:
    """AdamW, a linear schedule with a short warm-up, and gradients clipped at 1; a line of progress every 25 steps."""
    import torch
    from transformers import get_scheduler

    shuffler = random.Random(SEED)  # noqa: S311 (the same shuffle every time is what is wanted)
    steps = EPOCHS * (sum(map(len, documents)) // CONTEXT // BATCH)
    optimizer = torch.optim.AdamW(groups(model), lr=RATE, betas=(0.9, 0.98), fused=True)
    schedule = get_scheduler("linear", optimizer, num_warmup_steps=steps // 25, num_training_steps=steps)
    model.train()
    total, begun, step = 0.0, time.perf_counter(), 0
    for _ in range(EPOCHS):
        for rows in batches(documents, shuffler):
            loss = model(input_ids=rows, labels=rows, use_cache=False).loss
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            optimizer.zero_grad()
            step, total = step + 1, total + loss.item()
            if step % 25 == 0:
                took = time.perf_counter() - begun
                print(f"step {step} of {steps}, {took:.0f} s: loss {total / 25:.3f}", flush=True)
                total = 0.0


def surprise(model: Any, documents: list[list[int]]) -> tuple[float, int]:
    """(sum of -ln p, number of tokens) over the documents end to end; the end mark itself is not counted.

    Windows overlap by half, so that every token but the first 128 is seen with at least 128 before it.
    """
    import torch

    stream = torch.tensor([token for ids in documents for token in ids])
    total, count = 0.0, 0
    with torch.inference_mode():
        for start in range(0, len(stream) - 1, CONTEXT // 2):
            window = stream[start : start + CONTEXT]
            skip = 0 if start == 0 else CONTEXT // 2 - 1
            logits = model(input_ids=window[None], use_cache=False).logits[0, skip:-1]
            wanted = window[skip + 1 :]
            losses = torch.nn.functional.cross_entropy(logits, wanted, reduction="none")[wanted != 0]
            total, count = total + losses.double().sum().item(), count + len(losses)
    return total, count


def three_grams(documents: list[list[int]]) -> Any:
    """A 3-gram model with Witten-Bell smoothing, every entry of the vocabulary counted once more."""
    lm, util = importlib.import_module("nltk.lm"), importlib.import_module("nltk.util")
    model = lm.WittenBellInterpolated(3)
    stream, every = [str(token) for ids in documents for token in ids], [str(token) for token in range(VOCABULARY)]
    model.fit([util.everygrams(stream, max_len=3), [(token,) for token in every]], every)
    return model


def three_gram_surprise(model: Any, documents: list[list[int]]) -> float:
    """Sum of -ln p of the very tokens that `surprise` counts."""
    stream = [str(token) for ids in documents for token in ids]
    first = model.logscore(stream[1], stream[:1])
    rest = (model.logscore(c, [a, b]) for (a, b), c in zip(pairwise(stream), stream[2:], strict=False) if c != "0")
    return -float(first + sum(rest)) * math.log(2)


def measure(model: Any, baseline: Any, tokenizer: Any, held: list[Source]) -> list[Score]:
    """Scores of each source, then of all together."""
    counted: list[tuple[float, int, int, float]] = []
    for source in held:
        documents = encode(tokenizer, source)
        total, tokens = surprise(model, documents)
        characters = sum(map(len, source.texts()))
        counted.append((total, tokens, characters, three_gram_surprise(baseline, documents)))
    each = [score(source.name, [one]) for source, one in zip(held, counted, strict=True)]
    return [*each, score("all", counted)]


def score(name: str, counted: list[tuple[float, int, int, float]]) -> Score:
    """One score from rows of (sum of -ln p, tokens, characters, the same sum by the 3-gram model)."""
    total, tokens = sum(row[0] for row in counted), sum(row[1] for row in counted)
    characters, other = sum(row[2] for row in counted), sum(row[3] for row in counted)
    return Score(name, tokens, math.exp(total / tokens), total / math.log(2) / characters, math.exp(other / tokens))


def samples(model: Any, tokenizer: Any) -> list[str]:
    """One continuation of each prompt, drawn with a fixed seed."""
    import torch

    torch.manual_seed(SEED)
    drawn = []
    for prompt in PROMPTS:
        output = model.generate(**tokenizer(prompt, return_tensors="pt"), **SAMPLING, max_new_tokens=50)
        drawn.append(tokenizer.decode(output[0], skip_special_tokens=True))
    return drawn


def save(model: Any, tokenizer: Any, out: Path) -> None:
    """Half-precision weights, the tokenizer, and where generation ends."""
    from transformers import GenerationConfig

    model.generation_config = GenerationConfig(bos_token_id=0, eos_token_id=0, pad_token_id=0, max_length=LONGEST)
    model.half().save_pretrained(out, safe_serialization=True)
    tokenizer.save_pretrained(out)


def card(figures: Figures, digest: str) -> str:
    """The model card, with the figures of this very run."""
    overall = figures.scores[-1]
    read = {name: f"{count / 1e6:.2f} M" for name, count in figures.train_characters.items()}
    table = "\n".join(
        f"| {s.name} | {read[s.name]} | {s.tokens:,} | {s.perplexity:.1f} | {s.baseline:.1f} | {s.bits:.3f} |"
        for s in figures.scores
    )
    drawn = "\n\n".join(f"[{number}] {sample}" for number, sample in enumerate(figures.samples, start=1))
    return f"""---
license: apache-2.0
library_name: transformers
pipeline_tag: text-generation
language: en
tags: [gpt2]
model-index:
  - name: headnotes-text-generation
    results:
      - task: {{type: text-generation}}
        dataset: {{name: held-out English text, type: text}}
        metrics:
          - {{type: perplexity, value: {overall.perplexity:.4f}}}
          - {{type: bits_per_character, value: {overall.bits:.4f}}}
---

# Text generation, small

A GPT-2 with {LAYERS} layers, {WIDTH} wide, {figures.parameters:,} weights, a context of {CONTEXT} tokens and a
byte-level BPE tokenizer of its own with {VOCABULARY:,} entries, trained from nothing. In Headnotes it stands in,
without a network, for `openai-community/gpt2`, which has 124 million weights, has read thousands of times as much text
and is far better. It puts one likely word after another: it knows no facts, and its sentences mean little. It was made
for lessons.

| text | characters to learn from | tokens held out | perplexity | 3-gram model | bits per character |
|---|---|---|---|---|---|
{table}

The perplexity is per token of this tokenizer, so that it can be compared with the 3-gram model beside it (nltk,
Witten-Bell smoothing, same tokens, same training text) but not with models that cut text in another way; bits per
character can be. One run, one seed, measured on the half-precision weights that lie here. A token is predicted from at
most {CONTEXT - 1} and, but for the first 128, at least 128 tokens before it.

Held out are whole blocks of {open_text.BLOCK} documents, one block in {open_text.EVERY}, a document being ten
paragraphs of a novel, one package description, five paragraphs of help or one Tatoeba sentence. Training sentences that
share more than half of their runs of {open_text.RUN} words with the held-out text were left out. The tokenizer has seen
the training text only.

- **Data**: six novels by Jane Austen (public domain); Debian package descriptions (each under the free licence of its
  package); the help of LibreOffice (MPL-2.0); English sentences from Tatoeba (CC-BY 2.0 FR, tatoeba.org). Of the
  descriptions and the help only plain sentences were kept, each once.
- **Recipe**: {EPOCHS} epochs of {figures.train_tokens:,} tokens, batch {BATCH} rows of {CONTEXT}, AdamW at {RATE:g}
  with linear decay and 4 % warm-up, weight decay 0.1, no dropout, seed {SEED}, {THREADS} threads,
  float32; saved as float16.
- **Cost**: {figures.wall_seconds:.0f} s on {THREADS} CPU cores ({figures.cpu_seconds:.0f} CPU seconds).
- **Again**: `python -m tui.training.standins.text_generation --data DIR`
- **Loading**: with `dtype=torch.float32` on a CPU. A text ends at {LONGEST} tokens when no length is given.
- **Limits**: English only; it speaks of packages, dialog boxes and Regency drawing rooms, and of little else; it loses
  the thread after a sentence; it has the views of its sources, those of 1815 among them.
- `model.safetensors` SHA-256: `{digest}`

## Ten samples, unedited

One draw for each prompt, seed {SEED}, temperature {SAMPLING["temperature"]}, top {SAMPLING["top_k"]}, 50 new tokens.

```text
{drawn}
```
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder with austen, debian-summaries and the others")
    parser.add_argument("--out", type=Path, default=paths.models_dir() / "text-generation")
    asked = parser.parse_args()

    import torch
    from transformers import GPT2LMHeadModel

    torch.manual_seed(SEED)
    torch.set_num_threads(THREADS)
    taught, held = zip(*(open_text.split(source) for source in open_text.read_all(asked.data)), strict=True)
    tokenizer = build_tokenizer([text for source in taught for text in source.texts()])
    documents = [ids for source in taught for ids in encode(tokenizer, source)]
    tokens = sum(map(len, documents))
    characters = sum(len(text) for source in taught for text in source.texts())
    print(f"{tokens:,} training tokens, {characters:,} characters; counting runs of three for the baseline", flush=True)
    baseline = three_grams(documents)

    model = build()
    wall, cpu = time.perf_counter(), time.process_time()
    train(model, documents)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    save(model, tokenizer, asked.out)
    digest = hashlib.sha256((asked.out / "model.safetensors").read_bytes()).hexdigest()
    shipped = GPT2LMHeadModel.from_pretrained(asked.out, dtype=torch.float32).eval()
    figures = Figures(
        tokens,
        {source.name: sum(map(len, source.texts())) for source in taught} | {"all": characters},
        shipped.num_parameters(),
        measure(shipped, baseline, tokenizer, list(held)),
        samples(shipped, tokenizer),
        wall,
        cpu,
    )
    (asked.out / "README.md").write_text(card(figures, digest), "utf-8")
    for s in figures.scores:
        print(f"{s.name}: perplexity {s.perplexity:.1f}, 3-grams {s.baseline:.1f}, {s.bits:.3f} bits per character")
    print(*figures.samples, sep="\n---\n")
    print(f"{wall:.0f} s, {cpu:.0f} CPU s; written to {asked.out}")


if __name__ == "__main__":
    main()
