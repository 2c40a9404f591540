"""Weights for a task: the small stand-in, the course's checkpoint, or whatever folder or Hub id the reader names.

Loaded once, kept for the life of the process. Safetensors only, no remote code, nothing is fetched here: what is not on
this machine is said to be missing, with the command that fetches it.
"""

from __future__ import annotations

import json
import os
import warnings
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from tui import paths
from tui.errors import CheckpointError, ResultWarning
from tui.models import checkpoints
from tui.models.catalog import Place, place
from tui.models.checkpoint_files import INDEX, WEIGHTS, check_files, read_json, weight_files
from tui.models.checkpoint_sizes import check_sizes
from tui.models.checkpoints import AnsweredBy
from tui.models.digests import check_bundled

STAND_IN, COURSE = "stand-in", "course"
"""The two choices of a model that have names; anything else is a folder or a Hub id."""
KEPT = 6
"""Models in memory at once, besides the backbone."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """A model in eval mode, in float32, with its tokenizer."""

    model: Any
    tokenizer: Any
    answered_by: AnsweredBy
    warnings: tuple[ResultWarning, ...] = ()
    """What a reader must know before believing an answer."""


def load(task: str, choice: str = STAND_IN) -> Loaded:
    """The model for a task. Raises `CheckpointError` when it is not here, not whole, or of a kind that is refused."""
    return _load(place(task), choice)


@lru_cache(KEPT)
def _load(at: Place, choice: str) -> Loaded:
    if choice == STAND_IN:
        return _stand_in(at)
    folder, name = find(at, choice)
    check(folder, at.head)
    return _from_folder(folder, at.head, AnsweredBy(name))


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


def source(task: str, choice: str = STAND_IN) -> Source:
    """The lines that load what `load` loads. Opens nothing but our own files."""
    at = place(task)
    if choice != STAND_IN:
        own = repr(str(folder_of(choice) or choice))  # absolute: the lines may be run anywhere
        named = f"{at.course!r}, revision={at.revision!r}" if choice == COURSE else own
        return Source({"transformers": ("pipeline",)}, (), f"model={named}, dtype='float32'")
    if not at.adapter and at.folder != "zero-shot":
        return Source({"transformers": ("pipeline",)}, (), f"model={str(at.standin)!r}, dtype='float32'")
    lines = [
        f"checkpoint = {checkpoints.backbone().folder!r}  # {checkpoints.BACKBONE_ID}",
        "tokenizer = AutoTokenizer.from_pretrained(checkpoint)",
    ]
    if at.folder == "zero-shot":
        imports = {
            "transformers": ("AutoModel", "AutoTokenizer", "pipeline"),
            "tui.models.pipelines.zero_shot": ("EmbeddingZeroShot",),
        }
        lines.append("model = AutoModel.from_pretrained(checkpoint)")
        return Source(imports, tuple(lines), "model=model, tokenizer=tokenizer, pipeline_class=EmbeddingZeroShot")
    head = f"AutoModelFor{at.head}"
    named = f", id2label={labels(at)}" if labels(at) else ""
    lines += [
        f"adapter = {str(at.standin)!r}  # a small adapter of our own",
        f"model = {head}.from_pretrained(checkpoint{named})",
        "model = PeftModel.from_pretrained(model, adapter).merge_and_unload().eval()",
    ]
    imports = {"peft": ("PeftModel",), "transformers": (head, "AutoTokenizer", "pipeline")}
    return Source(imports, tuple(lines), "model=model, tokenizer=tokenizer")


def labels(at: Place) -> dict[int, str]:
    """`id2label` of an adapter's head; empty when its task has no labels of its own."""
    if at.folder == "sentiment":
        return checkpoints.LABELS
    file = at.standin / "labels.json"
    return dict(enumerate(json.loads(file.read_text("utf-8")))) if file.is_file() else {}


