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
from tui.text.sizes import size_said

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
        raise CheckpointError(
            f"{name} has no safetensors weights, and others are refused.",
            "Loading a pickle runs whatever code is in it.",
            "Look for another revision (a pull request on the Hub often has them: --revision refs/pr/1).",
        )
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
            f"{planned.name} needs {size_said(planned.bytes)}, and {size_said(free)} are free.",
            f"The cache is {cache}.",
            "Make room, or set HF_HOME to a larger disk.",
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
        raise CheckpointError(
            "HF_HUB_OFFLINE is set, so nothing is fetched.", "", "Unset it, or go on with the stand-in."
        )
    address = urlsplit(constants.ENDPOINT)
    port = address.port or (443 if address.scheme == "https" else 80)
    try:
        socket.create_connection((address.hostname or "", port), timeout=PATIENCE).close()
    except OSError as error:
        raise CheckpointError(
            f"{constants.ENDPOINT} cannot be reached.", str(error), "Go on with the stand-in; it needs no network."
        ) from error


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
        raise CheckpointError(
            f"{name} is given only to people who accepted its terms.",
            "",
            f"Accept them at {endpoint()}/{name}, then: hf auth login",
        ) from error
    except RevisionNotFoundError as error:
        raise CheckpointError(
            f"{name} has no such revision.", "", "Leave --revision out to take the newest."
        ) from error
    except RepositoryNotFoundError as error:
        raise CheckpointError(
            f"The Hub has no {name}, or it is private.", "", "Check the spelling: owner/name."
        ) from error
    except HFValidationError as error:
        raise CheckpointError(
            f"{name} is no Hub id.", str(error), "A Hub id looks like openai-community/gpt2."
        ) from error
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise CheckpointError(
                f"The disk filled up while {name} was fetched.",
                "What is whole stays and is used the next time.",
                "Make room, or set HF_HOME to a larger disk, and ask again.",
            ) from error
        raise CheckpointError(
            f"{name} could not be fetched.", _first(error), "Ask again: what is whole is not fetched twice."
        ) from error
    except (TypeError, KeyError, ValueError) as error:  # a captive portal, or another server in the Hub's place
        raise CheckpointError(
            "What answered does not speak as the Hub does.", _first(error), "Check HF_ENDPOINT and the network."
        ) from error
    except HfHubHTTPError as error:
        raise CheckpointError(
            f"{name} could not be fetched.", _first(error), "Ask again: what is whole is not fetched twice."
        ) from error


def _first(error: Exception) -> str:
    words = str(error).strip().splitlines()
    return words[0] if words else type(error).__name__


def _existing(folder: Any) -> Any:
    from pathlib import Path

    path = Path(folder)
    while not path.exists() and path != path.parent:
        path = path.parent
    return path
