"""The course that `headnotes lessons new` begins with: a chapter of one lesson, in both languages, with every fence."""

from __future__ import annotations

from pathlib import Path

from tui.course.plan import id_from
from tui.errors import LessonError


def write_starter(folder: Path) -> list[Path]:
    """Write the course into a new or empty folder; returns its files. Raises `LessonError`, `OSError`."""
    if folder.is_dir() and any(folder.iterdir()):
        raise LessonError("course.folder-not-empty", folder=str(folder))
    source = Path(__file__).parent
    files = []
    for original in sorted(file for file in source.rglob("*") if file.suffix in (".toml", ".md")):
        file = folder / original.relative_to(source)
        file.parent.mkdir(parents=True, exist_ok=True)
        text = original.read_text("utf-8").replace('"my-course"', f'"{id_from(folder.resolve().name)}"')
        file.write_text(text, "utf-8")
        files.append(file)
    return files