def find(at: Place, choice: str) -> tuple[Path, str]:
    """(folder, name) of a checkpoint on this machine: the course's, a folder, or a Hub id in the cache."""
    if choice != COURSE and (folder := folder_of(choice)) is not None:
        return folder, folder.name
    name, revision = (at.course, at.revision) if choice == COURSE else (choice, None)
    if cached := in_cache(name, revision):
        return cached, name
    size = f" ({at.megabytes:,} MB)" if choice == COURSE else ""
    raise CheckpointError(
        f"{name} is not on this machine.",
        "Neither a folder of this name nor the Hugging Face cache has it.",
        f"With a network: headnotes models get {at.task if choice == COURSE else name}{size}. Without: stand-in.",
    )


def folder_of(choice: str) -> Path | None:
    """The folder that a choice of a model names, absolute; None when it names none."""
    try:
        folder = paths.expanded(choice)
        return paths.absolute(folder) if folder.is_dir() else None
    except (OSError, ValueError, RuntimeError):  # too long, not a path at all, a home that nobody has
        return None


def in_cache(name: str, revision: str | None) -> Path | None:
    """The folder of a checkpoint in the Hugging Face cache; it may be there only in part."""
    from huggingface_hub import try_to_load_from_cache
    from huggingface_hub.errors import HFValidationError

    try:
        config = try_to_load_from_cache(name, "config.json", revision=revision)
    except HFValidationError:
        return None
    return Path(config).parent if isinstance(config, str) else None


def check(folder: Path, head: str) -> None:
    """Refuse what must not be loaded, before a library opens it: files that lead elsewhere, pickled weights, code of
    strangers, sizes that nothing backs, a folder that is no checkpoint.
    """
    if folder.parent == paths.models_dir():
        check_bundled(folder)
    config = _config(folder)
    from transformers import CONFIG_MAPPING

    if config["model_type"] not in CONFIG_MAPPING:
        why = "It brings Python files of its own, and running them is refused." if "auto_map" in config else ""
        raise CheckpointError(
            f"{folder.name}: the installed library does not know the model type {config['model_type']!r}.",
            why or "It may be newer than the library.",
            "Name a checkpoint whose architecture the library has.",
        )
    if lost := missing_weights(folder):
        pickled = [
            file.name for pattern in ("*.bin", "*.pt", "*.pth", "*.ckpt", "*.pkl") for file in folder.glob(pattern)
        ]
        if pickled:
            raise CheckpointError(
                f"{folder.name} holds only pickled weights ({pickled[0]}), which are refused.",
                "Loading a pickle runs whatever code is in it.",
                "Look for a revision with model.safetensors, or convert it on a machine you can spare.",
            )
        raise CheckpointError(
            f"{folder.name} lacks {lost}.", "It may have been fetched only in part.", "Fetch it again."
        )
    check_sizes(folder, config, head)


def missing_weights(folder: Path) -> str:
    """What a checkpoint's folder lacks of its weights; empty when they are all there. Opens no weights."""
    try:
        files = weight_files(folder)
    except CheckpointError:
        return f"a readable {INDEX}"
    if not files:
        return f"its weights ({WEIGHTS})"
    return ", ".join(str(file.relative_to(folder)) for file in files if not file.is_file())


def _config(folder: Path) -> dict[str, Any]:
    """The configuration of a folder whose files may be opened."""
    if not os.path.lexists(folder / "config.json"):
        adapter = os.path.lexists(folder / "adapter_config.json")
        raise CheckpointError(
            f"{folder} holds no config.json, so it is no checkpoint.",
            "It is an adapter to one." if adapter else "",
            "Name another folder.",
        )
    check_files(folder)
    weight_files(folder)
    config = read_json(folder / "config.json")
    if not isinstance(config.get("model_type"), str):
        raise CheckpointError(f"{folder / 'config.json'} names no model_type.", "", "Name another folder.")
    for key, value in config.items():
        if key.endswith("_implementation") and "/" in str(value):
            raise CheckpointError(
                f"{folder.name} is refused: its config.json asks for code from {value!r}.",
                "Running code of strangers is refused.",
                "Name another checkpoint.",
            )
    return config


