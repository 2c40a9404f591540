"""Checkpoints from the Hub: how large, whether they may be loaded, and fetching them into the Hugging Face cache.

The Hub's own client does the work: when the line breaks it goes on where it was, a file appears in the cache only when
it is whole, and what is whole is not fetched twice.
"""

from __future__ import annotations

import errno
import shutil
import socket
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlsplit

from tui.errors import CheckpointError
from tui.models.catalog import SHELF, place
from tui.settings import endpoint
from tui.text.sizes import size_text

T = TypeVar("T")
KINDS = (".json", ".txt", ".model", ".safetensors", ".jinja", "README.md")
"""Ends of the names of files that a checkpoint needs. Pickled weights and code are never fetched."""
PATIENCE = 1.5
"""Seconds to wait for the Hub to answer at all; without a network its client takes 23 seconds to give up."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What would be fetched."""

    name: str
    revision: str | None
    files: tuple[str, ...]
    bytes: int
    """Of these files."""


def resolve(asked: str, revision: str | None = None) -> tuple[str, str | None]:
    """(Hub id, revision) of a task's name or of a Hub id."""
    if any(asked == one.task or asked in one.aliases for one in SHELF):
        at = place(asked)
        return at.course, revision or at.revision
    return asked, revision


def plan(name: str, revision: str | None) -> Plan:
    """Ask the Hub what a checkpoint is made of. Raises `CheckpointError`."""
    _reach()
    from huggingface_hub import HfApi

    info = _ask(name, lambda: HfApi().model_info(name, revision=revision, files_metadata=True))
    top = [file for file in info.siblings or [] if "/" not in file.rfilename and file.rfilename.endswith(KINDS)]
    if not any(file.rfilename.endswith(".safetensors") for file in top):
        raise CheckpointError("models.no-safetensors", name=name)
    return Plan(name, revision, tuple(file.rfilename for file in top), sum(file.size or 0 for file in top))


def fetch(planned: Plan) -> str:
    """Fetch it; returns the folder. Raises `CheckpointError`; files that are whole by then stay."""
    from huggingface_hub import constants, snapshot_download

    cache = constants.HF_HUB_CACHE
    try:
        free = shutil.disk_usage(_existing(cache)).free
    except OSError:
        free = planned.bytes
    if free < planned.bytes * 1.05:
        raise CheckpointError(
            "models.no-room", name=planned.name, needed=size_text(planned.bytes), free=size_text(free), cache=str(cache)
        )
    return _ask(
        planned.name,
        lambda: str(snapshot_download(planned.name, revision=planned.revision, allow_patterns=list(planned.files))),
    )


def is_at_hand(name: str, revision: str | None) -> bool:
    """Whether the cache has a configuration and every file of the weights."""
    from tui.models.checkpoint_checks import missing_weights
    from tui.models.checkpoint_folders import in_cache

    folder = in_cache(name, revision)
    return folder is not None and not missing_weights(folder)


def _reach() -> None:
    from huggingface_hub import constants

    if constants.HF_HUB_OFFLINE:
        raise CheckpointError("models.offline")
    address = urlsplit(constants.ENDPOINT)
    port = address.port or (443 if address.scheme == "https" else 80)
    try:
        socket.create_connection((address.hostname or "", port), timeout=PATIENCE).close()
    except OSError as error:
        raise CheckpointError("models.no-hub", address=constants.ENDPOINT, reason=str(error)) from error


def _ask(name: str, work: Callable[[], T]) -> T:
    from huggingface_hub.errors import (
        GatedRepoError,
        HfHubHTTPError,
        HFValidationError,
        RepositoryNotFoundError,
        RevisionNotFoundError,
    )

    try:
        return work()
    except GatedRepoError as error:
        raise CheckpointError("models.gated", name=name, address=f"{endpoint()}/{name}") from error
    except RevisionNotFoundError as error:
        raise CheckpointError("models.no-revision", name=name) from error
    except RepositoryNotFoundError as error:
        raise CheckpointError("models.not-on-hub", name=name) from error
    except HFValidationError as error:
        raise CheckpointError("models.not-a-hub-id", name=name, reason=str(error)) from error
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise CheckpointError("models.disk-full", name=name) from error
        raise CheckpointError("models.not-fetched", name=name, reason=_first(error)) from error
    except (TypeError, KeyError, ValueError) as error:  # a captive portal, or another server in the Hub's place
        raise CheckpointError("models.not-the-hub", reason=_first(error)) from error
    except HfHubHTTPError as error:
        raise CheckpointError("models.not-fetched", name=name, reason=_first(error)) from error


def _first(error: Exception) -> str:
    words = str(error).strip().splitlines()
    return words[0] if words else type(error).__name__


def _existing(folder: Any) -> Any:
    from pathlib import Path

    path = Path(folder)
    while not path.exists() and path != path.parent:
        path = path.parent
    return path
