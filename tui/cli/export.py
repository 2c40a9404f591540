"""What is taken out of a run: its curves as CSV, or the model as a folder of its own."""

from __future__ import annotations

import csv
import dataclasses
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tui.errors import HeadnotesError, UsageError
from tui.runs import events, folder, run_status
from tui.runs.curves import OF_STEPS, Curves
from tui.runs.events import Event, Tail
from tui.runs.folder import Run

NOT_MODEL = (
    "optimizer*", "scheduler*", "rng_state*", "random_states*", "sampler*", "dl_state*", "scaler*",
    "custom_checkpoint*", "trainer_state.json", "training_args.bin",
)  # fmt: skip
"""Of a checkpoint: what only going on needs."""


def curves(run: Run, file: Path, *, replace: bool) -> int:
    """Write a line for every step and every evaluation; returns how many. What a resume made void is left out."""
    _check(file, replace=replace)
    followed = Curves(run)
    followed.read()
    measured = followed.evaluations
    names = list(dict.fromkeys(name for one in measured for name in one.metrics))
    columns = ["kind", "step", "epoch", "time", *OF_STEPS, *(f"eval_{name}" for name in names)]
    lines = 0
    part = file.with_name(f".{file.name}.part")
    try:
        with part.open("w", encoding="utf-8", newline="") as out:
            writer = csv.DictWriter(out, columns, restval="")
            writer.writeheader()
            waiting = list(measured)
            for event in _valid_steps(run):
                while waiting and waiting[0].step < event.whole("step"):
                    writer.writerow(_evaluation(waiting.pop(0)))
                    lines += 1
                row = {name: event.number(name) for name in ("epoch", *OF_STEPS)}
                row = {name: value for name, value in row.items() if value is not None}
                writer.writerow({"kind": "step", "step": event.whole("step"), "time": event.time, **row})
                lines += 1
            for one in waiting:
                writer.writerow(_evaluation(one))
                lines += 1
        part.replace(file)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise HeadnotesError("cli.not-written", path=str(file), reason=str(error)) from error
    return lines


def model(run: Run, target: Path, step: int | None, *, replace: bool) -> Path:
    """Copy the model of a run, or the weights of a checkpoint; returns where they were.

    What a run with LoRA learned is merged into the model that it started from: an adapter alone is no model. Raises
    `UsageError` when there is none, or something stands in the way.
    """
    if step is not None:
        source = folder_of(run, step)
    elif (run.model / "config.json").is_file() or (run.model / "adapter_config.json").is_file():
        source = run.model
    else:
        steps = [saved.step for saved in folder.checkpoints(run)]
        raise UsageError("cli.no-model-yet" if steps else "cli.nothing-saved-yet", run=run.name, steps=steps)
    _check(target, replace=replace)
    part = target.with_name(f".{target.name}.part")
    try:
        shutil.rmtree(part, ignore_errors=True)
        if (source / "adapter_config.json").is_file():
            _merge(run, source, part)
        else:
            shutil.copytree(source, part, ignore=shutil.ignore_patterns(*NOT_MODEL))
        if target.exists():
            shutil.rmtree(target)
        part.rename(target)
    except (OSError, shutil.Error) as error:
        shutil.rmtree(part, ignore_errors=True)
        raise HeadnotesError("cli.not-written", path=str(target), reason=str(error)) from error
    return source


def _merge(run: Run, adapter: Path, target: Path) -> None:
    """The whole model, with its tokenizer and its card."""
    from tui.cli.quiet import quiet
    from tui.recipes import base_models

    plain = run_status.look(run).prepared.get("labels")
    labels = [str(label) for label in plain] if isinstance(plain, list) else []
    recipe = dataclasses.replace(run.recipe(), checkpoint=str(adapter))
    with quiet():
        base_models.bare(recipe, labels).save_pretrained(str(target))
        base_models.tokenizer(recipe).save_pretrained(str(target))
    if (card := adapter / "README.md").is_file():
        shutil.copy(card, target)


def folder_of(run: Run, step: int) -> Path:
    """The folder of a whole checkpoint. Raises `UsageError` that names those that there are."""
    found = {one.step: one.folder for one in folder.checkpoints(run)}
    if step not in found:
        raise UsageError("cli.no-such-checkpoint", run=run.name, step=step, steps=list(found))
    return found[step]


def _check(target: Path, *, replace: bool) -> None:
    if target.exists() and not replace:
        raise UsageError("cli.target-exists", path=str(target))
    if target.is_dir() and target.name and any(target.iterdir()) and not _is_model(target):
        raise UsageError("cli.target-not-a-model", path=str(target))
    if not target.absolute().parent.is_dir():
        raise UsageError("cli.no-such-folder", path=str(target.absolute().parent))


def _is_model(target: Path) -> bool:
    return any((target / name).is_file() for name in ("config.json", "adapter_config.json"))


def _valid_steps(run: Run) -> Iterator[Event]:
    """Steps in ascending order; of those that were made again after a resume the last ones. Memory: 8 bytes a step."""
    undone = [
        (event.time, event.whole("step")) for event in events.read_all(run.events_file) if event.kind == "resumed"
    ]
    numbers = [event.whole("step") for event in _steps(run)]
    least = max(numbers, default=0) + 1
    valid = bytearray(len(numbers))
    for place in range(len(numbers) - 1, -1, -1):  # what comes later with a smaller number makes void what was before
        if numbers[place] < least:
            valid[place], least = 1, numbers[place]
    for place, event in enumerate(_steps(run)):
        if place >= len(valid):
            return  # it grows while it is read
        gone_back = any(event.time < at and numbers[place] > step for at, step in undone)
        if valid[place] and not gone_back:
            yield event


def _steps(run: Run) -> Iterator[Event]:
    tail = Tail(run.steps_file)
    while found := tail.read():
        yield from (event for event in found if event.kind == "step" and event.whole("step") > 0)


def _evaluation(one: Any) -> dict[str, Any]:
    metrics = {f"eval_{name}": value for name, value in one.metrics.items()}
    return {"kind": "evaluation", "step": one.step, "epoch": one.epoch, **metrics}
