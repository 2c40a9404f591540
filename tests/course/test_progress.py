"""Progress: kept by lesson id, merged, never lost."""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tui import atomic
from tui.course.blocks import Heading, Span
from tui.course.exercises import ExerciseRecord
from tui.course.front_matter import FrontMatter
from tui.course.merge import combine, merge
from tui.course.page import Page
from tui.course.progress import Progress
from tui.errors import UsageError, sentence


def page(id: str = "masks", *anchors: str) -> Page:
    blocks = tuple(Heading(1, 2, (Span(anchor),), anchor) for anchor in anchors or ("one", "two"))
    return Page(id, id, "en", Path(f"{id}.en.md"), blocks, FrontMatter(id, "2.5", id, 1, "", "", (), ()))


def test_what_was_done_is_there_the_next_time(tmp_path: Path) -> None:
    file = tmp_path / "deep" / "progress.json"
    one = Progress(file)
    one.open(page())
    one.mark_read("masks", "one")
    one.mark_quiz("masks", "q", True)
    one.mark_place("masks", "two", 3)
    one.save()
    two = Progress(file)
    assert two.last == "masks"
    assert two.read("masks") == {"one"}
    assert two.quiz("masks") == {"q": True}
    assert two.place("masks") == ("two", 3)
    assert two.summary("masks") == (1, 2, 1, 0)


def test_of_two_versions_of_a_cell_the_later_is_kept_and_the_lessons_own_comes_back(tmp_path: Path) -> None:
    times = iter(range(1, 100))
    first, second = (Progress(tmp_path / "progress.json", clock=lambda: next(times)) for _ in range(2))
    first.keep_cell("masks", "a", "old")
    first.keep_cell("masks", "b", "mine")
    second.keep_cell("masks", "a", "new")
    second.save()
    first.save()
    both = Progress(tmp_path / "progress.json", clock=lambda: next(times))
    assert both.cells("masks") == {"a": "new", "b": "mine"}
    both.keep_cell("masks", "b", "")
    both.save()
    assert Progress(tmp_path / "progress.json").cells("masks") == {"a": "new"}


def test_an_exercise_keeps_the_later_program_and_every_success(tmp_path: Path) -> None:
    times = iter(range(1, 100))
    first, second = (Progress(tmp_path / "progress.json", clock=lambda: next(times)) for _ in range(2))
    first.mark_exercise("masks", "pad", ExerciseRecord(3, True, 1, False, "old"))
    second.mark_exercise("masks", "pad", ExerciseRecord(1, False, 2, True, "new"))
    second.save()
    first.save()
    both = Progress(tmp_path / "progress.json")
    assert both.exercises("masks") == {"pad": ExerciseRecord(3, True, 2, True, "new")}
    assert both.exercises_passed("masks") == (1, 0)
    for bad in (None, 5, {"attempts": "many", "passed": 1, "code": None}):
        assert ExerciseRecord.read(bad) == ExerciseRecord()


def test_what_a_later_version_knows_of_an_exercise_is_kept(tmp_path: Path) -> None:
    file = tmp_path / "progress.json"
    file.write_text('{"lessons": {"masks": {"exercises": {"pad": {"stars": 5}}}}}')
    progress = Progress(file)
    progress.mark_exercise("masks", "pad", ExerciseRecord(code="x"))
    progress.save()
    assert json.loads(file.read_text())["lessons"]["masks"]["exercises"]["pad"]["stars"] == 5


def test_unknown_ids_and_keys_are_kept(tmp_path: Path) -> None:
    file = tmp_path / "progress.json"
    future = {"version": 1, "color": "blue", "lessons": {"from-the-future": {"stars": 5}, "masks": {"mood": "good"}}}
    file.write_text(json.dumps(future))
    progress = Progress(file)
    progress.mark_read("masks", "one")
    progress.save()
    kept = json.loads(file.read_text())
    assert kept["color"] == "blue"
    assert kept["lessons"]["from-the-future"] == {"stars": 5}
    assert kept["lessons"]["masks"] == {"mood": "good", "read": ["one"]}


def test_a_file_of_a_later_version_is_left_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "progress.json"
    text = '{"version": 2, "last": "masks", "lessons": {"masks": {"read": ["one"]}}, "stars": 5}'
    file.write_text(text)
    progress = Progress(file)
    assert progress.read("masks") == {"one"}
    said = progress.trouble
    assert "newer Headnotes (format 2)" in sentence("en", said)
    progress.mark_read("masks", "two")
    progress.save()
    assert progress.trouble == said
    assert file.read_text() == text
    assert progress.read("masks") == {"one", "two"}


