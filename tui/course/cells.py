"""The reader's own versions of a lesson's cells, laid over its page.

A version is kept under the digest of the lesson's code: it stays where it belongs when cells are added above it, and
the twins of a lesson, whose code is the same, share it.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import replace

from tui.course.blocks import Block, Cell
from tui.course.page import Page

BARE = "notes: "
"""Begins the name of a space that starts without our models: the code of other courses loads its own."""
SCRATCH = "scratch"
"""Under this name the scratch cell of a lesson is kept."""


def key_of(cell: Cell) -> str:
    """The name under which the reader's version of a cell is kept."""
    return hashlib.sha256(original_code(cell).encode()).hexdigest()[:16]


def original_code(cell: Cell) -> str:
    """The lesson's code."""
    return cell.code if cell.original is None else cell.original


def with_code(cell: Cell, code: str) -> Cell:
    """The cell with the reader's code; the lesson's own is not lost."""
    original = original_code(cell)
    return replace(cell, code=code, original=None if code == original else original)


def with_versions(page: Page, versions: Mapping[str, str]) -> Page:
    """The page with the reader's code in its cells."""
    blocks: tuple[Block, ...] = tuple(
        with_code(block, versions[key]) if isinstance(block, Cell) and (key := key_of(block)) in versions else block
        for block in page.blocks
    )
    return page if blocks == page.blocks else replace(page, blocks=blocks)


def with_block(page: Page, index: int, block: Block) -> Page:
    """The page with another block at a place."""
    return replace(page, blocks=(*page.blocks[:index], block, *page.blocks[index + 1 :]))


def cells_of(page: Page) -> dict[int, Cell]:
    """The cells of a page by the index of their block, in order."""
    return {index: block for index, block in enumerate(page.blocks) if isinstance(block, Cell)}


def defines(code: str, name: str) -> bool:
    """Whether running the code gives a value to the name, outside of functions and classes."""
    try:
        tree = ast.parse(code)
    except SyntaxError:
        return False
    return any(name == defined for statement in tree.body for defined in _names(statement))


def _names(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            yield node.name
            return
        case ast.Import() | ast.ImportFrom():
            yield from (alias.asname or alias.name.split(".")[0] for alias in node.names)
        case ast.Name(ctx=ast.Store()):
            yield node.id
        case ast.Lambda() | ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
            return
    for child in ast.iter_child_nodes(node):
        yield from _names(child)
