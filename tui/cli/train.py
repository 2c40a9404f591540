"""`headnotes train RECIPE`: look at what a recipe comes to, and start it as a run that outlives this terminal."""

from __future__ import annotations

import argparse
import dataclasses
from itertools import takewhile
from pathlib import Path

from tui import paths
from tui.cli.start import add_changes, add_following, begin, changes
from tui.errors import UsageError
from tui.options import options_of
from tui.recipes import recipe
from tui.recipes.recipe import Recipe
from tui.recipes.task import task_of


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("recipe", nargs="?", metavar="RECIPE", help="a TOML file, or one that ships with the lessons")
    add_changes(parser)
    parser.add_argument("--check", action="store_true", help="say what it comes to, and start nothing")
    add_following(parser)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = _page()


def run(asked: argparse.Namespace) -> int:
    if asked.recipe is None:
        raise UsageError("cli.which-recipe", names=list(recipe.shipped()))
    wanted = recipe.load(asked.recipe, changes(asked.set))
    named = wanted.name or Path(asked.recipe).stem.lstrip(".")
    return begin(dataclasses.replace(wanted, name=named), asked)


def about(name: str) -> list[str]:
    """The comment lines with which a recipe that ships begins."""
    lines = (paths.recipes_dir() / f"{name}.toml").read_text("utf-8").splitlines()
    comment = takewhile(lambda line: line.startswith("#"), lines)
    return [line.removeprefix("#").removeprefix(" ") for line in comment]


def _page() -> str:
    lines = ["It ends with 0 when the run was started (with --wait: when it is done), 1 when it failed or was stopped,",
             "2 when something is wrong with what was asked for, 130 after ^C.", "", "Recipes:"]  # fmt: skip
    for name in recipe.shipped():
        lines += [f"  {name}", *(f"      {line}" for line in about(name))]
    lines += ["", "Tasks, the columns that they read, and what is evaluated besides the loss:"]
    for example in (Recipe(data="", task=name, pair="pair") for name in recipe.TASKS):
        task = task_of(example)
        lines.append(f"  {task.name:28} {', '.join(task.columns(example))}: {', '.join(task.metrics)}")
    lines += ["", "What a recipe can say, and --set can change:"]
    lines += [f"  {name:20} {shape}\n  {'':20} {help_}" for name, shape, help_ in options_of(Recipe)]
    return "\n".join(lines)
