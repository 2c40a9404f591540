"""Folders by what a reader typed: a path, or a name that the Hugging Face cache knows."""

from __future__ import annotations

from pathlib import Path

from tui import paths


def folder_of(text: str) -> Path | None:
    """The folder that a text names, absolute; None when it names none."""
    try:
        folder = paths.expanded(text)
        return paths.absolute(folder) if folder.is_dir() else None
    except (OSError, ValueError, RuntimeError):  # too long, not a path at all, the home of nobody
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
