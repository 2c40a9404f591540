"""SHA-256 of every file that ships with the models of the lessons: weights, configurations, tokenizers.

`python -m tui.models.digests` writes the list anew, after a model was trained again.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from tui import paths
from tui.errors import CheckpointError, phrase

LIST = "digests.json"


def digest(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def digests(folder: Path) -> dict[str, str]:
    """Of every file of a model but its card, by name."""
    return {file.name: digest(file) for file in sorted(folder.iterdir()) if file.is_file() and file.suffix != ".md"}


def check_bundled(folder: Path) -> None:
    """Raise `CheckpointError` when a model of the lessons is not, file for file, the one that was shipped."""
    try:
        shipped = json.loads((folder.parent / LIST).read_text("utf-8"))[folder.name]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CheckpointError(
            "models.no-digests", path=str(folder.parent / LIST), name=folder.name, reason=str(error)
        ) from None
    here = digests(folder)
    for name in sorted({*shipped, *here}):
        if shipped.get(name) != here.get(name):
            state = "missing" if name not in here else "added" if name not in shipped else "altered"
            raise CheckpointError(
                "models.bundled-altered", name=folder.name, file=phrase(f"models.{state}", path=str(folder / name))
            )


def write(models: Path) -> None:
    """The list of all models in a folder."""
    found = {folder.name: digests(folder) for folder in sorted(models.iterdir()) if folder.is_dir()}
    (models / LIST).write_text(json.dumps(found, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    write(paths.models_dir())
