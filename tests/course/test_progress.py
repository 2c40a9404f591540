"""Progress: kept by lesson id, merged, never lost."""

from __future__ import annotations

import json
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from tui.course.blocks import Heading, Span
from tui.course.page import FrontMatter, Page
from tui.course.progress import Progress, _merged


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


def test_unknown_ids_and_keys_are_kept(tmp_path: Path) -> None:
    file = tmp_path / "progress.json"
    future = {"version": 7, "colour": "blue", "lessons": {"from-the-future": {"stars": 5}, "masks": {"mood": "good"}}}
    file.write_text(json.dumps(future))
    progress = Progress(file)
    progress.mark_read("masks", "one")
    progress.save()
    kept = json.loads(file.read_text())
    assert kept["version"] == 7
    assert kept["colour"] == "blue"
    assert kept["lessons"]["from-the-future"] == {"stars": 5}
    assert kept["lessons"]["masks"] == {"mood": "good", "read": ["one"]}


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
    assert "put aside" in progress.trouble
    assert (tmp_path / "progress.broken.json").read_text().startswith('{"lessons"')
    progress.mark_read("masks", "one")
    progress.save()
    assert Progress(file).read("masks") == {"one"}


def test_a_place_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    progress = Progress(tmp_path / "file" / "progress.json")
    progress.mark_read("masks", "one")
    progress.save()
    assert "cannot be saved" in progress.trouble
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
    assert "one" in Progress(file).read("masks")


lessons = st.dictionaries(
    st.sampled_from("abc"), st.fixed_dictionaries({"read": st.lists(st.sampled_from("xyz"), unique=True)})
)


@given(lessons, lessons)
def test_merging_loses_no_section_and_is_idempotent(theirs: dict[str, object], ours: dict[str, object]) -> None:
    both = _merged(theirs, ours)
    assert _merged(both, both) == both
    for side in (theirs, ours):
        for lesson, known in side.items():
            assert set(known["read"]) <= set(both[lesson]["read"])  # type: ignore[index]
