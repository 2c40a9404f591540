"""`headnotes runs`: training runs from the command line: look at them, tell them what to do, set them side by side."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from tui.cli.start import add_changes, add_following, add_output, begin, changes, confirm, started
from tui.errors import UsageError
from tui.recipes import recipe
from tui.recipes.recipe import FREE
from tui.runs import folder, launch, run_status
from tui.runs.folder import Run
from tui.text.catalog import translate
from tui.text.visible import visible


def add(parser: argparse.ArgumentParser) -> None:
    kinds = parser.add_subparsers(dest="do", metavar="WHAT")

    def kind(name: str, help_: str, *, several: str = "") -> argparse.ArgumentParser:
        made = kinds.add_parser(name, help=help_, description=help_)
        made.add_argument("run", metavar="RUN", nargs=several or None, help="a run, by its name or its folder")
        return made

    listed = kinds.add_parser("list", help="all runs, the latest first (this is what plain `headnotes runs` does)")
    listed.add_argument("--json", action="store_true", help="the same for programs")
    kind("show", "a run: state, recipe, evaluations, checkpoints, its last output").add_argument(
        "--json", action="store_true", help="the same for programs"
    )
    add_output(kind("follow", "what a run has done and does, until it ends; ^C leaves it alone and running"))
    stopped = kind("stop", "keep a checkpoint and end, at the next step")
    stopped.add_argument("--kill", action="store_true", help="end it at once; what came after a checkpoint is lost")
    stopped.add_argument("--yes", action="store_true", help="do not ask")
    for made in (stopped, kind("save", "keep a checkpoint, and go on"), kind("eval", "measure now, and go on")):
        made.add_argument("--json", action="store_true", help="the answer for programs")
    resumed = kind("resume", "go on from a checkpoint, to the same weights as if it had not been left")
    resumed.add_argument("--checkpoint", type=int, metavar="N", help="of step N; the last one when not said")
    add_changes(resumed)
    add_following(resumed)
    forked = kind("fork", "a new run from the weights of a checkpoint")
    forked.add_argument("--checkpoint", type=int, metavar="N", help="of step N; the last one when not said")
    add_changes(forked)
    forked.add_argument("--check", action="store_true", help="say what it comes to, and start nothing")
    add_following(forked)
    kind("compare", "in what recipes differ, and how good the models became", several="+").add_argument(
        "--json", action="store_true", help="the same for programs"
    )
    taken = kind("export", "the curves into a .csv file, or the model into a folder")
    taken.add_argument("target", type=Path, metavar="FILE.csv|FOLDER")
    taken.add_argument("--checkpoint", type=int, metavar="N", help="the weights of step N instead of the model")
    taken.add_argument("--replace", action="store_true", help="replace what is there")
    removed = kind("rm", "delete runs with all that is in them", several="+")
    removed.add_argument("--yes", action="store_true", help="do not ask")


def run(asked: argparse.Namespace) -> int:
    from tui.cli import show

    match asked.do:
        case None | "list":
            return show.list_runs(asked.language, as_json=asked.do == "list" and asked.json)
        case "compare":
            return show.compare_runs([folder.find(name) for name in asked.run], asked.language, as_json=asked.json)
        case "rm":
            return _remove(list({found.folder: found for found in map(folder.find, asked.run)}.values()), asked)
    found = folder.find(asked.run)
    match asked.do:
        case "show":
            return show.show_run(found, asked.language, as_json=asked.json)
        case "follow":
            from tui.cli.follow import stay

            return stay(found, plain=asked.plain, as_json=asked.json, language=asked.language)
        case "stop" if asked.kill:
            return _kill(found, asked)
        case "stop" | "save" | "eval":
            from tui.cli.order import order

            return order(found, {"eval": "evaluate"}.get(asked.do, asked.do), asked.language, as_json=asked.json)
        case "resume":
            return _resume(found, asked)
        case "fork":
            return _fork(found, asked)
    return _export(found, asked)


def _kill(one: Run, asked: argparse.Namespace) -> int:
    if not folder.alive(one):
        raise UsageError("cli.not-running", run=one.name)
    confirm(translate(asked.language, "cli.runs.kill", run=one.name), yes=asked.yes)
    launch.kill(one)
    state = run_status.look(one).state
    answer = json.dumps({"name": one.name, "order": "kill", "state": state})
    print(answer if asked.json else translate(asked.language, "cli.runs.killed", run=one.name))
    return 0


def _resume(one: Run, asked: argparse.Namespace) -> int:
    from tui.atomic import write_atomically
    from tui.cli.export import folder_of

    if folder.alive(one):
        raise UsageError("cli.running", run=one.name)
    if asked.checkpoint is None and run_status.look(one).state == "done":
        raise UsageError("cli.run-done", run=one.name)
    step = launch.latest(one).step if asked.checkpoint is None else asked.checkpoint
    folder_of(one, step)
    if changed := changes(asked.set):
        free = [name for name in FREE if name != "name"]
        if others := [name for name in changed if name not in free]:
            raise UsageError("cli.another-run", names=others, free=free)
        write_atomically(one.recipe_file, recipe.text(recipe.load(str(one.recipe_file), changed)))
    checkpoint = next(ck for ck in folder.checkpoints(one) if ck.step == step)
    return started(one, launch.start(one, checkpoint), asked)


def _fork(one: Run, asked: argparse.Namespace) -> int:
    from tui.cli.export import folder_of

    if asked.checkpoint is None and not folder.checkpoints(one) and one.model.is_dir():
        where, step = one.model, run_status.look(one).step
    else:
        step = launch.latest(one).step if asked.checkpoint is None else asked.checkpoint
        where = folder_of(one, step)
    changed: dict[str, Any] = {"checkpoint": str(where), "name": f"{one.name}-fork", **changes(asked.set)}
    return begin(recipe.load(str(one.recipe_file), changed), asked, parent={"run": one.name, "step": step})


def _export(one: Run, asked: argparse.Namespace) -> int:
    from tui.cli import export

    if asked.target.suffix == ".csv":
        lines = export.curves(one, asked.target, replace=asked.replace)
        print(translate(asked.language, "cli.runs.curves", path=asked.target, count=lines))
    else:
        source = export.model(one, asked.target, asked.checkpoint, replace=asked.replace)
        values = {"path": asked.target, "source": source.name, "run": one.name}
        print(translate(asked.language, "cli.runs.model", **values))
    return 0


def _remove(some: list[Run], asked: argparse.Namespace) -> int:
    for one in some:
        if folder.alive(one):
            raise UsageError("cli.stop-first", run=one.name)
    names = ", ".join(visible(one.name) for one in some)
    confirm(translate(asked.language, "cli.runs.delete", names=names), yes=asked.yes)
    for one in some:
        folder.remove(one)
    print(translate(asked.language, "cli.runs.deleted", names=names))
    return 0
