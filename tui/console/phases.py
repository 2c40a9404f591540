"""What the engine and its libraries are doing, in words."""

from __future__ import annotations

import re

from tui.engine.client import Phase
from tui.text.catalog import has_message, translate


def phase_name(language: str, phase: Phase) -> str:
    """What the engine is doing; a phase that is not in the catalog, as the engine names it."""
    key = f"console.phase.{phase.name}"
    return translate(language, key) if has_message(key) else phase.name


def progress_name(language: str, what: str) -> str:
    """What a library's progress bar counts; one that is not in the catalog, as the library names it.

    "Map (num_proc=2)" is looked for as `map`, "Generating train split" as `generating-split` with the value `name`.
    """
    words = re.sub(r" ?\(.*\)| for split=.*", "", what)
    named = re.fullmatch(r"Generating (.+) split", words)
    code = "generating-split" if named else "-".join(re.findall(r"[a-z]+", words.lower()))
    key = f"console.progress.{code}"
    return translate(language, key, name=named[1] if named else "") if has_message(key) else what
