"""What has been read and answered, kept in one JSON file that other programs may read:

    {
      "version": 1,
      "last": "attention-masks",                    the lesson that was open last
      "lessons": {
        "attention-masks": {                        by lesson id, never by number
          "read": ["why-a-mask", ...],              anchors of the sections that were seen to their end
          "sections": 9,                            how many there were
          "quiz": {"what-a-zero-does": true, ...},  by quiz id: whether the last answer was right
          "questions": 4,
          "place": "padding",                       anchor of the section that was open
          "line": 3                                 lines below it
        }
      }
    }

Ids and keys that this version does not know are kept. The file is written beside and renamed; what another console
wrote meanwhile is merged in, so that two of them lose nothing of each other.
"""

from __future__ import annotations

import copy
import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tui.atomic import write_atomically
from tui.course.page import Page

VERSION = 1


class Progress:
    """The reader's progress, loaded once. Never raises for a bad file.

    `changed` is called after every change, and `save` may then be called from any thread.
    """

    def __init__(self, file: Path, changed: Callable[[], None] = lambda: None) -> None:
        self._file = file
        self._changed = changed
        self._lock = threading.Lock()
        self.trouble = ""
        """Why the file could not be read or written, in a sentence."""
        self._data = self._load()

    @property
    def last(self) -> str:
        """Id of the lesson that was open last, or ''."""
        last = self._data.get("last")
        return last if isinstance(last, str) else ""

    def read(self, lesson: str) -> set[str]:
        """Anchors of the sections that were read."""
        return set(_strings(self._of(lesson).get("read")))

    def quiz(self, lesson: str) -> dict[str, bool]:
        """Whether the last answer to each question was right."""
        quiz = self._of(lesson).get("quiz")
        return {str(k): v is True for k, v in quiz.items()} if isinstance(quiz, dict) else {}

    def place(self, lesson: str) -> tuple[str, int]:
        """(anchor, lines below it) where the reader was."""
        known = self._of(lesson)
        place, line = known.get("place"), known.get("line")
        return (place if isinstance(place, str) else ""), (line if isinstance(line, int) else 0)

    def summary(self, lesson: str) -> tuple[int, int, int, int]:
        """(sections read, sections, questions right, questions); zeros for a lesson never opened."""
        known = self._of(lesson)
        sections, questions = known.get("sections"), known.get("questions")
        return (
            len(self.read(lesson)),
            sections if isinstance(sections, int) else 0,
            sum(self.quiz(lesson).values()),
            questions if isinstance(questions, int) else 0,
        )

    def open(self, page: Page) -> None:
        """The reader opened this page."""
        with self._lock:
            if page.front is not None:
                self._data["last"] = page.id
            known = self._entry(page.id)
            known["sections"] = len(page.sections)
            known["questions"] = len(page.quizzes)
        self._changed()

    def mark_read(self, lesson: str, *anchors: str) -> None:
        """Sections were seen to their ends."""
        with self._lock:
            known = self._entry(lesson)
            known["read"] = list(dict.fromkeys([*_strings(known.get("read")), *anchors]))
        self._changed()

    def mark_quiz(self, lesson: str, question: str, right: bool) -> None:
        """A question was answered."""
        with self._lock:
            self._entry(lesson)["quiz"] = {**self.quiz(lesson), question: right}
        self._changed()

    def mark_place(self, lesson: str, anchor: str, line: int) -> None:
        """The reader is here."""
        with self._lock:
            self._entry(lesson).update(place=anchor, line=line)
        self._changed()

    def save(self) -> None:
        """Write the file. A failure is kept in `trouble`; reading goes on without it."""
        with self._lock:
            ours = copy.deepcopy(self._data)
        try:
            both = _merged(_parsed(self._file)[0], ours)
            write_atomically(self._file, json.dumps(both, ensure_ascii=False, indent=1) + "\n")
        except OSError as error:
            self.trouble = f"Progress cannot be saved: {error.strerror or error} ({self._file})."
            return
        self.trouble = ""
        with self._lock:
            self._data = _merged(both, self._data)

    def _load(self) -> dict[str, Any]:
        data, broken = _parsed(self._file)
        if broken:
            aside = self._file.with_suffix(".broken.json")
            self.trouble = f"{self._file} could not be read and was put aside as {aside.name}; progress starts anew."
            try:
                self._file.replace(aside)
            except OSError:
                self.trouble = f"{self._file} cannot be read; progress starts anew."
        data.setdefault("version", VERSION)
        return data

    def _of(self, lesson: str) -> dict[str, Any]:
        lessons = self._data.get("lessons")
        known = lessons.get(lesson) if isinstance(lessons, dict) else None
        return known if isinstance(known, dict) else {}

    def _entry(self, lesson: str) -> dict[str, Any]:
        if not isinstance(self._data.get("lessons"), dict):
            self._data["lessons"] = {}
        known: dict[str, Any] = self._of(lesson)
        self._data["lessons"][lesson] = known
        return known


def _parsed(file: Path) -> tuple[dict[str, Any], bool]:
    """(the data, whether the file is there but is no such data)."""
    try:
        data = json.loads(file.read_bytes())
    except FileNotFoundError:
        return {}, False
    except (OSError, ValueError, RecursionError):
        return {}, True
    return (data, False) if isinstance(data, dict) else ({}, True)


def _merged(theirs: dict[str, Any], ours: dict[str, Any]) -> dict[str, Any]:
    """Everything of both; where both say something, ours. Sections that either has read stay read."""
    both = {**theirs, **ours}
    for name, old in theirs.items():
        new = ours.get(name)
        if isinstance(old, dict) and isinstance(new, dict):
            both[name] = _merged(old, new)
        elif name == "read" and isinstance(old, list) and isinstance(new, list):
            both[name] = [*new, *(one for one in old if one not in new)]
    return both


def _strings(value: object) -> list[str]:
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []
