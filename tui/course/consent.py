"""The folders whose code the reader has allowed to run, kept in one JSON file: {"folders": {"/home/me/c": 1790000000}}

Our own course needs none. The code of any other book runs only on a key, after a question that is asked once a folder.
"""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

from tui import paths
from tui.atomic import locked, read_regular, write_atomically
from tui.course.book import Book


def is_allowed(book: Book) -> bool:
    """Whether the code of a book may run. A file that cannot be read allows nothing."""
    return book.is_bundled or _name(book.folder) in _folders()


def allow(book: Book) -> None:
    """The reader has said yes, for good. Raises `OSError` when that cannot be kept."""
    file = paths.consents_file()
    with locked(file):
        folders = {**_folders(), _name(book.folder): round(time.time())}
        write_atomically(file, json.dumps({"folders": folders}, ensure_ascii=False, indent=1) + "\n")


def _name(folder: Path) -> str:
    return str(folder.resolve())


def _folders() -> dict[str, Any]:
    try:
        folders = json.loads(read_regular(paths.consents_file())[0])["folders"]
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return {}
    return folders if isinstance(folders, dict) else {}
