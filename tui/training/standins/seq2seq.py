"""What the two small encoder-decoders share: rows held apart, a vocabulary, a knowing start, the loop, and answers."""

from __future__ import annotations

import hashlib
import random
import re
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SEED = 0
THREADS = 1
VOCABULARY = 8000
WIDTH = 256
HEADS = 4
INNER = 768
RATE = 2e-3
WARM_UP = 0.06
SLOWER = 0.5
"""The rate of the vocabulary's vectors, as a share of RATE: what rare words brought from the start shall last."""
HIDDEN = 0.1
"""The share of pieces that the decoder is not shown of what it has written, so that it looks at the source."""
SMOOTHING = 0.1
DROPOUT = 0.1
MARKS = {"pad_token": "<pad>", "eos_token": "</s>", "unk_token": "<unk>"}
PAD, END, UNKNOWN = 0, 1, 2

Row = tuple[str, str]
"""A source and its target."""
Coded = tuple[list[int], list[int]]
"""The same as token ids, each with the end mark."""


@dataclass(frozen=True)
class Cost:
    """What a training took."""

    steps: int
    wall_seconds: float
    cpu_seconds: float

    def said(self) -> str:
        """As a card says it."""
        return f"{self.cpu_seconds:.0f} CPU seconds on {THREADS} core, {self.wall_seconds:.0f} s by the clock"


def recipe() -> str:
    """What both trainings have in common, as a card says it."""
    return (
        f"AdamW at {RATE:g} ({SLOWER * RATE:g} for the pieces' vectors) with {WARM_UP:.0%} warm-up and linear decay,\n"
        f"  label smoothing {SMOOTHING}, dropout {DROPOUT}, {HIDDEN:.0%} of its own words hidden from the decoder,\n"
        f"  seed {SEED}, {THREADS} thread, float32; saved as float16"
    )


def words(text: str) -> list[str]:
    """Its words in lower case, without punctuation."""
    return re.findall(r"\w+", text.lower())


def families(keys: Sequence[Iterable[str]]) -> list[int]:
    """A family number per row: rows that share a key are of one family, and those that share one with a third row."""
    parent = list(range(len(keys)))

    def root(row: int) -> int:
        while parent[row] != row:
            parent[row] = row = parent[parent[row]]
        return row

    first: dict[str, int] = {}
    for row, held in enumerate(keys):
        for key in held:
            parent[root(row)] = root(first.setdefault(key, row))
    return [root(row) for row in range(len(keys))]


def hold_out(rows: Sequence[Row], family: Sequence[int], size: int, largest: int = 20) -> tuple[list[Row], list[Row]]:
    """(rows to train on, `size` rows held out): the first of a family is held out and the rest of it is left out.

    Families of more than `largest` rows are trained on, so that few rows are lost.
    """
    members: dict[int, list[int]] = {}
    for row, number in enumerate(family):
        members.setdefault(number, []).append(row)
    small = sorted(number for number, held in members.items() if len(held) <= largest)
    chosen = random.Random(SEED).sample(small, size)  # noqa: S311 (the same rows every time are what is wanted)
    away = set(chosen)
    train = [row for row, number in zip(rows, family, strict=True) if number not in away]
    return train, [rows[members[number][0]] for number in chosen]


def unlike(rows: Sequence[Row], train: Sequence[Row], limit: float) -> list[Row]:
    """The rows whose target is not trained on, and whose source shares at most `limit` of its words with any that is.

    The share is the Jaccard index of the two sets of words.
    """
    import numpy as np
    from sklearn.feature_extraction.text import CountVectorizer

    counter = CountVectorizer(binary=True, analyzer=words, dtype=np.int32)
    marked = counter.fit_transform([source for source, _ in [*train, *rows]])
    old, held = marked[: len(train)], marked[len(train) :]
    shared = (held @ old.T).toarray()
    either = np.asarray(held.sum(axis=1)) + np.asarray(old.sum(axis=1)).T - shared
    nearest = (shared / np.maximum(either, 1)).max(axis=1)
    targets = {" ".join(words(target)) for _, target in train}
    fresh = [" ".join(words(target)) not in targets for _, target in rows]
    return [row for row, value, new in zip(rows, nearest, fresh, strict=True) if value <= limit and new]


def learn_subwords(texts: Iterable[str], longest: int) -> Any:
    """A byte-pair vocabulary learnt from `texts`; every text it cuts ends with `</s>`."""
    from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
    from transformers import PreTrainedTokenizerFast

    learnt = Tokenizer(models.BPE(**{"unk_token": MARKS["unk_token"]}))
    learnt.normalizer = normalizers.NFKC()
    learnt.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Metaspace(), pre_tokenizers.Punctuation(), pre_tokenizers.Digits(individual_digits=True)]
    )
    learnt.decoder = decoders.Metaspace()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY, special_tokens=list(MARKS.values()), limit_alphabet=160, show_progress=False
    )
    learnt.train_from_iterator(texts, trainer)
    learnt.post_processor = processors.TemplateProcessing("$A </s>", special_tokens=[("</s>", END)])
    return PreTrainedTokenizerFast(tokenizer_object=learnt, model_max_length=longest, **MARKS)


