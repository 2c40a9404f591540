"""How a piece of a line looks, by name. Made once for a theme.

Textual's component classes would do the same, but they are matched against the style sheet for every widget, and with
every change of focus the whole widget is drawn again: 12 kB for one press of tab.
"""

from __future__ import annotations

from collections.abc import Mapping

from rich.color import Color as RichColor
from rich.style import Style
from textual.color import Color

_STYLES: dict[str, tuple[str, str, str]] = {
    # name: (color, background, attributes); colors are the theme's variables
    "text": ("", "", ""),
    "dim": ("dim", "", ""),
    "strong": ("", "", "bold"),
    "em": ("", "", "italic"),
    "struck": ("", "", "strike"),
    "code": ("code", "", ""),
    "link": ("accent", "", "underline"),
    "heading": ("accent", "", "bold"),
    "title": ("", "", "bold"),
    "accent": ("accent", "", ""),
    "marker": ("accent", "", ""),
    "bar": ("accent", "", ""),
    "good": ("success", "", ""),
    "warn": ("warning", "", ""),
    "bad": ("error", "", ""),
    "cursor": ("cursor-text", "cursor", ""),
    "here": ("", "here", ""),
    "match": ("match-text", "match", ""),
    "panel": ("", "panel", ""),
    "output": ("", "", ""),
    "keyword": ("syntax-keyword", "", ""),
    "string": ("syntax-string", "", ""),
    "comment": ("dim", "", "italic"),
    "number": ("syntax-number", "", ""),
    "name": ("syntax-name", "", ""),
}
_ON_ANSI = {"dim": "dim", "here": "bold", "panel": "", "comment": "dim italic"}
"""Attributes alone, without shades, where the terminal's own sixteen colors are used."""

_COLORLESS = {"cursor": "reverse", "match": "reverse", "bar": "bold", "accent": "bold", "bad": "bold"}
"""Attributes for what only a color marks elsewhere; the colors themselves are taken away on the way to the terminal."""


class TextStyles:
    """The styles of one theme."""

    def __init__(self, variables: Mapping[str, str], *, ansi: bool, colorless: bool = False) -> None:
        self._single = {
            name: Style.parse(_ON_ANSI[name])
            if ansi and name in _ON_ANSI
            else Style.parse(attributes) + Style.from_color(_color(variables, front), _color(variables, back))
            for name, (front, back, attributes) in _STYLES.items()
        }
        if colorless:
            self._single |= {name: Style.parse(attributes) for name, attributes in _COLORLESS.items()}
        self._joined: dict[str, Style] = {}

    def style(self, names: str) -> Style:
        """The style of a look, or of several joined by dots, later ones over earlier ones."""
        style = self._joined.get(names)
        if style is None:
            style = Style()
            for name in names.split("."):
                style += self._single[name]
            self._joined[names] = style
        return style


def _color(variables: Mapping[str, str], name: str) -> RichColor | None:
    return Color.parse(variables[name]).rich_color if name else None
