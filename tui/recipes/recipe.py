"""A recipe: everything that a training run is made of, as one dataclass and one TOML file. Pure: reads no data.

The words are those of the libraries where they have one; `columns` of the data are named by what they are to the task.
"""

from __future__ import annotations

import dataclasses
import difflib
import glob
import os
import re
import tomllib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import reduce
from typing import Any

import tomlkit

from tui import paths
from tui.errors import HeadnotesError, Phrase, UsageError, phrase
from tui.options import option, read_spec
from tui.recipes import tasks

TASKS = tasks.names()
SCHEDULES = (
    "linear", "cosine", "cosine_with_restarts", "polynomial", "constant", "constant_with_warmup", "inverse_sqrt",
)  # fmt: skip
"""Those of the library that need nothing but the number of steps and of warm-up steps."""
PATHS = ("data", "checkpoint", "launch_config")
"""Fields that can hold a path."""
BACKBONE = "MiniLM"
"""The checkpoint that is always here."""
_LEAST = {
    "batch_size": 1, "eval_batch_size": 1, "accumulation": 1, "max_length": 4, "keep": 1, "processes": 1, "machines": 1,
    "rows": 0, "eval_rows": 0, "max_steps": 0, "lora_rank": 0, "evaluate_every": 0, "save_every": 0,
    "early_stopping": 0, "threads": 0, "seed": 0, "split_seed": 0,
}  # fmt: skip
LARGEST_SEED = 2**32 - 1
"""NumPy takes no larger one."""
LONGEST_NAME = 100
"""Bytes of a run's name: the folder of a fork of a fork has a longer one, and 255 is the end."""
FREE = ("name", "report_to", "keep", "device", "group")
"""Fields that may change when a run goes on: they change nothing of what is computed."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """One run."""

    data: str = option(
        help="the data set: a file, a folder, an address, an id on the Hub, or data that ships with the lessons"
    )
    name: str = option(default="", help="what the run is called; empty: made from the data")
    task: str = option(default="text-classification", choices=TASKS, help="what the model learns to do")
    checkpoint: str = option(
        default=BACKBONE,
        suggestions=(BACKBONE,),
        help="where it starts: MiniLM, a folder, run:NAME, or a Hub id on this machine",
    )
    loop: str = option(
        default="trainer", choices=("trainer", "accelerate"), help="the library's Trainer, or the loop written out"
    )
    config: str = option(default="", help="configuration of a data set on the Hub")
    format: str = option(default="", help="format of the files, when their names do not say it")
    field: str = option(default="", help="json: the key under which the rows are")
    delimiter: str = option(default="", help="csv: what stands between two fields")
    encoding: str = option(default="", help="of text files; utf-8 when not said")
    quotes: bool = option(default=True, help="csv: whether quotation marks hold fields together; MRPC's do not")
    train_split: str = option(default="train", help="the training split")
    eval_split: str = option(default="validation", help="the evaluation split; empty: none")
    eval_share: float = option(
        default=0.1, help="where there is no such split: the share of the rows that is set aside for evaluation"
    )
    split_seed: int = option(
        default=42, help="a whole number: it alone decides which rows are set aside, and which of them rows= takes"
    )
    stratify: bool = option(
        default=True, help="whether every label has the same share of the rows that are set aside as of all rows"
    )
    text: str = option(default="text", help="the column with the text (question-answering: the context)")
    pair: str = option(default="", help="the column with the second text, if there is one")
    label: str = option(default="label", help="the column with the label, or with a list where the task takes several")
    question: str = option(default="question", help="question-answering: the column with the question")
    answer: str = option(
        default="answer", help="question-answering: the column with the answer as it stands in the context"
    )
    target: str = option(default="target", help="seq2seq: the column with the text to be written")
    rows: int = option(default=0, help="a whole number: only so many training rows; 0 for all")
    eval_rows: int = option(default=0, help="a whole number: only so many evaluation rows; 0 for all")
    max_length: int = option(default=128, help="a whole number: tokens of a row at most")
    epochs: float = option(default=3.0, help="passes over the rows")
    max_steps: int = option(default=0, help="a whole number: steps in all, instead of epochs; 0 for none")
    batch_size: int = option(default=8, help="a whole number: rows in a batch, on each process")
    eval_batch_size: int = option(default=32, help="a whole number: rows in a batch when measuring")
    accumulation: int = option(default=1, help="a whole number: batches whose gradients are added up before a step")
    learning_rate: float = option(default=5e-5, help="the highest learning rate")
    schedule: str = option(default="linear", choices=SCHEDULES, help="how the learning rate changes")
    warmup: float = option(default=0.0, help="steps in which it rises; below 1 a share of all steps")
    weight_decay: float = option(
        default=0.0, help="the share of a weight that a step takes away, times the learning rate"
    )
    clip: float = option(
        default=1.0, help="the largest gradient norm; longer gradients are shortened to it; 0 for no limit"
    )
    seed: int = option(default=42, help="a whole number: the same seed gives the same run")
    precision: str = option(
        default="fp32", choices=("fp32", "bf16", "fp16", "auto"),
        help="numbers that are computed with; auto: bf16 where GPU or CPU have instructions for it, else fp32",
    )  # fmt: skip
    freeze: str = option(
        default="none", choices=("none", "embeddings", "lower", "encoder"),
        help="weights that stay: the embeddings; these and the lower two thirds of the layers; all but the head",
    )  # fmt: skip
    lora_rank: int = option(
        default=0, help="a whole number: train matrices of this rank beside the layers instead; 0 for none"
    )
    evaluate_every: int = option(default=0, help="a whole number: steps between two measurements; 0: after every epoch")
    save_every: int = option(default=0, help="a whole number: steps between two checkpoints; 0: after every epoch")
    keep: int = option(default=2, help="a whole number: checkpoints that are kept")
    early_stopping: int = option(
        default=0, help="a whole number: measurements without a better one before it stops; 0: never"
    )
    best: str = option(
        default="best",
        choices=("best", "last"),
        help="the model a run ends with: the best of all evaluations, or the last",
    )
    best_metric: str = option(
        default="", help="the metric that decides; empty: the task's main one, f1 for two labels, accuracy for more"
    )
    best_direction: str = option(
        default="auto", choices=("auto", "max", "min"), help="auto: low is good for loss and perplexity, else high"
    )
    report_to: str = option(
        default="none", choices=("none", "tensorboard", "trackio"), help="another place for the curves"
    )
    device: str = option(
        default="auto", suggestions=("auto", "cuda:0", "cpu"),
        help="auto: one GPU that is free, or the CPU where there is no GPU; cuda:N: this GPU; cpu",
    )  # fmt: skip
    launcher: str = option(
        default="local", choices=("local", "torchrun", "accelerate"), help="how the processes are started"
    )
    processes: int = option(default=1, help="a whole number: processes that share the work")
    strategy: str = option(
        default="ddp", choices=("ddp", "fsdp", "deepspeed"), help="accelerate: how the processes share a model"
    )
    zero_stage: int = option(default=2, help="deepspeed, a whole number: what is cut up: 1 states, 2 gradients, 3 all")
    machines: int = option(default=1, help="accelerate, a whole number: machines that work together")
    main_address: str = option(default="", help="accelerate, several machines: address:port of the first")
    launch_config: str = option(default="", help="accelerate: a configuration file of its own; empty: one is made")
    threads: int = option(default=0, help="a whole number: threads of a process; 0: as many as there are cores")
    group: bool = option(default=False, help="whether members of your group may read the run's folder")

    @property
    def warmup_steps(self) -> float:
        """As `TrainingArguments` takes it: a share below 1, else a whole number."""
        return self.warmup if self.warmup < 1 else int(self.warmup)


def read(values: Mapping[str, Any]) -> Recipe:
    """A recipe from names and values. Raises `UsageError` that says what would fit."""
    called = phrase("errors.recipe")
    recipe: Recipe = read_spec(
        Recipe, values, "recipe", called, lambda missing: phrase("errors.example-line", option=missing)
    )
    if found := complaints(recipe):
        raise UsageError("recipes.cannot-work", first=found[0], others=_in_a_row(found[1:]))
    return recipe


def _in_a_row(phrases: list[Phrase]) -> Phrase | str:
    """Sentences, one after the other."""
    return reduce(lambda first, rest: phrase("recipes.and-then", first=first, rest=rest), phrases) if phrases else ""


def shipped() -> list[str]:
    """Names of the recipes that come with the lessons."""
    return sorted(file.stem for file in paths.recipes_dir().glob("*.toml"))


def load(name: str, changes: Mapping[str, Any] | None = None) -> Recipe:
    """A recipe from a TOML file, or one that ships by its name, with some values changed.

    Raises `UsageError` with the file and what is wrong.
    """
    paths.check_name(name)
    path = paths.expanded(name)
    try:
        if not path.is_file() and name in shipped():  # a folder of that name is none
            path = paths.recipes_dir() / f"{name}.toml"
        values = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        near = difflib.get_close_matches(name, shipped(), 1)
        hint = phrase("errors.did-you-mean", name=near[0]) if near else ""
        raise UsageError("recipes.no-such-recipe", file=str(path), hint=hint, recipes=shipped()) from None
    except OSError as error:
        raise UsageError("recipes.unreadable", file=str(path), reason=str(error.strerror)) from None
    except (ValueError, RecursionError) as error:  # not TOML, or not UTF-8
        raise UsageError("recipes.not-toml", file=str(path), reason=str(error)) from None
    try:
        return read({**values, **(changes or {})})
    except UsageError as error:
        raise UsageError("recipes.in-file", file=str(path), error=phrase(error.code, **error.values)) from None


def text(recipe: Recipe) -> str:
    """The recipe as TOML: what differs from the defaults, each with its meaning."""
    document = tomlkit.document()
    for field in dataclasses.fields(recipe):
        value = getattr(recipe, field.name)
        if field.default is dataclasses.MISSING or value != field.default:
            item = tomlkit.item(value)
            item.comment(str(field.metadata["help"]))
            document.add(field.name, item)
    return tomlkit.dumps(document)


def complaints(recipe: Recipe) -> list[Phrase]:
    """What cannot work, whatever the data."""
    found = [
        phrase("recipes.complaint.least", name=name, value=value, least=least)
        for name, least in _LEAST.items()
        if (value := getattr(recipe, name)) < least
    ]
    metrics = ["loss", *tasks.load(recipe.task).metrics]
    is_device = bool(re.fullmatch(r"auto|cpu|cuda:\d{1,4}", recipe.device))
    is_folder = not any(sign in recipe.name for sign in "/\\\0") and not recipe.name.startswith(".")
    needs_accelerate = recipe.launcher != "accelerate"
    rules: list[tuple[bool, str, dict[str, Any]]] = [
        (recipe.learning_rate <= 0, "learning-rate", {}),
        (recipe.epochs <= 0 and not recipe.max_steps, "epochs", {}),
        (not 0 < recipe.eval_share < 1, "eval-share", {}),
        (recipe.warmup < 0 or recipe.weight_decay < 0 or recipe.clip < 0, "below-zero", {}),
        (recipe.processes > 1 and recipe.launcher == "local", "local-launcher", {}),
        (recipe.machines > 1 and (needs_accelerate or ":" not in recipe.main_address), "machines", {}),
        (recipe.strategy != "ddp" and needs_accelerate, "strategy", {"strategy": recipe.strategy}),
        (recipe.zero_stage not in (1, 2, 3), "zero-stage", {}),
        (bool(recipe.early_stopping) and not recipe.eval_split, "early-stopping", {}),
        (recipe.best_metric not in ("", *metrics), "best-metric", {"task": recipe.task, "metrics": metrics}),
        (bool(recipe.lora_rank) and recipe.freeze != "none", "lora-and-freeze", {}),
        (recipe.seed > LARGEST_SEED, "seed", {"name": "seed", "most": LARGEST_SEED}),
        (recipe.split_seed > LARGEST_SEED, "seed", {"name": "split_seed", "most": LARGEST_SEED}),
        (not is_device, "device", {"device": recipe.device}),
        (is_device and recipe.device.startswith("cuda") and recipe.processes > 1, "one-gpu", {"device": recipe.device}),
        (not is_folder, "name", {}),
        (recipe.name.startswith("-"), "name-with-dash", {}),
        (len(os.fsencode(recipe.name)) > LONGEST_NAME, "long-name", {"most": LONGEST_NAME}),
    ]
    return found + [phrase(f"recipes.complaint.{code}", **values) for applies, code, values in rules if applies]


def anchored(recipe: Recipe) -> Recipe:
    """The recipe with paths that hold from any folder: of data, checkpoint and launch_config that are here."""
    made = {name: anchored_path(getattr(recipe, name)) for name in PATHS}
    if recipe.checkpoint.startswith("run:"):  # the run may go on: what it has now is what counts
        from tui.models.location import locate
        from tui.models.reference import parse

        with suppress(HeadnotesError):  # the plan says why
            at = locate(parse(recipe.checkpoint))
            made["checkpoint"] = os.path.abspath(at.adapter or at.folder)  # noqa: PTH100 (links stay)
    return dataclasses.replace(recipe, **made)  # type: ignore[arg-type]


def anchored_path(name: str) -> str:
    """A path that holds from any folder, of a file or pattern that is here; anything else as it is."""
    with suppress(OSError, UsageError, ValueError):  # names that are no paths
        path = paths.expanded(name)
        is_path = bool(name) and name != BACKBONE and "://" not in name
        if is_path and (path.exists() or glob.glob(str(path), recursive=True)):  # noqa: PTH207 (absolute, too)
            return os.path.abspath(path)  # noqa: PTH100 (links stay)
    return name


def differences(recipes: list[Recipe]) -> dict[str, list[Any]]:
    """Fields in which the recipes differ, with the value of each."""
    found = {}
    for field in dataclasses.fields(Recipe):
        values = [getattr(recipe, field.name) for recipe in recipes]
        if field.name != "name" and len(set(map(str, values))) > 1:
            found[field.name] = values
    return found
