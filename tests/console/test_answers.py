"""Answers of every task as lines: what matters is there, nothing is wider than the view, hostile text stays text."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.hostile import TEXTS, texts
from tui.errors import ResultWarning
from tui.instruments.pipeline.compute import PipelineResult, StageTimes
from tui.instruments.pipeline.lines import answer_lines, marked, written
from tui.models.checkpoints import AnsweredBy
from tui.models.pipelines.answers import Answer, Candidate, Entity, LabelScore, Piece, read
from tui.text.bar import bar
from tui.text.lines import Line, line_text
from tui.text.wrap import cells

PLAIN = PipelineResult(
    task="sentiment-analysis", answered_by=AnsweredBy("x"), label="", score=0.0, text="", labels=[], entities=[],
    answers=[], candidates=[], mask="", written="", pieces=[], output=None, tokens=7, cut=False,
    milliseconds=StageTimes(1.0, 20.0, 0.5),
)  # fmt: skip
SENTENCE = "My name is Sylvain and I work at Hugging Face in Brooklyn."


def a_result(text: str = SENTENCE, **values: Any) -> PipelineResult:
    return replace(PLAIN, text=text, **values)


ENTITIES = [Entity("PER", 0.99, 11, 18), Entity("ORG", 0.97, 33, 45), Entity("LOC", 0.9, 49, 57)]
RESULTS = {
    "labels": a_result(labels=[LabelScore("POSITIVE", 0.9), LabelScore("NEGATIVE", 0.1)]),
    "entities": a_result(task="ner", entities=ENTITIES),
    "answer": a_result(task="question-answering", answers=[Answer("Hugging Face", 0.8, 33, 45)]),
    "gap": a_result("A [MASK] day.", task="fill-mask", mask="[MASK]", candidates=[Candidate(0, "good", 0.5, 2204)]),
    "written": a_result("In this", task="text-generation", pieces=[Piece(" course", 0.6), Piece(" we", 0.05)]),
    "summary": a_result(task="summarization", written="a summary"),
    "nothing": a_result(task="summarization"),
    "no entities": a_result(task="ner"),
    "beside": a_result(
        labels=[LabelScore("A", 1.0)],
        beside=a_result(
            labels=[LabelScore("LABEL_0", 0.5)],
            warnings=[ResultWarning("untrained-weights", "no weights for classifier")],
        ),
    ),
}


def text_of(lines: list[Line]) -> str:
    return "\n".join(map(line_text, lines))


@pytest.mark.parametrize("name", RESULTS)
@pytest.mark.parametrize("width", [24, 40, 57, 76, 118])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_line_is_wider_than_the_view(name: str, width: int, language: str) -> None:
    for line in answer_lines(RESULTS[name], width, language):
        assert cells(line_text(line)) <= width


def test_entities_are_marked_where_they_stand_and_listed() -> None:
    lines = answer_lines(RESULTS["entities"], 76, "en")
    seen = [text for line in lines for text, look in line if look == "match"]
    assert seen == ["Sylvain", "Hugging Face", "Brooklyn"]
    assert "Sylvain PER and" in text_of(lines)
    assert "ORG" in text_of(lines)
    assert "0.9700" in text_of(lines)


def test_the_answer_is_marked_in_its_context() -> None:
    lines = answer_lines(RESULTS["answer"], 76, "en")
    assert [text for line in lines for text, look in line if look == "match"] == ["Hugging Face"]
    assert "0.8000" in text_of(lines)


def test_every_gap_is_filled_in_place() -> None:
    two = a_result(
        "A [MASK] day and a [MASK] night.", task="fill-mask", mask="[MASK]",
        candidates=[Candidate(0, "good", 0.5, 1), Candidate(0, "bad", 0.2, 2), Candidate(1, "dark", 0.6, 3)],
    )  # fmt: skip
    text = text_of(answer_lines(two, 76, "en"))
    assert "A good day and a dark night." in text
    assert "bad" in text


def test_written_tokens_have_the_color_of_their_odds() -> None:
    looks = {text: look for line in written("In this", RESULTS["written"].pieces, 57, "en") for text, look in line}
    assert looks["In this"] == "dim"
    assert looks[" course"] == "text"
    assert looks[" we"] == "warn"
    assert "␣course" in text_of(written("", RESULTS["written"].pieces, 57, "en"))


def test_warnings_of_two_models_come_before_their_answers() -> None:
    text = text_of(answer_lines(RESULTS["beside"], 57, "en"))
    assert text.index("1.0000") < text.index("no weights") < text.index("LABEL_0")
    assert "随机数" in text_of(answer_lines(RESULTS["beside"], 57, "zh"))


def test_an_empty_answer_says_so() -> None:
    assert "answered with nothing" in text_of(answer_lines(RESULTS["nothing"], 57, "en"))
    assert "No entities" in text_of(answer_lines(RESULTS["no entities"], 57, "en"))


@given(st.floats(allow_nan=False), st.integers(0, 100))
def test_a_bar_is_never_longer_than_its_room(share: float, width: int) -> None:
    assert cells(bar(share, width)) <= width + (share <= 0)


@given(texts, st.integers(24, 120), st.data())
def test_hostile_text_in_every_place(text: str, width: int, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    for result in (
        a_result(text, task="ner", entities=[Entity(text[:9] or "X", 0.5, start, end)] if end > start else []),
        a_result(text, task="question-answering", answers=[Answer(text[start:end], 0.5, start, end)]),
        a_result(text, task="text-generation", pieces=[Piece(text[:20], 0.3)]),
        a_result(text, task="fill-mask", mask="[MASK]", candidates=[Candidate(0, text[:9], 0.5, 1)]),
        a_result(text, labels=[LabelScore(text, 0.5)], beside=a_result(text, warnings=[ResultWarning("x", text)])),
        a_result(text, task="summarization", written=text),
    ):
        shown = text_of(answer_lines(result, width, "en"))
        assert "\x1b" not in shown
        assert all(cells(line) <= width for line in shown.split("\n"))


@pytest.mark.parametrize("text", TEXTS)
def test_marks_lose_no_character(text: str) -> None:
    assert marked(text, [(0, len(text), "")], 60)


def test_outputs_of_the_library_are_sorted() -> None:
    one = {"score": 0.5, "token": 1, "token_str": " a", "sequence": "a"}
    assert [c.gap for c in read("fill-mask", [[one], [one]], "").candidates] == [0, 1]
    assert [c.word for c in read("fill-mask", [one], "").candidates] == ["a"]
    named = {"entity": "B-PER", "score": 0.5, "start": 0, "end": 1, "word": "a", "index": 1}
    assert read("token-classification", [named], "").entities == [Entity("B-PER", 0.5, 0, 1)]
    assert read("text-generation", [{"generated_text": "In this course"}], "In this").written == " course"
    assert read("translation_en_to_fr", [{"translation_text": "Oui"}], "Yes").written == "Oui"
    assert read("question-answering", {"answer": "a", "score": 1.0, "start": 0, "end": 1}, "").answers[0].text == "a"
    assert read("question-answering", [], "").answers == []
