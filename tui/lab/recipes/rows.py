"""The rows of a recipe: opened, its columns found, its labels counted, its splits cut."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from tui.errors import DataError, UsageError
from tui.lab.tables import opening
from tui.lab.tables.source import Source, shipped
from tui.runs.recipe import Recipe

MOST_LABELS = 200


@dataclass(slots=True)
class Rows:
    """The two tables of a run, as they come from the data."""

    train: Any
    """A `Dataset`."""
    evaluation: Any | None
    labels: list[str] = field(default_factory=list)
    """Names of the classes, in the order of their ids; tags of words for token classification."""
    counts: dict[str, int] = field(default_factory=dict)
    """Rows (or words) of each label among those to learn from."""
    notes: list[str] = field(default_factory=list)
    """What was done without being asked for."""


def columns(recipe: Recipe) -> dict[str, str]:
    """Columns that the task reads, by what they are to it."""
    match recipe.task:
        case "question-answering":
            return {"text": recipe.text, "question": recipe.question, "answer": recipe.answer}
        case "seq2seq":
            return {"text": recipe.text, "target": recipe.target}
        case "causal-lm" | "masked-lm":
            return {"text": recipe.text}
        case "token-classification":
            return {"text": recipe.text, "label": recipe.label}
    pair = {"pair": recipe.pair} if recipe.pair else {}
    return {"text": recipe.text, **pair, "label": recipe.label}


def load(recipe: Recipe) -> Rows:
    """Open the data. Raises `UsageError` for splits and columns that are not there, `DataError` for bad rows."""
    source = Source(
        (shipped(recipe.data),), format=recipe.format, config=recipe.config, field=recipe.field,
        delimiter=recipe.delimiter, encoding=recipe.encoding, quotes=recipe.quotes,
    )  # fmt: skip
    splits = opening.splits(opening.load(source).data)
    rows = _cut(splits, recipe)
    if recipe.task == "question-answering":
        rows.train, rows.evaluation = (_single_questions(one, recipe) for one in (rows.train, rows.evaluation))
    for one in (rows.train, rows.evaluation):
        if one is not None:
            _check_columns(one, recipe)
    rows.train = _some(rows.train, recipe.rows, recipe.seed)
    if rows.evaluation is not None:
        rows.evaluation = _some(rows.evaluation, recipe.eval_rows, recipe.seed)
    if "label" in columns(recipe):
        _find_labels(rows, recipe)
    return rows


def _cut(splits: dict[str, Any], recipe: Recipe) -> Rows:
    """The split to learn from and the one to measure on."""
    if recipe.train_split in splits:
        train = splits[recipe.train_split]
    elif len(splits) == 1:
        train = next(iter(splits.values()))
    else:
        raise UsageError(
            f"{recipe.data} has no split {recipe.train_split!r}.", next_step=f"train_split is: {', '.join(splits)}."
        )
    if not recipe.eval_split:
        return Rows(train, None)
    if recipe.eval_split in splits and splits[recipe.eval_split] is not train:
        return Rows(train, splits[recipe.eval_split])
    if len(splits) > 1 and recipe.eval_split != "validation":
        raise UsageError(
            f"{recipe.data} has no split {recipe.eval_split!r}.",
            next_step=f"eval_split is: {', '.join(splits)}, or empty.",
        )
    if train.num_rows < 2:
        raise DataError(f"{recipe.data} has one row alone.", "", "Training needs more.")
    parts = train.train_test_split(test_size=recipe.eval_share, seed=recipe.seed)
    note = (
        f"There is no split {recipe.eval_split!r}: {parts['test'].num_rows:,} of {train.num_rows:,} rows are set aside."
    )
    return Rows(parts["train"], parts["test"], notes=[note])


def _some(rows: Any, count: int, seed: int) -> Any:
    return rows.shuffle(seed=seed).select(range(count)) if 0 < count < rows.num_rows else rows


def _check_columns(rows: Any, recipe: Recipe) -> None:
    import difflib

    what_is: dict[str, str] = {}
    for what, name in columns(recipe).items():
        if name in what_is:
            raise UsageError(f"{name!r} cannot be both {what_is[name]} and {what}.", next_step=f"Say another {what}=.")
        what_is[name] = what
        if name not in rows.column_names:
            near = difflib.get_close_matches(name, rows.column_names, 1)
            hint = f"Did you mean {near[0]!r}? " if near else ""
            raise UsageError(
                f"{recipe.data} has no column {name!r}.",
                next_step=f"{hint}Say {what}=, one of: {', '.join(rows.column_names[:20])}.",
            )


def _find_labels(rows: Rows, recipe: Recipe) -> None:
    """Names and counts of the labels; a label is a class of the data set, a text, or a whole number."""
    feature = rows.train.features[recipe.label]
    named = getattr(getattr(feature, "feature", feature), "names", None)
    words = recipe.task == "token-classification"
    found = Counter(_values(rows.train[recipe.label], words, recipe))
    other = Counter(_values(rows.evaluation[recipe.label], words, recipe)) if rows.evaluation is not None else Counter()
    unknown = [value for value in other if value not in found]
    if named:
        rows.labels = list(named)
        rows.counts = {name: found.get(place, 0) for place, name in enumerate(named)}
    else:
        rows.labels = [str(value) for value in _in_order([*found, *unknown])]
        rows.counts = dict.fromkeys(rows.labels, 0) | {str(value): count for value, count in found.items()}
    if unknown and not named:
        shown = ", ".join(map(str, unknown[:5]))
        rows.notes.append(f"Nothing to learn {shown} from: the rows with it are all among those to measure on.")
    if len(rows.labels) > MOST_LABELS:
        raise DataError(
            f"{recipe.label} has {len(rows.labels):,} different values.",
            "Labels are few and come again; this looks like a text or a number to be predicted.",
            "Name another column with label=.",
        )
    if len(rows.labels) < 2:
        raise DataError(
            f"{recipe.label} has one value alone: {rows.labels[:1]}.", "", "There is nothing to tell apart."
        )


def _values(column: Any, words: bool, recipe: Recipe) -> list[Any]:
    found: list[Any] = []
    for number, value in enumerate(column):
        if value is None or (words and not isinstance(value, list)):
            what = "is missing" if value is None else f"is {value!r}, where a list of tags is expected"
            raise DataError(f"Row {number:,}: {recipe.label} {what}.", "", "Drop such rows first: filter(...).")
        found += value if words else [value]
    if any(isinstance(value, float) and not float(value).is_integer() for value in found):
        raise DataError(f"{recipe.label} holds fractions.", "A label is one of a few classes.", "Name another column.")
    return found


def _in_order(values: list[Any]) -> list[Any]:
    """Sorted; `O` comes first among tags, as is the custom."""
    return sorted(values, key=lambda value: (value != "O", isinstance(value, str), value))


def label_ids(rows: Rows, recipe: Recipe) -> dict[Any, int]:
    """From what stands in the label's column to its id."""
    feature = rows.train.features[recipe.label]
    if getattr(getattr(feature, "feature", feature), "names", None):
        return {place: place for place in range(len(rows.labels))}
    by_name = {name: place for place, name in enumerate(rows.labels)}
    seen = set(_flat(rows.train[recipe.label]))
    if rows.evaluation is not None:
        seen |= set(_flat(rows.evaluation[recipe.label]))
    return {value: by_name[str(value)] for value in seen}


def _flat(column: Any) -> list[Any]:
    return [one for value in column for one in (value if isinstance(value, list) else [value])]


def _single_questions(rows: Any, recipe: Recipe) -> Any:
    """A row for each question, where the data keeps the questions of a text in a list of records."""
    if rows is None or recipe.question not in rows.column_names or recipe.text not in rows.column_names:
        return rows
    first = rows[0][recipe.question] if rows.num_rows else None
    if not (isinstance(first, list) and first and isinstance(first[0], dict)):
        return rows
    known = set(first[0])
    if not {"question", "answer"} <= known:
        raise UsageError(
            f"The records in {recipe.question} have {', '.join(sorted(known))}.",
            next_step="A list of questions has records with question and answer.",
        )

    def apart(batch: dict[str, list[Any]]) -> dict[str, list[Any]]:
        pairs = [
            (text, one) for text, some in zip(batch[recipe.text], batch[recipe.question], strict=True) for one in some
        ]
        return {
            recipe.text: [text for text, _ in pairs],
            recipe.question: [one["question"] for _, one in pairs],
            recipe.answer: [one["answer"] for _, one in pairs],
        }

    return rows.map(apart, batched=True, remove_columns=rows.column_names)
