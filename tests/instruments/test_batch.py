"""A task on rows of a data set: the answers are those of single calls, and of the code that is shown."""

from __future__ import annotations

import io
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import pytest

from tests.instruments.test_instruments import ask, execute
from tui.errors import UsageError
from tui.models.catalog import SHELF

pytestmark = pytest.mark.usefixtures("own_tables")

TEXTS = ["What a wonderful film.", "Anna lives in Lisbon and works for Siemens.", "The plot is a mess."]
TASKS: list[dict[str, Any]] = [
    {"task": "sentiment-analysis"}, {"task": "ner"}, {"task": "zero-shot-classification", "labels": "film, city"},
    {"task": "text-generation"}, {"task": "question-answering", "question": "Where does Anna live?"},
    {"task": "summarization"}, {"task": "translation_en_to_fr"}, {"task": "fill-mask"},
]  # fmt: skip
HERE = [values for values in TASKS if next(at for at in SHELF if values["task"] in (at.task, *at.aliases)).is_bundled]


@pytest.fixture
def file(tmp_path: Path) -> str:
    made = tmp_path / "texts.csv"
    made.write_text("text,label\n" + "".join(f'"{text}",{n}\n' for text, n in zip(TEXTS, (1, 1, 0), strict=True)))
    return str(made)


@pytest.mark.parametrize("values", HERE, ids=lambda values: values["task"])
def test_rows_together_answer_as_alone(values: dict[str, Any], file: str, tmp_path: Path) -> None:
    if values["task"] == "fill-mask":
        Path(file).write_text("text\nThe [MASK] is blue.\nWe eat [MASK].\n")
    result = ask("batch", path=file, rows=3, batch_size=2, **values)
    assert len(result.rows) == len(result.rows) > 1
    assert result.table is not None
    if values["task"] != "text-generation":  # what is drawn depends on what was drawn before
        alone = [ask("pipeline", text=row.text, **values) for row in result.rows]
        for row, one in zip(result.rows, alone, strict=True):
            best = [*(a.text for a in one.answers[:1]), *(c.word for c in one.candidates[:1]), one.label, one.written]
            assert row.answer == next((found for found in best if found), row.answer)
    with redirect_stdout(io.StringIO()):
        answers = execute("batch", path=file, rows=3, batch_size=2, **values)["answers"]
    assert len(answers) == len(result.rows)


def test_right_answers_are_counted(file: str) -> None:
    result = ask("batch", path=file, label="label")
    assert [row.right for row in result.rows] == ["POSITIVE", "POSITIVE", "NEGATIVE"]
    assert result.agreeing == sum(row.answer == row.right for row in result.rows) >= 2


def test_what_does_not_fit_is_told(file: str) -> None:
    with pytest.raises(UsageError, match="no column"):
        ask("batch", path=file, column="nope")
    with pytest.raises(UsageError, match="no split"):
        ask("batch", path=file, split="nope")
    with pytest.raises(UsageError):
        ask("batch", path=file, rows=0)
