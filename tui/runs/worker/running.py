"""A run from its folder to its end: prepare, train, save; whatever happens becomes an event and an exit code."""

from __future__ import annotations

import json
import os
import shutil
import time
import traceback
from contextlib import suppress
from dataclasses import asdict
from typing import Any

from tui.engine.ticks import tap_tqdm
from tui.errors import Explained, HeadnotesError, Stopped, UsageError, explain, phrase
from tui.models.run_checkpoints import SavedCheckpoint
from tui.recipes import base_models, features, learning_rates, planning, rows
from tui.recipes.best import History
from tui.recipes.learning_rates import Arithmetic
from tui.recipes.recipe import FREE, Recipe
from tui.recipes.rows import Rows
from tui.recipes.scoring import Scorer
from tui.recipes.strategies import check_strategy
from tui.recipes.task import task_of
from tui.runs import events, folder
from tui.runs.folder import Run
from tui.runs.worker import card
from tui.runs.worker.control import Control, world
from tui.runs.worker.recording import Recorder
from tui.runs.worker.session import NotFinite, Session, is_full, load_weights

AGAIN = 2.0
"""Seconds between two tries to save the model on a full disk."""
DONE, FAILED = 0, 1


def work(run: Run, orders_from: int, resume: int | None) -> int:
    """Train. Returns the exit code: 0 when done or stopped, 1 for an error; `resume` is the step to go on from."""
    first = int(os.environ.get("RANK", "0")) == 0
    lock = folder.hold(run) if first else None
    recorder = Recorder(run, speaks=first)
    control = Control(run.orders_file, orders_from, recorder)
    control.listen()
    session, stopped = None, False
    try:
        recorder.stage("starting")
        session = prepare(run, recorder, control, resume, first)
        code = _train(session)
        stopped = bool(session.stopped)
        return code
    except Stopped as stop:
        stopped = True
        recorder.event("stopped", step=session.step if session else resume or 0, why=stop.title)
        return DONE
    except Exception as error:
        with suppress(OSError):  # the disk that log.txt is on may be full
            traceback.print_exc()
        if session is not None and isinstance(error, NotFinite):
            session.diagnose()
            card.write_to_checkpoints(session, error.title)
        recorder.trouble("error", advice(error), trace=traceback.format_exc()[-4000:])
        return FAILED
    finally:
        if first:
            control.leave(stopped=stopped)
        recorder.close()
        _leave_together()
        if lock is not None:
            lock.release()


def prepare(run: Run, recorder: Recorder, control: Control, resume: int | None, first: bool) -> Session:
    """Load data, tokenizer and model. Raises `UsageError` when a run cannot go on as it began."""
    import torch
    import transformers

    def told(what: str, done: float, total: float | None) -> None:
        control.check()
        if not control.training:
            recorder.progress(what, done, total)

    tap_tqdm(told)
    recipe = planning.settled(run.recipe())  # which it is already, unless the folder was made by hand
    if recipe.threads:
        torch.set_num_threads(recipe.threads)
    device = planning.check_precision(recipe)
    planning.check_report(recipe)
    check_strategy(recipe, device)
    before = _before(run)
    checkpoint = _checkpoint(run, resume)
    recorder.stage("loading")
    found = rows.load(recipe)
    tokenizer = base_models.tokenizer(recipe)
    recorder.stage("tokenising")
    made = features.make(found, recipe, tokenizer)
    recorder.stage("loading")
    transformers.set_seed(recipe.seed)  # the new head is drawn at random
    model = base_models.model(recipe, found.labels)
    from tui.runs.worker.counting import Counting

    task = task_of(recipe)
    session = Session(
        run=run, recipe=recipe, rows=found, train=made.train, evaluation=made.evaluation, tokenizer=tokenizer,
        model=model, collator=Counting(task.collator(recipe, tokenizer, model)),
        scorer=_scorer(recipe, found, tokenizer), arithmetic=_arithmetic(recipe, made.train.num_rows),
        history=_history(recipe, found.labels),
        recorder=recorder, control=control, resume=checkpoint, speaks=first,
    )  # fmt: skip
    facts = _facts(session, device)
    if checkpoint is not None:
        _compare(before, facts, asdict(recipe))
        _restore(session)
        if first:
            _clear(run, checkpoint.step)
        recorder.event("resumed", step=checkpoint.step, folder=checkpoint.folder.name)
    recorder.event("prepared", **facts)
    recorder.texts(found.evaluation, recipe)
    control.check()
    return session


