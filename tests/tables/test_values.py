"""A shown value gives the stored one back, or is marked as shortened: over Arrow's types."""

from __future__ import annotations

import datetime
import json
import math
from decimal import Decimal
from typing import Any

import pyarrow
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.tables import cells, values

DAY = datetime.datetime(1, 1, 2), datetime.datetime(9999, 12, 30)
LEAF: list[tuple[pyarrow.DataType, st.SearchStrategy[Any]]] = [
    *((kind, st.integers(-(2 ** (kind.bit_width - 1)), 2 ** (kind.bit_width - 1) - 1))
      for kind in (pyarrow.int8(), pyarrow.int32(), pyarrow.int64())),
    (pyarrow.uint64(), st.integers(0, 2**64 - 1)),
    (pyarrow.float64(), st.floats()),
    (pyarrow.float32(), st.floats(width=32)),
    (pyarrow.decimal128(38, 9), st.decimals(-(10**28), 10**28, places=9)),
    (pyarrow.bool_(), st.booleans()),
    (pyarrow.string(), st.text(max_size=300)),
    (pyarrow.large_string(), st.text(max_size=5)),
    (pyarrow.binary(), st.binary(max_size=40)),
    (pyarrow.date32(), st.dates(DAY[0].date(), DAY[1].date())),
    (pyarrow.timestamp("us"), st.datetimes(*DAY)),
    (pyarrow.timestamp("ns"), st.integers(-(2**62), 2**62)),
    (pyarrow.timestamp("s", "Asia/Shanghai"), st.integers(-(10**10), 10**10)),
    (pyarrow.time64("us"), st.times()),
    (pyarrow.duration("ms"), st.integers(-(2**60), 2**60)),
    (pyarrow.null(), st.none()),
]  # fmt: skip
leaves = st.sampled_from(LEAF)


