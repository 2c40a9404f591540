"""What the fork server imports once, so that a worker in the tests begins to work within a moment."""

from __future__ import annotations

import importlib

import transformers

from tui.runs.worker import accelerated, running, trainer  # noqa: F401 (loaded before the forks)

for name in ("accelerate", "datasets", "evaluate", "evaluate.loading", "torch", "peft", "scipy.optimize",
             "transformers.trainer_pt_utils", "datasets.packaged_modules.json.json"):  # fmt: skip
    importlib.import_module(name)
for name in ("AutoTokenizer", "AutoModelForSequenceClassification", "BertTokenizerFast", "Trainer", "get_scheduler",
             "BertForSequenceClassification", "DataCollatorWithPadding"):  # fmt: skip
    getattr(transformers, name)
