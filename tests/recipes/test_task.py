"""A task is one file: nothing else knows it by its name, and adding one touches nothing else."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

import tui
from tui.recipes.recipe import TASKS, Recipe
from tui.recipes.task import Task, task_of

ROOT = Path(tui.__file__).parent
PIPELINES = ("models", "instruments/pipeline", "instruments/batch", "training", "console/widgets/pipeline_answers.py")
"""Here the same words name tasks of pipelines, which are another thing."""


def names_in(code: str) -> list[str]:
    """Names of tasks that stand in code as texts, but for the default of a dataclass's `task`."""
    tree = ast.parse(code)
    fields = (node for node in ast.walk(tree) if isinstance(node, ast.AnnAssign))
    defaults = {part for field in fields if ast.unparse(field.target) == "task" for part in ast.walk(field)}
    return [node.value for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and node.value in TASKS and node not in defaults]  # fmt: skip


def test_no_task_is_known_by_its_name_elsewhere() -> None:
    places = [ROOT / place for place in (*PIPELINES, "recipes/tasks")]
    files = [file for file in ROOT.rglob("*.py") if not any(file.is_relative_to(place) for place in places)]
    assert len(files) > 150
    assert {str(file.relative_to(ROOT)): names for file in files if (names := names_in(file.read_text("utf-8")))} == {}


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("if recipe.task == 'seq2seq': pass", ["seq2seq"]),
        ("match recipe.task:\n    case 'causal-lm' | 'masked-lm': pass", ["causal-lm", "masked-lm"]),
        ("HEADS = {'token-classification': 1}", ["token-classification"]),
        ("task: str = option(default='text-classification')", []),
        ("text = 'a task such as seq2seq'", []),
    ],
)
def test_names_are_found(code: str, names: list[str]) -> None:
    assert names_in(code) == names


@pytest.mark.parametrize("name", TASKS)
def test_a_task_says_what_it_is(name: str) -> None:
    task = task_of(Recipe(data="rows.csv", task=name))
    assert isinstance(task, Task)
    assert task.name == name
    for labels in (["a", "b"], ["a", "b", "c"]):
        assert task.main_metric(labels) in task.metrics
    assert ("label" in task.columns(Recipe(data="rows.csv", task=name))) == task.has_labels
    assert task.has_labels or not task.has_label_lists


OWN = """
from tui.recipes.labeled_texts import LabeledTexts
from tui.recipes.tasks.text_classification import ClassScorer, TextClassification


class Polarity(TextClassification):
    name = "polarity"
    metrics = ("accuracy", "f1")
    script_target = "[ids[tag] for tag in batch[{label}]]  # the polarity of a text"

    def check_row(self, row, recipe):
        yield from super().check_row(row, recipe)
        if row[recipe.label] not in ("+", "-"):
            yield f"{row[recipe.label]} is no polarity.", "Write + or -."


TASK = Polarity()
"""
"""A task whose file lies outside of this project."""
START = "import tui.recipes.tasks\ntui.recipes.tasks.__path__.append({folder!r})\n"


def in_process(folder: Path, code: str) -> subprocess.CompletedProcess[str]:
    """What code does in a process whose folder of tasks has one more file."""
    (folder / "polarity.py").write_text(OWN, "utf-8")
    words = [sys.executable, "-c", START.format(folder=str(folder)) + code]
    return subprocess.run(words, capture_output=True, text=True, check=False, timeout=300)


def recipe_in(folder: Path, labels: str) -> Path:
    """A recipe of that task, for rows with these labels in turn."""
    rows = [{"text": f"text {at}", "label": labels[at % len(labels)]} for at in range(40)]
    (folder / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    (folder / "own.toml").write_text(f'task = "polarity"\ndata = "{folder / "rows.jsonl"}"\nbatch_size = 4\n', "utf-8")
    return folder / "own.toml"


def test_a_new_task_is_offered_by_the_command_line(tmp_path: Path) -> None:
    page = in_process(tmp_path, "from tui.cli.main import main\nmain(['train', '--help'])").stdout
    assert "polarity                     text, pair, label: accuracy, f1\n" in page
    assert "masked-lm | multi-label-classification | polarity | question-answering" in page


@pytest.mark.drill
def test_a_new_task_is_planned_and_written_as_a_script(tmp_path: Path) -> None:
    """By the instrument `train`, which is the form on the bench and `headnotes try train`."""
    file = recipe_in(tmp_path, "+-")
    done = in_process(tmp_path, f"""
from tui.instruments.registry import find
train = find("train")
result = train.run(train.read({{"recipe": {str(file)!r}, "loop": "accelerate"}}))
print(result.plan.labels, result.plan.rows, result.plan.eval_rows)
print(result.script)
""")  # fmt: skip
    assert done.stdout.startswith("{'+': 18, '-': 18} 36 4\n"), done.stderr
    assert "# the polarity of a text" in done.stdout


def test_a_new_task_checks_its_rows(tmp_path: Path) -> None:
    file = recipe_in(tmp_path, "+-+0")
    done = in_process(tmp_path, f"from tui.cli.main import main\nmain(['train', {str(file)!r}, '--check'])")
    assert "Row 3" in done.stderr
    assert "0 is no polarity." in done.stderr
