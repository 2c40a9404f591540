"""What `course.toml` says of a course:

id = "my-course"                    # names the file of its progress; letters, digits and hyphens
title.en = "My course"
title.zh = "我的课程"
languages = ["en", "zh"]            # both when left out

[[chapter]]
number = "1"
folder = "1-first-steps"            # inside the course's folder
title.en = "First steps"
title.zh = "第一步"
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tui.atomic import read_regular
from tui.errors import LessonError, quoted
from tui.text.catalog import LANGUAGES

PLAN = "course.toml"
MOST_BYTES = 65_536
"""Of the file: a thousand chapters."""
_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")


@dataclass(frozen=True, slots=True)
class CoursePlan:
    """The head of a course, and (number, titles, folder) of each chapter in reading order."""

    id: str
    titles: Mapping[str, str]
    languages: tuple[str, ...]
    chapters: tuple[tuple[str, dict[str, str], Path], ...]


def read_plan(folder: Path) -> CoursePlan:
    """The plan of the course in a folder. Raises `LessonError` when there is none, or one that makes no sense."""
    try:
        data, size = read_regular(folder / PLAN, MOST_BYTES)
        if size > MOST_BYTES:
            raise LessonError("course.plan-too-long", folder=str(folder), most=MOST_BYTES)
        values = tomllib.loads(data.decode("utf-8-sig"))
    except FileNotFoundError:
        raise LessonError("course.no-course", folder=str(folder), reason="") from None
    except (OSError, ValueError, RecursionError) as error:
        reason = getattr(error, "strerror", None) or str(error) or "nested too deeply"
        raise LessonError("course.no-course", folder=str(folder), reason=f"{PLAN}: {reason}") from error
    chapters = values.get("chapter", [])
    if not isinstance(chapters, list) or not all(isinstance(chapter, dict) for chapter in chapters):
        raise LessonError("course.no-chapters", plan=str(folder / PLAN))
    languages = values.get("languages")
    return CoursePlan(
        id=_id(values, folder),
        titles=titles_of(values),
        languages=tuple(code for code in LANGUAGES if code in languages) if isinstance(languages, list) else LANGUAGES,
        chapters=tuple((str(c.get("number", "")), titles_of(c), _inside(c, folder)) for c in chapters),
    )


LANGUAGE_FOLDERS = {"en": ("en",), "zh": ("zh-CN", "zh")}
"""The folders of each language of ours, in the courses of Hugging Face."""
CONTENTS = "_toctree.yml"


_ROOTS = ("chapters", "units", "notebooks")


def course_name(folder: Path) -> str:
    """The name of the folder that holds a whole course, seen from a folder of its pages."""
    inside = {*_ROOTS, *(name for names in LANGUAGE_FOLDERS.values() for name in names)}
    here = folder.resolve()
    return next((place.name for place in (here, *here.parents) if place.name not in inside), "") or here.name


def contents_files(folder: Path) -> list[Path]:
    """Where a table of contents may be: in a folder, or in those of the languages in a checkout of the whole course."""
    names = [name for names in LANGUAGE_FOLDERS.values() for name in names]
    roots = (folder, *(folder / root for root in _ROOTS))
    return [folder / CONTENTS, *(root / name / CONTENTS for root in roots for name in names)]


def id_from(text: str) -> str:
    """An id made of any words."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:64].strip("-") or "course"


def _id(values: Mapping[str, Any], folder: Path) -> str:
    course_id = values.get("id")
    if course_id is None:
        return id_from(folder.resolve().name)
    if not isinstance(course_id, str) or not _ID.fullmatch(course_id):
        raise LessonError("course.bad-id", plan=str(folder / PLAN), id=quoted(str(course_id)))
    return course_id


def titles_of(values: Mapping[str, Any]) -> dict[str, str]:
    """The title by language: `title.en = "..."`, or one for all."""
    title = values.get("title", {})
    if isinstance(title, dict):
        return {str(language): str(text) for language, text in title.items()}
    return {LANGUAGES[0]: str(title)}


def _inside(chapter: Mapping[str, Any], folder: Path) -> Path:
    path = Path(str(chapter.get("folder", "")).replace("\0", ""))
    if path.is_absolute() or ".." in path.parts:
        raise LessonError("course.outside", plan=str(folder / PLAN), path=quoted(str(path)))
    return path
