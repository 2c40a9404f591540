"""The rows of a recipe: what cannot be used has a row and a reason; what is set aside is fair and always the same."""

from __future__ import annotations

import csv
import json
import math
import random
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.errors import DataError, HeadnotesError, UsageError
from tui.recipes import planning, rows, splits
from tui.recipes.recipe import read

pytestmark = pytest.mark.usefixtures("own_tables")

WORDS = ["good", "bad", "film", "plot", "actor", "scene", "music", "story", "dull", "fine"]
QA = {"task": "question-answering", "text": "context"}


def texts(count: int, seed: int = 1) -> list[str]:
    chance = random.Random(seed)
    return [" ".join(chance.choices(WORDS, k=8)) for _ in range(count)]


def table(count: int = 60, **columns: Any) -> list[dict[str, Any]]:
    """Rows of texts with two labels; a column is a value for all, or a function of the row's number."""
    made = [{"text": text, "label": str(at % 3 % 2)} for at, text in enumerate(texts(count))]
    for at, row in enumerate(made):
        row |= {name: value(at) if callable(value) else value for name, value in columns.items()}
    return made


def write(file: Path, some: list[dict[str, Any]]) -> str:
    """As CSV or JSON lines, as the name says."""
    file.parent.mkdir(exist_ok=True)
    if file.suffix == ".csv":
        with file.open("w", newline="", encoding="utf-8") as out:
            writer = csv.DictWriter(out, list(some[0]) if some else ["text", "label"])
            writer.writeheader()
            writer.writerows(some)
    else:
        file.write_text("".join(json.dumps(row) + "\n" for row in some), "utf-8")
    return str(file)


def loaded(data: str, **values: Any) -> rows.Rows:
    return rows.load(read({"data": data, **values}))


def codes(found: rows.Rows) -> set[str]:
    return {warning.code for warning in found.warnings}


# -- rows that cannot be used ---------------------------------------------------------------------------------------


def answered(at: int) -> dict[str, Any]:
    """A row of question answering; the answer of the sixth is nowhere in its text."""
    context = texts(30)[at]
    return {"context": context, "question": "what is it?", "answer": "zebra" if at == 5 else context.split()[3]}


FAULTS: dict[str, tuple[str, list[dict[str, Any]], dict[str, Any], str]] = {
    "missing text": ("a.csv", table(text=lambda at: "" if at == 17 else f"text {at}"), {}, "Row 17 of train"),
    "missing label": ("a.csv", table(label=lambda at: "" if at in (17, 40) else at % 2), {}, "Row 17 of train"),
    "a number for a text": ("a.jsonl", table(text=3), {}, "Row 0 of train (counted from 0): text is 3"),
    "list labels": ("a.jsonl", table(label=[1, 0]), {}, "label is [1, 0]: text-classification takes one label"),
    "one list among labels": ("a.jsonl", table(label=lambda at: [1] if at == 9 else "x"), {}, "Row 9 of train"),
    "fractions": ("a.csv", table(label=lambda at: 1.5 if at == 4 else at % 2), {}, "label is 1.5, a fraction"),
    "an answer outside": ("a.jsonl", [answered(at) for at in range(30)], QA, "Row 5 of train (counted from 0): the a"),
    "words that are a text": ("a.jsonl", table(label=["O"]), {"task": "token-classification"}, "a list is expected"),
    "too few tags": (
        "a.jsonl", table(text=["a", "b"], label=lambda at: ["O"] * (2 - (at == 7))), {"task": "token-classification"},
        "Row 7 of train (counted from 0): 2 words in text and 1 tags",
    ),
    "a tag that is missing": (
        "a.jsonl", table(text=["a", "b"], label=["O", None]), {"task": "token-classification"}, "Row 0 of train",
    ),
    "one label": ("a.csv", table(label="1"), {}, "only one value"),
    "every label once": ("a.csv", table(20, label=str), {}, "Every label in label has only one row."),
    "no row to train on": ("a.csv", table(20), {"eval_share": 0.99}, "eval_share=0.99 leaves none"),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_a_row_that_cannot_be_used_has_its_number_in_the_file(fault: str, tmp_path: Path) -> None:
    """Whatever is set aside or drawn: the number is that of the file."""
    name, some, values, words = FAULTS[fault]
    data = write(tmp_path / name, some)
    for seed in (1, 2):
        with pytest.raises(DataError) as caught:
            loaded(data, seed=seed, split_seed=seed, **values)
        assert words in caught.value.title
        assert caught.value.next_step


def test_what_is_wrong_with_a_split_names_it(tmp_path: Path) -> None:
    folder = tmp_path / "some"
    write(folder / "train.csv", table())
    write(folder / "validation.csv", [])
    with pytest.raises(DataError, match=r"The split 'validation' of .* has no rows"):
        loaded(str(folder))
    write(folder / "validation.csv", table(9, text=lambda at: "" if at == 4 else "good"))
    with pytest.raises(DataError, match="Row 4 of validation"):
        loaded(str(folder))
    write(folder / "validation.csv", table(9))
    assert loaded(str(folder)).evaluation.num_rows == 9  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"eval_split": "validaton"}, "has no split 'validaton'"), ({"train_split": "trian"}, "has no split 'trian'"),
        ({"eval_split": "test"}, "has no split 'test'"),
    ],
)  # fmt: skip
def test_a_split_that_is_not_there_is_never_something_else(values: dict[str, str], words: str, tmp_path: Path) -> None:
    data = write(tmp_path / "a.csv", table())
    with pytest.raises(UsageError, match=words) as caught:
        loaded(data, **values)
    assert "train" in caught.value.next_step


