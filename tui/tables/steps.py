"""What is done to a data set: one call of the library's at a time, typed as it would stand in a script.

    filter(lambda row: row["population"] > 1_000_000)     becomes     dataset = dataset.filter(...)

The step is the code, so that what is shown, what is run and what is exported cannot differ. The functions in it are the
reader's own Python, like a code cell.
"""

from __future__ import annotations

import ast
import difflib
from dataclasses import dataclass
from typing import Any

from tui.errors import UsageError, phrase
from tui.models.reference import BACKBONE


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that can be done."""

    name: str
    example: str
    """A step to begin with; `COLUMN` stands for the column under the cursor."""
    own: bool = False
    """A step of ours, which becomes several lines of the library's."""
    stream: bool = False
    """Works on a stream, too."""
    many: bool = False
    """Works on all splits at once."""


OPERATIONS: tuple[Operation, ...] = (
    Operation("filter", "filter(lambda row: row['COLUMN'] is not None)", stream=True, many=True),
    Operation("map", "map(lambda row: {'length': len(row['COLUMN'])})", stream=True, many=True),
    Operation("sort", "sort('COLUMN')", many=True),
    Operation("shuffle", "shuffle(seed=42)", stream=True, many=True),
    Operation("select", "select(range(100))"),
    Operation("slice", "[0:100]", own=True),
    Operation("sample", "sample(100, seed=42)", own=True),
    Operation("take", "take(100)", stream=True),
    Operation("skip", "skip(10)", stream=True),
    Operation("rename_column", "rename_column('COLUMN', 'new_name')", stream=True, many=True),
    Operation("rename_columns", "rename_columns({'COLUMN': 'new_name'})", stream=True, many=True),
    Operation("remove_columns", "remove_columns(['COLUMN'])", stream=True, many=True),
    Operation("select_columns", "select_columns(['COLUMN'])", stream=True, many=True),
    Operation("add_column", "add_column('number', list(range(len(dataset))))", stream=True),
    Operation("cast_column", "cast_column('COLUMN', Value('string'))", many=True),
    Operation("cast", "cast(Features({**dataset.features}))", many=True),
    Operation("class_encode_column", "class_encode_column('COLUMN')", many=True),
    Operation("flatten", "flatten()", many=True),
    Operation("train_test_split", "train_test_split(test_size=0.2, seed=42)"),
    Operation("split", "split(test=0.1, validation=0.1, seed=42)", own=True),
    Operation("only", "only('train')", own=True, stream=True, many=True),
    Operation("pandas", "pandas(lambda frame: frame.drop_duplicates('COLUMN'))", own=True),
    Operation("concatenate", "concatenate('other.csv')", own=True),
    Operation("interleave", "interleave('other.csv')", own=True, stream=True),
    Operation("batch", "batch(batch_size=8)", stream=True, many=True),
    Operation("repeat", "repeat(2)", stream=True, many=True),
    Operation("set_format", "set_format('torch')", many=True),
    Operation("with_format", "with_format('torch')", stream=True, many=True),
    Operation("reset_format", "reset_format()", many=True),
)  # fmt: skip
BY_NAME = {one.name: one for one in OPERATIONS}
SEEDED = ("shuffle", "train_test_split", "sample", "split")
IMPORTS = {
    "np": "import numpy as np", "pd": "import pandas as pd", "re": "import re", "html": "import html",
    "math": "import math", "random": "import random", "json": "import json", "unicodedata": "import unicodedata",
    "datetime": "import datetime", "hashlib": "import hashlib", "textwrap": "import textwrap",
    "itertools": "import itertools", "statistics": "import statistics", "Counter": "from collections import Counter",
    **{name: f"from datasets import {name}" for name in
       ("ClassLabel", "Features", "List", "Sequence", "Value", "concatenate_datasets", "interleave_datasets")},
}  # fmt: skip
"""Names that a step may use, and the line that brings each."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step, understood but not yet done."""

    text: str
    name: str
    arguments: tuple[ast.expr, ...]
    options: dict[str, ast.expr]
    names: frozenset[str]
    """Names that it uses."""
    model: str = BACKBONE
    """The reference of the model whose `tokenizer` it finds."""

    @property
    def operation(self) -> Operation:
        return BY_NAME[self.name]

    def literal(self, name: str, place: int, default: Any = None) -> Any:
        """An argument of one of our own steps, by name or place. Raises `UsageError` when it is no plain value."""
        found = self.options.get(name) or (self.arguments[place] if 0 <= place < len(self.arguments) else None)
        if found is None:
            return default
        try:
            return ast.literal_eval(found)
        except ValueError:
            example = BY_NAME[self.name].example
            raise UsageError("tables.step-not-plain", step=self.name, argument=name, example=example) from None


