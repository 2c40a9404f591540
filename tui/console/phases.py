"""The engine's phase in words."""

from __future__ import annotations

from tui.engine.client import Phase
from tui.text.catalog import has_message, translate


def phase_name(language: str, phase: Phase) -> str:
    """What the engine is doing; a phase that is not in the catalog, as the engine names it."""
    key = f"console.phase.{phase.name}"
    return translate(language, key) if has_message(key) else phase.name