def encode(tokenizer: Any, rows: Sequence[Row]) -> list[Coded]:
    """Token ids of sources and targets, cut at the tokenizer's longest."""
    sources = tokenizer([source for source, _ in rows], truncation=True)["input_ids"]
    targets = tokenizer([target for _, target in rows], truncation=True)["input_ids"]
    return list(zip(sources, targets, strict=True))


def english_start(tokenizer: Any, backbone: str) -> Any:
    """A first vector per piece, (vocabulary, WIDTH), of unit length: the mean of MiniLM's own input vectors for it.

    Words of like meaning begin close together, which so few rows could not teach.
    """
    import torch
    from transformers import AutoModel, AutoTokenizer

    theirs = AutoTokenizer.from_pretrained(backbone)
    table = AutoModel.from_pretrained(backbone, use_safetensors=True).get_input_embeddings().weight.detach()
    pieces = [piece.replace("▁", "") for piece in tokenizer.convert_ids_to_tokens(range(len(tokenizer)))]
    cut = [theirs(piece, add_special_tokens=False)["input_ids"] or [theirs.unk_token_id] for piece in pieces]
    vectors = torch.stack([table[ids].mean(0) for ids in cut])
    vectors = vectors - vectors.mean(0)
    axes = torch.linalg.svd(vectors, full_matrices=False).Vh[:WIDTH]
    return torch.nn.functional.normalize(vectors @ axes.T, dim=-1)


def build(vectors: Any, target_counts: Any, layers: tuple[int, int]) -> Any:
    """A Pegasus-shaped model of (encoder, decoder) `layers` that can nearly copy before it has learnt anything.

    Queries and keys begin alike, so that like looks at like; what the decoder finds in the source is passed through to
    the answer, and the piece it has just written is taken away. `vectors` are (vocabulary, WIDTH), `target_counts`
    (vocabulary,): how often a piece stands in a target gives the output's fixed bias.
    """
    import torch
    from transformers import PegasusConfig, PegasusForConditionalGeneration

    config = PegasusConfig(
        vocab_size=len(vectors),
        d_model=WIDTH,
        encoder_layers=layers[0],
        decoder_layers=layers[1],
        encoder_ffn_dim=INNER,
        decoder_ffn_dim=INNER,
        encoder_attention_heads=HEADS,
        decoder_attention_heads=HEADS,
        dropout=DROPOUT,
        activation_function="relu",
        max_position_embeddings=256,
        scale_embedding=True,
        init_std=0.04,
        pad_token_id=PAD,
        eos_token_id=END,
        decoder_start_token_id=PAD,
        forced_eos_token_id=None,
    )
    model = PegasusForConditionalGeneration(config)
    log_share = ((target_counts + 0.5) / target_counts.sum()).log()
    apart = torch.nn.functional.normalize(torch.randn(len(vectors), WIDTH), dim=-1)
    start = torch.nn.functional.normalize(vectors + 0.5 * apart, dim=-1)
    passed = 0.7 * torch.eye(WIDTH)
    with torch.no_grad():
        model.get_input_embeddings().weight.copy_(0.64 * start).index_fill_(0, torch.tensor([PAD]), 0.0)
        model.final_logits_bias.copy_(0.5 * (log_share - log_share.max()))
        for layer in [*model.model.encoder.layers, *model.model.decoder.layers]:
            attentions = [layer.self_attn]
            if hasattr(layer, "encoder_attn"):
                attentions.append(layer.encoder_attn)
                layer.encoder_attn.v_proj.weight += passed
                layer.encoder_attn.out_proj.weight += passed
                layer.self_attn.v_proj.weight += passed
                layer.self_attn.out_proj.weight -= passed
            for attention in attentions:
                torch.nn.init.normal_(attention.k_proj.weight, std=WIDTH**-0.5)
                attention.q_proj.weight.copy_(attention.k_proj.weight)
    return model


def batches(rows: Sequence[Coded], size: int, shuffler: random.Random) -> list[list[Coded]]:
    """Rows of like length together, about `size` tokens of source and target in a batch; in a new order every time."""
    order = sorted(rows, key=lambda row: len(row[0]) + 2 * len(row[1]) + 4 * shuffler.random())
    made: list[list[Coded]] = [[]]
    source = target = 0
    for row in order:
        source, target = max(source, len(row[0])), max(target, len(row[1]))
        if made[-1] and (source + target) * (len(made[-1]) + 1) > size:
            made.append([])
            source, target = len(row[0]), len(row[1])
        made[-1].append(row)
    shuffler.shuffle(made)
    return made


