"""The line between console and engine."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.hostile import texts
from tui.engine.protocol import decode, encode

plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=20,
)


@given(st.dictionaries(st.text(max_size=5), plain))
def test_every_message_survives_as_one_line(message: dict[str, object]) -> None:
    line = encode(message)
    assert line.count(b"\n") == 1
    assert line.endswith(b"\n")
    assert decode(line) == message


@given(st.binary())
def test_decoding_never_raises(line: bytes) -> None:
    message = decode(line)
    assert message is None or isinstance(message, dict)


def test_numbers_that_json_lacks_are_refused_here_not_there() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        encode({"x": float("nan")})
    with pytest.raises(TypeError, match="cannot cross"):
        encode({"x": object()})