def advice(error: BaseException) -> Explained:
    """An error of training with what can be done about it."""
    said = explain(error)
    if isinstance(error, HeadnotesError):
        return said
    text = str(error)
    reason = text.splitlines()[0][:300] if text else ""
    if "out of memory" in text.lower() or isinstance(error, MemoryError):
        return explain(HeadnotesError("runs.out-of-memory", reason=reason), "OutOfMemory")
    if "size mismatch" in text or "shapes cannot be multiplied" in text:
        return explain(HeadnotesError("runs.shapes-do-not-fit", reason=reason), said.kind)
    if "must be in the range" in text or "index out of range" in text:
        return explain(HeadnotesError("runs.id-out-of-range", reason=reason), said.kind)
    return explain(HeadnotesError("runs.unexpected", failure=phrase(said.code, **said.values)), said.kind)


def _train(session: Session) -> int:
    from tui.runs.worker import accelerated, trainer

    begun = time.monotonic()
    loop = trainer.train if session.recipe.loop == "trainer" else accelerated.train
    model = session.model if _is_over(session) else loop(session)
    session.control.trained, session.control.training = True, False
    recorder = session.recorder
    if session.stopped.startswith("by "):
        recorder.event("stopped", step=session.step, why=session.stopped)
        return DONE
    session.check_weights(session.step)
    session.diagnose(is_over=True)
    session.choose_model(model)
    if session.speaks:
        _save(session, model)
    recorder.event(
        "done", step=session.step, why=session.stopped, model_step=session.model_step,
        metrics=session.model_score.metrics if session.model_score else {},
        **session.history.fields, seconds=round(time.monotonic() - begun, 1),
    )  # fmt: skip
    recorder.stage("done")
    return DONE


def _is_over(session: Session) -> bool:
    """Whether a resumed run has no more steps: it died between its last checkpoint and the saving of the model."""
    if session.resume is None:
        return False
    session.step = session.resume.step
    session.look_exhausted()
    if not session.stopped and session.step < session.arithmetic.steps:
        return False
    load_weights(session.model, session.resume.folder)
    return True


def _save(session: Session, model: Any) -> None:
    """The model with its card, written beside and renamed. A full disk is waited for: all the work is in memory."""
    run, recorder = session.run, session.recorder
    part = run.folder / "model.part"
    if session.recipe.lora_rank:
        model = model.merge_and_unload()
    recorder.stage("saving")
    warned = False
    while True:
        try:
            shutil.rmtree(part, ignore_errors=True)
            model.save_pretrained(str(part))
            session.tokenizer.save_pretrained(str(part))
            (part / "README.md").write_text(card.text(session), "utf-8")
            shutil.rmtree(run.model, ignore_errors=True)
            part.replace(run.model)
            return
        except Exception as error:
            if not is_full(error, run.folder, session.checkpoint_bytes()):
                raise
            if not warned:
                warned = True
                shutil.rmtree(part, ignore_errors=True)
                full = HeadnotesError("runs.model-disk-full", reason=str(error).splitlines()[0])
                recorder.trouble("warning", explain(full, "DiskFull"))
            session.control.check()
            time.sleep(AGAIN)


def _history(recipe: Recipe, labels: list[str]) -> History:
    """No score yet, of the metric and the direction that decide which model is best."""
    task = task_of(recipe)
    metric = recipe.best_metric or task.main_metric(labels)
    return History(metric, task.is_greater_better(recipe, metric))


def _scorer(recipe: Recipe, found: Rows, tokenizer: Any) -> Scorer | None:
    """What measures the model; None where nothing is evaluated, or the loss is the measure."""
    scorer = task_of(recipe).scorer
    if scorer is None or found.evaluation is None:
        return None
    return scorer(recipe, found.labels, found.evaluation, tokenizer)