def test_a_file_that_became_newer_meanwhile_is_left_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "progress.json"
    progress = Progress(file)
    progress.mark_read("masks", "one")
    progress.save()
    file.write_text('{"version": 2}')
    progress.mark_read("masks", "two")
    progress.save()
    assert file.read_text() == '{"version": 2}'
    assert "newer Headnotes" in sentence("en", progress.trouble)


def test_two_consoles_lose_nothing_of_each_other(tmp_path: Path) -> None:
    file = tmp_path / "progress.json"
    one, two = Progress(file), Progress(file)
    one.mark_read("masks", "one")
    one.save()
    two.mark_read("masks", "two")
    two.mark_quiz("tokens", "q", False)
    two.save()
    one.mark_read("masks", "three")
    one.save()
    assert Progress(file).read("masks") == {"one", "two", "three"}
    assert Progress(file).quiz("tokens") == {"q": False}


def test_a_broken_file_is_put_aside(tmp_path: Path) -> None:
    file = tmp_path / "progress.json"
    file.write_text('{"lessons": {"masks"')
    progress = Progress(file)
    assert "put aside" in sentence("en", progress.trouble)
    assert (tmp_path / "progress.broken.json").read_text().startswith('{"lessons"')
    progress.mark_read("masks", "one")
    progress.save()
    assert Progress(file).read("masks") == {"one"}


def test_a_file_broken_meanwhile_and_a_second_one_are_put_aside(tmp_path: Path) -> None:
    file = tmp_path / "progress.json"
    progress = Progress(file)
    for number in (1, 2):
        file.write_text(f"broken {number}")
        progress.mark_read("masks", str(number))
        progress.save()
        assert "put aside" in sentence("en", progress.trouble)
    kept = {aside.name: aside.read_text() for aside in tmp_path.glob("*.broken*.json")}
    assert kept == {"progress.broken.json": "broken 1", "progress.broken2.json": "broken 2"}
    assert Progress(file).read("masks") == {"1", "2"}


@pytest.mark.parametrize("kind", ["folder", "fifo", "link to itself", "under a file"])
def test_what_cannot_be_a_file_stops_nothing_and_is_said_once(tmp_path: Path, kind: str) -> None:
    file = tmp_path / "home" / "progress.json"
    if kind == "under a file":
        file.parent.write_text("")
    else:
        file.parent.mkdir()
        make = {"folder": file.mkdir, "fifo": lambda: os.mkfifo(file), "link to itself": lambda: file.symlink_to(file)}
        make[kind]()  # type: ignore[operator]
    progress = Progress(file)
    said = [progress.trouble]
    for number in range(3):
        progress.mark_read("masks", str(number))
        progress.save()
        said.append(progress.trouble)
    assert all(trouble == said[-1] for trouble in said if trouble)
    assert "Progress is not kept" in sentence("en", said[-1])
    assert progress.read("masks") == {"0", "1", "2"}
    if kind == "folder":
        assert file.is_dir()


def test_a_lock_that_nobody_lets_go_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(atomic, "LOCK_WAIT", 0)
    file = tmp_path / "progress.json"
    progress = Progress(file)
    progress.mark_read("masks", "one")
    with atomic.locked(file):
        progress.save()
        assert "another program has locked it" in sentence("en", progress.trouble)
        assert not file.exists()
    progress.save()
    assert progress.trouble is None
    assert Progress(file).read("masks") == {"one"}


def test_a_link_to_the_file_stays_one(tmp_path: Path) -> None:
    kept = tmp_path / "kept.json"
    link = tmp_path / "progress.json"
    link.symlink_to(kept)
    progress = Progress(link)
    progress.mark_read("masks", "one")
    progress.save()
    assert link.is_symlink()
    assert Progress(kept).read("masks") == {"one"}


def test_of_two_answers_the_later_stays_whoever_saves_last(tmp_path: Path) -> None:
    file = tmp_path / "progress.json"
    one, two = Progress(file), Progress(file)
    one.mark_quiz("masks", "q", False)
    one.mark_place("masks", "padding", 3)
    two.mark_quiz("masks", "q", True)
    two.mark_place("masks", "truth", 1)
    two.save()
    one.save()
    assert Progress(file).quiz("masks") == {"q": True}
    assert Progress(file).place("masks") == ("truth", 1)