def test_one_split_of_another_name_is_the_one_to_train_on(tmp_path: Path) -> None:
    from datasets import Dataset, DatasetDict

    DatasetDict(test=Dataset.from_list(table())).save_to_disk(tmp_path / "kept")
    found = loaded(str(tmp_path / "kept"))
    assert (found.train.num_rows, found.evaluation.num_rows) == (54, 6)  # type: ignore[union-attr]
    assert "'test' is the only split" in found.notes[0].message


def test_classes_that_are_kept_secret(tmp_path: Path) -> None:
    """As the test splits of GLUE: -1 where nobody is told the class."""
    from datasets import ClassLabel, Dataset, Features, Value

    features = Features({"text": Value("string"), "label": ClassLabel(names=["no", "yes"])})
    made = Dataset.from_list([{"text": "a", "label": -1 if at == 3 else at % 2} for at in range(20)], features)
    made.save_to_disk(tmp_path / "kept")
    with pytest.raises(DataError, match=r"Row 3 \(counted from 0\): label is -1, and the classes are 0 to 1"):
        loaded(str(tmp_path / "kept"))


@pytest.mark.parametrize(
    "odd", ["a text", 7, [], ["x"], {"text": "x"}, {"text": [3]}, {"text": ["one"], "answer_start": 5}]
)
@pytest.mark.parametrize("column", ["answers", "question"])
def test_a_column_of_answers_or_questions_that_holds_other_things(column: str, odd: Any, tmp_path: Path) -> None:
    """One row of another kind is refused with a sentence, or read; never a traceback of the library's."""
    right: dict[str, Any] = {
        "answers": {"text": ["one"], "answer_start": [8]}, "question": [{"question": "Which?", "answer": "one"}],
    }  # fmt: skip
    lines = [{"context": "This is one text.", "question": "Which?", column: right[column]} for _ in range(60)]
    lines[41][column] = odd
    data = write(tmp_path / "mixed.jsonl", lines)
    try:
        found = loaded(data, **QA)
    except HeadnotesError as error:
        assert "Row " in str(error)
    else:
        assert found.train.num_rows + found.evaluation.num_rows >= 59


def test_squads_own_answers(tmp_path: Path) -> None:
    """A record with lists; where an answer begins is taken from there; a question without an answer has none."""
    contexts = ["one two one two", "three"]
    some = [{"id": str(at), "context": contexts[at % 2], "question": "which?",
             "answers": {"text": ["one"] if at % 2 == 0 else [], "answer_start": [8] if at % 2 == 0 else []}}
            for at in range(20)]  # fmt: skip
    data = write(tmp_path / "squad.jsonl", some)
    for values in (QA, {**QA, "answer": "answers"}):
        recipe = read({"data": data, "eval_split": "", "max_length": 32, **values})
        found = rows.load(recipe)
        assert found.train[0][recipe.answer] == "one"
        assert found.train[1][recipe.answer] == ""
        plan = planning.plan(recipe)
        assert plan.rows == 20
    from tui.recipes import base_models, features

    tokenizer = base_models.tokenizer(recipe)
    made = features.make(found, recipe, tokenizer).train
    row = made[0]
    assert tokenizer.decode(row["input_ids"][row["start_positions"] : row["end_positions"] + 1]) == "one"
    assert row["input_ids"][: row["start_positions"]].count(row["input_ids"][row["start_positions"]]) == 1, "the second"
    assert made[1]["start_positions"] == made[1]["end_positions"] == 0
    some[7] = {**some[7], "answers": {"text": ["zebra"], "answer_start": [0]}}
    with pytest.raises(DataError, match="Row 7 of train"):
        loaded(write(tmp_path / "wrong.jsonl", some), **QA)


