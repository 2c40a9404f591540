"""Fine-tuning with the loop written out, on Accelerate: lesson 3.4. It makes the same steps as Trainer."""

from __future__ import annotations

import itertools
import json
import math
from functools import partial
from pathlib import Path
from typing import Any

from tui.recipes.scoring import Scores
from tui.recipes.task import IGNORED, task_of
from tui.runs.worker.session import PROJECT, Session, load_weights


def train(session: Session) -> Any:
    """Train, and return the model."""
    import torch
    from accelerate import Accelerator
    from accelerate.utils import DataLoaderConfiguration
    from torch.utils.data import DataLoader
    from transformers import get_scheduler, set_seed

    recipe = session.recipe
    accelerator = Accelerator(
        cpu=not torch.cuda.is_available(),
        mixed_precision="no" if recipe.precision == "fp32" else recipe.precision,
        gradient_accumulation_steps=recipe.accumulation,
        step_scheduler_with_optimizer=False,
        dataloader_config=DataLoaderConfiguration(use_seedable_sampler=True),
        log_with=None if recipe.report_to == "none" else recipe.report_to,
        project_dir=str(session.run.folder),
    )
    accelerator.init_trackers(PROJECT, init_kwargs={"trackio": {"name": session.run.name}})
    set_seed(recipe.seed)
    loader = DataLoader(session.train, batch_size=recipe.batch_size, shuffle=True, collate_fn=session.collator)
    optimizer = torch.optim.AdamW(_groups(session.model, recipe.weight_decay), lr=recipe.learning_rate, fused=True)
    model, optimizer, loader = accelerator.prepare(session.model, optimizer, loader)
    _keep_one_copy(accelerator, session)
    measure = DataLoader(session.evaluation or [], batch_size=recipe.eval_batch_size, collate_fn=session.collator)
    measure = accelerator.prepare(measure)

    steps_an_epoch = math.ceil(len(loader) / recipe.accumulation)
    steps = recipe.max_steps or math.ceil(recipe.epochs * steps_an_epoch)
    warmup = math.ceil(recipe.warmup * steps) if recipe.warmup < 1 else int(recipe.warmup)
    scheduler = accelerator.prepare(get_scheduler(recipe.schedule, optimizer, warmup, steps))
    set_seed(recipe.seed)
    session.control.training = True
    session.recorder.stage("training")
    session.start_clock()
    done = session.resume.step if session.resume else 0
    for epoch in range(done // steps_an_epoch, math.ceil(steps / steps_an_epoch)):
        loader.set_epoch(epoch)
        batches = _batches(accelerator, loader, session, done - epoch * steps_an_epoch)
        model.train()
        total = 0.0
        for index, batch in batches:
            with accelerator.accumulate(model):
                loss = model(**batch).loss
                group = min(recipe.accumulation, len(loader) - index // recipe.accumulation * recipe.accumulation)
                accelerator.backward(loss * recipe.accumulation / group)  # the last group of an epoch may be smaller
                total = total + loss.detach() / group
                if not accelerator.sync_gradients:
                    continue
                norm = accelerator.clip_grad_norm_(model.parameters(), recipe.clip) if recipe.clip else None
                optimizer.step()
                rate = scheduler.get_last_lr()[0]
                if not accelerator.optimizer_step_was_skipped:
                    scheduler.step()
                optimizer.zero_grad()
            done = session.step = done + 1
            at = epoch + (index + 1) / len(loader)
            loss_of_step, total = accelerator.gather(total).mean().item(), 0.0
            session.step_done(done, at, loss_of_step, rate, None if norm is None else float(norm))
            accelerator.log({"loss": loss_of_step, "learning_rate": rate}, step=done)
            _after_step(session, accelerator, model, measure, done, at)
            if session.stopped or done == steps:
                break
        if session.stopped:
            break
    accelerator.end_training()
    return accelerator.unwrap_model(model)


def _keep_one_copy(accelerator: Any, session: Session) -> None:
    """Weights are saved and loaded by the library's `save_pretrained`, so that they are there once."""

    def leave_out(models: list[Any], weights: list[Any], where: str) -> None:
        weights.clear()

    def load(models: list[Any], where: str) -> None:
        models.clear()
        load_weights(session.model, Path(where))

    accelerator.register_save_state_pre_hook(leave_out)
    accelerator.register_load_state_pre_hook(load)


def _groups(model: Any, decay: float) -> list[dict[str, Any]]:
    """Weights that decay, and biases and norms, which do not: as Trainer divides them."""
    import torch
    from transformers.trainer_pt_utils import get_parameter_names

    decays = get_parameter_names(model, [torch.nn.LayerNorm], ["bias", "norm"])
    trained = [(name, weights) for name, weights in model.named_parameters() if weights.requires_grad]
    return [
        {"params": [weights for name, weights in trained if name in decays], "weight_decay": decay},
        {"params": [weights for name, weights in trained if name not in decays], "weight_decay": 0.0},
    ]


def _batches(accelerator: Any, loader: Any, session: Session, done: int) -> Any:
    """(number, batch) of an epoch; in the first one of a resumed run from where it was left, with what was random then.

    A loader draws a seed when its first batch is asked for: the state of the checkpoint is loaded after that.
    """
    if session.resume is None:
        return enumerate(loader)
    skip = done * session.recipe.accumulation
    batches = iter(accelerator.skip_first_batches(loader, skip) if skip else loader)
    first = [next(batches)] if skip else []
    accelerator.load_state(str(session.resume.folder))
    session.resume = None
    return enumerate(itertools.chain(first, batches), skip)


def _after_step(session: Session, accelerator: Any, model: Any, measure: Any, step: int, epoch: float) -> None:
    """Evaluate, save and stop where it is time or was asked for. Saving comes last: a checkpoint has all behind it."""
    recipe, wishes = session.recipe, session.control.after_step()
    improved = False
    ends, last = session.ends_epoch(step), step == session.arithmetic.steps
    if ends:
        session.epoch_done()
    if session.evaluation is not None:
        if _is_due(step, recipe.evaluate_every, ends, last):
            evaluate(session, accelerator, model, measure, step, epoch)
            improved = session.is_new_best(step)
            session.look_exhausted()
        elif wishes.evaluate:
            with session.without_trace():
                evaluate(session, accelerator, model, measure, step, epoch)
    due = _is_due(step, recipe.save_every, ends, last)
    if due or improved or wishes.save or wishes.stop or session.stopped:
        save(session, accelerator, step, epoch)
    session.answer(wishes)


def evaluate(session: Session, accelerator: Any, model: Any, measure: Any, step: int, epoch: float) -> None:
    """Loss and metrics on the evaluation rows, without a gradient."""
    import torch

    scorer = session.scorer
    with session.measuring():
        model.eval()
        losses: list[Any] = []
        for batch in measure:
            with torch.no_grad():
                output = model(**batch)
                size = next(iter(batch.values())).shape[0]
                losses.append(accelerator.gather_for_metrics(output.loss.repeat(size)))
                if scorer is not None:
                    scorer.add_batch(*_predicted(session, accelerator, model, batch, output))
        model.train()
        loss = torch.cat(losses).float().cpu().numpy().mean().item()
        scores: Scores | None = scorer.compute() if scorer is not None else None
        metrics = {"loss": loss, **(scores.metrics if scores else {"perplexity": math.exp(min(loss, 50.0))})}
        session.evaluated(step, epoch, metrics, scores)


def _predicted(session: Session, accelerator: Any, model: Any, batch: Any, output: Any) -> tuple[Any, Any]:
    """Predictions and references of all processes, padded to one length, on the host."""
    pad = partial(accelerator.pad_across_processes, dim=1, pad_index=IGNORED)
    pair = task_of(session.recipe).predict(session.recipe, accelerator.unwrap_model(model), batch, output, pad)
    predictions, references = accelerator.gather_for_metrics(pair)
    if isinstance(predictions, tuple):
        return tuple(part.cpu().numpy() for part in predictions), references.cpu().numpy()
    return predictions.cpu().numpy(), references.cpu().numpy()


def save(session: Session, accelerator: Any, step: int, epoch: float) -> None:
    """A checkpoint: the state of everything, weights that others can load, and at last what says that it is whole."""

    def write(where: Path) -> None:
        accelerator.wait_for_everyone()
        accelerator.save_state(str(where))  # optimizer, schedule, sampler and what is random
        if session.speaks:
            accelerator.unwrap_model(session.model).save_pretrained(str(where))
            session.tokenizer.save_pretrained(str(where))
            state = {"global_step": step, "epoch": epoch}
            (where / "trainer_state.json").write_text(json.dumps(state), "utf-8")
        accelerator.wait_for_everyone()

    session.save(step, write)


def _is_due(step: int, every: int, ends: bool, last: bool) -> bool:
    """Whether a step is one of those between which there are `every`; without a number those that end an epoch are."""
    return step % every == 0 or last if every else ends