def _stand_in(at: Place) -> Loaded:
    if not at.is_bundled:
        raise CheckpointError(
            f"There is no stand-in for {at.task} here.",
            f"Looked in {at.standin}.",
            f"With a network: headnotes models get {at.task}, then choose the model course.",
        )
    check_bundled(at.standin)
    here = checkpoints.Checkpoint(at.called, str(at.standin), "lessons", at.course).answered()
    if at.folder == "sentiment":
        return Loaded(checkpoints.classifier(), checkpoints.tokenizer(), here)  # shared with the other instruments
    if at.adapter:
        return Loaded(_adapted(at), checkpoints.tokenizer(), here)
    if at.folder == "zero-shot":
        return Loaded(checkpoints.encoder(), checkpoints.tokenizer(), here)
    return _from_folder(at.standin, at.head, here)


def _adapted(at: Place) -> Any:
    import transformers
    from peft import PeftModel
    from safetensors import SafetensorError

    names = {"id2label": labels(at)} if labels(at) else {}
    head = getattr(transformers, f"AutoModelFor{at.head}")
    try:
        with quiet_loading(), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # between peft and transformers, nothing for the reader
            base = head.from_pretrained(checkpoints.backbone().folder, use_safetensors=True, **names)
            return PeftModel.from_pretrained(base, str(at.standin)).merge_and_unload().eval()
    except (SafetensorError, ValueError, RuntimeError, KeyError, OSError) as error:
        raise CheckpointError(
            f"The stand-in for {at.task} cannot be read.", f"{at.standin}: {error}", "Reinstall headnotes."
        ) from error


def _from_folder(folder: Path, head: str, by: AnsweredBy) -> Loaded:
    import torch
    import transformers

    try:
        with quiet_loading():
            tokenizer = transformers.AutoTokenizer.from_pretrained(str(folder), trust_remote_code=False)
            model, report = getattr(transformers, f"AutoModelFor{head}").from_pretrained(
                str(folder),
                dtype=torch.float32,
                use_safetensors=True,
                trust_remote_code=False,
                output_loading_info=True,
            )
    except Exception as error:  # whatever a library raises on the files of strangers
        first = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise CheckpointError(
            f"{by.checkpoint} cannot be loaded for this task.", first, "Fetch it again, or name another checkpoint."
        ) from error
    return Loaded(model.eval(), tokenizer, by, tuple(_warnings(report, model.config)))


def _warnings(report: Any, config: Any) -> Iterator[ResultWarning]:
    missing = sorted({key.rsplit(".", 1)[0] for key in report["missing_keys"]})
    if missing:
        some = ", ".join(missing[:3]) + (" ..." if len(missing) > 3 else "")
        yield ResultWarning(
            "untrained-weights",
            f"The checkpoint has no weights for {some}: the library filled them with random numbers. The answer means "
            "nothing until they are trained. A checkpoint must have the head of the task.",
        )
    if report["mismatched_keys"]:
        yield ResultWarning("mismatched-weights", "Some weights have another shape than the model; they were not used.")
    for name, count in Counter((getattr(config, "id2label", None) or {}).values()).items():
        if count > 1:
            yield ResultWarning(
                "duplicate-labels",
                f"The checkpoint calls {count} of its classes {name!r} (id2label): their scores cannot be told apart.",
            )


class quiet_loading:
    """The library's load report goes to its log; what matters of it becomes a warning."""

    def __enter__(self) -> None:
        from transformers.utils import logging

        self._before = logging.get_verbosity()
        logging.set_verbosity_error()

    def __exit__(self, *_: Any) -> None:
        from transformers.utils import logging

        logging.set_verbosity(self._before)
