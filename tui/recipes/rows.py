"""The rows of a recipe: opened, its columns found, its labels counted, its splits cut."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tui.errors import DataError, ResultWarning, UsageError, phrase, warning
from tui.recipes import checks, splits
from tui.recipes.recipe import Recipe
from tui.recipes.task import task_of
from tui.tables import opening
from tui.tables.source import Source, call, shipped

MOST_LABELS = 200
WHOLE = "rows"
"""What a data set without splits is called where splits are named."""


@dataclass(slots=True)
class Rows:
    """The two tables of a run, as they come from the data."""

    train: Any
    """A `Dataset`."""
    evaluation: Any | None
    labels: list[str] = field(default_factory=list)
    """Names of the classes, in the order of their ids; tags of words for token classification."""
    counts: dict[str, int] = field(default_factory=dict)
    """Rows (or words) of each label among the training rows."""
    notes: list[ResultWarning] = field(default_factory=list)
    """What was done without being asked for."""
    warnings: list[ResultWarning] = field(default_factory=list)
    repeated: int = 0
    """Evaluation rows whose texts are those of a training row."""


def load(recipe: Recipe) -> Rows:
    """Open the data, and look at every row. Raises `UsageError` for splits and columns that are not there, `DataError`
    for rows that cannot be used.
    """
    tables = _open(recipe)
    train, evaluation = splits.choose(tables, recipe)
    rows = Rows(None, None)
    rows.train = _checked(tables[train], recipe, train, rows.warnings)
    if train not in (recipe.train_split, WHOLE):
        rows.notes.append(warning("recipes.note.only-split", split=train))
    if evaluation:
        rows.evaluation = _checked(tables[evaluation], recipe, evaluation, rows.warnings)
    elif recipe.eval_split:
        total = rows.train.num_rows
        *parts, how = splits.cut(tables[train], recipe)  # all questions of a text are on one side of the cut
        rows.train, rows.evaluation = (task_of(recipe).flatten(part, recipe) for part in parts)
        rows.notes.append(
            warning(
                f"recipes.note.{how}",
                split=recipe.eval_split,
                rows=rows.evaluation.num_rows,
                all=total,
                seed=recipe.split_seed,
            )
        )
    rows.train = _some(rows.train, recipe.rows, recipe.split_seed)
    if rows.evaluation is not None:
        rows.evaluation = _some(rows.evaluation, recipe.eval_rows, recipe.split_seed)
        rows.repeated = _repeated(rows.train, rows.evaluation, recipe, rows.warnings)
    if task_of(recipe).has_labels:
        _find_labels(rows, recipe)
    return rows


def _open(recipe: Recipe) -> dict[str, Any]:
    """The splits, by name. Raises `DataError` that names a split without rows."""
    source = Source(
        (shipped(recipe.data),), format=recipe.format, config=recipe.config, field=recipe.field,
        delimiter=recipe.delimiter, encoding=recipe.encoding, quotes=recipe.quotes,
    )  # fmt: skip
    try:
        return opening.splits(opening.load(source).data)
    except DataError as error:
        files = call(source).options.get("data_files")
        for split, some in files.items() if isinstance(files, dict) else ():
            if _is_empty(source, some):
                raise _without_rows(recipe, split) from error
        raise


def _is_empty(source: Source, files: Any) -> bool:
    """Whether these files hold no row, which the library says of all of a data set's files alone."""
    paths = (files,) if isinstance(files, str) else tuple(files)
    try:
        opened = opening.load(dataclasses.replace(source, paths=paths))
    except DataError as error:
        return error.code == "tables.file-without-rows"
    return not sum(one.num_rows for one in opening.splits(opened.data).values())


def _without_rows(recipe: Recipe, split: str) -> DataError:
    return DataError("recipes.split-without-rows", split=split, data=recipe.data)


def _checked(table: Any, recipe: Recipe, split: str, warnings: list[ResultWarning]) -> Any:
    """A split, flat and fit for its task."""
    if not table.num_rows:
        raise _without_rows(recipe, split)
    table = task_of(recipe).flatten(table, recipe)
    if not table.num_rows:
        raise DataError("recipes.split-without-questions", split=split, data=recipe.data)
    _check_columns(table, recipe)
    warnings += checks.check(table, recipe, "" if split == WHOLE else split)
    return table