def test_questions_in_lists_have_the_row_of_their_text(tmp_path: Path) -> None:
    some: list[dict[str, Any]] = [
        {"context": text, "questions": [{"question": "a?", "answer": "good"}, {"question": "b?", "answer": text}]}
        for text in (f"good {text}" for text in texts(20))
    ]
    values = {**QA, "question": "questions"}
    found = loaded(write(tmp_path / "lists.jsonl", some), **values)
    assert found.train.num_rows + found.evaluation.num_rows == 40  # type: ignore[union-attr]
    some[13]["questions"][1]["answer"] = "zebra"
    with pytest.raises(DataError, match="Row 13 of train"):
        loaded(write(tmp_path / "lists2.jsonl", some), **values)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"max_length": 513}, "max_length=513 is more than MiniLM takes. It has 512 positions."),
        ({"max_length": 8, **QA}, "the question alone fills max_length=8"),
        ({"task": "masked-lm", "max_length": 512}, "shorter than one block"),
        ({"task": "masked-lm", "max_length": 40}, "shorter than one block"),
        ({"device": "cuda:7"}, "There is no GPU cuda:7."),
        ({"launcher": "accelerate", "launch_config": "none.yaml"}, "none.yaml cannot be read"),
        ({"warmup": 100.0, "schedule": "polynomial", "max_steps": 100}, "divides by zero"),
    ],
)  # fmt: skip
def test_what_would_fail_later_is_refused_by_the_plan(values: dict[str, Any], words: str, tmp_path: Path) -> None:
    some = table(60, context=lambda at: texts(60)[at], question="a question of nine words is a long one",
                 answer=lambda at: texts(60)[at].split()[0])  # fmt: skip
    if values.get("max_length") == 40:  # enough to train on; what is set aside fills no block
        some = table(20)
    with pytest.raises(HeadnotesError) as caught:
        planning.plan(read({"data": write(tmp_path / "a.jsonl", some), **values}))
    assert words in str(caught.value)


# -- warnings -------------------------------------------------------------------------------------------------------


def test_labels_that_differ_in_blanks_or_case(tmp_path: Path) -> None:
    found = loaded(write(tmp_path / "a.csv", table(label=lambda at: ["pos", "neg", "pos ", "Neg"][at % 4])))
    said = [warning.message for warning in found.warnings if warning.code == "label-spelling"]
    assert len(said) == 2
    assert "'pos', 'pos '" in said[1]
    assert "'Neg', 'neg'" in said[0]
    assert "label-spelling" not in codes(loaded(write(tmp_path / "b.csv", table())))


def test_a_label_that_is_only_evaluated(tmp_path: Path) -> None:
    write(tmp_path / "some/train.csv", table(label=lambda at: "ab"[at % 2]))
    write(tmp_path / "some/validation.csv", table(10, label=lambda at: "abc"[at % 3]))
    found = loaded(str(tmp_path / "some"))
    assert "label-without-rows" in codes(found)
    assert found.labels == ["a", "b", "c"]


def test_rows_on_both_sides_of_the_cut_are_counted(tmp_path: Path) -> None:
    twice = [*table(50), *table(50)]
    found = loaded(write(tmp_path / "a.csv", twice), eval_share=0.2)
    train, evaluation = set(found.train["text"]), list(found.evaluation["text"])  # type: ignore[index]
    assert found.repeated == sum(text in train for text in evaluation) > 0
    said = next(warning.message for warning in found.warnings if warning.code == "repeated-rows")
    assert said.startswith(f"{found.repeated} of the 20 evaluation rows")
    assert loaded(write(tmp_path / "b.csv", table(50))).repeated == 0