def nested(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    def lists(pair: Any) -> Any:
        return pyarrow.list_(pair[0]), st.lists(st.none() | pair[1], max_size=4)

    def structs(pairs: Any) -> Any:
        kind = pyarrow.struct([(f"f{i}", one[0]) for i, one in enumerate(pairs)])
        return kind, st.fixed_dictionaries({f"f{i}": st.none() | one[1] for i, one in enumerate(pairs)})

    def maps(pair: Any) -> Any:
        return pyarrow.map_(pyarrow.string(), pair[0]), st.lists(st.tuples(st.text(max_size=3), st.none() | pair[1]))

    return inner.map(lists) | st.lists(inner, min_size=1, max_size=3).map(structs) | inner.map(maps)


@st.composite
def arrays(draw: st.DrawFn, kinds: st.SearchStrategy[Any]) -> Any:
    kind, one = draw(kinds)
    return pyarrow.array(draw(st.lists(st.none() | one, min_size=1, max_size=4)), kind)


def column(array: Any) -> tuple[pyarrow.Table, cells.Column]:
    table = pyarrow.table({"c": array})
    return table, cells.columns_of(table.schema, None, table.slice(0, 1))[0]


def parsed(text: str, kind: Any) -> Any:
    """A cell's text as a value of this type, independently of how it was written."""
    t = pyarrow.types
    if t.is_integer(kind):
        return int(text.replace(",", ""))
    if t.is_floating(kind):
        return float(text.replace(",", ""))
    if t.is_decimal(kind):
        return Decimal(text.replace(",", ""))
    if t.is_boolean(kind):
        return text == "true"
    if t.is_binary(kind):
        return bytes.fromhex(text.partition("bytes  ")[2] if "bytes" in text else text)
    if t.is_duration(kind):
        return pyarrow.scalar(int(text.split(" ")[0]), kind)
    if t.is_time(kind):
        return pyarrow.scalar(datetime.time.fromisoformat(text), kind)
    if t.is_temporal(kind):
        return pyarrow.scalar(text).cast(kind)
    return text


def same(left: Any, right: Any, kind: Any) -> bool:
    if pyarrow.types.is_temporal(kind):
        return bool(left == right)
    if pyarrow.types.is_floating(kind):
        stored, read = (float(pyarrow.scalar(one, kind).as_py()) for one in (left, right.as_py()))
        return stored == read or (math.isnan(stored) and math.isnan(read))
    return bool(left == right.as_py())


@given(arrays(leaves))
def test_a_shown_value_gives_the_stored_one_back_or_is_marked(array: Any) -> None:
    table, meta = column(array)
    kind = array.type
    for stored, (text,) in zip(array, cells.texts(table, [meta]), strict=True):
        whole = cells.whole(stored, meta)
        if not stored.is_valid:
            assert (text, whole) == (None, "")
            continue
        assert text is not None
        assert cells.SHORTENED in text or same(parsed(text, kind), stored, kind), text
        assert same(parsed(whole, kind), stored, kind), whole


@given(arrays(nested(leaves | nested(leaves))))
def test_a_nested_value_is_shown_as_json_or_marked(array: Any) -> None:
    table, meta = column(array)
    for stored, plain, (text,) in zip(array, values.plain_values(array), cells.texts(table, [meta]), strict=True):
        if not stored.is_valid:
            assert (text, plain) == (None, None)
            continue
        assert text is not None
        assert json.loads(cells.whole(stored, meta)) == plain
        assert json.loads(cells.whole(stored, meta, indent=None)) == plain
        assert cells.SHORTENED in text or json.loads(text) == plain
        assert len(text) <= cells.SHOWN + 1


@given(arrays(leaves | nested(leaves)))
def test_json_values_are_strict_json_and_typed(array: Any) -> None:
    plain = values.plain_values(array)
    assert json.loads(json.dumps(plain, allow_nan=False)) == plain
    assert values.plain_values(pyarrow.chunked_array([array, array])) == plain * 2
    assert values.plain_values(array.slice(1)) == plain[1:]
    kind = array.type  # Python has no room for the longest of Arrow's durations and moments
    is_plain = not pyarrow.types.is_nested(kind) and not pyarrow.types.is_temporal(kind)
    for stored, value in zip(array.to_pylist() if is_plain else [], plain, strict=False):
        if isinstance(stored, bool | int | str) or (isinstance(stored, float) and math.isfinite(stored)):
            assert type(value) is type(stored)
            assert pyarrow.scalar(value, array.type) == pyarrow.scalar(stored, array.type)


@pytest.mark.parametrize(
    ("array", "plain"),
    [
        (pyarrow.array([math.nan, math.inf, -math.inf, None]), ["NaN", "Infinity", "-Infinity", None]),
        (pyarrow.array([b"\x00\xff"]), ["00ff"]),
        (pyarrow.array([0.1], pyarrow.float32()), [0.1]),
        (pyarrow.array([10**12], pyarrow.timestamp("s")), ["<value out of range: 1000000000000>"]),
        (pyarrow.array([[("k", 1)], None], pyarrow.map_(pyarrow.string(), pyarrow.int8())), [{"k": 1}, None]),
        (pyarrow.array([[(1, 2)]], pyarrow.map_(pyarrow.int8(), pyarrow.int8())), [[[1, 2]]]),
        (pyarrow.array(["a", None, "a"]).dictionary_encode(), ["a", None, "a"]),
        (pyarrow.array([b"caf\xe9"]).view(pyarrow.string()), ["caf\\xe9"]),
    ],
)
def test_what_json_has_no_type_for(array: Any, plain: list[Any]) -> None:
    assert values.plain_values(array) == plain


def test_a_value_of_the_type_json_is_parsed() -> None:
    texts = ['{"k":"caf\\u00e9"}', "3", '"x"', None, '"\\ud800"', "[NaN]"]
    array = pyarrow.ExtensionArray.from_storage(pyarrow.json_(), pyarrow.array(texts))
    assert values.plain_values(array) == [{"k": "café"}, 3, "x", None, '"\\ud800"', ["NaN"]]
    table, meta = column(array)
    assert cells.texts(table, [meta])[0] == ['{"k": "café"}']
    assert cells.whole(array[0], meta) == '{\n  "k": "café"\n}'


def test_a_moment_of_old_days_keeps_its_seconds() -> None:
    array = pyarrow.array([-2177481944, 0, None], pyarrow.timestamp("s", "Asia/Shanghai"))
    assert values.exact(array).to_pylist() == ["1900-12-31 15:54:16Z", "1970-01-01 08:00:00+0800", None]