def test_an_older_file_is_read_and_goes_on(tmp_path: Path) -> None:
    file = tmp_path / "progress.json"
    old = {"read": ["one"], "sections": 9, "quiz": {"q": True}, "questions": 4, "place": "one", "line": 3}
    file.write_text(json.dumps({"version": 1, "last": "masks", "lessons": {"masks": old}}))
    progress = Progress(file)
    assert (progress.last, progress.summary("masks"), progress.place("masks")) == ("masks", (1, 9, 1, 4), ("one", 3))
    progress.mark_quiz("masks", "q", False)
    progress.save()
    kept = json.loads(file.read_text())["lessons"]["masks"]
    assert kept.pop("times").keys() == {"quiz:q", "reviews:quiz:q"}
    assert kept.pop("reviews").keys() == {"quiz:q"}
    assert kept == {**old, "quiz": {"q": False}}


def test_a_place_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    progress = Progress(tmp_path / "file" / "progress.json")
    progress.mark_read("masks", "one")
    progress.save()
    assert "not kept" in sentence("en", progress.trouble)
    assert progress.read("masks") == {"one"}


def test_every_change_is_told(tmp_path: Path) -> None:
    told: list[int] = []
    progress = Progress(tmp_path / "progress.json", lambda: told.append(1))
    progress.open(page())
    progress.mark_read("masks", "one")
    progress.mark_quiz("masks", "q", True)
    progress.mark_place("masks", "", 0)
    assert len(told) == 4


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from(["last", "version", "lessons", "x"]), json_values))
def test_any_json_can_be_read(tmp_path_factory: object, data: dict[str, object]) -> None:
    file = tmp_path_factory.mktemp("p") / "progress.json"  # type: ignore[attr-defined]
    file.write_text(json.dumps(data))
    progress = Progress(file)
    progress.summary("masks")
    progress.place("masks")
    progress.mark_read("masks", "one")
    progress.save()
    assert "one" in progress.read("masks")
    if "newer" in sentence("en", progress.trouble):
        assert json.loads(file.read_text()) == data
    else:
        assert "one" in Progress(file).read("masks")


cards = st.fixed_dictionaries({"due": st.integers(1, 9), "last": st.integers(1, 9)})
records = st.fixed_dictionaries({"passed": st.booleans(), "attempts": st.integers(0, 3), "code": st.sampled_from("vw")})
timed = ["place", "quiz:p", "quiz:q", "answers:p", "reviews:quiz:p", "exercise:e"]
entries = st.fixed_dictionaries(
    {},
    optional={
        "read": st.lists(st.sampled_from("xyz"), unique=True),
        "place": st.sampled_from(["x", "y"]),
        "line": st.integers(0, 2),
        "quiz": st.dictionaries(st.sampled_from("pq"), st.booleans()),
        "answers": st.dictionaries(st.sampled_from("pq"), st.fixed_dictionaries({"number": st.sampled_from("12")})),
        "reviews": st.dictionaries(st.sampled_from(["quiz:p", "exercise:e"]), cards),
        "exercises": st.dictionaries(st.just("e"), records),
        "stars": st.integers(0, 2),
        "times": st.dictionaries(st.sampled_from(timed), st.integers(1, 3)),
    },
)
files = st.fixed_dictionaries(
    {},
    optional={
        "lessons": st.dictionaries(st.sampled_from("abc"), entries),
        "last": st.sampled_from("abc"),
        "seed": st.integers(0, 2),
        "from-the-future": st.dictionaries(st.sampled_from("st"), st.integers(0, 2)),
        "times": st.dictionaries(st.just("last"), st.integers(1, 3)),
    },
)


@example({"last": "b"}, {"last": "a"}, {"times": {"last": 1}})
@given(files, files, files)
def test_two_machines_come_to_the_same_in_any_order(a: dict[str, Any], b: dict[str, Any], c: dict[str, Any]) -> None:
    both = combine(a, b)
    assert both == combine(b, a)
    assert combine(both, a) == combine(both, b) == combine(both, both) == both
    assert combine(combine(a, b), c) == combine(a, combine(b, c))


@given(files, files)
def test_of_two_machines_the_newest_answer_is_kept(one: dict[str, Any], other: dict[str, Any]) -> None:
    both = combine(one, other)
    for lesson, entry in both.get("lessons", {}).items():
        for table in ("quiz", "answers", "reviews"):
            sides = [side.get("lessons", {}).get(lesson, {}) for side in (one, other)]
            assert set(entry.get(table, ())) == {name for side in sides for name in side.get(table, ())}
            for name, value in entry.get(table, {}).items():
                known = [
                    (side.get("times", {}).get(f"{table}:{name}", 0), side[table][name])
                    for side in sides
                    if name in side.get(table, {})
                ]
                assert value in [stored for when, stored in known if when == max(when for when, _ in known)]


