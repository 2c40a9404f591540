"""What the common exceptions mean, and what to do: codes of messages (`engine.explain.*`) with their values."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tui.engine.tracebacks import library_files
from tui.text.fullwidth import fullwidth_marks

PACKAGES = {
    "sklearn": "scikit-learn",
    "cv2": "opencv-python",
    "PIL": "pillow",
    "yaml": "pyyaml",
    "bs4": "beautifulsoup4",
}
"""What is installed under another name than it is imported by."""
_IMPORTS = (
    "import numpy as np",
    "import pandas as pd",
    "import torch",
    "from torch import nn",
    "import torch.nn.functional as F",
    "from transformers import pipeline",
    "from datasets import load_dataset",
    "from datasets import Dataset",
    "from transformers import AutoTokenizer",
    "from transformers import AutoModel",
    "import matplotlib.pyplot as plt",
    "import math",
    "import os",
    "import re",
    "import json",
    "import random",
)
USUAL = {line.split()[-1]: line for line in _IMPORTS}
"""The import that a name most often stands for."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """A message and its values."""

    message: str
    values: dict[str, Any] = field(default_factory=dict)


Meaning = tuple[str, dict[str, Any]] | None


def explain_error(error: BaseException, code: str, names: Mapping[str, Any]) -> Explanation | None:
    """What an exception means, where it is a common one. Never raises."""
    try:
        match = next((match for rule in _RULES if (match := rule(error, code, names)) is not None), None)
    except Exception:  # an exception may do anything when it is asked for its text
        return None
    return None if match is None else Explanation(f"engine.explain.{match[0]}", match[1])


def _syntax(error: BaseException, code: str, names: Mapping[str, Any]) -> Meaning:
    if not isinstance(error, SyntaxError):
        return None
    if error.msg == "incomplete input":  # IPython's word for several of Python's
        try:
            compile(code, "cell", "exec")
        except SyntaxError as precise:
            error = precise
    line = code.split("\n")[(error.lineno or 1) - 1 : error.lineno or 1]
    marks = fullwidth_marks(code)
    if marks and ("invalid character" in (error.msg or "") or any(mark.character in "".join(line) for mark in marks)):
        mark = marks[0]
        return "fullwidth", {"character": mark.character, "plain": mark.plain, "line": mark.line + 1}
    if isinstance(error, IndentationError):
        return "indentation", {"line": error.lineno or 1}
    if "was never closed" in (error.msg or ""):
        return "never_closed", {"line": error.lineno or 1, "bracket": (error.msg or "'('").split("'")[1]}
    if (error.msg or "").startswith("unterminated"):
        return "unterminated", {"line": error.lineno or 1}
    return "syntax", {"line": error.lineno or 1}


def _name(error: BaseException, code: str, names: Mapping[str, Any]) -> Meaning:
    if not isinstance(error, NameError):
        return None
    name = getattr(error, "name", None) or re.split("'", f"{error}''")[1]
    if name in USUAL:
        return "name_import", {"name": name, "statement": USUAL[name]}
    near = difflib.get_close_matches(name, [item for item in names if not item.startswith("_")], 1, 0.8)
    return ("name_near", {"name": name, "near": near[0]}) if near else ("name", {"name": name})


def _module(error: BaseException, code: str, names: Mapping[str, Any]) -> Meaning:
    if not isinstance(error, ModuleNotFoundError) or not error.name:
        return None
    top = error.name.split(".")[0]
    return "module", {"name": error.name, "package": PACKAGES.get(top, top)}


def _key(error: BaseException, code: str, names: Mapping[str, Any]) -> Meaning:
    text = str(error)
    if columns := re.search(r"Column '?(.*?)'? (?:not in|doesn't exist).*?columns[^\[]*\[(.*?)\]", text, re.DOTALL):
        return "column", {"name": columns[1], "columns": columns[2].replace("'", "")}
    if not isinstance(error, KeyError) or not error.args:
        return None
    name = error.args[0]
    return ("column_of", {"name": name}) if isinstance(name, str) else ("key", {"name": repr(name)})


def _argument(error: BaseException, code: str, names: Mapping[str, Any]) -> Meaning:
    if not isinstance(error, TypeError):
        return None
    if match := re.search(r"unexpected keyword argument '(\w+)'", str(error)):
        return "unexpected_argument", {"name": match[1]}
    if match := re.search(r"missing \d+ required (?:positional|keyword-only) arguments?: (.+)", str(error)):
        return "missing_argument", {"names": match[1]}
    return None


def _attribute(error: BaseException, code: str, names: Mapping[str, Any]) -> Meaning:
    if not isinstance(error, AttributeError):
        return None
    if re.search(r"'(list|dict)' object has no attribute '(size|shape|dim|to|device|view)'", str(error)):
        return "lists", {}
    if "'NoneType' object" in str(error):
        return "none", {}
    name, thing = getattr(error, "name", None), getattr(error, "obj", None)
    if name and thing is not None:
        near = difflib.get_close_matches(name, [item for item in object.__dir__(thing) if not item.startswith("_")], 1)
        if near:
            return "attribute_near", {"name": name, "near": near[0], "kind": type(thing).__name__}
    return None


def _unbatched(error: BaseException, code: str, names: Mapping[str, Any]) -> Meaning:
    if isinstance(error, ValueError) and "not enough values to unpack (expected 2, got 1)" in str(error):
        return ("unbatched", {}) if any("transformers" in file for file in library_files(error)) else None
    return None


_PATTERNS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("lists", ("must be Tensor, not list", "must be Tensor, not BatchEncoding")),
    ("ragged", ("Unable to create tensor", r"expected sequence of length \d+ at dim")),
    ("no_pad_token", ("Asking to pad but the tokenizer does not have a padding token", "no padding token")),
    ("token_id", ("index out of range in self",)),
    ("index", ("list index out of range", r"Index \d+ out of range", "is out of bounds")),
    ("matmul", ("mat1 and mat2 shapes cannot be multiplied", "size mismatch, got")),
    ("shapes", ("The size of tensor a", "match the existing size", "Sizes of tensors must match", "stack expects")),
    ("view", ("shape '.*' is invalid for input of size",)),
    ("device", ("Expected all tensors to be on the same device", "Input type .*cuda.* and weight type")),
    ("no_cuda", ("not compiled with CUDA", "No CUDA GPUs", "Found no NVIDIA driver", "Invalid device string")),
    ("memory", ("out of memory", "can't allocate memory", "Unable to allocate")),
    ("offline", ("couldn't connect to", "LocalEntryNotFound", "offline mode", "OfflineMode", "outgoing traffic",
                 "not a local folder and is not a valid model", "does not appear to have a file named")),
    ("ambiguous", ("Boolean value of Tensor with more than one value", "truth value of an array")),
    ("detach", (r"Can't call numpy\(\) on Tensor that requires grad",)),
    ("no_grad", ("does not require grad and does not have a grad_fn",)),
    ("none", ("'NoneType' object (is not|has no)",)),
    ("dtype", ("expected scalar type", "to have the same dtype", "must have the same dtype", "scalar types")),
)  # fmt: skip


def _by_text(error: BaseException, code: str, names: Mapping[str, Any]) -> Meaning:
    text = f"{type(error).__name__}: {error}"
    if isinstance(error, MemoryError):
        return "memory", {}
    return next(((name, {}) for name, patterns in _PATTERNS if re.search("|".join(patterns), text, re.DOTALL)), None)


Rule = Callable[[BaseException, str, Mapping[str, Any]], Meaning]
_RULES: tuple[Rule, ...] = (_syntax, _name, _module, _by_text, _key, _argument, _attribute, _unbatched)