def test_empty_texts_and_long_warmups_are_warned_of(tmp_path: Path) -> None:
    data = write(tmp_path / "a.jsonl", table(text=lambda at: " " if at in (3, 8) else f"text {at}"))
    plan = planning.plan(read({"data": data, "warmup": 1000.0}))
    found = {warning.code: warning.message for warning in plan.warnings}
    assert found["empty-text"] == "2 rows of train have an empty text; the first is row 3 (counted from 0)."
    assert found["long-warmup"].startswith("The warm-up takes 1,000 steps and the run has 21")


def test_one_label_that_is_nearly_all_and_texts_that_are_cut(tmp_path: Path) -> None:
    some = table(100, text=lambda at: "good film " * 90, label=lambda at: int(at < 2))
    plan = planning.plan(read({"data": write(tmp_path / "a.csv", some)}))
    found = {warning.code: warning.message for warning in plan.warnings}
    assert set(found) >= {"one-label", "few-rows", "truncated", "repeated-rows"}
    assert found["truncated"].startswith("100% of the rows are longer than max_length=128")
    assert found["few-rows"] == "Fewer than 10 rows with 1: nothing can be learned from so few."


# -- what is set aside ----------------------------------------------------------------------------------------------


def test_every_training_seed_is_measured_on_the_same_rows(tmp_path: Path) -> None:
    data = write(tmp_path / "a.csv", table(200))
    for values in ({}, {"stratify": False}, {"eval_rows": 7}, {"rows": 50, "eval_rows": 7}):
        one, other = (loaded(data, seed=seed, **values) for seed in (0, 1))
        assert one.evaluation["text"] == other.evaluation["text"]  # type: ignore[index]
        assert one.train["text"] == other.train["text"]
    third = loaded(data, split_seed=7)
    assert loaded(data).evaluation["text"] != third.evaluation["text"]  # type: ignore[index]


def test_a_rare_label_is_among_what_is_set_aside(tmp_path: Path) -> None:
    data = write(tmp_path / "rare.csv", table(400, label=lambda at: "rare" if at % 40 == 0 else "common"))
    for seed in range(12):
        found = loaded(data, split_seed=seed)
        assert Counter(found.evaluation["label"]) == {"common": 39, "rare": 1}  # type: ignore[index]


def test_the_rows_of_before_can_be_had(tmp_path: Path) -> None:
    """`stratify = false` and the training seed as split_seed: the library's own cut, by which models were measured."""
    from datasets import load_dataset

    data = write(tmp_path / "a.csv", table(90))
    plain = load_dataset("csv", data_files=data, split="train").train_test_split(test_size=0.1, seed=5)
    found = loaded(data, seed=5, split_seed=5, stratify=False, rows=40, eval_rows=8)
    assert found.train["text"] == plain["train"].shuffle(seed=5).select(range(40))["text"]
    assert found.evaluation["text"] == plain["test"].shuffle(seed=5).select(range(8))["text"]  # type: ignore[index]


def test_splits_that_come_with_the_data_stay(tmp_path: Path) -> None:
    write(tmp_path / "some/train.csv", table(30))
    write(tmp_path / "some/validation.csv", table(12))
    found = loaded(str(tmp_path / "some"), split_seed=3)
    assert found.train["text"] == texts(30)
    assert found.evaluation["text"] == texts(12)  # type: ignore[index]
    assert found.notes == []


@given(
    st.lists(st.sampled_from("aaaaabbbcd") | st.integers(0, 2), min_size=2, max_size=200), st.floats(0.01, 0.6),
    st.integers(0, 2**32 - 1),
)  # fmt: skip
def test_every_label_has_its_share(labels: list[Any], share: float, seed: int) -> None:
    chosen = splits.set_aside(labels, share, seed)
    assert chosen == sorted(set(chosen)) == splits.set_aside(labels, share, seed)
    counts = Counter(map(str, labels))
    often = sum(count for count in counts.values() if count > 1)
    assert len(chosen) == min(math.ceil(len(labels) * share), often)
    each = Counter(str(labels[row]) for row in chosen)
    for label, count in counts.items():
        if count == 1:
            assert each[label] == 0
        else:
            assert abs(each[label] - count * len(chosen) / often) < 1 + 1e-9
