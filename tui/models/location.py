"""Where the model of a reference lies on this machine. Opens no weights, fetches nothing."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from tui import paths
from tui.errors import CheckpointError, Phrase, phrase, quoted
from tui.models import checkpoints
from tui.models.adapters import adapter_base, adapter_head, adapter_labels
from tui.models.catalog import SHELF
from tui.models.checkpoint_folders import folder_of, in_cache
from tui.models.checkpoints import AnsweredBy, Checkpoint
from tui.models.reference import BACKBONE, BEST, LAST, Reference, catalog_names
from tui.models.run_checkpoints import best_step, whole_checkpoints
from tui.text.sizes import size_text

FILES = ("config.json", "model.safetensors", "model.safetensors.index.json", "adapter_config.json",
         "adapter_model.safetensors", "tokenizer.json", "tokenizer_config.json")  # fmt: skip
"""A change of one of these makes another model of a folder."""
LABELED = ("SequenceClassification", "TokenClassification")
"""Heads that have labels."""


@dataclass(frozen=True, slots=True)
class Location:
    """The folders of a model, and what to call it."""

    answered_by: AnsweredBy
    folder: Path
    """A whole checkpoint."""
    adapter: Path | None = None
    """What changes its weights."""
    tokenizer: Path | None = None
    """Where the tokenizer lies, if not in `folder`."""
    head: str | None = None
    """The one `AutoModelFor...` that the weights are for, empty for none; None: the checkpoint says."""
    labels: tuple[str, ...] = ()
    """Of an adapter's head, by their ids."""
    is_bundled: bool = False
    """Whether its files are known by their digests."""

    def stamp(self) -> tuple[tuple[str, int, int], ...]:
        """When its files were changed, and how large they are: a run saves its model anew."""
        folders = {self.folder, self.adapter or self.folder, self.tokenizer or self.folder}
        return tuple(sorted(_stamps(folders)))


def locate(reference: Reference) -> Location:
    """Find a model. Raises `CheckpointError` that says what to do when it is not here."""
    match reference.kind:
        case "catalog":
            return _in_catalog(reference.name)
        case "run":
            return _in_run(reference)
    if (folder := folder_of(str(reference))) is not None:
        return Location(AnsweredBy(folder.name), folder)
    if reference.kind == "hub" and (cached := in_cache(reference.name, reference.revision or None)) is not None:
        return Location(AnsweredBy(reference.name), cached)
    raise _absent(reference)


def run_names(most: int | None = None) -> list[str]:
    """Runs that have a model, the newest first, `most` of them; no further run is looked into."""
    newest_first = sorted(_runs(), key=lambda run: run.stat().st_mtime, reverse=True)
    ready = (run.name for run in newest_first if (run / "model").is_dir() or whole_checkpoints(run))
    return list(islice(ready, most))


def _in_catalog(name: str) -> Location:
    backbone = checkpoints.backbone()
    base = Path(backbone.folder)
    if name == BACKBONE:
        return Location(backbone.answered(), base, is_bundled=True)
    at = next(at for at in SHELF if at.folder == name)
    if not at.is_bundled:
        raise CheckpointError("models.no-stand-in", task=at.task, folder=str(at.standin))
    if name == "sentiment":
        checkpoints.sentiment()  # which says what is missing
    answered_by = Checkpoint(at.called, str(at.standin), "lessons", at.course).answered()
    if at.adapter:
        labels = tuple(checkpoints.LABELS.values()) if name == "sentiment" else adapter_labels(at.standin)
        return Location(answered_by, base, at.standin, head=at.head, labels=labels, is_bundled=True)
    if not (at.standin / "config.json").is_file():  # embeddings of the backbone are compared
        return Location(answered_by, base, head="", is_bundled=True)
    return Location(answered_by, at.standin, is_bundled=True)


def _in_run(reference: Reference) -> Location:
    run = _run_folder(reference.name)
    saved = {checkpoint.step: checkpoint.folder for checkpoint in whole_checkpoints(run)}
    model = run / "model"
    has_model = (model / "config.json").is_file()
    if reference.revision == BEST and has_model:
        return Location(AnsweredBy(str(reference)), model)
    if reference.revision.isdigit() and int(reference.revision) not in saved:
        raise CheckpointError(
            "models.no-such-step", run=run.name, step=int(reference.revision), steps=list(saved), last=LAST
        )
    step = int(reference.revision) if reference.revision.isdigit() else max(saved, default=None)
    if reference.revision == BEST and (best := best_step(run)) in saved:
        step = best
    if step is None and has_model:  # every checkpoint was deleted: what the run ended with is the last
        return Location(AnsweredBy(str(reference)), model)
    if step is None:
        raise CheckpointError("models.run-without-model", run=run.name)
    answered_by = AnsweredBy(f"run:{reference.name}, step {step}")
    if (base := adapter_base(saved[step])) is None:
        return Location(answered_by, saved[step])
    head = adapter_head(saved[step])
    labels = adapter_labels(saved[step]) if head in LABELED else ()
    return Location(answered_by, base, saved[step], tokenizer=saved[step], head=head, labels=labels)


def _runs() -> list[Path]:
    try:
        return [folder for folder in paths.runs_dir().iterdir() if (folder / "about.json").is_file()]
    except OSError:
        return []


def _run_folder(name: str) -> Path:
    for text in (str(paths.runs_dir() / name), name):
        folder = folder_of(text)
        if folder is not None and (folder / "about.json").is_file():
            return folder
    names = [run.name for run in _runs()]
    raise CheckpointError(
        "models.no-such-run", name=quoted(name), hint=_hint(name, names) if names else phrase("models.no-runs")
    )


def _absent(reference: Reference) -> CheckpointError:
    if reference.kind == "folder":
        hint = _hint(reference.name, catalog_names())
        return CheckpointError("models.no-such-folder", name=quoted(reference.name), hint=hint)
    at = next((at for at in SHELF if at.course == reference.name), None)
    size = f" ({size_text(at.megabytes * 1e6)})" if at else ""
    revision = f" --revision {reference.revision}" if reference.revision and not at else ""
    near = difflib.get_close_matches(reference.name, catalog_names(), 1)
    return CheckpointError(
        "models.not-here",
        name=str(reference),
        hint=phrase("errors.did-you-mean", name=near[0]) if near else "",
        command=f"headnotes models get {at.task if at else reference.name}{revision}{size}",
        names=catalog_names(),
    )


def _hint(name: str, names: Sequence[str]) -> Phrase:
    near = difflib.get_close_matches(name, names, 1)
    return phrase("errors.did-you-mean", name=near[0]) if near else phrase("models.there-are", names=list(names[:8]))


def _stamps(folders: set[Path]) -> Iterator[tuple[str, int, int]]:
    for folder in folders:
        for name in FILES:
            try:
                status = (folder / name).stat()
            except OSError:
                continue
            yield str(folder / name), status.st_mtime_ns, status.st_size
