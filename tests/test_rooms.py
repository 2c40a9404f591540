"""The rooms of the code: who knows whom, and that a name says where it belongs."""

from __future__ import annotations

import ast
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Set
from pathlib import Path

import tui
from tui.models import catalog
from tui.recipes import recipe

ROOT = Path(tui.__file__).parent

MOST_SHARED_STEMS = 5
"""Module names that may stand in more than one room."""
MOST_SHARED_NAMES = 64
"""Public functions and classes whose name another module has, too. It only ever falls."""
FACES = {"run", "code", "add", "main"}
"""What every instrument, command or program has by the same name."""
FACE_MODULES = {"compute", "view", "keys", "lines"}
"""What the folder of an instrument has."""


def modules() -> dict[str, Path]:
    """Every module of ours by its dotted name."""
    found = {}
    for file in sorted(ROOT.rglob("*.py")):
        parts = ("tui", *file.relative_to(ROOT).with_suffix("").parts)
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = file
    return found


MODULES = modules()
TREES = {name: ast.parse(file.read_text("utf-8")) for name, file in MODULES.items()}


def room(module: str) -> str:
    return module.split(".")[1] if "." in module else "tui"


def imports(tree: ast.Module, known: Set[str]) -> Iterator[str]:
    """Modules of ours that a module names anywhere: at its top, for the type checker only, or inside a function."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            for name in node.names:
                inner = f"{node.module}.{name.name}"
                if (target := inner if inner in known else node.module) in known:
                    yield target
        elif isinstance(node, ast.Import):
            yield from (name.name for name in node.names if name.name in known)


def knots(graph: Mapping[str, Set[str]]) -> list[set[str]]:
    """Modules that reach each other, largest first: the strongly connected components of more than one."""

    def reach(start: str) -> set[str]:
        seen, ahead = set(), [start]
        while ahead:
            for near in graph[ahead.pop()] - seen:
                seen.add(near)
                ahead.append(near)
        return seen

    reached = {name: reach(name) for name in graph}
    groups = {frozenset(other for other in reached[name] if name in reached[other]) for name in graph}
    return sorted((set(group) for group in groups if group), key=len, reverse=True)


def test_knots_are_seen() -> None:
    graph = {"a": {"b"}, "b": {"c"}, "c": {"a", "d"}, "d": {"e"}, "e": set()}
    assert knots(graph) == [{"a", "b", "c"}]
    tree = ast.parse("if TYPE_CHECKING:\n    from tui import a\ndef f():\n    import tui.b\nfrom tui.c import name")
    assert set(imports(tree, {"tui.a", "tui.b", "tui.c"})) == {"tui.a", "tui.b", "tui.c"}


def test_no_module_imports_itself_by_way_of_others() -> None:
    graph = {name: set(imports(tree, MODULES.keys())) - {name} for name, tree in TREES.items()}
    assert sum(map(len, graph.values())) > 500  # of what is looked at, something was found
    assert knots(graph) == []


def private_uses(tree: ast.Module, ours: Set[str]) -> Iterator[str]:
    """Names with an underscore that a module takes from another one; `ours` are those that any module defines."""
    others = ours - private_names(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "tui":
            yield from (f"{node.module}.{name.name}" for name in node.names if is_private(name.name))
        elif isinstance(node, ast.Attribute) and is_private(node.attr) and node.attr in others:
            owner = ast.unparse(node.value)
            if owner not in ("self", "cls", "super()"):  # what a base class offers to its subclasses
                yield f"{owner}.{node.attr}"


def is_private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__")


def private_names(tree: ast.Module) -> set[str]:
    """Names with an underscore that a module defines, at any depth."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            names.add(node.attr)
    return {name for name in names if is_private(name)}


OF_LIBRARIES = {
    "tui.console.textual_internals": {"_pruning", "_closing", "_work", "_styles_cache"},
    "tui.tables.apply": {"_fingerprint"},
    "tui.training.standins.text_generation": {"_tokenizer"},
}
"""Names of Textual's, datasets' and tokenizers' own, each touched by one module."""


def test_private_uses_are_seen() -> None:
    tree = ast.parse("from tui.b import _c\nb._hidden()\nself._base\nlibrary._inner")
    assert list(private_uses(tree, {"_hidden", "_base"})) == ["tui.b._c", "b._hidden"]


def test_no_private_name_is_used_by_another_module() -> None:
    ours = {name for tree in TREES.values() for name in private_names(tree)}
    uses = {(module, use) for module, tree in TREES.items() for use in private_uses(tree, ours)}
    assert {(module, use) for module, use in uses if use.split(".")[-1] not in OF_LIBRARIES.get(module, ())} == set()


def is_exempt(module: str) -> bool:
    """Whether it is a command, a screen or a task, or what every instrument has."""
    parts = module.split(".")
    tasks = {name.replace("-", "_") for name in (*recipe.TASKS, *catalog.names(), "zero-shot")}
    return parts[1] == "cli" or parts[1:3] == ["console", "screens"] or parts[-1] in {*FACE_MODULES, *tasks}


def stems() -> dict[str, list[str]]:
    found = defaultdict(list)
    for module, file in MODULES.items():
        if file.name != "__init__.py" and module.count(".") > 1:
            found[module.split(".")[-1]].append(module)
    return found


def test_no_two_modules_of_a_room_have_one_name() -> None:
    shared = {
        stem: places
        for stem, every in stems().items()
        if stem not in FACE_MODULES and max(Counter(map(room, places := list(every))).values()) > 1
    }
    assert shared == {}


def test_few_modules_of_different_rooms_have_one_name() -> None:
    shared = {}
    for stem, places in stems().items():
        counted = [place for place in places if not is_exempt(place)]
        if len({room(place) for place in counted}) > 1:
            shared[stem] = counted
    assert len(shared) <= MOST_SHARED_STEMS, shared


def public_names() -> dict[str, list[str]]:
    """Public functions and classes at the top of modules; what made the bundled models is a program of its own."""
    names = defaultdict(list)
    for module, tree in TREES.items():
        for node in tree.body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and room(module) != "training":
                names[node.name].append(module)
    return {name: places for name, places in names.items() if not name.startswith("_") and name not in FACES}


def test_few_public_names_are_defined_twice() -> None:
    twice = {name: places for name, places in public_names().items() if len(places) > 1}
    for name, places in sorted(twice.items()):
        print(f"{name:20} {', '.join(place.removeprefix('tui.') for place in places)}")
    print(len(twice), "public names stand in more than one module")
    assert len(twice) <= MOST_SHARED_NAMES


def declared_rooms() -> list[str]:
    contracts = tomllib.loads((ROOT.parent / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract["id"] == "rooms")
    return [module.strip() for layer in layers for module in layer.replace("|", ":").split(":")]


def test_every_module_is_in_a_room_of_the_import_contracts() -> None:
    rooms = tuple(declared_rooms())
    files = {name for name, file in MODULES.items() if file.name != "__init__.py"}
    assert {name for name in files if not f"{name}.".startswith(tuple(f"{place}." for place in rooms))} == set()


def test_of_the_commands_only_open_opens_the_console() -> None:
    words = "tui.console.words"  # sentences, not a screen
    known = {
        (name, target)
        for name, tree in TREES.items()
        if room(name) == "cli"
        for target in imports(tree, MODULES.keys())
        if room(target) == "console" and target != words
    }
    assert {name for name, _ in known} == {"tui.cli.open"}