def _repeated(train: Any, evaluation: Any, recipe: Recipe, warnings: list[ResultWarning]) -> int:
    """How many evaluation rows are training rows, too."""
    names = [name for what, name in task_of(recipe).columns(recipe).items() if what not in ("label", "answer")]
    count = splits.repeated(train, evaluation, names)
    if count:
        warnings.append(warning("recipes.warning.repeated-rows", count=count, rows=evaluation.num_rows))
    return count


def _some(rows: Any, count: int, seed: int) -> Any:
    return rows.shuffle(seed=seed).select(range(count)) if 0 < count < rows.num_rows else rows


def _check_columns(rows: Any, recipe: Recipe) -> None:
    import difflib

    what_is: dict[str, str] = {}
    for what, name in task_of(recipe).columns(recipe).items():
        if name in what_is:
            raise UsageError("recipes.column-twice", column=name, first=what_is[name], second=what)
        what_is[name] = what
        if name not in rows.column_names:
            near = difflib.get_close_matches(name, rows.column_names, 1)
            hint = phrase("errors.did-you-mean", name=near[0]) if near else ""
            columns = rows.column_names[:20]
            raise UsageError(
                "recipes.no-such-column", data=recipe.data, column=name, hint=hint, option=what, columns=columns
            )


def _find_labels(rows: Rows, recipe: Recipe) -> None:
    """Names and counts of the labels; a label is a class of the data set, a text, or a whole number."""
    named = checks.class_names(rows.train, recipe)
    found = Counter(_flat(rows.train[recipe.label]))
    other = Counter(_flat(rows.evaluation[recipe.label])) if rows.evaluation is not None else Counter()
    unknown = [value for value in other if value not in found]
    if named:
        rows.labels = named
        rows.counts = {name: found.get(place, 0) for place, name in enumerate(named)}
    else:
        rows.labels = list(dict.fromkeys(str(value) for value in _in_order([*found, *unknown])))
        rows.counts = dict.fromkeys(rows.labels, 0)
        for value, count in found.items():
            rows.counts[str(value)] += count
    if len(rows.labels) > MOST_LABELS:
        raise DataError("recipes.too-many-labels", column=recipe.label, count=len(rows.labels))
    if len(present := [name for name, count in rows.counts.items() if count]) < 2:
        raise DataError("recipes.one-label", column=recipe.label, labels=present[:1])
    rows.warnings += _doubtful_labels(rows.labels, [name for name in rows.labels if not rows.counts[name]])


def _doubtful_labels(labels: list[str], untrained: list[str]) -> Iterator[ResultWarning]:
    """Labels that no training row has; labels that are one word, written in several ways."""
    if untrained:
        yield warning("recipes.warning.label-without-rows", labels=untrained[:5])
    alike: dict[str, list[str]] = {}
    for label in labels:
        alike.setdefault(" ".join(label.split()).casefold(), []).append(label)
    for several in alike.values():
        if len(several) > 1:
            yield warning("recipes.warning.label-spelling", labels=list(map(repr, several)), count=len(several))


def _in_order(values: list[Any]) -> list[Any]:
    """Sorted; `O` comes first among tags, as is the custom."""
    return sorted(values, key=lambda value: (value != "O", isinstance(value, str), value))


def label_ids(rows: Rows, recipe: Recipe) -> dict[Any, int]:
    """From what stands in the label's column to its id."""
    if checks.class_names(rows.train, recipe):
        return {place: place for place in range(len(rows.labels))}
    by_name = {name: place for place, name in enumerate(rows.labels)}
    seen = set(_flat(rows.train[recipe.label]))
    if rows.evaluation is not None:
        seen |= set(_flat(rows.evaluation[recipe.label]))
    return {value: by_name[str(value)] for value in seen}


def _flat(column: Any) -> list[Any]:
    return [one for value in column for one in (value if isinstance(value, list) else [value])]
