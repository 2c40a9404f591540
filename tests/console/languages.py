"""What of a screen is in the other language: English on a Chinese screen, Chinese on an English one."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from textual.widgets import Static

from tests.console.console import Driver
from tui.console.keys import all_keys, shown
from tui.console.screens.windows import TextWindow
from tui.console.widgets.option_bar import Options
from tui.console.widgets.row_table import RowTable
from tui.instruments.registry import INSTRUMENTS
from tui.text.wrap import cells

SENTENCE = re.compile(r"(?<![\w./~=-])[A-Za-z]?[a-z]+(?:,? (?:a|[a-z]{2,})){2,}(?![\w/=(])")
"""Three words or more, of small letters but for the first."""
NOT_OURS = re.compile(
    r"“[^”]*”|'[^']*'|`[^`]*`|[\w./~-]*/[\w./~-]+|--[\w-]+"
    r"|headnotes [\w -]+|models get [\w-]+|pip install [\w-]+|accelerate config|hf auth login"
)
"""Quoted words of libraries, code in quotes, paths, commands (one may begin on the line before), their options."""
CODE = re.compile(
    r"\w*[_=(){}\[\]\\@#<>|^]+[\w.=(){}\[\]'\"-]*|[\w-]+(?:\.\w+)+|\.\w+|\w+…|[A-Za-z]+\d\w*|\d+[A-Za-z]\w*"
)
"""What only code has: underscores, brackets, dots within; words that are cut; names with digits, numbers with units."""
NAMES = """
Headnotes MiniLM Hugging Face Hub Python CPU GPU NVIDIA BERT BPE Parquet CSV JSON TOML YAML Arrow DataFrame ID RE
tmux shell Transformer Transformers PyTorch Markdown UTF NaN NA SIGTERM Accelerate DeepSpeed LoRA EN ZH English
API Trainer Datasets kB MB GB ms CLS SEP UNK SIGKILL MIT GPT Apache fg re
"""
"""Names of programs, libraries, formats and units; `English` is what the key that changes to it is called."""
CALLS = "decode argmax exp softmax logits pooler token ids embeddings hidden tokens label take skip"
"""Calls and tensors of the libraries that are shown by their own names, as the stages of `anatomy`."""
METRICS = "loss accuracy f1 precision recall perplexity rouge top"
"""As they are called in logs, and in the recipe's `best_metric`."""
HAN = re.compile(r"[\u3400-\u9fff]")


@cache
def _names() -> frozenset[str]:
    spellings = [shown(one) for key in all_keys() for one in key.spellings]
    return frozenset(_words(" ".join([*INSTRUMENTS, *spellings, NAMES, CALLS, METRICS])))


def _words(text: str) -> list[str]:
    return re.findall(r"[A-Za-z][a-z]+|[A-Z]{2,}", text)


def _pieces(screen: str) -> list[str]:
    """A screen's pieces of text without what is not ours: a quotation may go over several lines."""
    joined = re.sub(r"\s*[┃│▌]?\s*\n\s*[┃│▌]?\s*", " ⏎ ", screen)
    pieces = re.split(r" {2,}|⏎|[│┃]", re.sub(r"“[^”]*”", "“”", joined))
    return [NOT_OURS.sub("·", piece) for piece in pieces]


def english(screen: str) -> list[str]:
    """Sentences of a screen that are English."""
    return [match[0] for piece in _pieces(screen) for match in SENTENCE.finditer(piece)]


def english_words(screen: str, data: Any = ()) -> list[str]:
    """Words of a screen that are English, are no name of code, and do not come from the data that it shows."""
    ours = _names() | set(_words(" ".join(texts_in(data))))
    return [word for piece in _pieces(screen) for word in _words(CODE.sub("·", piece)) if word not in ours]


def in_other_language(it: Driver, data: Any = ()) -> list[str]:
    """What of the screen is not in the language of the console. Code, options and rows of tables are left out."""
    screen = _without_data(it)
    if isinstance(it.app.screen, TextWindow) and it.app.screen.what == "code":
        screen = "\n".join(str(part.visual) for part in it.app.screen.query(Static))
    if it.app.language == "zh":
        return english_words(screen, data)
    shown = "".join(texts_in(data)) + "中文"
    return [line for line in screen.splitlines() if any(sign not in shown for sign in HAN.findall(line))]


def _without_data(it: Driver) -> str:
    """The screen without the places of widgets that show names of options and rows of data."""
    lines = [[sign for one in line for sign in (one, *[""] * (cells(one) - 1))] for line in it.screen().split("\n")]
    for widget in (*it.app.screen.query(Options), *it.app.screen.query(RowTable)):
        for line in lines[widget.region.y : widget.region.bottom]:
            line[widget.region.x : widget.region.right] = [" "] * len(line[widget.region.x : widget.region.right])
    return "\n".join("".join(line) for line in lines)


def texts_in(data: Any) -> Iterator[str]:
    """All texts of plain data; names of fields are none."""
    if isinstance(data, str):
        yield data
    elif dataclasses.is_dataclass(data):
        yield from texts_in([getattr(data, field.name) for field in dataclasses.fields(data)])
    elif isinstance(data, Mapping):
        yield from texts_in(data.values())
    elif isinstance(data, Iterable):
        for one in data:
            yield from texts_in(one)