def _arithmetic(recipe: Recipe, rows: int) -> Arithmetic:
    """The steps of these processes; `UsageError` when there are none."""
    return learning_rates.arithmetic(
        rows, recipe.batch_size, recipe.accumulation, world(), recipe.epochs, recipe.max_steps, recipe.warmup
    )


def _facts(session: Session, device: str) -> dict[str, Any]:
    """What a run stands on, for whoever looks at it and for the next resume."""
    import torch

    recipe, found = session.recipe, session.rows
    return {
        "rows": session.train.num_rows,
        "eval_rows": session.evaluation.num_rows if session.evaluation is not None else 0,
        "fingerprint": _fingerprint(session),
        "labels": found.labels,
        "baseline": task_of(recipe).baseline(found.counts),
        "main": session.history.metric,
        "greater_is_better": session.history.greater_is_better,
        "notes": [note.message for note in found.notes],
        **asdict(session.arithmetic),
        "parameters": sum(one.numel() for one in session.model.parameters()),
        "trainable": sum(one.numel() for one in session.model.parameters() if one.requires_grad),
        "device": torch.cuda.get_device_name(0) if device == "cuda" else "cpu",
        "threads": torch.get_num_threads(),
        "processes": world(),
        "recipe": asdict(recipe),
    }


def _fingerprint(session: Session) -> str:
    """A digest of the first, the last and some rows in between, as token ids."""
    import hashlib

    digest = hashlib.sha256()
    for table in (session.train, session.evaluation):
        if table is not None:
            digest.update(str(table.num_rows).encode())
            apart = max(1, table.num_rows // 1000)
            for at in range(0, table.num_rows, apart):
                digest.update(json.dumps(table[at]["input_ids"]).encode())
    return digest.hexdigest()[:16]


def _before(run: Run) -> dict[str, Any]:
    """What the run stood on when it was begun."""
    found = [event.fields for event in events.read_all(run.events_file) if event.kind == "prepared"]
    return found[0] if found else {}


def _checkpoint(run: Run, step: int | None) -> SavedCheckpoint | None:
    """The checkpoint of a step. Raises `UsageError` when it is not whole."""
    if step is None:
        return None
    found = {one.step: one for one in folder.checkpoints(run)}
    if step not in found:
        raise UsageError("runs.no-checkpoint-of-step", name=run.name, step=step, steps=list(found))
    return found[step]


def _compare(before: dict[str, Any], now: dict[str, Any], recipe: dict[str, Any]) -> None:
    """Raise `UsageError` when going on would not be the same run."""
    changes = []
    if before.get("fingerprint") != now["fingerprint"]:
        changes.append(phrase("runs.changed-data", before=str(before.get("rows")), now=now["rows"]))
    values = [(name, value, recipe.get(name)) for name, value in before.get("recipe", {}).items() if name not in FREE]
    values += [(name, before.get(name), now[name]) for name in ("processes", "threads")]
    changes += [
        phrase("runs.changed-value", name=name, before=repr(value), now=repr(new))
        for name, value, new in values
        if value != new
    ]
    if changes:
        raise UsageError("runs.not-the-same-run", changes=changes)


def _restore(session: Session) -> None:
    """The scores of the evaluations before the checkpoint."""
    assert session.resume is not None  # only resumed runs have something to restore
    for event in events.read_all(session.run.events_file):
        due = event.kind == "evaluation" and not event.fields.get("asked")
        if due and (event.number("step") or 0) <= session.resume.step:
            session.history.add(event.whole("step"), events.metrics_of(event))


def _clear(run: Run, step: int) -> None:
    """Take away what is later than the checkpoint from which a run goes on: it is made again, or was never whole.

    Else the library, which keeps the highest numbers, would throw away the new ones.
    """
    for found in run.folder.glob("checkpoint-*"):
        number = found.name.partition("-")[2]
        if number.isdecimal() and int(number) > step:
            shutil.rmtree(found, ignore_errors=True)


def _leave_together() -> None:
    """Close what several processes share."""
    if world() > 1:
        import torch.distributed as together

        if together.is_initialized():
            together.destroy_process_group()
