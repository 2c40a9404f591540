"""What a reader should know before trusting a result, in words."""

from __future__ import annotations

from tui.errors import ResultWarning
from tui.text.catalog import has_message, translate


def warning_text(warning: ResultWarning, language: str) -> str:
    """The sentence of a warning in a language, as far as the screens have it in that language."""
    word = f"console.warning.{warning.code.replace('-', '_')}"
    is_known = language != "en" and not warning.key and has_message(word)
    return translate(language, word) if is_known else warning.text(language)
