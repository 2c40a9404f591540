"""What has been read and answered, kept in one JSON file that other programs may read:

    {
      "version": 1,
      "last": "attention-masks",                    the lesson that was open last
      "lessons": {
        "attention-masks": {                        by lesson id, never by number
          "read": ["why-a-mask", ...],              anchors of the sections that were seen to their end
          "sections": 9,                            how many there were
          "quiz": {"what-a-zero-does": true, ...},  by quiz id: whether the last answer was right
          "answers": {                              by quiz id: what was picked (places in the file) or typed last
            "what-a-zero-does": {"picked": [2]},    "number": "105", "revealed": true: the answer was shown
          },
          "questions": 4,
          "cells": {"a3f0...": "print(2)", ...},    the reader's code, by the digest of the lesson's; "" is the lesson's
          "exercises": {                            by exercise id
            "pad-by-hand": {"attempts": 2, "passed": true, "hints": 1, "solution_seen": false, "code": "..."}
          },
          "reviews": {                              when questions and exercises return: see `course.cards`
            "quiz:what-a-zero-does": {"stability": 2.3, "difficulty": 2.1, "due": 179..., "last": 179..., ...},
            "exercise:pad-by-hand": {...}           {"retired": true}: it is not in the lesson any more
          },
          "tasks": 2,                               how many exercises there are
          "place": "padding",                       anchor of the section that was open
          "line": 3,                                lines below it
          "times": {                                when these were written, in seconds since 1970 (older files: none)
            "place": 1790000000.5,                  "place" and "line"
            "sections": 1790000000.5,               "sections", "questions" and "tasks"
            "quiz:what-a-zero-does": 1790000000.5,  whether the answer was right
            "answers:what-a-zero-does": 179000...,  the answer
            "cells:a3f0...": 1790000000.5,          the code of that cell
            "exercise:pad-by-hand": 1790000000.5,   what was written in that exercise
            "reviews:quiz:what-a-zero-does": 179... when that was asked last
          }
        }
      },
      "seed": 812345,                               mixes the choices of the questions
      "models": {"2": "run:mine"},                   the reader's model by chapter; "" is the lessons' own
      "times": {"last": 1790000000.5, "models:2": 1790000000.5}
    }

Ids and keys that this version does not know are kept, and a file of a later version is left as it is. Several consoles
may write the file: each locks it, merges what it has with what is there, entry by entry, the later of two (a section
that was read stays read), writes beside it and renames.
"""

from __future__ import annotations

import copy
import json
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tui.atomic import locked, read_regular, write_atomically
from tui.course.cards import Card, card_of_old_answer, grade
from tui.course.exercises import ExerciseRecord
from tui.course.merge import combine, merge, strings, time_of
from tui.errors import Phrase, UsageError, phrase

if TYPE_CHECKING:
    from tui.course.page import Page

VERSION = 1


