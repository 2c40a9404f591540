"""Cells: what they keep, what they show of rows and of errors, what may follow the reader's code."""

from __future__ import annotations

from pathlib import Path

import pytest

import tui.console.keys  # noqa: F401 (explanations name keys)
from tests.models.checkpoints_for_tests import save_classifier
from tui.engine.code_cells import OUTPUT_LIMIT, Cells
from tui.engine.completion import complete
from tui.errors import CheckpointError
from tui.models import setup_code
from tui.text.catalog import LANGUAGES, translate


@pytest.fixture
def cells(monkeypatch: pytest.MonkeyPatch) -> Cells:
    """Without the models of the bench, which take seconds."""
    monkeypatch.setattr(setup_code, "cell_setup", lambda *names, model="": "checkpoint = 'none'\n")
    return Cells()


def test_a_cell_that_has_run_is_not_run_twice_on_the_way_to_another(cells: Cells) -> None:
    cells.run("2", "n = globals().get('n', 0) + 1\nprint(n)")
    assert cells.run("2", "n = globals().get('n', 0) + 1\nprint(n)", once=True).skipped
    assert cells.run("2", "n = globals().get('n', 0) + 1\nprint(n)").output == "2\n"
    assert not cells.run("3", "n = globals().get('n', 0) + 1\nprint(n)", once=True).skipped, "another chapter"


def test_a_cell_that_failed_is_run_again_on_the_way(cells: Cells) -> None:
    assert cells.run("2", "print(later)").failed
    cells.run("2", "later = 5")
    assert cells.run("2", "print(later)", once=True).output == "5\n"


def test_reset_forgets_names_and_what_has_run(cells: Cells) -> None:
    cells.run("2", "x = 1")
    cells.reset("2")
    assert cells.run("2", "x").failed
    assert not cells.run("2", "x = 1", once=True).skipped


def test_a_model_with_pickled_weights_is_refused_before_it_is_opened(tmp_path: Path) -> None:
    folder = save_classifier(tmp_path / "pickled")
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    with pytest.raises(CheckpointError) as refused:
        Cells().run("2", "print(model)", model=str(folder))
    assert "pytorch_model.bin" in str(refused.value)


def test_output_without_end_is_cut_while_it_is_printed(cells: Cells) -> None:
    result = cells.run("2", "for n in range(100_000): print('0123456789')\nprint(no)")
    assert result.output[:11] == "0123456789\n"
    assert result.cut == 1_100_000 - OUTPUT_LIMIT
    assert result.output.endswith("NameError: name 'no' is not defined\n"), "what went wrong is never cut"


def test_the_traceback_is_the_readers_lines_and_the_whole_one_is_there_too(cells: Cells) -> None:
    result = cells.run("2", "import json\n\ndef load(text):\n    return json.loads(text)\n\nload('{')")
    assert result.output.splitlines()[:2] == ["  6 | load('{')", "  4 | return json.loads(text)"]
    assert "json/decoder.py" not in result.output
    assert "json/decoder.py" in result.whole
    assert "IPython" not in result.whole


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        (
            "import pandas as pd\npd.DataFrame({'name': ['Oslo', '京都'], 'n': [1, 20]})",
            ["   name   n", "0  Oslo   1", "1  京都  20"],
        ),
        ("[{'a': 1, 'b': None}, {'a': 2.5, 'b': 'x'}]", ["  a  b", "  1  None", "2.5  x"]),
        ("{'label': [0, 1], 'text': ['no', 'yes']}", ["label  text", "    0  no", "    1  yes"]),
        ("[{'n': n} for n in range(30)]", ["[30 rows x 1 columns]"]),
        ("[1, 2]", ["[1, 2]"]),
        ("{'a': [1], 'b': 2}", ["{'a': [1], 'b': 2}"]),
        ("{}", ["{}"]),
    ],
)  # fmt: skip
def test_rows_are_shown_as_a_table(cells: Cells, code: str, shown: list[str]) -> None:
    lines = cells.run("2", code).output.splitlines()
    assert [line for line in lines if line in shown] == shown


