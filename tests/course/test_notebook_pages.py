"""Notebooks are read as notes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tui.course.blocks import Cell, Code, Heading, Paragraph
from tui.course.book import Folder, entries
from tui.course.files import MOST_BYTES
from tui.course.page import Page, block_text
from tui.errors import sentence

CELLS: list[dict[str, Any]] = [
    {"cell_type": "markdown", "source": ["# Birds\n", "\n", "They $x_1$ fly."]},
    {
        "cell_type": "code",
        "source": "print('```')",
        "outputs": [
            {"output_type": "stream", "text": ["```\n", "two\n"]},
            {"output_type": "display_data", "data": {"image/png": "A" * 2 * MOST_BYTES, "text/plain": "<Figure>"}},
            {"output_type": "error", "ename": "ValueError", "evalue": "no", "traceback": ["\x1b[31mlong"]},
        ],
    },
    {"cell_type": "raw", "source": "raw"},
    {"cell_type": "code", "source": [], "outputs": None},
]


def page_of(folder: Path, text: str) -> Page:
    (folder / "birds.ipynb").write_text(text, "utf-8")
    book = Folder.open(folder)
    return book.read(entries(book)[0], "en")


def test_texts_code_and_output(tmp_path: Path) -> None:
    page = page_of(tmp_path, json.dumps({"nbformat": 4, "cells": CELLS}))
    assert (page.title, page.trouble) == ("Birds", None)
    assert [(type(block), block_text(block)) for block in page.blocks] == [
        (Heading, "Birds"),
        (Paragraph, "They x₁ fly."),
        (Cell, "print('```')"),
        (Code, "```\ntwo"),
        (Code, "<Figure>"),
        (Code, "ValueError: no"),
        (Code, "raw"),
    ]


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"cells": 3}', "x", "[" * 9_000, '{"worksheets": []}', "x" * 2 * MOST_BYTES]
)
def test_another_file_is_shown_as_it_is(tmp_path: Path, text: str) -> None:
    page = page_of(tmp_path, text)
    assert page.trouble is not None
    assert "not a Jupyter notebook" in sentence("en", page.trouble)
    assert block_text(page.blocks[0]) == text[:MOST_BYTES]


@pytest.mark.parametrize("cells", ["[]", '[3, {"source": 4}]', '[{"outputs": [3, {"data": 3}]}]'])
def test_odd_cells_are_left_out(tmp_path: Path, cells: str) -> None:
    page = page_of(tmp_path, f'{{"cells": {cells}}}')
    assert page.trouble is None
    assert "empty" in block_text(page.blocks[0])
