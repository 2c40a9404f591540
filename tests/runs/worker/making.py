"""What the tests train: a small model for each task and small tables. Runs in forked processes, where torch is."""

from __future__ import annotations

import dataclasses
import json
import os
import random
import sys
from pathlib import Path
from typing import Any

ROWS = 26
"""To learn from: three batches of eight and one of two."""
MEASURED = 10
WORDS = ("rain", "sun", "wind", "snow", "falls", "shines", "blows", "often", "today", "here", "the", "a", "in", "Oslo")

KINDS = ("rain", "snow", "sun")
"""The labels of a sentence are those of these words that it has."""


def sentences(count: int, seed: int) -> list[str]:
    """Short sentences."""
    chance = random.Random(seed)
    return [" ".join(chance.choices(WORDS, k=chance.randint(3, 14))) for _ in range(count)]


def tables(where: Path) -> dict[str, dict[str, Any]]:
    """Write a table for each task; returns what a recipe says of it."""
    where.mkdir(parents=True, exist_ok=True)
    chance = random.Random(7)
    for split, count, seed in (("train", ROWS, 1), ("validation", MEASURED, 2)):
        first, second = sentences(count, seed), sentences(count, seed + 50)
        rows: dict[str, list[dict[str, Any]]] = {
            "pairs": [{"one": a, "two": b, "same": ["no", "yes"][at % 2]}
                      for at, (a, b) in enumerate(zip(first, second, strict=True))],
            "words": [{"words": a.split(), "tags": [chance.choice(["O", "O", "B-PER", "I-PER"]) for _ in a.split()]}
                      for a in first],
            "answers": [{"text": a, "question": b, "answer": " ".join(a.split()[1:3])}
                        for a, b in zip(first, second, strict=True)],
            "texts": [{"text": f"{a} {b}", "target": b} for a, b in zip(first, second, strict=True)],
            "kinds": [{"text": a, "kinds": [word for word in KINDS if word in a.split()],
                       **{word: int(word in a.split()) for word in KINDS}} for a in first],
        }  # fmt: skip
        for name, some in rows.items():
            (where / name).mkdir(exist_ok=True)
            (where / name / f"{split}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in some), "utf-8")
    texts = {"data": str(where / "texts"), "text": "text"}
    return {
        "text-classification": {"data": str(where / "pairs"), "text": "one", "pair": "two", "label": "same"},
        "token-classification": {"data": str(where / "words"), "text": "words", "label": "tags"},
        "question-answering": {"data": str(where / "answers")},
        "causal-lm": {**texts, "max_length": 24},
        "masked-lm": {**texts, "max_length": 24},
        "seq2seq": {**texts, "target": "target"},
        "multi-label-classification": {"data": str(where / "kinds"), "label": "kinds"},
    }


def models(where: str, seed: int = 3) -> None:
    """Checkpoints of random weights with MiniLM's tokenizer: bert, gpt2, t5, and `still`, a bert without dropout."""
    import torch
    import transformers
    from transformers import BertConfig, GPT2Config, T5Config

    from tui.models import checkpoints

    torch.set_num_threads(1)
    tokenizer = transformers.AutoTokenizer.from_pretrained(checkpoints.backbone().folder)
    size = {"vocab_size": len(tokenizer)}
    small = BertConfig(**size, hidden_size=16, num_hidden_layers=2, num_attention_heads=2, intermediate_size=32,
                       max_position_embeddings=64)  # fmt: skip
    still = BertConfig(**{**small.to_dict(), "hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0})
    made = {
        "bert": lambda: transformers.BertModel(small),
        "still": lambda: transformers.BertModel(still),
        "gpt2": lambda: transformers.GPT2LMHeadModel(GPT2Config(**size, n_embd=16, n_layer=2, n_head=2, n_positions=64,
                                                       bos_token_id=101, eos_token_id=102)),
        "t5": lambda: transformers.T5ForConditionalGeneration(T5Config(
            **size, d_model=16, d_kv=8, d_ff=32, num_layers=2, num_heads=2, decoder_start_token_id=0)),
    }  # fmt: skip
    for name, build in made.items():
        transformers.set_seed(seed)  # before it is built: `init_weights` leaves weights that are initialized
        model = build()
        model.save_pretrained(Path(where) / name)
        tokenizer.save_pretrained(Path(where) / name)


def word_models(where: str, words: list[str]) -> None:
    """A bert and a gpt2 with a vocabulary of these words alone, which train within a moment."""
    import tokenizers
    import transformers
    from transformers import BertConfig, GPT2Config

    vocabulary = {word: at for at, word in enumerate(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *words])}
    raw = tokenizers.Tokenizer(tokenizers.models.WordLevel(vocabulary, unk_token="[UNK]"))
    raw.pre_tokenizer = tokenizers.pre_tokenizers.Whitespace()
    tokenizer = transformers.PreTrainedTokenizerFast(
        tokenizer_object=raw, pad_token="[PAD]", unk_token="[UNK]", cls_token="[CLS]", sep_token="[SEP]",
        mask_token="[MASK]",
    )  # fmt: skip
    size = {"vocab_size": len(vocabulary)}
    made = {
        "bert": lambda: transformers.BertModel(BertConfig(
            **size, hidden_size=64, num_hidden_layers=2, num_attention_heads=2, intermediate_size=64,
            max_position_embeddings=64)),
        "gpt2": lambda: transformers.GPT2LMHeadModel(GPT2Config(**size, n_embd=32, n_layer=2, n_head=2, n_positions=64,
                                                        bos_token_id=2, eos_token_id=3)),
    }  # fmt: skip
    for name, build in made.items():
        transformers.set_seed(3)  # before it is built: `init_weights` leaves weights that are initialized
        model = build()
        model.save_pretrained(Path(where) / name)
        tokenizer.save_pretrained(Path(where) / name)


def planned(recipe_file: str, kept: str) -> None:
    """Keep the plan of a recipe."""
    from tui.recipes import planning, recipe

    Path(kept).write_text(json.dumps(dataclasses.asdict(planning.plan(recipe.load(recipe_file)))), "utf-8")


def alone(script: str, kept: str) -> None:
    """Run a script as a reader would, in a folder of its own; keep the losses, and what Trainer logs of a step."""
    import torch

    torch.set_num_threads(1)
    where = Path(kept).with_suffix("")
    where.mkdir()
    os.chdir(where)
    out = os.open("log.txt", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(out, 1)
    os.dup2(out, 2)
    names: dict[str, Any] = {"__name__": "__main__"}
    exec(compile(Path(script).read_text("utf-8"), script, "exec"), names)
    if "trainer" in names:
        logged = [entry for entry in names["trainer"].state.log_history if "loss" in entry]
        steps = [{"loss": one["loss"], "lr": one["learning_rate"], "grad_norm": one.get("grad_norm")} for one in logged]
    else:
        steps = [{"loss": loss} for loss in names["losses"]]
    Path(kept).write_text(json.dumps(steps), "utf-8")
    sys.exit(0)


def on_eight_gpus(recipe_file: str, started: bool, kept: str) -> None:
    """What plan and Trainer make of a recipe on a box that is told to have eight GPUs, the sixth of which is free.

    With `started` in the environment that a worker is started with, else in that of whoever calls Trainer.
    """
    import torch

    from tests.recipes.test_devices import GIB, nvml
    from tui.recipes import devices, planning, recipe
    from tui.recipes.arguments import training_arguments
    from tui.runs import launch

    os.environ.pop(devices.VISIBLE, None)
    sys.modules["pynvml"] = nvml([60 * GIB] * 5 + [GIB] + [70 * GIB] * 2)  # type: ignore[assignment]
    seen = lambda: os.environ.get(devices.VISIBLE, "0,1,2,3,4,5,6,7").split(",")  # noqa: E731
    torch.cuda.is_available = lambda: seen() != [""]
    torch.cuda.device_count = lambda: len(seen())
    torch.cuda.set_device = lambda device: None
    torch.cuda.is_bf16_supported = lambda including_emulation=True: True
    asked = recipe.load(recipe_file)
    plan = planning.plan(asked)
    if started:
        os.environ.update(launch.environment(asked))
    import transformers

    arguments = transformers.TrainingArguments(
        output_dir=str(Path(kept).parent), **training_arguments(asked, on_cpu=not torch.cuda.is_available())
    )
    found = {"n_gpu": arguments.n_gpu, "batch": arguments.train_batch_size, "visible": seen(),
             "plan": dataclasses.asdict(plan)}  # fmt: skip
    Path(kept).write_text(json.dumps(found), "utf-8")
