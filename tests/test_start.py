"""The console starts light: what a fresh process has loaded, and what it has not."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

HEAVY = ("torch", "transformers", "datasets", "evaluate", "accelerate", "peft", "numpy", "IPython", "huggingface_hub")


def modules_after(code: str) -> set[str]:
    """Modules that a fresh process has loaded after this code."""
    code += "\nimport json, sys\nsys.__stdout__.write(chr(10) + json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    return set(json.loads(done.stdout.splitlines()[-1]))


def loaded_after(code: str) -> set[str]:
    """Top-level packages of them."""
    return {name.split(".")[0] for name in modules_after(code)}


@pytest.mark.parametrize(
    "code",
    [
        "import tui.console.app",
        "from tui.instruments.pipeline import PipelineSpec, code\n"
        "code(PipelineSpec(text='', task='ner', model='course'))",
        "import tui.console.widgets.bench, tui.console.screens.doctor, tui.console.screens.windows",
        "import tui.engine.client, tui.instruments.registry, tui.doctor",
        "import tui.cli.open, tui.cli.notes, tui.cli.try_instrument, tui.cli.doctor",
        "from tui.cli.main import main\ntry: main(['try', '--help'])\nexcept SystemExit: pass",
    ],
)
def test_nothing_heavy_is_loaded(code: str) -> None:
    assert loaded_after(code) & set(HEAVY) == set()


RUN = """
from tui.recipes.recipe import Recipe
from tui.runs import folder
from tui.runs.events import Log
run = folder.create(Recipe(data="pairs", name="one"), "print()")
log = Log(run.events_file)
log.write("stage", stage="training")
for step in range(1, 9):
    log.write("evaluation", step=step, epoch=step / 8, metrics={"f1": 0.7, "eval_loss": 1.0 + step})
log.write("done", step=8, seconds=3.0, metrics={"f1": 0.7})
log.close()
"""
"""A run that has something to say of each kind."""


def loaded_by(*words: str, before: str = "") -> set[str]:
    """What a command loads in a fresh process."""
    return loaded_after(f"{before}\nfrom tui.cli.main import main\ntry: main({list(words)})\nexcept SystemExit: pass")


@pytest.mark.parametrize(
    "command",
    [
        "--help",
        "runs --help",
        "runs list",
        "runs list --json",
        "runs show one",
        "runs show one --json",
        "runs compare one one",
        "lessons list",
        "lessons check",
    ],
)
def test_a_command_that_only_looks_loads_neither_a_screen_nor_a_library(command: str) -> None:
    loaded = loaded_by(*command.split(), before=RUN if "one" in command.split() else "")
    assert "tui" in loaded
    assert loaded & {"textual", *HEAVY} == set()


def test_a_command_that_computes_loads_no_screen() -> None:
    loaded = loaded_by("train", "pairs-lesson", "--check")
    assert "transformers" in loaded
    assert "textual" not in loaded
    loaded = loaded_by("try", "tokens", "text=A word", "--json")
    assert "transformers" in loaded
    assert "textual" not in loaded


def test_the_contents_load_only_what_they_show() -> None:
    code = "import tui.cli.open, tui.console.app, tui.console.screens.contents\nfrom tui.course.book import Course\n"
    code += "from tui import paths\nCourse.open(paths.lessons_dir())"
    modules_after(code)  # titles are read once, and remembered
    loaded = modules_after(code)
    assert "textual" in loaded
    later = {"psutil", "yaml", "markdown_it", "filelock", "textual.widgets._text_area"}
    assert loaded & {*later, "tui.course.blocks", "tui.console.screens.reader", "tui.tables.source"} == set()


def test_the_course_can_be_used_without_a_screen_or_a_model() -> None:
    loaded = loaded_after("import tui.course.lint, tui.course.progress, tui.course.search, tui.course.quizzes")
    assert loaded & {*HEAVY, "textual", "rich"} == set()
