"""`train` on the bench: the plan of a recipe, the key that starts it, and from then on the run itself, live."""

from __future__ import annotations

import asyncio
import dataclasses
import tomllib
from collections.abc import Callable, Iterator, Mapping
from typing import Any, ClassVar

from textual import on
from textual.binding import BindingType
from textual.timer import Timer
from textual.widget import Widget

from tui.console.keys import bindings
from tui.console.widgets.lines import Lines
from tui.console.widgets.option_bar import Options
from tui.console.widgets.pane import Pane
from tui.errors import HeadnotesError, UsageError
from tui.instruments.train import compute as train
from tui.instruments.train.compute import TrainResult, TrainSpec
from tui.instruments.train.live import live_lines
from tui.instruments.train.plan import plan_lines
from tui.recipes import recipe
from tui.recipes.recipe import FREE, Recipe
from tui.runs import folder, launch
from tui.runs.curves import Curves
from tui.runs.folder import Run
from tui.runs.run_status import ENDED
from tui.text.catalog import translate
from tui.text.lines import Line

FOLLOW_EVERY = 0.5
"""Seconds between two looks at the logs of the run that is shown."""
LAST_WORDS = 6
"""Lines of the log of a worker that died."""
CHANGED = tuple(field.name for field in dataclasses.fields(TrainSpec) if field.name != "recipe")


