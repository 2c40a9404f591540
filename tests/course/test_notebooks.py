"""A lesson's cells as a program and as a notebook: they run outside of this console and keep the reader's code."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tui import paths
from tui.cli.main import main
from tui.course.cells import cells_of, key_of, with_versions
from tui.course.lesson import read_lesson
from tui.course.notebooks import export
from tui.course.page import Page
from tui.course.progress import Progress
from tui.errors import UsageError

LESSON = """---
id: small
section: "1.1"
title: Small
---
(start)=
## Start

```{code-cell} python
numbers = [3, 4]
```

(end)=
## The end

```{code-cell} python
print(sum(numbers))
```
"""


@pytest.fixture
def page() -> Page:
    return read_lesson(Path("small.en.md"), "en", LESSON.encode())


def test_a_program_runs_alone_from_an_empty_folder(page: Page, tmp_path: Path) -> None:
    file = tmp_path / "small.py"
    first = next(iter(cells_of(page).values()))
    export(
        with_versions(page, {key_of(first): "numbers = [3, 40 * more]"}),
        file,
        setup="more = 1\n",
        scratch="print(max(numbers))",
    )
    run = subprocess.run([sys.executable, "-I", file.name], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert run.stdout == "43\n40\n"
    assert "# ## The end" in file.read_text("utf-8")


def test_a_notebook_follows_its_format(page: Page, tmp_path: Path) -> None:
    file = tmp_path / "small.ipynb"
    export(page, file, setup="more = 1\n")
    notebook = json.loads(file.read_text("utf-8"))
    assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 5)
    kinds = [cell["cell_type"] for cell in notebook["cells"]]
    assert kinds == ["markdown", "code", "markdown", "code", "markdown", "code"]
    assert len({cell["id"] for cell in notebook["cells"]}) == len(kinds)
    assert all(
        {"id", "metadata", "source", "cell_type"} | ({"outputs", "execution_count"} if kind == "code" else set())
        == set(cell)
        for kind, cell in zip(kinds, notebook["cells"], strict=True)
    )
    assert "".join(notebook["cells"][3]["source"]) == "numbers = [3, 4]"


def test_a_file_that_is_there_and_another_kind_are_refused(page: Page, tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("mine")
    with pytest.raises(UsageError, match="there already"):
        export(page, tmp_path / "a.py")
    assert (tmp_path / "a.py").read_text() == "mine"
    with pytest.raises(UsageError, match="neither"):
        export(page, tmp_path / "a.txt")


def test_the_command_exports_what_the_reader_has_made_of_a_lesson(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    progress = Progress(paths.progress_file())
    progress.keep_cell("behind-the-pipeline", "scratch", "print('mine')")
    progress.save()
    target = tmp_path / "out.ipynb"
    assert main(["lessons", "export", "2.2", "--to", str(target)]) == 0
    assert str(target) in capfd.readouterr().out
    notebook = json.loads(target.read_text("utf-8"))
    assert "tokenizer = AutoTokenizer.from_pretrained" in "".join(notebook["cells"][1]["source"])
    assert notebook["cells"][-1]["source"] == ["print('mine')"]
    assert main(["lessons", "export", "2.2", "--to", str(target)]) == 2
    assert main(["lessons", "export", "9.9", "--to", str(target), "--replace"]) == 2
