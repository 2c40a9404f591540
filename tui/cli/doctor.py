"""`headnotes doctor`: what a bug report needs."""

from __future__ import annotations

import argparse
import asyncio
import json
from typing import Any

from tui import doctor, paths
from tui.engine.client import EngineClient
from tui.errors import HeadnotesError, explain
from tui.instruments import registry


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(asked: argparse.Namespace) -> int:
    report = doctor.report(asyncio.run(_ask_engine()), registry.rejection_reasons(asked.language))
    print(json.dumps(report, ensure_ascii=False) if asked.json else doctor.as_text(report))
    return 0


async def _ask_engine() -> dict[str, Any]:
    """The engine's account; when it has none to give, why."""
    engine = EngineClient(log=paths.engine_log())
    try:
        about: dict[str, Any] = await engine.ask("about")
        return about
    except HeadnotesError as error:
        return explain(error).as_dict()
    finally:
        await engine.close()