class TrainPane(Pane):
    """A recipe; its plan, or the run that was made of it."""

    SCOPES: ClassVar[tuple[str, ...]] = ("train", "bench")
    BINDINGS: ClassVar[list[BindingType]] = bindings("train")
    BESIDE: ClassVar[int] = 4
    TEXTS: ClassVar[tuple[str, ...]] = ()
    LEFT_OUT: ClassVar[tuple[str, ...]] = ("recipe",)
    DELAY: ClassVar[float] = 0.6

    DEFAULT_CSS = """
    TrainPane Options { max-height: 6; }
    TrainPane #plan, TrainPane #run { padding: 0 1; }
    TrainPane #run { display: none; margin: 1 0 0 0; }
    TrainPane.-run #run { display: block; }
    TrainPane.-run #answer, TrainPane.-run #plan { display: none; }
    """

    def __init__(self, instrument: Any) -> None:
        super().__init__(instrument)
        self._options = [
            dataclasses.replace(one, choices=tuple(choice for choice in one.choices if choice != ""))
            for one in self._options
        ]  # on the line stands what the recipe has: nothing is empty
        self._recipe = ""
        self._own: dict[str, Any] = {}
        """What the recipe itself has for the options."""
        self._curves: Curves | None = None
        self._last_words: list[str] = []
        self._follow: Timer | None = None
        self._reading: Curves | None = None
        self._starting = False
        self._comes_in = False
        """Whether the inputs that are being put in are those of the notes."""
        self._started: dict[str, Run] = {}
        """Runs that were started here, by the inputs of the notes."""

    # -- the frame ------------------------------------------------------------------------------------------------

    def compose(self) -> Iterator[Widget]:
        yield from super().compose()
        yield Lines(id="run")

    def compose_answer(self) -> Iterator[Widget]:
        yield Lines(id="plan")

    def put(self, values: Mapping[str, Any]) -> None:
        self._comes_in = True
        super().put(values)

    def put_extra(self, values: Mapping[str, Any]) -> None:
        """Show on the line of options what the run would have; for what the notes give, the run that was made of it."""
        comes_in, self._comes_in = self._comes_in, False
        self._show_run(False)
        self._recipe = str(values.get("recipe") or TrainSpec().recipe)
        try:
            own = train.recipe_of(TrainSpec(recipe=self._recipe))
            self._own = {name: getattr(own, name) for name in CHANGED}
            asked = train.recipe_of(self.instrument.read({**values, "recipe": self._recipe}))
        except UsageError:  # said by ask(), which reads the same values
            self._own = {}
        else:
            self.query_one(Options).put({name: getattr(asked, name) for name in CHANGED})
            if comes_in:
                self.run_worker(self._find(asked), group="find", exclusive=True)

    def values(self) -> dict[str, Any]:
        """The recipe, and what differs from it."""
        chosen = self.query_one(Options).values
        changed = {name: chosen[name] for name in CHANGED if chosen[name] not in (None, "", self._own.get(name))}
        return {"recipe": self._recipe, **changed}

    @on(Options.Changed)
    def _turn_to_plan(self) -> None:
        self._show_run(False)  # who changes an option wants to see what that would come to

    def draw(self, result: TrainResult) -> None:
        """The plan, and over it the key that starts the run."""
        hint = translate(self.app.language, "instruments.train.plan.start")
        lines: list[Line] = [((hint, "accent"),), *plan_lines(result, self.text_width, self.app.language)]
        self.query_one("#plan", Lines).set_lines(lines)

    def translate(self) -> None:
        super().translate()
        self._draw_run()

    def on_resize(self) -> None:
        super().on_resize()
        self._draw_run()

    async def copied(self) -> tuple[str, str]:
        shown = self.query_one("#run" if self._shows_run else "#plan", Lines)
        return "answer", "\n".join("".join(text for text, _ in line).rstrip() for line in shown.lines)

    # -- the run --------------------------------------------------------------------------------------------------

    @property
    def run(self) -> Run | None:
        """The run that is shown, or would be."""
        return self._curves.run if self._curves is not None else None

    @property
    def _shows_run(self) -> bool:
        return self.has_class("-run")

    def _show_run(self, shown: bool) -> None:
        shown = shown and self._curves is not None
        if shown == self._shows_run:
            return
        before, after = ("#plan", "#run") if shown else ("#run", "#plan")
        had_focus = self.query_one(before).has_focus
        self.set_class(shown, "-run")
        if had_focus:
            self.query_one(after).focus()
        self.call_after_refresh(self._draw_run)  # only now is its height known

    async def _find(self, asked: Recipe) -> None:
        """Show the run that was started here, or the latest one of this recipe; one of another recipe is put away."""
        found = self._started.get(repr(self._notes_values))
        if found is None or not found.folder.is_dir():
            found = await asyncio.to_thread(latest_run, asked)
        if found is not None:
            await self._take_up(found)
        else:
            self._curves = None

    async def _take_up(self, run: Run) -> None:
        """Follow a run from now on."""
        if self.run != run:
            self._curves, self._last_words = Curves(run), []
        await self._read()
        self._show_run(True)
        if self._follow is None:
            self._follow = self.set_interval(FOLLOW_EVERY, self._look)
        self.post_message(self.Settled())

    def _look(self) -> None:
        if self._shows_run and self.visible and self.app.screen is self.screen:
            self.run_worker(self._read(), group="read")

    async def _read(self) -> None:
        """Take what is new in the logs; draw when there is something."""
        curves = self._curves
        if curves is None or self._reading is curves:
            return
        self._reading = curves
        try:
            changed = await asyncio.to_thread(curves.read)
        finally:
            self._reading = None
        if curves.status.state == "dead" and not self._last_words:
            self._last_words = await asyncio.to_thread(folder.last_words, curves.run, LAST_WORDS)
        if changed and curves is self._curves:
            self._draw_run()

    def _draw_run(self) -> None:
        if self._curves is not None and self.is_mounted:
            width, height = self.text_width, self.query_one("#run").size.height
            lines = live_lines(self._curves, self._last_words, width, height, self.app.language)
            self.query_one("#run", Lines).set_lines(lines)

    def key_labels(self) -> dict[str, str | None]:
        """The messages of what keys do otherwise just now; None for what would do nothing."""
        lives = self._curves is not None and self._curves.status.state not in (*ENDED, "new")
        no: dict[str, str | None] = {}
        if lives or self.result is None or self.is_running:
            no["train.start"] = None
        if not lives:
            no["train.stop"] = None
        if self._curves is None:
            no |= {"train.turn": None, "train.open": None}
        return no

    # -- keys -----------------------------------------------------------------------------------------------------

    async def action_start_run(self) -> None:
        """Start what is planned, and show it from then on."""
        alive = self.run is not None and await asyncio.to_thread(folder.alive, self.run)
        if self._starting or alive:
            self.app.notify(
                translate(self.app.language, "instruments.train.goes_on", name=self.run.name if self.run else "")
            )
            return
        if self.result is None or self._request is not None:
            self.app.notify(translate(self.app.language, "instruments.train.plan_first"))
            return
        self._starting = True
        try:
            run, others = await asyncio.to_thread(begin, self.spec(), self.result)
        except HeadnotesError as error:
            self.app.say_error(error)
            return
        finally:
            self._starting = False
        if others:
            self.app.notify(
                translate(self.app.language, "instruments.train.share", names=", ".join(others)), severity="warning"
            )
        self._started[repr(self._notes_values)] = run
        await self._take_up(run)

    async def action_stop_run(self) -> None:
        """Have the worker keep a checkpoint at its next step and end."""
        if self.run is None:
            self.app.notify(translate(self.app.language, "instruments.train.none"))
            return
        from tui.console.run_actions import give

        try:
            await asyncio.to_thread(give, self.run, "stop", self.app.language)
        except HeadnotesError as error:
            self.app.say_error(error)
            return
        self.app.notify(translate(self.app.language, "instruments.train.stop_ordered", name=self.run.name))

    def action_turn_run(self) -> None:
        """From the run to the plan, and back."""
        if self._curves is None:
            self.app.notify(translate(self.app.language, "instruments.train.none"))
        else:
            self._show_run(not self._shows_run)
            self._draw_run()

    def action_open_run(self) -> None:
        """The run on a screen of its own."""
        if self.run is None:
            self.app.notify(translate(self.app.language, "instruments.train.none"))
            return
        from tui.console.screens.run import RunScreen

        self.app.go_to(RunScreen(self.run))