def parse(text: str) -> Step:
    """Read a step. Raises `UsageError` that shows how one looks."""
    text = text.strip().removeprefix("dataset = ").removeprefix("dataset.").removeprefix("dataset").strip()
    try:
        tree = ast.parse(f"dataset{text}" if text.startswith("[") else text, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        offset = error.offset if isinstance(error, SyntaxError) else None
        where = phrase("tables.at-column", column=offset) if offset else ""
        reason = str(getattr(error, "msg", error))
        raise UsageError("tables.step-not-python", where=where, reason=reason, signs=_wide(text)) from None
    names = frozenset(node.id for node in ast.walk(tree) if isinstance(node, ast.Name))
    if isinstance(tree, ast.Subscript) and isinstance(tree.slice, ast.Slice):
        parts = (tree.slice.lower, tree.slice.upper, tree.slice.step)
        return Step(text, "slice", tuple(part or ast.Constant(None) for part in parts), {}, frozenset())
    if isinstance(tree, ast.Subscript) and isinstance(tree.slice, ast.Constant) and isinstance(tree.slice.value, str):
        return Step(f"only({tree.slice.value!r})", "only", (tree.slice,), {}, frozenset())
    if not isinstance(tree, ast.Call) or not isinstance(tree.func, ast.Name):
        raise UsageError("tables.step-not-a-call")
    name = tree.func.id
    if name not in BY_NAME or name == "slice":
        near = difflib.get_close_matches(name, BY_NAME, 1)
        hint = phrase("tables.did-you-mean", name=near[0]) if near else ""
        raise UsageError("tables.no-such-step", step=name, hint=hint, steps=list(BY_NAME))
    options = {keyword.arg or "**": keyword.value for keyword in tree.keywords}
    if (
        name in SEEDED
        and not {"seed", "seeds", "generator", "**"} & set(options)
        and not (name in ("train_test_split",) and isinstance(getattr(options.get("shuffle"), "value", None), bool))
    ):
        seeded = f"{text[:-1]}{', ' if tree.args or tree.keywords else ''}seed=42)"
        raise UsageError("tables.step-without-seed", step=name, seeded=seeded)
    used = names - {name}
    return Step(text, name, tuple(tree.args), options, used)


def lines(step: Step) -> list[str]:
    """The Python of a step; it changes the variable `dataset`."""
    text = step.text
    match step.name:
        case "slice":
            first, last, by = (ast.literal_eval(part) for part in step.arguments)
            inside = ", ".join(str(n) for n in (first, last, by)[: 3 if by is not None else 2])
            return [f"dataset = dataset.select(range(*slice({inside}).indices(len(dataset))))"]
        case "sample":
            rows, seed = step.literal("rows", 0, 100), step.literal("seed", 1)
            return [f"dataset = dataset.shuffle(seed={seed!r}).select(range(min({rows!r}, len(dataset))))"]
        case "only":
            return [f"dataset = dataset[{step.literal('split', 0)!r}]"]
        case "split":
            test, validation, seed = (step.literal(n, i) for i, n in enumerate(("test", "validation", "seed")))
            return [
                f"tested = dataset.train_test_split(test_size={test!r}, seed={seed!r})",
                f'trained = tested["train"].train_test_split(test_size={_share(test, validation)!r}, seed={seed!r})',
                "dataset = DatasetDict(",
                '    {"train": trained["train"], "validation": trained["test"], "test": tested["test"]}',
                ")",
            ]
        case "pandas":
            function = ast.unparse(step.arguments[0]) if step.arguments else "lambda frame: frame"
            return [f"frame = ({function})(dataset.to_pandas())",
                    "dataset = Dataset.from_pandas(frame, preserve_index=False)"]  # fmt: skip
        case "concatenate" | "interleave":
            return [*_others(step), f"dataset = {step.name}_datasets([dataset, *others])"]
        case "set_format" | "reset_format":
            return [f"dataset.{text}"]
        case _:
            return [f"dataset = dataset.{text}"]


def imports(step: Step) -> list[str]:
    """The import lines that a step needs."""
    found = [IMPORTS[name] for name in sorted(step.names) if name in IMPORTS]
    more = {
        "split": ["from datasets import DatasetDict"],
        "pandas": ["from datasets import Dataset"],
        "concatenate": ["from datasets import concatenate_datasets, load_dataset"],
        "interleave": ["from datasets import interleave_datasets, load_dataset"],
    }
    return found + more.get(step.name, [])


def script(opening: str, steps: list[Step], saving: str = "") -> str:
    """A whole script: opens the data set, does the steps, saves."""
    head, _, body = opening.partition("\n\n")
    imported = [*head.splitlines(), *(line for step in steps for line in imports(step))]
    done = [line for step in steps for line in lines(step)]
    models = [step.model for step in steps if "tokenizer" in step.names]
    if models:
        from tui.models.setup_code import setup_code

        before, _, setup = setup_code("tokenizer", model=models[-1]).partition("\n\n")
        imported += before.splitlines()
        body = f"{setup}{body}"
    text = "\n".join([*_sorted(imported), "", body.rstrip("\n"), *done, *([saving] if saving else [])])
    return text + "\n"


def _sorted(imported: list[str]) -> list[str]:
    """Import lines once each; several names of one module on one line."""
    plain = {line for line in imported if line.startswith("import ")}
    from_: dict[str, set[str]] = {}
    for line in imported:
        if line.startswith("from "):
            module, _, names = line.removeprefix("from ").partition(" import ")
            from_.setdefault(module, set()).update(name.strip() for name in names.split(","))
    joined = [f"from {module} import {', '.join(sorted(names))}" for module, names in sorted(from_.items())]
    return [*sorted(plain), *joined]


def _others(step: Step) -> list[str]:
    from tui.tables.source import Source, call, shipped

    made = []
    for argument in step.arguments:
        path = ast.literal_eval(argument)
        how = call(Source((shipped(str(path)),), split="train"))
        made.append(how.code().splitlines()[-1].removeprefix("dataset = "))
    return [f"others = [{', '.join(made)}]"]


def _share(test: Any, validation: Any) -> Any:
    """The share of what is left that `validation` is of the whole; a number of rows stays one."""
    if isinstance(validation, float) and isinstance(test, float) and test < 1:
        return round(validation / (1 - test), 6)
    return validation


def _wide(text: str) -> str:
    """The Chinese punctuation that got into Python."""
    return " ".join(sign for sign in "（），：；‘’“”" if sign in text)
