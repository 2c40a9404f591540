"""Whatever is in the logs of a run, commands and screens show it and JSON stays strict."""

from __future__ import annotations

import contextlib
import io
import json
from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.cli.made import make
from tui.cli import follow, show
from tui.console.widgets.runs import facts, pages
from tui.runs import diagnostics
from tui.runs.curves import Curves

NUMBERS = st.floats() | st.integers(-(10**30), 10**30)
PLAIN = st.none() | st.booleans() | NUMBERS | st.text(max_size=4)
SCORE = st.dictionaries(st.sampled_from(["metric", "step", "value"]), PLAIN)
DIAGNOSIS = st.fixed_dictionaries(
    {"kind": st.sampled_from(["nan_loss", "gap", "underfit", "unheard"]) | PLAIN, "bad": PLAIN,
     "values": PLAIN | st.dictionaries(st.sampled_from(["step", "now", "best", "train", "start"]), PLAIN)}
)  # fmt: skip
VALUES = {
    "step": PLAIN, "steps": PLAIN, "model_step": PLAIN, "seconds": PLAIN, "epoch": PLAIN, "main": PLAIN, "asked": PLAIN,
    "greater_is_better": PLAIN, "metrics": PLAIN | st.dictionaries(st.sampled_from(["f1", "loss", ""]), PLAIN),
    "best": PLAIN | SCORE, "last": PLAIN | SCORE, "found": PLAIN | st.lists(PLAIN | DIAGNOSIS, max_size=2),
    "title": PLAIN, "detail": PLAIN, "code": PLAIN, "stage": PLAIN, "why": PLAIN, "folder": PLAIN, "bytes": PLAIN,
    "notes": st.none() | st.lists(PLAIN, max_size=2), "loss": PLAIN, "rows": PLAIN,
}  # fmt: skip
KINDS = ("stage", "prepared", "evaluation", "diagnosis", "resumed", "warning", "error", "stopped", "done", "checkpoint",
         "epoch", "order", "unheard")  # fmt: skip
EVENTS = st.lists(st.tuples(st.sampled_from(KINDS), st.fixed_dictionaries({}, optional=VALUES)), max_size=6)


def printed(do: Any, *words: Any, **options: Any) -> str:
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        do(*words, **options)
    return out.getvalue()


def strict(text: str) -> Any:
    def refuse(word: str) -> None:
        raise ValueError(word)

    return json.loads(text, parse_constant=refuse)


@given(st.lists(DIAGNOSIS, max_size=3))
def test_a_spoilt_diagnosis_is_left_out(plain: list[dict[str, Any]]) -> None:
    for one in diagnostics.read(plain):
        assert follow.diagnosis_text(one)
        assert facts.diagnosis_text(one, "zh")


@example([("evaluation", {"step": float("inf")}), ("evaluation", {"step": float("nan")})], False)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(EVENTS, st.booleans())
def test_spoilt_logs_are_shown(lines: list[tuple[str, dict[str, Any]]], bare: bool) -> None:
    run = make("odd")
    rows = [{"v": 1, "seq": at, "t": 1e9 + at, **fields, "kind": kind} for at, (kind, fields) in enumerate(lines, 1)]
    # a log that another program wrote may hold bare NaN
    run.events_file.write_text("".join(json.dumps(row, allow_nan=True) + "\n" for row in rows), "utf-8")
    steps = "".join(json.dumps({**row, "kind": "step"}) + "\n" for row in rows)
    run.steps_file.write_text(steps if bare else "", "utf-8")
    strict(printed(show.show_run, run, "zh", as_json=True))
    printed(show.show_run, run, "zh", as_json=False)
    strict(printed(show.list_runs, "en", as_json=True))
    printed(show.list_runs, "en", as_json=False)
    strict(printed(show.compare_runs, [run, run], "zh", as_json=True))
    for line in printed(follow.stay, run, plain=True, as_json=True).splitlines():
        strict(line)
    printed(follow.stay, run, plain=True, as_json=False)
    curves = Curves(run)
    while curves.read():
        pass
    for language in ("en", "zh"):
        facts.progress_line(curves, language)
        facts.fact_lines(curves, 80, language)
        pages.log_lines(run, curves, [], language)
        pages.recipe_lines(run, curves, 80, language)
