"""Widths and spaces: what Chinese and English need of Unicode."""

from __future__ import annotations

import unicodedata


def is_wide(character: str) -> bool:
    """True for a character that takes two cells."""
    return bool(character) and unicodedata.east_asian_width(character) in "WF"


def closes_up(left: str, right: str) -> bool:
    """Whether no space belongs between two characters: between wide ones, and beside full-width punctuation."""
    if is_wide(left) and is_wide(right):
        return True
    return any(is_wide(c) and unicodedata.category(c).startswith("P") for c in (left, right))
