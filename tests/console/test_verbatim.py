"""The gate for outside text."""

from __future__ import annotations

import unicodedata

from hypothesis import given

from tests.hostile import TEXTS, texts
from tui.console.terminal import to_ascii
from tui.console.verbatim import verbatim
from tui.text.visible import single_cell, visible, visible_with_positions
from tui.text.wrap import cells


def dangerous(text: str) -> list[str]:
    """Characters that a terminal would obey, or that cannot be seen or sent."""
    return [c for c in text if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp")]


def test_special_tokens_stay_as_they_are() -> None:
    assert visible("[CLS] a [SEP] [/INST]") == "[CLS] a [SEP] [/INST]"
    assert verbatim("[CLS] a [/INST]").plain == "[CLS] a [/INST]"
    assert verbatim("[bold]x[/bold]").spans == []


def test_control_characters_have_pictures_and_invisible_ones_their_numbers() -> None:
    assert visible("a\x1b[31m") == "a␛[31m"
    assert visible("\x00\x7f") == "␀␡"
    assert visible("a\u200bb\u202e") == "a⟨200B⟩b⟨202E⟩"
    assert visible("\ud800") == "⟨D800⟩"
    assert visible("a\nb") == "a␊b"
    assert visible("a\nb\tc", lines=True) == "a\nb    c"


def test_ordinary_text_goes_through() -> None:
    for text in ("Café 字 שלום", "e\u0301", "👍", "  two  spaces "):
        assert visible(text) == text


@given(texts)
def test_nothing_dangerous_comes_out(text: str) -> None:
    assert dangerous(visible(text)) == []
    assert dangerous(visible(text, lines=True).replace("\n", "")) == []


@given(texts)
def test_the_gate_can_be_passed_twice(text: str) -> None:
    assert visible(visible(text)) == visible(text)


@given(texts)
def test_positions_point_at_the_characters(text: str) -> None:
    shown, positions = visible_with_positions(text)
    assert shown == visible(text)
    assert len(positions) == len(text) + 1
    for index, character in enumerate(text):
        assert shown[positions[index] : positions[index + 1]] == visible(character)


@given(texts)
def test_an_editor_keeps_every_column(text: str) -> None:
    shown = "".join(map(single_cell, text))
    assert len(shown) == len(text)
    assert dangerous(shown.replace("\t", "")) == []


@given(texts)
def test_ascii_is_ascii_and_as_wide(text: str) -> None:
    shown = visible(text)
    plain = to_ascii(shown)
    assert plain.isascii()
    assert len(plain) == cells(shown)


def test_every_hostile_example_is_covered_by_a_look() -> None:
    assert all(dangerous(visible(text)) == [] for text in TEXTS)