class Progress:
    """The reader's progress, loaded once. Never raises for a bad file.

    `changed` is called after every change, and `save` may then be called from any thread.
    """

    def __init__(
        self, file: Path, changed: Callable[[], None] = lambda: None, clock: Callable[[], float] = time.time
    ) -> None:
        self._file = file
        self._changed = changed
        self._clock = clock
        self._lock = threading.Lock()
        self._failure: Phrase | None = None
        """The first of a row of failures: it is said once, not in other words with each."""
        self.trouble: Phrase | None = None
        """Why the file could not be read or written."""
        self._data = self._load()

    @property
    def last(self) -> str:
        """Id of the lesson that was open last, or ''."""
        last = self._data.get("last")
        return last if isinstance(last, str) else ""

    def read(self, lesson: str) -> set[str]:
        """Anchors of the sections that were read."""
        return set(strings(self._of(lesson).get("read")))

    def quiz(self, lesson: str) -> dict[str, bool]:
        """Whether the last answer to each question was right."""
        quiz = self._of(lesson).get("quiz")
        return {str(k): v is True for k, v in quiz.items()} if isinstance(quiz, dict) else {}

    def answers(self, lesson: str) -> dict[str, Any]:
        """The last answer to each question, as `Answering.plain` wrote it."""
        answers = self._of(lesson).get("answers")
        return {k: v for k, v in answers.items() if isinstance(v, dict)} if isinstance(answers, dict) else {}

    def cards(self, lesson: str) -> dict[str, Card]:
        """When what was answered returns, by `quiz:id` and `exercise:id`."""
        entry = self._of(lesson)
        reviews = entry.get("reviews")
        reviews = reviews if isinstance(reviews, dict) else {}
        names = dict.fromkeys([*reviews, *(f"quiz:{question}" for question in self.quiz(lesson))])
        cards: dict[str, Card] = {}
        for name in names:
            card, (kind, _, id_) = Card.read(reviews.get(name)), name.partition(":")
            if name not in reviews:
                card = card_of_old_answer(self.quiz(lesson)[id_], time_of(entry, name))
            if card is not None and kind in ("quiz", "exercise"):
                cards[name] = card
        return cards

    def mark_review(self, lesson: str, name: str, is_known: bool) -> None:
        """The reader was asked again, or for the first time."""
        with self._lock:
            self._grade(lesson, name, is_known)
        self._changed()

    def retire(self, lesson: str, name: str) -> None:
        """This is not in the lesson any more, and does not return."""
        with self._lock:
            self._put_review(lesson, name, {"retired": True})
        self._changed()

    def _grade(self, lesson: str, name: str, is_known: bool) -> None:
        now = self._clock()
        before = self.cards(lesson).get(name)
        card = grade(before, is_known, now)
        if card is not before:
            self._put_review(lesson, name, card.plain())

    def _put_review(self, lesson: str, name: str, value: dict[str, Any]) -> None:
        entry = self._entry(lesson)
        reviews = entry.get("reviews")
        entry["reviews"] = {**(reviews if isinstance(reviews, dict) else {}), name: value}
        self._stamp(entry, f"reviews:{name}")

    @property
    def now(self) -> float:
        """The time by the clock that dates what is written here."""
        return self._clock()

    @property
    def seed(self) -> str:
        """What mixes the choices of questions: another for every reader, the same every day."""
        with self._lock:
            if not isinstance(self._data.get("seed"), int):
                self._data["seed"] = secrets.randbelow(10**9)
            return str(self._data["seed"])

    def cells(self, lesson: str) -> dict[str, str]:
        """The reader's code by the key of its cell."""
        cells = self._of(lesson).get("cells")
        return {k: v for k, v in cells.items() if isinstance(v, str) and v} if isinstance(cells, dict) else {}

    def exercises(self, lesson: str) -> dict[str, ExerciseRecord]:
        """How far the reader has come with each exercise that was opened."""
        exercises = self._of(lesson).get("exercises")
        records = exercises.items() if isinstance(exercises, dict) else ()
        return {str(name): ExerciseRecord.read(record) for name, record in records}

    def exercises_passed(self, lesson: str) -> tuple[int, int]:
        """(exercises passed, exercises); zeros for a lesson never opened."""
        tasks = self._of(lesson).get("tasks")
        return sum(record.passed for record in self.exercises(lesson).values()), tasks if isinstance(tasks, int) else 0

    def model(self, chapter: str) -> str:
        """The reference of the reader's model for a chapter; '' for the lessons' own."""
        models = self._data.get("models")
        model = models.get(chapter) if isinstance(models, dict) else None
        return model if isinstance(model, str) else ""

    def keep_model(self, chapter: str, model: str) -> None:
        """The reader's model for a chapter; '' is the lessons' own again."""
        if self.model(chapter) == model:
            return
        with self._lock:
            models = self._data.get("models")
            self._data["models"] = {**(models if isinstance(models, dict) else {}), chapter: model}
            self._stamp(self._data, f"models:{chapter}")
        self._changed()

    def place(self, lesson: str) -> tuple[str, int]:
        """(anchor, lines below it) where the reader was."""
        entry = self._of(lesson)
        place, line = entry.get("place"), entry.get("line")
        return (place if isinstance(place, str) else ""), (line if isinstance(line, int) else 0)

    def summary(self, lesson: str) -> tuple[int, int, int, int]:
        """(sections read, sections, questions right, questions); zeros for a lesson never opened."""
        entry = self._of(lesson)
        sections, questions = entry.get("sections"), entry.get("questions")
        return (
            len(self.read(lesson)),
            sections if isinstance(sections, int) else 0,
            sum(self.quiz(lesson).values()),
            questions if isinstance(questions, int) else 0,
        )

    def open(self, page: Page) -> None:
        """The reader opened this page."""
        with self._lock:
            if page.is_lesson:
                self._data["last"] = page.id
                self._stamp(self._data, "last")
            entry = self._entry(page.id)
            entry.update(sections=len(page.sections), questions=len(page.quizzes), tasks=len(page.exercises))
            self._stamp(entry, "sections")
        self._changed()

    def mark_read(self, lesson: str, *anchors: str) -> None:
        """Sections were seen to their ends."""
        with self._lock:
            entry = self._entry(lesson)
            entry["read"] = list(dict.fromkeys([*strings(entry.get("read")), *anchors]))
        self._changed()

    def mark_quiz(self, lesson: str, question: str, right: bool, answer: Mapping[str, Any] | None = None) -> None:
        """A question was answered: this way, where that is to be shown again."""
        with self._lock:
            self._grade(lesson, f"quiz:{question}", right)
            entry = self._entry(lesson)
            entry["quiz"] = {**self.quiz(lesson), question: right}
            self._stamp(entry, f"quiz:{question}")
            if answer is not None:
                entry["answers"] = {**self.answers(lesson), question: dict(answer)}
                self._stamp(entry, f"answers:{question}")
        self._changed()

    def keep_cell(self, lesson: str, key: str, code: str) -> None:
        """The reader's code of a cell; '' is the lesson's again."""
        if self.cells(lesson).get(key, "") == code:
            return
        with self._lock:
            entry = self._entry(lesson)
            cells = entry.get("cells")
            entry["cells"] = {**(cells if isinstance(cells, dict) else {}), key: code}
            self._stamp(entry, f"cells:{key}")
        self._changed()

    def mark_exercise(self, lesson: str, exercise: str, record: ExerciseRecord) -> None:
        """The reader has written, tried or seen something."""
        with self._lock:
            entry = self._entry(lesson)
            exercises = entry.get("exercises")
            exercises = exercises if isinstance(exercises, dict) else {}
            before = exercises.get(exercise)
            before = before if isinstance(before, dict) else {}
            entry["exercises"] = {**exercises, exercise: {**before, **record.plain()}}
            self._stamp(entry, f"exercise:{exercise}")
        self._changed()

    def mark_place(self, lesson: str, anchor: str, line: int) -> None:
        """The reader is here."""
        with self._lock:
            entry = self._entry(lesson)
            entry.update(place=anchor, line=line)
            self._stamp(entry, "place")
        self._changed()

    def save(self, merging: Callable[[dict[str, Any], dict[str, Any]], dict[str, Any]] = merge) -> None:
        """Write the file. A failure is kept in `trouble`; reading goes on without it."""
        with self._lock:
            ours = copy.deepcopy(self._data)
        self.trouble = None
        try:
            with locked(self._file):
                theirs = self._stored()
                if _is_newer(theirs):
                    self.trouble = self._left_alone(theirs)
                    return
                both = merging(theirs, ours)
                if both != theirs:
                    write_atomically(self._file, json.dumps(both, ensure_ascii=False, indent=1) + "\n")
        except OSError as error:
            self.trouble = self._describe_failure(error)
            return
        self._failure = None
        with self._lock:
            self._data = merging(both, self._data)

    def export(self, file: Path) -> None:
        """Write everything to a file. Raises `UsageError`."""
        try:
            write_atomically(file, json.dumps(self._data, ensure_ascii=False, indent=1) + "\n")
        except OSError as error:
            code = "course.progress-not-written"
            raise UsageError(code, name=str(file), reason=error.strerror or str(error)) from error

    def take_in(self, file: Path) -> None:
        """Merge what another machine exported, and save. Raises `UsageError`; then nothing has changed."""
        if self.trouble:
            raise UsageError("course.progress-unusable", reason=self.trouble)
        try:
            if not file.exists():
                raise UsageError("course.no-progress-file", name=str(file))
            theirs = _parsed(file)
            if not isinstance(theirs.get("lessons", {}), dict) or not {"version", "lessons"} & theirs.keys():
                raise ValueError("no lessons in it")
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or ""
            raise UsageError("course.not-progress", name=str(file), reason=reason) from error
        if _is_newer(theirs):
            raise UsageError("course.newer-progress", name=str(file), version=str(theirs["version"]))
        with self._lock:
            self._data = combine(self._data, theirs)
        self.save(merging=combine)
        if self.trouble:
            raise UsageError("course.progress-unusable", reason=self.trouble)

    def _load(self) -> dict[str, Any]:
        data: dict[str, Any] = {}
        try:
            try:
                data = _parsed(self._file)
            except ValueError:
                with locked(self._file):
                    data = self._stored()
        except OSError as error:
            self.trouble = self._describe_failure(error)
        if _is_newer(data):
            self.trouble = self._left_alone(data)
        data.setdefault("version", VERSION)
        return data

    def _stored(self) -> dict[str, Any]:
        """What is in the file; one that holds no progress is put aside. Raises `OSError`. To be called while locked."""
        try:
            return _parsed(self._file)
        except ValueError:
            number = 1
            while (aside := self._file.with_suffix(f".broken{number if number > 1 else ''}.json")).exists():
                number += 1
            self._file.replace(aside)
            self.trouble = phrase("course.progress-put-aside", file=str(self._file), aside=aside.name)
            return {}

    def _describe_failure(self, error: OSError) -> Phrase:
        self._failure = self._failure or phrase(
            "course.progress-not-kept", reason=error.strerror or str(error), file=str(self._file)
        )
        return self._failure

    def _left_alone(self, data: dict[str, Any]) -> Phrase:
        return phrase("course.progress-newer", file=str(self._file), version=data["version"])

    def _stamp(self, entry: dict[str, Any], name: str) -> None:
        """What has this name was written now: later than what was known of it, whatever the clock says."""
        times = entry.get("times")
        before = time_of(entry, name)
        entry["times"] = {**(times if isinstance(times, dict) else {}), name: max(self._clock(), before + 1e-6)}

    def _of(self, lesson: str) -> dict[str, Any]:
        lessons = self._data.get("lessons")
        entry = lessons.get(lesson) if isinstance(lessons, dict) else None
        return entry if isinstance(entry, dict) else {}

    def _entry(self, lesson: str) -> dict[str, Any]:
        if not isinstance(self._data.get("lessons"), dict):
            self._data["lessons"] = {}
        entry: dict[str, Any] = self._of(lesson)
        self._data["lessons"][lesson] = entry
        return entry


def _parsed(file: Path) -> dict[str, Any]:
    """What is in the file. Raises `OSError`, and `ValueError` for what holds no progress."""
    try:
        data = json.loads(read_regular(file)[0])
    except FileNotFoundError:
        return {}
    except RecursionError:
        raise ValueError("nested too deeply") from None
    if not isinstance(data, dict):
        raise ValueError("not an object")
    return data


def _is_newer(data: dict[str, Any]) -> bool:
    version = data.get("version")
    return isinstance(version, int | float) and version > VERSION