ERRORS = [
    ("print（1）", "fullwidth", {"character": "（", "plain": "("}),
    ("print(“1”)", "fullwidth", {"character": "“", "plain": '"'}),
    ("for n in [1]:\nprint(n)", "indentation", {"line": 2}),
    ("print((1)", "never_closed", {"bracket": "("}),
    ("print('a)", "unterminated", {"line": 1}),
    ("x = = 2", "syntax", {"line": 1}),
    ("tokens", "name", {"name": "tokens"}),
    ("numbers = 1\nnumber", "name_near", {"near": "numbers"}),
    ("np.zeros(2)", "name_import", {"statement": "import numpy as np"}),
    ("import no_such_thing.at_all", "module", {"package": "no_such_thing"}),
    ("{'text': 1}['txt']", "column_of", {"name": "txt"}),
    ("{1: 1}[2]", "key", {"name": "2"}),
    ("sorted([1], revers=True)", None, {}),
    ("def f(a): pass\nf(b=1)", "unexpected_argument", {"name": "b"}),
    ("def f(a): pass\nf()", "missing_argument", {"names": "'a'"}),
    ("[1].size", "lists", {}),
    ("None.size", "none", {}),
    ("'a'.uper()", "attribute_near", {"near": "upper", "kind": "str"}),
    ("[1][1]", "index", {}),
    ("raise RuntimeError('Expected all tensors to be on the same device, but found at least two')", "device", {}),
    ("raise AssertionError('Torch not compiled with CUDA enabled')", "no_cuda", {}),
    ("raise RuntimeError('CUDA out of memory. Tried to allocate 2.00 GiB')", "memory", {}),
    ("raise MemoryError", "memory", {}),
    ("raise OSError(\"We couldn't connect to 'https://huggingface.co' to load the files\")", "offline", {}),
    ("raise ValueError('Unable to create tensor, you should probably activate truncation')", "ragged", {}),
    ("raise ValueError('not enough values to unpack (expected 2, got 1)')", None, {}),
    ("1 / 0", None, {}),
]  # fmt: skip


@pytest.mark.parametrize(("code", "name", "values"), ERRORS)
def test_common_errors_are_explained_in_both_languages(
    cells: Cells, code: str, name: str | None, values: dict[str, object]
) -> None:
    result = cells.run("2", code)
    assert result.failed
    found = result.explanation
    assert (found.message if found else None) == (name and f"engine.explain.{name}")
    if found is not None:
        assert values.items() <= found.values.items()
        english, chinese = (translate(language, found.message, **found.values) for language in LANGUAGES)
        assert english != chinese


def test_torchs_own_messages_are_explained(cells: Cells) -> None:
    """Real ones: a message that torch words in another way is noticed here."""
    code = "import torch\ntable = torch.nn.Embedding(3, 2)\n"
    shown = {
        "table(torch.tensor([3]))": "token_id",
        "table([1])": "lists",
        "torch.ones(2, 3) @ torch.ones(2, 3)": "matmul",
        "torch.ones(2, 3) + torch.ones(2, 2)": "shapes",
        "torch.ones(6).view(4, 2)": "view",
        "torch.ones(1, device='cuda')": "no_cuda",
        "bool(torch.ones(2) > 0)": "ambiguous",
        "torch.ones(1, requires_grad=True).numpy()": "detach",
        "torch.ones(1).sum().backward()": "no_grad",
        "torch.tensor([[1, 2], [3]])": "ragged",
        "torch.ones(2, 2) @ torch.ones(2, 2).double()": "dtype",
    }
    cells.run("2", code)
    found = {line: cells.run("2", line).explanation for line in shown if "cuda" not in line or not _has_gpu()}
    assert {line: one.message.removeprefix("engine.explain.") if one else None for line, one in found.items()} == {
        line: shown[line] for line in found
    }


def _has_gpu() -> bool:
    import torch

    return torch.cuda.is_available()


class Trap:
    """An object whose code must not run while the reader types."""

    word = "x"

    def __init__(self) -> None:
        self.inner = {"labels": 1, "input_ids": 2}

    @property
    def boom(self) -> object:
        raise AssertionError("a property was run")

    def __getattr__(self, name: str) -> object:
        raise AssertionError("an attribute was computed")

    def __dir__(self) -> list[str]:
        raise AssertionError("dir was asked")

    def call(self, size: int, *, color: str = "") -> None: ...


@pytest.mark.parametrize(
    ("code", "length", "items"),
    [
        ("trap.inn", 3, ["inner"]),
        ("trap.bo", 2, ["boom"]),
        ("trap.boom.", 0, []),
        ("trap.nothing.", 0, []),
        ("trap.inner['l", 1, ["labels']"]),
        ('print(trap.inner["in', 2, ['input_ids"]']),
        ("trap.call(", 0, ["size=", "color="]),
        ("trap.call(size=1, co", 2, ["color=", "compile", "complex", "continue", "copyright"]),
        ("tra", 3, ["trap"]),
        ("words[0].upp", 3, ["upper"]),
        ("impor", 5, ["import"]),
        ("", 0, []),
        ("1 + ", 0, []),
    ],
)
def test_completion_looks_at_the_objects_and_runs_nothing(code: str, length: int, items: list[str]) -> None:
    found = complete(code, {"trap": Trap(), "words": ["a"]})
    assert found.length == length
    assert [item for item in found.items if item != "credits"] == items


def test_another_model_begins_the_space_anew(cells: Cells) -> None:
    cells.run("2", "x = 1")
    assert cells.run("2", "print(x)").output == "1\n"
    assert "NameError" in cells.run("2", "print(x)", model="run:mine").output
    assert cells.run("2", "x = 2", model="run:mine").failed is False
