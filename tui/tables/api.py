"""What the engine is asked about tables: `work` takes its turn with everything else, `look` is answered at any time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tui.errors import UsageError
from tui.tables import cell_search, generate, saving, summary
from tui.tables.source import read_source
from tui.tables.table_store import DESK

_WORK: dict[str, Callable[..., Any]] = {
    "open": lambda source: DESK.open(read_source(source)),
    "again": lambda source, steps: DESK.again(read_source(source), steps),
    "step": DESK.step,
    "more": DESK.more,
    "find": cell_search.find,
    "summary": summary.summarise,
    "make": lambda rows: str(generate.make(rows)),
    "plan": saving.plan,
    "save": saving.save,
}
_LOOK: dict[str, Callable[..., Any]] = {"rows": DESK.rows, "cell": DESK.cell, "lines": DESK.lines, "close": DESK.close}


def work(call: str, values: Mapping[str, Any]) -> Any:
    """Open, change, search, sum up or save a table. Raises `HeadnotesError`."""
    return _called(_WORK, call)(**values)


def look(call: str, values: Mapping[str, Any]) -> Any:
    """Rows, one cell, or forget a table; quick, and safe beside whatever `work` is doing."""
    return _called(_LOOK, call)(**values)


def _called(known: dict[str, Callable[..., Any]], call: str) -> Callable[..., Any]:
    if call not in known:
        raise UsageError("tables.unknown-request", request=call)
    return known[call]
