"""The card of a model that was trained here: what it was made of and how good it is, as it was measured."""

from __future__ import annotations

from contextlib import suppress
from importlib import metadata
from typing import Any

import yaml

from tui.recipes.task import task_of
from tui.runs import folder
from tui.runs.worker.session import Session

LICENCE = "other"
"""Nobody but the owner of data and checkpoint can say it."""


def text(session: Session) -> str:
    """README.md of the model that a run ended with."""
    return _card(session, session.model_step, "")


def write_to_checkpoints(session: Session, failure: str) -> None:
    """A card beside the weights of every checkpoint of a run that failed, which says so."""
    if not session.speaks:
        return
    for checkpoint in folder.checkpoints(session.run):
        with suppress(OSError):  # a full disk costs the card
            (checkpoint.folder / "README.md").write_text(_card(session, checkpoint.step, failure), "utf-8")


def _card(session: Session, step: int, failure: str) -> str:
    recipe = session.recipe
    metrics = next((score.metrics for score in session.history.scores if score.step == step), {})
    libraries = ("torch", "transformers", "datasets", "accelerate")
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in libraries)
    failed = f"**The run failed**: {failure} This is its checkpoint of step {step:,}.\n\n" if failure else ""
    return f"""---
{yaml.safe_dump(_front(session, metrics), sort_keys=False).strip()}
---

# {session.run.name}

{failed}{recipe.task}, from `{recipe.checkpoint}`, on {session.train.num_rows:,} rows of `{recipe.data}`,
{session.step:,} steps ({recipe.loop} loop).

{_evaluation(session, step, metrics)}
- **Recipe**: batch {recipe.batch_size} x {recipe.accumulation}, {recipe.epochs:g} epochs,
  learning rate {recipe.learning_rate:g} ({recipe.schedule}), seed {recipe.seed}; the whole of it is recipe.toml,
  and script.py does it again.
- **Versions**: {versions}.
- **Not measured**: how it does on other data, and what it does to whom. One run, one seed.
"""


def _front(session: Session, metrics: dict[str, float]) -> dict[str, Any]:
    """What the Hub reads of a card."""
    recipe = session.recipe
    results = [{"type": name, "value": round(value, 4)} for name, value in metrics.items()]
    data = {"name": recipe.data, "type": recipe.data}
    return {
        "library_name": "transformers",
        "pipeline_tag": task_of(recipe).pipeline,
        "license": LICENCE,
        "tags": ["headnotes"],
        "model-index": [
            {"name": session.run.name, "results": [
                {"task": {"type": recipe.task}, "dataset": data, "metrics": results}
            ]}
        ],
    }  # fmt: skip


def _evaluation(session: Session, step: int, metrics: dict[str, float]) -> str:
    """How good the model is, on which rows, and which of the evaluated models it is."""
    history = session.history
    best, last = history.best, history.last
    if session.evaluation is None or best is None or last is None:
        return f"It was not evaluated; these are the weights after step {step:,}.\n"
    lines = [f"Evaluated on {session.evaluation.num_rows:,} rows. {_shared_rows(session)}", ""]
    lines += [
        "| evaluation | step | " + " | ".join(best.metrics) + " |",
        "|---" * (len(best.metrics) + 2) + "|",
        *(f"| {name} | {score.step:,} | " + " | ".join(f"{value:.3f}" for value in score.metrics.values()) + " |"
          for name, score in (("best", best), ("last", last))),
        "",
    ]  # fmt: skip
    which = {best.step: "the best", last.step: "the last"}.get(step, "neither")
    which = "both" if best.step == last.step == step else which
    lines.append(
        f"Best {history.metric} {best.value:.3f} at step {best.step:,}, last {last.value:.3f} at step {last.step:,}; "
        f"these weights are those of step {step:,}" + (f", {which}." if metrics else ", which was not evaluated.")
    )
    if len(history.scores) > 1 and session.keeps_best and best.step == step:
        lines.append(
            f"The best of {len(history.scores)} evaluations on the same rows flatters a little: new rows say more."
        )
    if more := task_of(session.recipe).card_lines(session.rows.counts):
        lines += ["", *more]
    return "\n".join([*lines, ""])


def _shared_rows(session: Session) -> str:
    """How many of the evaluated rows were trained on, compared as the model sees them: by their token ids.

    Texts that were cut into blocks are compared before that: the same text may be cut elsewhere.
    """
    train, evaluation, name = session.train, session.evaluation, "input_ids"
    if task_of(session.recipe).makes_blocks:
        train, evaluation, name = session.rows.train, session.rows.evaluation, session.recipe.text
    trained = {_key(value) for value in train[name]}
    shared = sum(_key(value) in trained for value in evaluation[name]) if evaluation is not None else 0
    said = f"{shared:,} of them are among the training rows." if shared else "None of them is among the training rows."
    if name != "input_ids":
        said = said.replace("of them", "of their texts").replace("rows", "texts")
    if parent := session.run.about().get("parent"):
        said += f" It goes on from {parent.get('run')}, which may have been trained on some of them."
    return said


def _key(value: Any) -> int:
    """A number instead of a row, so that a million of them fit in memory."""
    return hash(tuple(value) if isinstance(value, list) else value)
