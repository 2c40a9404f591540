"""A pane and `headnotes try` print the same lines; JSON has the fields of its task and no others."""

from __future__ import annotations

import pytest

from tests.console.console import Driver, console
from tests.console.test_fits import on_the_free_bench
from tui.cli.try_instrument import as_data, as_lines
from tui.console.screens.free_bench import FreeBench
from tui.console.widgets.lines import Lines
from tui.console.widgets.pane import Pane
from tui.console.widgets.row_table import RowTable
from tui.console.widgets.table import Table
from tui.instruments.anatomy.compute import STAGES
from tui.instruments.anatomy.view import Stages
from tui.instruments.registry import INSTRUMENTS
from tui.text.lines import line_text

ONLY_ON_THE_BENCH = {"train": ("f starts the run.", "按 f 开始训练。")}
"""What names a key."""


def pane_of(it: Driver) -> Pane:
    assert isinstance(it.app.screen, FreeBench)
    pane = it.app.screen.bench.pane
    assert pane is not None
    return pane


def lines_of(pane: Pane, view: Lines) -> list[str]:
    """What a view of a pane shows, scrolled away or not; of a table a line for each row, cells apart."""
    if isinstance(view, Table):
        return [" ".join(row.split("\t")) for row in view.text().splitlines()]
    if isinstance(view, RowTable):
        return []
    if isinstance(view, Stages):
        lines = []
        for stage in range(len(STAGES)):
            view.stage = stage
            view.put(view.result, view.language)  # type: ignore[arg-type]
            drawn = [line_text(line) for line in view.lines]
            lines += drawn[drawn.index("") + 1 :]  # under the names of the stages
        return lines
    return [line_text(line) for line in view.lines]


def without_width(lines: list[str]) -> list[str]:
    """Lines as words, bars and empty lines left out: what does not hang on the width."""
    words = [" ".join(word for word in line.split() if word.strip("█▏▎▍▌▋▊▉·━┃-")) for line in lines]
    return [line for line in words if line]


@pytest.mark.parametrize("language", ["en", pytest.param("zh", marks=pytest.mark.drill)])
@pytest.mark.parametrize("name", list(INSTRUMENTS))
async def test_a_pane_shows_what_try_prints(name: str, language: str) -> None:
    async with console(size=(100, 60), language=language) as it:
        await on_the_free_bench(it, name)
        pane = pane_of(it)
        views = [view for view in pane.query(Lines) if view.id not in ("options", "warnings", "status", "span", "run")]
        shown = without_width([line for view in views for line in lines_of(pane, view)])
        shown = [line for line in shown if line not in ONLY_ON_THE_BENCH.get(name, ())]
        printed = without_width(as_lines(INSTRUMENTS[name], pane.result, pane.text_width, language))
        assert shown
        assert [line for line in shown if line not in printed] == []
        if not pane.query(RowTable) and name != "anatomy":  # over each stage stands its name
            warnings = len(pane.result.warnings_above)
            assert printed[warnings:] == shown


async def test_rows_of_a_table_are_those_that_try_prints() -> None:
    async with console(size=(100, 60)) as it:
        for name in ("data", "batch", "map"):
            await on_the_free_bench(it, name)
            pane = pane_of(it)
            printed = " ".join(" ".join(as_lines(INSTRUMENTS[name], pane.result, 4000, "en")).split())
            rows = pane.query_one(RowTable)
            await it.until(lambda rows=rows: rows.column is not None and rows.value(0, rows.column.name) is not None)
            for row in range(3):
                cell = rows.value(row, rows.column.name)  # type: ignore[union-attr]
                assert " ".join((cell or "").split())[:25] in printed, name


# -- JSON -----------------------------------------------------------------------------------------------------------


OF_A_LABEL = {"label", "score", "labels"}
OTHERS = {"answers", "candidates", "mask", "written", "pieces", "beside"}


@pytest.mark.parametrize(
    ("task", "own", "others"),
    [
        ("sentiment-analysis", OF_A_LABEL, {*OTHERS, "entities"}),
        ("ner", {"entities"}, {*OTHERS, *OF_A_LABEL}),
    ],
)
def test_json_has_the_fields_of_its_task(task: str, own: set[str], others: set[str]) -> None:
    instrument = INSTRUMENTS["pipeline"]
    answer = as_data(instrument.run(instrument.read({"task": task, "text": "Ada was born in London."})), "en")
    assert own <= answer.keys()
    assert answer.keys().isdisjoint(others)
    assert {"task", "output", "milliseconds", "warnings"} <= answer.keys()


def test_the_other_model_has_its_fields_too() -> None:
    instrument = INSTRUMENTS["pipeline"]
    result = instrument.run(instrument.read({"text": "Fine.", "beside": "stand-in"}))
    data = as_data(result, "en")
    assert data["beside"].keys() == data.keys() - {"beside"}
