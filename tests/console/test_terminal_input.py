"""Bytes of any kind become text that Textual's parser understands; no byte ends the reading."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from textual import events

from tui.console.terminal_input import PASTE_BEGIN, PASTE_END, InputDecoder
from tui.console.textual_internals import InputParser

garbage = st.lists(
    st.one_of(
        st.binary(max_size=8),
        st.text(max_size=8).map(lambda text: text.encode("utf-8", "surrogatepass")),
        st.tuples(st.binary(min_size=3, max_size=3)).map(lambda parts: b"\x1b[M" + parts[0]),
        st.from_regex(rb"\A\x1b\[[<?>]?[0-9;:]{0,24}[A-Za-z~$^]\Z"),
        st.sampled_from([PASTE_BEGIN.encode(), PASTE_END.encode(), b"\x1b[48;0;0;0;0t", b"\x1b[99999999999u"]),
    ),
    max_size=12,
)


@given(garbage)
def test_any_bytes_are_read_and_a_key_after_them_arrives(pieces: list[bytes]) -> None:
    decoder, parser = InputDecoder(), InputParser()
    for piece in pieces:
        list(parser.feed(decoder.decode(piece)))
    list(parser.feed(decoder.flush() + decoder.end_paste()))
    list(parser.feed("\x1b"))
    parser._parser._timeout_time = 0.0  # the moment is over in which more could have followed
    list(parser.tick())
    *_, key = parser.feed(decoder.decode(b"q"))
    assert isinstance(key, events.Key)
    assert key.key == "q"


@given(st.text(), st.integers(1, 7))
def test_text_is_decoded_as_it_is_in_pieces_of_any_length(text: str, size: int) -> None:
    data = text.encode("utf-8", "replace")
    decoder = InputDecoder()
    decoded = "".join(decoder.decode(data[i : i + size]) for i in range(0, len(data), size)) + decoder.flush()
    if "\x1b[M" not in text:
        assert decoded == data.decode()


def test_bytes_that_are_not_utf8_are_seen() -> None:
    assert InputDecoder().decode("é".encode("latin-1") + b"t") == "\ufffdt"


def test_an_x10_mouse_report_is_the_event_it_reports() -> None:
    decoder, parser = InputDecoder(), InputParser()
    pressed = bytes([32, 32 + 120, 32 + 7])
    released = bytes([32 + 3, 32 + 120, 32 + 7])
    wheel = bytes([32 + 64, 32 + 120, 32 + 7])
    sent = b"".join(b"\x1b[M" + report for report in (pressed, released, wheel))
    came = [event for byte in sent for event in parser.feed(decoder.decode(bytes([byte])))]
    assert [type(event) for event in came] == [events.MouseDown, events.MouseUp, events.MouseScrollUp]
    assert all(isinstance(event, events.MouseEvent) and (event.x, event.y) == (119, 6) for event in came)


def test_a_report_from_beyond_what_x10_can_express_is_nothing() -> None:
    assert list(InputParser().feed(InputDecoder().decode(b"\x1b[M \x00\x30"))) == []


def test_what_may_become_a_mouse_report_is_kept_back_for_a_moment_only() -> None:
    decoder = InputDecoder()
    assert decoder.decode(b"a\x1b[") == "a"
    assert decoder.flush() == "\x1b["
    assert decoder.decode(b"\x1b[A") == "\x1b[A"


def test_a_paste_that_never_ends_can_be_ended() -> None:
    decoder = InputDecoder()
    assert decoder.decode(b"\x1b[20") + decoder.decode(b"0~abc") == "\x1b[200~abc"
    assert decoder.is_pasting
    assert decoder.end_paste() == PASTE_END
    assert not decoder.is_pasting
    decoder.decode(b"\x1b[200~abc\x1b[201~")
    assert not decoder.is_pasting
