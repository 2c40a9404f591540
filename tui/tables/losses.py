"""What a file format cannot hold of a table: found before anything is written, column by column.

CSV has no types and one way to write "nothing"; JSON has numbers and texts. Parquet and a saved folder keep everything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

CHECKED_NUMBERS = 100_000
"""Numbers of a column that are written and read once to see whether 15 digits hold them."""
CHECKED_TEXTS = 1_000_000
NAMED = 6
"""Columns that a sentence names."""
NUMBER_LIKE = (
    r"^([ \t\n\v\f\r]*[+-]?([0-9]+([.][0-9]*)?|[.][0-9]+)([eE][+-]?[0-9]+)?[ \t\n\v\f\r]*|[+-]?(?i:inf(inity)?))$"
)
"""Texts that pandas reads as numbers, with blanks around them or without."""
TRUTH_WORDS = ("True", "TRUE", "true", "False", "FALSE", "false")
"""Texts that it reads as truth values."""
MISSING_WORDS = (
    "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN", "<NA>", "N/A", "NA", "NULL",
    "NaN", "None", "n/a", "nan", "null",
)  # fmt: skip
"""Texts that pandas, and so the library, reads as missing values."""


@dataclass(frozen=True, slots=True)
class Loss:
    """One thing that is not in the file."""

    code: str
    """`nested`, `class-names`, `times`, `decimals`, `bytes`, `not-finite`, `rounded`, `empty-texts`, `reread-texts`."""
    columns: list[str]

    @property
    def where(self) -> str:
        """The columns for a sentence, the first of many."""
        first = ", ".join(self.columns[:NAMED])
        return first if len(self.columns) <= NAMED else f"{first} ... ({len(self.columns):,})"


def losses(parts: dict[str, Any], ending: str) -> list[Loss]:
    """What saving these splits under a name with that ending loses. Streams are judged by their types alone."""
    if ending not in (".csv", ".json", ".jsonl"):
        return []
    by_code: dict[str, list[str]] = {}
    for part in parts.values():
        for column, code in _column_losses(part, is_csv=ending == ".csv"):
            if column not in by_code.setdefault(code, []):
                by_code[code].append(column)
    return [Loss(code, columns) for code, columns in by_code.items()]


def nested_columns(part: Any) -> list[str]:
    """Columns of lists, records and JSON: CSV has no way to write them but as JSON text."""
    features = part.features or {}
    return [name for name, feature in features.items() if _is_nested(feature)]


def _is_nested(feature: Any) -> bool:
    return isinstance(feature, dict | list) or type(feature).__name__ in ("List", "LargeList", "Sequence", "Json")


def _column_losses(part: Any, *, is_csv: bool) -> Iterator[tuple[str, str]]:
    features = part.features or {}
    is_stream = type(part).__name__.startswith("Iterable")
    for name, feature in features.items():
        for code in _type_losses(feature, is_csv):
            yield name, code
        if not is_stream:
            values = part.with_format("arrow").select_columns([name])
            for code, is_lost in (_CSV_VALUES if is_csv else _JSON_VALUES).get(_kind(feature), ()):
                if is_lost(values):
                    yield name, code
            if is_csv and len(features) == 1 and _kind(feature) == "text" and _has_blank_lines(values):
                yield name, "reread-texts"


def _type_losses(feature: Any, is_csv: bool) -> Iterator[str]:
    if is_csv and _is_nested(feature):
        yield "nested"
        return
    for leaf in _leaves(feature):
        if type(leaf).__name__ == "ClassLabel":
            yield "class-names"
        dtype = str(getattr(leaf, "dtype", ""))
        if dtype.startswith(("timestamp", "date", "time", "duration")):
            yield "times"
        elif dtype.startswith("decimal"):
            yield "decimals"
        elif "binary" in dtype:
            yield "bytes"


def _leaves(feature: Any) -> Iterator[Any]:
    if isinstance(feature, dict):
        for inner in feature.values():
            yield from _leaves(inner)
    elif isinstance(feature, list):
        yield from _leaves(feature[0])
    elif _is_nested(feature) and hasattr(feature, "feature"):
        yield from _leaves(feature.feature)
    else:
        yield feature


def _kind(feature: Any) -> str:
    dtype = str(getattr(feature, "dtype", ""))
    if dtype.startswith("float"):
        return "float"
    return "text" if dtype in ("string", "large_string") else ""


def _is_not_a_number(values: Any) -> bool:
    import pyarrow.compute as pc

    return any(pc.any(pc.is_nan(chunk)).as_py() for chunk in _chunks(values))


def _is_not_finite(values: Any) -> bool:
    import pyarrow.compute as pc

    return any(pc.any(pc.invert(pc.is_finite(chunk))).as_py() for chunk in _chunks(values))


def _is_rounded(values: Any) -> bool:
    numbers = values[: min(values.num_rows, CHECKED_NUMBERS)].column(0).to_pylist()
    # pandas writes at most 15 digits, and of small numbers at most 15 decimals
    return any(
        number is not None and not float(f"{number:.15g}") == float(f"{number:.15f}") == number
        for number in numbers
        if number == number
    )


def _has_empty_texts(values: Any) -> bool:
    import pyarrow.compute as pc

    return any(pc.any(pc.equal(chunk, "")).as_py() for chunk in _chunks(values))


def _has_blank_lines(values: Any) -> bool:
    """Whether a text is blanks alone: where it is the whole line, the line is skipped."""
    import pyarrow.compute as pc

    return any(pc.any(pc.match_substring_regex(chunk, r"^\s+$")).as_py() for chunk in _chunks(values))


def _is_reread(values: Any) -> bool:
    """Whether a text is read again as missing, or all of them as numbers, or as truth values."""
    import pyarrow as pa
    import pyarrow.compute as pc

    words, truths, all_numbers, all_truths, seen = pa.array(MISSING_WORDS), pa.array(TRUTH_WORDS), True, True, 0
    for chunk in _chunks(values):
        chunk = pc.drop_null(chunk.cast(pa.string()))
        if pc.any(pc.is_in(chunk, words)).as_py():
            return True
        all_numbers = all_numbers and pc.all(pc.match_substring_regex(chunk, NUMBER_LIKE)).as_py() is not False
        all_truths = all_truths and pc.all(pc.is_in(chunk, truths)).as_py() is not False
        seen += len(chunk)
        if seen > CHECKED_TEXTS:
            break
    return seen > 0 and (all_numbers or all_truths)


def _chunks(values: Any) -> Iterator[Any]:
    for table in values.iter(batch_size=CHECKED_NUMBERS):
        yield table.column(0)


Check = tuple[str, Callable[[Any], bool]]
_CSV_VALUES: dict[str, tuple[Check, ...]] = {
    "float": (("not-finite", _is_not_a_number),),
    "text": (("empty-texts", _has_empty_texts), ("reread-texts", _is_reread)),
}
_JSON_VALUES: dict[str, tuple[Check, ...]] = {"float": (("not-finite", _is_not_finite), ("rounded", _is_rounded))}
