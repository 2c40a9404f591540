"""The shelf: for every task the course's own checkpoint, our small stand-in, and what is at hand on this machine.

One table. `headnotes models`, the bench, the lessons and the tests read it; weights are loaded by `lab.loading`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tui import paths
from tui.errors import UsageError


@dataclass(frozen=True, slots=True)
class Place:
    """A task and who can do it."""

    task: str
    aliases: tuple[str, ...]
    course: str
    """The checkpoint that the library takes (or took) for this task when none is named; the course's own."""
    revision: str
    """Its commit, as the library pins it."""
    megabytes: int
    """Size of its weights, about."""
    licence: str
    head: str
    """Which `AutoModelFor...` class of the library it is loaded with."""
    folder: str
    """Name of the stand-in's folder under `lessons/models`."""
    adapter: bool = False
    """The stand-in is a LoRA adapter over the backbone; otherwise a model of its own."""
    called: str = ""
    """What the stand-in is called on the screen."""

    @property
    def standin(self) -> Path:
        """The stand-in's folder."""
        return paths.models_dir() / self.folder

    @property
    def is_bundled(self) -> bool:
        """Whether the stand-in ships with this installation."""
        return (self.standin / "README.md").is_file()


SHELF: tuple[Place, ...] = (
    Place("text-classification", ("sentiment-analysis",),
          "distilbert/distilbert-base-uncased-finetuned-sst-2-english", "714eb0f", 268, "Apache-2.0",
          "SequenceClassification", "sentiment", True, "MiniLM + sentiment adapter"),
    Place("zero-shot-classification", (),
          "facebook/bart-large-mnli", "d7645e1", 1630, "MIT",
          "SequenceClassification", "zero-shot", False, "MiniLM, cosine of embeddings"),
    Place("text-generation", (),
          "openai-community/gpt2", "607a30d", 548, "MIT",
          "CausalLM", "text-generation", False, "small GPT-2, own"),
    Place("fill-mask", (),
          "distilbert/distilroberta-base", "fb53ab8", 331, "Apache-2.0",
          "MaskedLM", "fill-mask", True, "MiniLM + fill-mask adapter"),
    Place("token-classification", ("ner",),
          "dbmdz/bert-large-cased-finetuned-conll03-english", "4c53496", 1334, "not stated",
          "TokenClassification", "token-classification", True, "MiniLM + entity adapter"),
    Place("question-answering", (),
          "distilbert/distilbert-base-cased-distilled-squad", "564e9b5", 261, "Apache-2.0",
          "QuestionAnswering", "question-answering", True, "MiniLM + question adapter"),
    Place("summarization", (),
          "sshleifer/distilbart-cnn-12-6", "a4f8f3e", 1222, "Apache-2.0",
          "Seq2SeqLM", "summarization", False, "small encoder-decoder, own"),
    Place("translation_en_to_fr", ("translation",),
          "google-t5/t5-base", "a9723ea", 892, "Apache-2.0",
          "Seq2SeqLM", "translation-en-fr", False, "small encoder-decoder, own"),
)  # fmt: skip


def place(task: str) -> Place:
    """The place of a task, by any of its names. Raises `UsageError`."""
    for one in SHELF:
        if task == one.task or task in one.aliases:
            return one
    raise UsageError("models.no-such-task", task=task, names=names())


def names() -> tuple[str, ...]:
    """Every name of every task, the library's usual one first."""
    return tuple(name for one in SHELF for name in (one.task, *one.aliases))
