"""The Python that loads what `tui.models.loading` loads, for readers to see, copy and run. Opens no weights.

The engine runs the lines of `setup_code` before a lesson's first cell, so that what is shown is what was run.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tui import paths
from tui.models import checkpoints, metric_modules
from tui.models.catalog import place
from tui.models.checkpoint_folders import folder_of
from tui.models.heads import head_of
from tui.models.loading import AUTO, Placement
from tui.models.location import Location, locate
from tui.models.reference import STAND_IN, ZERO_SHOT, Reference, parse

NAMES = ("tokenizer", "encoder", "model", "data_folder", "metrics_folder")
"""What the reader's code finds ready, besides `checkpoint`."""
CELLS = Placement(attention="eager")
CLASSIFIER = "sentiment"
"""The model that code cells, `mask` and `anatomy` take where none is named."""


@dataclass(frozen=True, slots=True)
class Source:
    """The Python that brings a model to `pipeline(...)`."""

    imports: dict[str, tuple[str, ...]]
    """Names by module."""
    lines: tuple[str, ...]
    arguments: str
    """What `pipeline` is given besides the task."""

    def text(self) -> str:
        """The imports and the lines."""
        heads = [f"from {module} import {', '.join(sorted(names))}" for module, names in sorted(self.imports.items())]
        return "\n".join([*heads, "", *self.lines]).strip("\n") + "\n"


def source(task: str, model: str = STAND_IN) -> Source:
    """The lines that load what `load_for_task` loads."""
    reference, at = parse(model, task), place(task)
    where = _Weights.of(reference)
    if where.location is None or where.location.adapter is None:
        if reference.name != ZERO_SHOT or reference.kind != "catalog":
            options = f"model={where.literal}{where.revision}, {_keywords(AUTO)}"
            return Source({"transformers": ("pipeline",)}, (), options)
        imports = {
            "transformers": ("AutoModel", "AutoTokenizer", "pipeline"),
            "tui.models.pipelines.zero_shot": ("EmbeddingZeroShot",),
        }
        lines = (*where.lines("tokenizer"), f"model = AutoModel.from_pretrained(checkpoint, {_keywords(AUTO)}).eval()")
        return Source(imports, lines, "model=model, tokenizer=tokenizer, pipeline_class=EmbeddingZeroShot")
    head = f"AutoModelFor{at.head}"
    imports = {"peft": ("PeftModel",), "transformers": (head, "AutoTokenizer", "pipeline")}
    return Source(imports, tuple(where.lines("tokenizer", "model", head=at.head)), "model=model, tokenizer=tokenizer")


def needed(code: str) -> tuple[str, ...]:
    """Which of `NAMES` a piece of code mentions."""
    return tuple(name for name in NAMES if re.search(rf"\b{name}\b", code))


def cell_setup(*names: str, model: str = "") -> str:
    """The lines that come before a lesson's cells: the reader's model, or the lessons' own where there is none.

    Attention is computed step by step (`eager`), so that it can be looked at. Raises `UsageError` and
    `CheckpointError` for a model that is not here or must not be loaded, before a library opens it.
    """
    if not model:
        return setup_code(*names, placement=CELLS)
    from tui.models.checkpoint_checks import check

    at = locate(parse(model))
    head = head_of(at)
    if not at.is_bundled:
        check(at.folder, head)
    return setup_code(*names, model=model, head=head, placement=CELLS)


def setup_code(
    *names: str, model: str = CLASSIFIER, head: str = "SequenceClassification", placement: Placement = AUTO
) -> str:
    """The lines that make what `names` asks of `NAMES`, from the model of a reference; runnable alone, here."""
    where = _Weights.of(parse(model))
    lines = list(where.lines(*names, head=head, placement=placement))
    if "data_folder" in names:
        lines.append(f"data_folder = {str(paths.data_dir())!r}  # the data that ships with the lessons")
    if "metrics_folder" in names:
        lines.append(metric_modules.setup_line())
    classes = {
        "tokenizer": "AutoTokenizer",
        "encoder": "AutoModel",
        "model": f"AutoModelFor{head}" if head else "AutoModel",
    }
    imports = sorted({classes[name] for name in names if name in classes})
    top = [f"from transformers import {', '.join(imports)}"] if imports else []
    if "model" in names and where.location is not None and where.location.adapter is not None:
        top.insert(0, "from peft import PeftModel")
    return "\n".join([*top, "", *lines]) + "\n"


@dataclass(frozen=True, slots=True)
class _Weights:
    """What `from_pretrained` is given for a reference."""

    literal: str
    revision: str
    """The keyword argument, with a comma before it; empty without one."""
    location: Location | None
    """None for what only the library can find: a Hub id, or a folder that is not there."""

    @classmethod
    def of(cls, reference: Reference) -> _Weights:
        if reference.kind in ("catalog", "run"):
            location = locate(reference)
            return cls(repr(str(location.folder)), "", location)
        if (folder := folder_of(str(reference))) is not None:  # absolute: the lines may be run anywhere
            return cls(repr(str(folder)), "", None)
        return cls(repr(reference.name), f", revision={reference.revision!r}" if reference.revision else "", None)

    def lines(self, *names: str, head: str = "", placement: Placement = AUTO) -> Iterator[str]:
        at, options = self.location, f"{self.revision}, {_keywords(placement)}"
        is_backbone = at is not None and str(at.folder) == checkpoints.backbone().folder
        yield f"checkpoint = {self.literal}" + (f"  # {checkpoints.BACKBONE_ID}" if is_backbone else "")
        adapter = at.adapter if at is not None and "model" in names else None
        if adapter is not None:
            yield f"adapter = {str(adapter)!r}"
        if "tokenizer" in names:
            folder = "checkpoint" if at is None or at.tokenizer is None else repr(str(at.tokenizer))
            yield f"tokenizer = AutoTokenizer.from_pretrained({folder}{self.revision})"
        if "encoder" in names:
            yield f"encoder = AutoModel.from_pretrained(checkpoint{options}).eval()"
        if "model" in names:
            auto = f"AutoModelFor{head}" if head else "AutoModel"
            labels = f", id2label={dict(enumerate(at.labels))}" if at is not None and at.labels else ""
            loading = f"{auto}.from_pretrained(checkpoint{labels}{options})"
            if adapter is None:
                yield f"model = {loading}.eval()"
            else:
                yield f"model = {loading}"
                yield "model = PeftModel.from_pretrained(model, adapter).merge_and_unload().eval()"


def _keywords(placement: Placement) -> str:
    return ", ".join(f"{name}={value!r}" for name, value in placement.arguments().items())