def padded(rows: Sequence[list[int]]) -> Any:
    """(rows, longest row) token ids."""
    import torch

    longest = max(map(len, rows))
    return torch.tensor([ids + [PAD] * (longest - len(ids)) for ids in rows])


def train(model: Any, passes: Sequence[Sequence[Coded]], size: int) -> Cost:
    """One pass over each of `passes` in turn: AdamW, one linear warm-up and decay over them all, smoothed labels."""
    import torch
    from transformers import get_scheduler

    shuffler = random.Random(SEED)  # noqa: S311 (the same shuffle every time is what is wanted)
    todo = [(number, batch) for number, rows in enumerate(passes, 1) for batch in batches(rows, size, shuffler)]
    table = model.get_input_embeddings().weight
    rest = [weight for weight in model.parameters() if weight.requires_grad and weight is not table]
    groups = [{"params": [table], "lr": SLOWER * RATE, "weight_decay": 0.0}, {"params": rest, "weight_decay": 0.01}]
    optimizer = torch.optim.AdamW(groups, lr=RATE, betas=(0.9, 0.98), fused=True)
    schedule = get_scheduler("linear", optimizer, int(WARM_UP * len(todo)), len(todo))
    criterion = torch.nn.CrossEntropyLoss(ignore_index=PAD, label_smoothing=SMOOTHING)
    wall, cpu, said, losses = time.perf_counter(), time.process_time(), time.perf_counter(), list[float]()
    model.train()
    for step, (number, batch) in enumerate(todo, 1):
        source, target = padded([ids for ids, _ in batch]), padded([ids for _, ids in batch])
        before = torch.cat([torch.full((len(batch), 1), PAD), target[:, :-1]], dim=1)
        before = before.masked_fill((torch.rand(before.shape) < HIDDEN) & (before != PAD), UNKNOWN)
        seen = (source != PAD).long()
        logits = model(input_ids=source, attention_mask=seen, decoder_input_ids=before, use_cache=False).logits
        loss = criterion(logits.flatten(0, 1), target.flatten())
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
        losses.append(loss.item())
        if time.perf_counter() - said > 25 or step == len(todo):
            took, said = time.perf_counter() - wall, time.perf_counter()
            mean = sum(losses) / len(losses)
            print(f"pass {number}, step {step} of {len(todo)}, {took:.0f} s: loss {mean:.3f}", flush=True)
            losses.clear()
    return Cost(len(todo), time.perf_counter() - wall, time.process_time() - cpu)


def save(model: Any, tokenizer: Any, out: Path, settings: dict[str, Any]) -> str:
    """Half-precision weights, the tokenizer, and how to generate; returns the SHA-256 of the weights."""
    from transformers import GenerationConfig

    marks = {"pad_token_id": PAD, "eos_token_id": END, "decoder_start_token_id": PAD}
    model.generation_config = GenerationConfig(**marks, **settings)
    model.half().save_pretrained(out, safe_serialization=True)
    tokenizer.save_pretrained(out)
    return hashlib.sha256((out / "model.safetensors").read_bytes()).hexdigest()


def load(folder: Path) -> tuple[Any, Any]:
    """(model, tokenizer) as a reader loads them."""
    import torch
    from transformers import AutoModelForSeq2SeqLM, AutoTokenizer

    model = AutoModelForSeq2SeqLM.from_pretrained(folder, dtype=torch.float32, use_safetensors=True).eval()
    return model, AutoTokenizer.from_pretrained(folder)


def answers(model: Any, tokenizer: Any, sources: Sequence[str], **settings: Any) -> list[str]:
    """What the model generates for each source, with the settings saved beside it unless others are given."""
    import torch

    order = sorted(range(len(sources)), key=lambda row: len(sources[row]))
    made = [""] * len(sources)
    with torch.inference_mode():
        for start in range(0, len(order), 32):
            rows = order[start : start + 32]
            batch = tokenizer([sources[row] for row in rows], truncation=True, padding=True, return_tensors="pt")
            ids = model.generate(input_ids=batch.input_ids, attention_mask=batch.attention_mask, **settings)
            for row, text in zip(rows, tokenizer.batch_decode(ids, skip_special_tokens=True), strict=True):
                made[row] = text.strip()
    return made


def ladder(scores: Sequence[float], size: int) -> list[int]:
    """`size` row numbers at even steps from the best score to the worst, so that examples are not picked by taste."""
    order = sorted(range(len(scores)), key=lambda row: -scores[row])
    return [order[round(step * (len(order) - 1) / (size - 1))] for step in range(size)]
