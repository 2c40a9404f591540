"""Stored Arrow values as JSON values and as exact texts. Nothing is rounded and nothing is left out here.

JSON has fewer types than Arrow, so some values become texts that give the stored one back: decimals, dates and times
as they are written, durations with their unit (`5 s`), bytes in hexadecimal (`bytes.fromhex`), and the numbers that
JSON does not know as `NaN`, `Infinity` and `-Infinity`. A float has the fewest digits that give it back in its width.
"""

from __future__ import annotations

import json
import math
from typing import Any

NOT_FINITE = {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}


def plain_values(array: Any, most_bytes: int | None = None) -> list[Any]:
    """The values of an Arrow array (chunked or not) as JSON values; None where one is missing.

    Maps with text keys that differ become objects, other maps lists of [key, value]. Of binary values, at most
    `most_bytes` are read.
    """
    import pyarrow
    import pyarrow.types as t

    if hasattr(array, "chunks"):
        return [value for chunk in array.chunks for value in plain_values(chunk, most_bytes)]
    kind = array.type
    if isinstance(kind, pyarrow.BaseExtensionType):
        return _json_column(array) if str(kind) == "extension<arrow.json>" else plain_values(array.storage, most_bytes)
    if t.is_dictionary(kind):
        return plain_values(array.dictionary_decode(), most_bytes)
    if t.is_null(kind) or t.is_boolean(kind) or t.is_integer(kind):
        return list(array.to_pylist())
    if t.is_floating(kind):
        return [None if text is None else NOT_FINITE.get(text) or float(text) for text in exact_texts(array)]
    if t.is_binary(kind) or t.is_large_binary(kind) or t.is_fixed_size_binary(kind) or str(kind) == "binary_view":
        return [v.as_buffer()[:most_bytes].to_pybytes().hex() if v.is_valid else None for v in array]
    if t.is_map(kind):
        return _mappings(array, most_bytes)
    if t.is_list(kind) or t.is_large_list(kind) or t.is_fixed_size_list(kind) or "list_view" in str(kind):
        return _lists(array, most_bytes)
    if t.is_struct(kind):
        columns = [plain_values(field, most_bytes) for field in array.flatten()]
        names, valid = [field.name for field in kind], array.is_valid().to_pylist()
        rows = zip(*columns, strict=True) if columns else ((),) * len(array)
        return [dict(zip(names, row, strict=True)) if there else None for there, row in zip(valid, rows, strict=True)]
    return exact_texts(array)


def exact_texts(array: Any) -> list[str | None]:
    """Texts, numbers and times of an Arrow array, written out exactly; None where a value is missing."""
    return list(exact(array).to_pylist())


def exact(array: Any) -> Any:
    """The same as an Arrow array of strings. Bytes in a text that are not UTF-8 are written `\\xe9`."""
    import pyarrow
    import pyarrow.compute as compute
    import pyarrow.types as t

    if t.is_dictionary(array.type):
        array = array.dictionary_decode() if not hasattr(array, "chunks") else array.cast(array.type.value_type)
    if t.is_duration(array.type):
        return compute.binary_join_element_wise(compute.cast(array, pyarrow.string()), array.type.unit, " ")
    if t.is_string(array.type) or t.is_large_string(array.type) or str(array.type) == "string_view":
        try:
            array.validate(full=True)
        except pyarrow.ArrowInvalid:
            return pyarrow.array([decoded(one) if one.is_valid else None for one in array], pyarrow.large_string())
        return array
    try:
        texts = compute.cast(array, pyarrow.string())
    except (pyarrow.ArrowInvalid, pyarrow.ArrowNotImplementedError):
        return pyarrow.array([_last_resort(one) if one.is_valid else None for one in array], pyarrow.string())
    if t.is_timestamp(array.type) and array.type.tz:
        # The local time of old days is off by seconds, too, which "+0805" does not say: then the moment is in UTC.
        same = compute.equal(compute.cast(texts, array.type), array)
        utc = compute.cast(compute.cast(array, pyarrow.timestamp(array.type.unit, "UTC")), pyarrow.string())
        texts = compute.if_else(same, texts, utc)
    if t.is_temporal(array.type):
        return compute.replace_substring_regex(texts, r"\.0+($|[+\-Z])", r"\1")  # 12:30:00.000 is 12:30:00
    return texts


def decoded(value: Any) -> str:
    """The text of a string scalar."""
    stored: bytes = value.as_buffer().to_pybytes()
    return stored.decode("utf-8", "backslashreplace")


def json_text(plain: Any, indent: int | None = None) -> str:
    """A JSON value written out, letters of every language as they are."""
    return json.dumps(plain, ensure_ascii=False, indent=indent)


def _lists(array: Any, most_bytes: int | None) -> list[Any]:
    import pyarrow.compute as compute

    items = plain_values(compute.list_flatten(array), most_bytes)
    lists, start = [], 0
    for length in compute.list_value_length(array).to_pylist():
        lists.append(None if length is None else items[start : start + length])
        start += length or 0
    return lists


def _mappings(array: Any, most_bytes: int | None) -> list[Any]:
    places = array.offsets.to_pylist()
    begin, end = places[0], places[-1]
    keys = plain_values(array.keys[begin:end], most_bytes)
    pairs = list(zip(keys, plain_values(array.items[begin:end], most_bytes), strict=True))
    return [
        _mapping(pairs[first - begin : last - begin]) if valid else None
        for valid, first, last in zip(array.is_valid().to_pylist(), places, places[1:], strict=False)
    ]


def _mapping(pairs: list[tuple[Any, Any]]) -> Any:
    keys = [key for key, _ in pairs]
    if all(isinstance(key, str) for key in keys) and len(set(keys)) == len(keys):
        return dict(pairs)
    return [list(pair) for pair in pairs]


def _json_column(array: Any) -> list[Any]:
    """A column of the library's type Json keeps each value as a JSON text."""
    return [None if text is None else _parsed(text) for text in exact_texts(array.storage)]


def _parsed(text: str) -> Any:
    try:
        plain = finite(json.loads(text))
        json_text(plain).encode()  # half of a pair of surrogates is a text for JSON, but not for anything else
    except (ValueError, RecursionError):
        return text
    return plain


def finite(plain: Any) -> Any:
    """A JSON value without the numbers that strict JSON does not know."""
    if isinstance(plain, float) and not math.isfinite(plain):
        return NOT_FINITE[str(plain)]
    if isinstance(plain, list):
        return [finite(item) for item in plain]
    if isinstance(plain, dict):
        return {name: finite(item) for name, item in plain.items()}
    return plain


def _last_resort(value: Any) -> str:
    try:
        return str(value.as_py())
    except (ValueError, OverflowError, UnicodeDecodeError):
        return str(value)
