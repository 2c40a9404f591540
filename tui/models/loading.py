"""Models and their tokenizers, loaded for a reference, a head and a placement.

What is loaded stays for the next request, within a limit of bytes. Safetensors only, no remote code; nothing is
fetched here: for what is not on this machine the error has the command that fetches it.
"""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from tui import paths
from tui.errors import CheckpointError, Phrase, ResultWarning, phrase, warning
from tui.models.catalog import place
from tui.models.checkpoint_checks import check, check_kind
from tui.models.checkpoint_files import check_files
from tui.models.checkpoints import AnsweredBy
from tui.models.digests import check_bundled
from tui.models.location import Location, locate
from tui.models.model_cache import ModelCache, memory_limit, model_bytes
from tui.models.reference import BACKBONE, STAND_IN, ZERO_SHOT, Reference, parse

CACHE = ModelCache(memory_limit())


@dataclass(frozen=True, slots=True)
class Placement:
    """Where and how a model computes; `auto` is the processor, float32, and the library's choice of attention."""

    device: str = "auto"
    dtype: str = "auto"
    attention: str = "auto"

    def arguments(self) -> dict[str, str]:
        """What `from_pretrained` is given for it, in the code that runs and in the code that is shown."""
        options = {"dtype": "float32" if self.dtype == "auto" else self.dtype}
        return options if self.attention == "auto" else {**options, "attn_implementation": self.attention}


AUTO = Placement()


@dataclass(frozen=True, slots=True)
class Loaded:
    """A model in eval mode with its tokenizer."""

    model: Any
    tokenizer: Any
    answered_by: AnsweredBy
    head: str = ""
    """The name behind `AutoModelFor`; empty without a head."""
    warnings: tuple[ResultWarning, ...] = ()
    """What a reader must know before believing an answer."""


def load(model: str | Reference = BACKBONE, head: str = "", placement: Placement = AUTO) -> Loaded:
    """The model of a reference under an `AutoModelFor...` head, without one if `head` is empty.

    Raises `UsageError` for a text that is not a reference, `CheckpointError` for a model that is not here, not whole,
    made for another head, or of a kind that is refused.
    """
    at = locate(_reference(model))
    key = ("model", at, head, placement, at.stamp())
    return CACHE.get(key, partial(_load, at, head, placement), lambda loaded: model_bytes(loaded.model))


def load_for_task(task: str, model: str = STAND_IN) -> Loaded:
    """The model for a task of the catalog; `stand-in` and `course` are the two that the catalog has for it."""
    reference, at = parse(model, task), place(task)
    return load(reference, "" if reference.name == ZERO_SHOT == at.folder else at.head)


def tokenizer(model: str | Reference = BACKBONE) -> Any:
    """The tokenizer of a reference, without loading its weights. Raises as `load` does."""
    return _tokenizer(locate(_reference(model)))


def answered_by(model: str | Reference = BACKBONE) -> AnsweredBy:
    """Which model a reference names, for the reader to judge it by."""
    return locate(_reference(model)).answered_by


def _reference(model: str | Reference) -> Reference:
    return parse(model) if isinstance(model, str) else model


def _tokenizer(at: Location) -> Any:
    folder = at.tokenizer or at.folder
    return CACHE.get(("tokenizer", folder, at.stamp()), partial(_load_tokenizer, at, folder), lambda _: _size(folder))


def _load_tokenizer(at: Location, folder: Path) -> Any:
    from transformers import AutoTokenizer

    if at.is_bundled:
        _check_bundled(at)
    else:
        check_kind(at.folder)
        check_files(folder)
    try:
        with quiet_loading():
            return AutoTokenizer.from_pretrained(str(folder), trust_remote_code=False)
    except Exception as error:  # whatever a library raises on the files of strangers
        raise _unloadable(at, phrase("models.its-tokenizer", reason=_first_line(error))) from error


def _size(folder: Path) -> int:
    """Bytes of a tokenizer's files, for what it takes in memory."""
    return sum(file.stat().st_size for file in folder.glob("*") if file.suffix in (".json", ".txt", ".model"))


def _load(at: Location, head: str, placement: Placement) -> Loaded:
    import transformers

    if at.head is not None and head != at.head:
        why = phrase("models.for-another-head", head=at.head) if at.head else phrase("models.no-head")
        raise CheckpointError("models.other-task", checkpoint=at.answered_by.checkpoint, why=why)
    if at.is_bundled:
        _check_bundled(at)
    else:
        check(at.folder, head)
    auto = getattr(transformers, f"AutoModelFor{head}" if head else "AutoModel")
    try:
        with quiet_loading(), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # between peft and transformers, nothing for the reader
            model, report = auto.from_pretrained(
                str(at.folder), use_safetensors=True, trust_remote_code=False, output_loading_info=True,
                **placement.arguments(), **({"id2label": dict(enumerate(at.labels))} if at.labels else {}),
            )  # fmt: skip
            if at.adapter:
                from peft import PeftModel

                model, report = PeftModel.from_pretrained(model, str(at.adapter)).merge_and_unload(), {}
            model = model.eval().to("cpu" if placement.device == "auto" else placement.device)
    except Exception as error:  # whatever a library raises on the files of strangers
        raise _unloadable(at, _first_line(error)) from error
    return Loaded(model, _tokenizer(at), at.answered_by, head, tuple(_warnings(report, model.config)))


def _check_bundled(at: Location) -> None:
    """Raise `CheckpointError` when a model of the lessons is not as it was shipped; the backbone was checked when it
    was located."""
    folder = at.adapter or at.folder
    if folder.parent == paths.models_dir():
        check_bundled(folder)


def _unloadable(at: Location, why: Phrase | str) -> CheckpointError:
    code = "models.bundled-not-loadable" if at.is_bundled else "models.not-loadable"
    return CheckpointError(code, checkpoint=at.answered_by.checkpoint, why=why)


def _first_line(error: Exception) -> str:
    return next(iter(str(error).strip().splitlines()), type(error).__name__)


def _warnings(report: dict[str, Any], config: Any) -> Iterator[ResultWarning]:
    missing = sorted({key.rsplit(".", 1)[0] for key in report.get("missing_keys", ())})
    if missing:
        some = ", ".join(missing[:3]) + (" ..." if len(missing) > 3 else "")
        yield warning("models.warning.untrained-weights", names=some)
    if report.get("mismatched_keys"):
        yield warning("models.warning.mismatched-weights")
    for name, count in Counter((getattr(config, "id2label", None) or {}).values()).items():
        if count > 1:
            yield warning("models.warning.duplicate-labels", count=count, name=name)


class quiet_loading:
    """The library's load report goes to its log; what matters of it becomes a warning."""

    def __enter__(self) -> None:
        from transformers.utils import logging

        self._before = logging.get_verbosity()
        logging.set_verbosity_error()

    def __exit__(self, *_: Any) -> None:
        from transformers.utils import logging

        logging.set_verbosity(self._before)
