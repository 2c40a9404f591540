"""The card of a model that was trained here: what it was made of and how good it is, as it was measured."""

from __future__ import annotations

from importlib import metadata

import yaml

from tui.training.worker.session import Session

TAGS = {"causal-lm": "text-generation", "masked-lm": "fill-mask", "seq2seq": "text2text-generation"}
LICENCE = "other"
"""Nobody but the owner of data and checkpoint can say it."""


def text(session: Session) -> str:
    """README.md of the model."""
    recipe, metrics = session.recipe, session.metrics or {}
    results = [{"type": name, "value": round(value, 4)} for name, value in metrics.items()]
    data = {"name": recipe.data, "type": recipe.data}
    front = {
        "library_name": "transformers",
        "pipeline_tag": TAGS.get(recipe.task, recipe.task),
        "license": LICENCE,
        "tags": ["headnotes"],
        "model-index": [
            {"name": session.run.name, "results": [
                {"task": {"type": recipe.task}, "dataset": data, "metrics": results}
            ]}
        ],
    }  # fmt: skip
    measured = "\n".join(f"| {name} | {value:.4f} |" for name, value in metrics.items())
    libraries = ("torch", "transformers", "datasets", "accelerate")
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in libraries)
    baseline = session.rows.counts and recipe.task == "text-classification"
    said = ""
    if baseline:
        share = max(session.rows.counts.values()) / sum(session.rows.counts.values())
        said = f"\nAlways the most frequent label would have an accuracy of about {share:.3f}.\n"
    rows = session.evaluation.num_rows if session.evaluation is not None else 0
    return f"""---
{yaml.safe_dump(front, sort_keys=False).strip()}
---

# {session.run.name}

{recipe.task}, from `{recipe.checkpoint}`, on {session.train.num_rows:,} rows of `{recipe.data}`, {session.step:,} steps
({recipe.loop} loop). Measured on {rows:,} rows that were not learnt from:

| metric | value |
|---|---|
{measured}
{said}
- **Recipe**: batch {recipe.batch_size} x {recipe.accumulation}, {recipe.epochs:g} epochs,
  learning rate {recipe.learning_rate:g} ({recipe.schedule}), seed {recipe.seed}; the whole of it is recipe.toml,
  and script.py does it again.
- **Versions**: {versions}.
- **Not measured**: how it does on other data, and what it does to whom. One run, one seed.
"""