def test_what_another_machine_exported_is_merged_and_nothing_else_is_taken(tmp_path: Path) -> None:
    here, there = Progress(tmp_path / "here.json"), Progress(tmp_path / "there.json")
    here.mark_read("masks", "one")
    here.mark_quiz("masks", "q", False)
    there.mark_read("masks", "two")
    there.mark_quiz("masks", "q", True, {"picked": [1]})
    there.export(tmp_path / "export.json")
    here.take_in(tmp_path / "export.json")
    assert Progress(tmp_path / "here.json").read("masks") == {"one", "two"}
    assert Progress(tmp_path / "here.json").quiz("masks") == {"q": True}
    before = (tmp_path / "here.json").read_text()
    for text in ("no JSON", "[]", "{}", '{"lessons": 3}', '{"version": 9, "lessons": {}}'):
        (tmp_path / "bad.json").write_text(text)
        with pytest.raises(UsageError):
            here.take_in(tmp_path / "bad.json")
    with pytest.raises(UsageError):
        here.take_in(tmp_path / "none.json")
    assert (tmp_path / "here.json").read_text() == before


@given(files, files)
def test_merging_loses_no_section_and_is_idempotent(theirs: dict[str, Any], ours: dict[str, Any]) -> None:
    both = merge(theirs, ours)
    assert merge(both, both) == both
    assert merge(both, ours) == merge(both, theirs) == both
    for side in (theirs, ours):
        for lesson, known in side.get("lessons", {}).items():
            assert set(known.get("read", ())) <= set(both["lessons"][lesson].get("read", ()))
            assert set(known.get("quiz", ())) <= set(both["lessons"][lesson].get("quiz", ()))


acts = st.one_of(
    st.tuples(st.just("read"), st.sampled_from("ab"), st.sampled_from("xyz")),
    st.tuples(st.just("quiz"), st.sampled_from("ab"), st.sampled_from("pq"), st.booleans()),
    st.tuples(st.just("place"), st.sampled_from("ab"), st.sampled_from("xyz"), st.integers(0, 9)),
    st.tuples(st.just("open"), st.sampled_from("ab")),
    st.tuples(st.just("save")),
)


@settings(max_examples=200)
@given(st.lists(st.tuples(st.integers(0, 1), acts), max_size=25), st.permutations([0, 1]))
def test_no_interleaving_of_two_consoles_loses_anything(
    tmp_path_factory: pytest.TempPathFactory, acts: list[tuple[int, tuple[Any, ...]]], last: list[int]
) -> None:
    file = tmp_path_factory.mktemp("p") / "progress.json"
    now = iter(range(1, 1000))
    consoles = [Progress(file, clock=lambda: next(now)) for _ in range(2)]
    read: dict[str, set[str]] = {"a": set(), "b": set()}
    quiz: dict[str, dict[str, bool]] = {"a": {}, "b": {}}
    place = {"a": ("", 0), "b": ("", 0)}
    opened = ""
    for number, (act, *values) in acts:
        console = consoles[number]
        match act, *values:
            case "read", lesson, anchor:
                console.mark_read(lesson, anchor)
                read[lesson].add(anchor)
            case "quiz", lesson, question, right:
                console.mark_quiz(lesson, question, right)
                quiz[lesson][question] = right
            case "place", lesson, anchor, line:
                console.mark_place(lesson, anchor, line)
                place[lesson] = (anchor, line)
            case "open", lesson:
                console.open(page(lesson))
                opened = lesson
            case _:
                console.save()
    for number in last:
        consoles[number].save()
    kept = Progress(file)
    assert kept.last == opened
    for lesson in "ab":
        assert (kept.read(lesson), kept.quiz(lesson), kept.place(lesson)) == (read[lesson], quiz[lesson], place[lesson])


def test_a_clock_that_is_behind_does_not_undo_what_was_written_after(tmp_path: Path) -> None:
    file = tmp_path / "progress.json"
    ahead = Progress(file, clock=lambda: 5000)
    ahead.mark_place("masks", "padding", 3)
    ahead.save()
    behind = Progress(file, clock=lambda: 1000)
    behind.mark_place("masks", "truth", 1)
    behind.save()
    ahead.save()
    assert Progress(file).place("masks") == ("truth", 1)


def test_consoles_that_save_at_once_lose_nothing(tmp_path: Path) -> None:
    file = tmp_path / "progress.json"

    def read_on(who: int) -> None:
        mine = Progress(file)
        for number in range(25):
            mine.mark_read("masks", f"{who}-{number}")
            mine.save()

    threads = [threading.Thread(target=read_on, args=(who,)) for who in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(Progress(file).read("masks")) == 100
