"""The console starts light: what a fresh process has loaded, and what it has not."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

HEAVY = ("torch", "transformers", "datasets", "evaluate", "accelerate", "peft", "numpy", "IPython", "huggingface_hub")


def loaded_after(code: str) -> set[str]:
    """Top-level packages in `sys.modules` of a fresh process after this code."""
    code += "\nimport json, sys\nnames = sorted({m.split('.')[0] for m in sys.modules})"
    code += "\nsys.__stdout__.write(chr(10) + json.dumps(names))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    return set(json.loads(done.stdout.splitlines()[-1]))


@pytest.mark.parametrize(
    "code",
    [
        "import tui.console.app",
        "from tui.instruments.pipeline import PipelineSpec, code\n"
        "code(PipelineSpec(text='', task='ner', model='course'))",
        "import tui.console.widgets.bench, tui.console.screens.doctor, tui.console.screens.windows",
        "import tui.engine.client, tui.instruments.registry, tui.doctor",
        "import tui.cli.open, tui.cli.notes, tui.cli.try_instrument, tui.cli.doctor",
        "from tui.cli.main import main\ntry: main(['--help'])\nexcept SystemExit: pass",
        "from tui.cli.main import main\ntry: main(['try', '--help'])\nexcept SystemExit: pass",
        "from tui.cli.main import main\nmain(['lessons', 'list'])",
        "from tui.cli.main import main\nmain(['lessons', 'check'])",
    ],
)
def test_nothing_heavy_is_loaded(code: str) -> None:
    assert loaded_after(code) & set(HEAVY) == set()


def test_help_does_not_even_load_textual() -> None:
    assert "textual" not in loaded_after(
        "from tui.cli.main import main\ntry: main(['--help'])\nexcept SystemExit: pass"
    )


def test_the_course_can_be_used_without_a_screen_or_a_model() -> None:
    loaded = loaded_after("import tui.course.lint, tui.course.progress, tui.course.search, tui.course.quizzes")
    assert loaded & {*HEAVY, "textual", "rich"} == set()