def begin(spec: TrainSpec, planned: TrainResult) -> tuple[Run, list[str]]:
    """Make the folder of a run and start its worker; (the run, names of others that go on). Raises `UsageError`."""
    asked = recipe.read(tomllib.loads(planned.recipe))  # with what the engine settled, which knows the device
    others = [one.name for one in folder.all_runs() if folder.alive(one)]
    settings = [word for name, value in train.changes(spec).items() for word in ("--set", f"{name}={value}")]
    command = ["headnotes", "train", spec.recipe, *settings]
    run = folder.create(asked, planned.script, command=command, warnings=planned.warnings)
    try:
        launch.start(run)
    except UsageError:
        folder.remove(run)
        raise
    except OSError as error:
        folder.remove(run)
        raise UsageError("instruments.train.not-started", reason=str(error)) from error
    return run, others


def latest_run(asked: Recipe) -> Run | None:
    """The latest run of exactly this recipe; else one that goes on and differs only in what the pane can change."""
    same, near = _comparer(asked, FREE), _comparer(asked, (*FREE, *(name for name in CHANGED if name != "loop")))
    runs = folder.all_runs()
    return next((run for run in runs if same(run)), None) or next(
        (run for run in runs if near(run) and folder.alive(run)), None
    )


def _comparer(asked: Recipe, but: tuple[str, ...]) -> Callable[[Run], bool]:
    """Whether a run was started with this recipe, some fields left aside."""
    but = (*but, "precision") if asked.precision == "auto" else but
    names = [field.name for field in dataclasses.fields(Recipe) if field.name not in but]

    def agrees(run: Run) -> bool:
        try:
            began = run.recipe()
        except UsageError:
            return False
        return all(getattr(began, name) == getattr(asked, name) for name in names)

    return agrees
