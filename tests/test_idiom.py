"""The words of a private idiom in the names of the code: each room may have as many as it has now, and never more."""

from __future__ import annotations

import ast
import re
from collections import Counter, defaultdict
from collections.abc import Iterator

from tests.test_rooms import TREES, room

IDIOM = frozenset(
    re.findall(
        r"\w+",
        "said say told tell made asked come held stand stood doubt doubts looks mend mended given taken kept shown "
        "wanted known written begun those one found",
    )
)
"""Whole words; names that begin with `is_` or `has_` may have them."""

MOST = {"cli": 52, "console": 107, "course": 3, "engine": 1, "errors": 2, "instruments": 88, "models": 33,
        "options": 3, "recipes": 43, "runs": 67, "tables": 66, "text": 7, "training": 80}  # fmt: skip
"""Names (each counted once in a module) with such a word, by room. Lower these as they fall."""


def words(name: str) -> set[str]:
    """The words of a snake_case or CamelCase name."""
    return {word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", name)}


def is_idiom(name: str) -> bool:
    return not name.lstrip("_").startswith(("is_", "has_")) and bool(words(name) & IDIOM)


def bound(tree: ast.Module) -> Iterator[str]:
    """Every name that a module binds: functions, classes, parameters, variables, attributes, names of imports."""
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.arg(arg=name) | ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()):
                yield name
            case ast.alias(asname=str(name)) | ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)):
                yield name


def test_idiom_is_seen() -> None:
    tree = ast.parse("def is_shown(found): self._told, one_line = 1, [x for made in y]\nclass Said: pass\nbefore = 2")
    assert {name for name in bound(tree) if is_idiom(name)} == {"found", "_told", "one_line", "made", "Said"}


def test_no_room_gets_more_of_the_idiom() -> None:
    seen = defaultdict(set)
    for module, tree in TREES.items():
        names = {module.split(".")[-1], *bound(tree)}
        seen[room(module)] |= {(module, name) for name in names if is_idiom(name)}
    counts = Counter({place: len(names) for place, names in seen.items()})
    print(*(f"{place:12} {count:4}" for place, count in sorted(counts.items())), sep="\n")
    print(counts.total(), "names in all")
    for module, name in sorted(name for names in seen.values() for name in names):
        print(f"  {module.removeprefix('tui.'):36} {name}")
    assert {place: count for place, count in counts.items() if count > MOST.get(place, 0)} == {}
