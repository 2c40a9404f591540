"""Shared code knows no instrument by name: what one needs is in its declaration or in its view."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tui.instruments.registry import INSTRUMENTS

SHARED = ("cli", "console", "course", "engine", "text")
WORDS_OF_OTHERS = {"data", "map", "memory", "metrics", "runs", "train"}
"""Names of instruments that are also commands, screens, steps of a table, splits or fields of an event."""


def named(source: str) -> Iterator[tuple[int, str]]:
    """(line, name) wherever a program names an instrument: in a text of its own, an import, or a comparison."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.ImportFrom(module=str(module)) if (at := _folder(module)) is not None:
                yield node.lineno, at
            case ast.Import(names=names):
                yield from ((node.lineno, at) for one in names if (at := _folder(one.name)) is not None)
            case ast.Constant(value=str(text)) if text in INSTRUMENTS and text not in WORDS_OF_OTHERS:
                yield node.lineno, text
            case ast.Compare() | ast.Match() if "instrument" in ast.unparse(node).split(":")[0].lower():
                for one in ast.walk(node):
                    if isinstance(one, ast.Constant) and one.value in INSTRUMENTS:
                        yield node.lineno, str(one.value)


def _folder(module: str) -> str | None:
    words = module.split(".")
    return words[2] if words[:2] == ["tui", "instruments"] and len(words) > 2 and words[2] in INSTRUMENTS else None


@pytest.mark.parametrize("room", SHARED)
def test_shared_code_names_no_instrument(room: str) -> None:
    found = [
        f"{file.relative_to(ROOT)}:{line}: {name}"
        for file in sorted((ROOT / "tui" / room).rglob("*.py"))
        for line, name in named(file.read_text("utf-8"))
    ]
    assert found == []


@pytest.mark.parametrize(
    "source",
    [
        "from tui.instruments.runs.compute import RunsResult",
        "import tui.instruments.data.view",
        "special = name in ('tokens', 'pipeline')",
        "if block.instrument == 'train': pass",
        "match pane.instrument.name:\n    case 'map': pass",
    ],
)
def test_a_special_case_would_be_seen(source: str) -> None:
    assert list(named(source))


def test_every_instrument_says_in_both_languages_what_it_shows() -> None:
    for name, instrument in INSTRUMENTS.items():
        english, chinese = instrument.summary("en"), instrument.summary("zh")
        assert english not in ("", name)
        assert chinese not in ("", english, name)


def test_no_folder_holds_an_instrument_of_another_name() -> None:
    folders = {file.parent.name for file in Path(ROOT / "tui" / "instruments").glob("*/compute.py")}
    assert folders == set(INSTRUMENTS)
