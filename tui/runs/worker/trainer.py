"""Fine-tuning with the library's Trainer: lesson 3.3."""

from __future__ import annotations

import math
from contextlib import nullcontext
from typing import Any

from tui.recipes.arguments import training_arguments
from tui.recipes.scoring import Scores
from tui.recipes.task import task_of
from tui.runs.worker.control import Wishes
from tui.runs.worker.session import PROJECT, Session


def train(session: Session) -> Any:
    """Train, and return the model. The curves are written by a callback; orders come in between steps."""
    import torch
    import transformers

    class Follower(transformers.TrainerCallback):
        """Tells what happens, and does what is asked for after a step."""

        wishes = Wishes()
        waits = False
        """Between the last step of an epoch and its end, where what was asked for is done."""
        saves = False
        """Whether to save there."""

        def on_train_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
            session.control.training = True
            session.recorder.stage("training")
            session.start_clock()

        def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
            step = session.step = state.global_step
            self.wishes = session.control.after_step()
            control.should_save |= self.wishes.save or self.wishes.stop
            self.waits = session.ends_epoch(step)
            if self.waits:
                self.saves, control.should_save = control.should_save, False
            else:
                trainer.by_order = self.wishes.evaluate and not control.should_evaluate
                control.should_evaluate |= trainer.by_order

        def on_log(self, args: Any, state: Any, control: Any, logs: dict[str, float], **_: Any) -> None:
            if "loss" in logs:
                session.step_done(
                    state.global_step, state.epoch, logs["loss"], logs["learning_rate"], logs.get("grad_norm")
                )
                if not control.should_save and not control.should_evaluate and not self.waits:
                    self.answer(control)

        def on_evaluate(self, args: Any, state: Any, control: Any, metrics: dict[str, float], **_: Any) -> None:
            found = {name.removeprefix("eval_"): value for name, value in metrics.items()
                     if not name.endswith(("runtime", "per_second", "epoch"))}  # fmt: skip
            if session.scorer is None:
                found["perplexity"] = math.exp(min(found["loss"], 50.0))
            session.evaluated(state.global_step, state.epoch or 0.0, found, trainer.scores)
            session.look_exhausted()
            control.should_training_stop |= bool(session.stopped)
            if session.stopped or session.is_new_best(state.global_step):
                self.saves |= self.waits
                control.should_save |= not self.waits
            if not control.should_save and not self.waits:
                self.answer(control)

        def on_save(self, args: Any, state: Any, control: Any, **_: Any) -> None:
            self.answer(control)
            session.start_clock()

        def answer(self, control: Any) -> None:
            """What was asked for after this step is done, or could not be."""
            wishes, self.wishes = self.wishes, Wishes()
            control.should_training_stop |= session.answer(wishes)

        def on_epoch_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
            if session.stopped and not self.waits:  # in the middle of an epoch: what is done at its end is not due
                control.should_evaluate = control.should_save = False
                return
            session.epoch_done()
            trainer.by_order = self.wishes.evaluate and not control.should_evaluate
            control.should_evaluate |= trainer.by_order
            control.should_save |= self.saves
            self.saves = self.waits = False
            if not control.should_save and not control.should_evaluate:
                self.answer(control)

    task = task_of(session.recipe)
    kind = transformers.Seq2SeqTrainer if task.generates else transformers.Trainer

    class FollowedTrainer(kind):  # type: ignore[misc, valid-type]
        """The Trainer; a full disk costs it a checkpoint and not the run."""

        by_order = False
        scores: Scores | None = None

        def _save_checkpoint(self, model: Any, trial: Any) -> None:
            write = super()._save_checkpoint
            session.save(self.state.global_step, lambda where: write(model, trial))

        def evaluate(self, *args: Any, **options: Any) -> dict[str, float]:
            with session.measuring(), session.without_trace() if self.by_order else nullcontext():
                self.by_order, self.scores = False, None
                found: dict[str, float] = super().evaluate(*args, **options)
                return found

        def evaluation_loop(self, *args: Any, **options: Any) -> Any:
            """Seq2SeqTrainer would count rows twice that only fill up the last batch."""
            self.gather_function = self.accelerator.gather_for_metrics
            return super().evaluation_loop(*args, **options)

    def compute_metrics(prediction: Any) -> dict[str, float]:
        scorer = session.scorer
        assert scorer is not None  # else Trainer is not given this function
        scorer.add_batch(prediction.predictions, prediction.label_ids)
        found = trainer.scores = scorer.compute()
        return found.metrics

    recipe = session.recipe
    options = training_arguments(recipe, on_cpu=not torch.cuda.is_available())
    options["save_total_limit"] = None  # the session forgets old checkpoints, and knows the best one
    arguments = transformers.Seq2SeqTrainingArguments if task.generates else transformers.TrainingArguments
    if task.generates:
        options |= {"predict_with_generate": True, "generation_max_length": recipe.max_length}
    if recipe.report_to != "none":
        options |= {"run_name": session.run.name, "project": PROJECT}
    if task.label_names:
        options["label_names"] = list(task.label_names)
    trainer = FollowedTrainer(
        model=session.model,
        args=arguments(output_dir=str(session.run.folder), disable_tqdm=True, **options),
        train_dataset=session.train,
        eval_dataset=session.evaluation,
        data_collator=session.collator,
        processing_class=session.tokenizer,
        compute_metrics=compute_metrics if session.scorer is not None else None,
        preprocess_logits_for_metrics=task.reduce if session.scorer is not None else None,
        callbacks=[Follower()],
    )
    trainer.model_accepts_loss_kwargs = False  # transformers #47688: else accumulated gradients are too large
    trainer.remove_callback(transformers.PrinterCallback)
    trainer.train(resume_from_checkpoint=str(session.resume.folder) if session.resume else None)
    return trainer.accelerator.unwrap_model(trainer.model)
