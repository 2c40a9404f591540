"""The lines that let a script see one GPU, before torch counts them."""

from __future__ import annotations

from tui.recipes.devices import VISIBLE
from tui.recipes.recipe import Recipe


def visible(recipe: Recipe) -> str:
    """Nothing where a launcher starts several processes, each of which takes a GPU of its own."""
    if recipe.device == "cpu":
        return f"import os\n\nos.environ[{VISIBLE!r}] = ''  # no GPU"
    if recipe.processes * recipe.machines > 1 or recipe.launch_config:
        return ""
    number = int(recipe.device.partition(":")[2] or 0)
    names = ",".join(map(str, range(number + 1)))
    return (
        "import os\n\n"
        "# one GPU: a Trainer that sees several takes them all, and a batch is so many times larger\n"
        f"gpus = os.environ.get({VISIBLE!r}, {names!r}).split(',')\n"
        f"os.environ[{VISIBLE!r}] = gpus[{number}]"
    )
