"""One tag of HTML or JSX: its name, its attributes, where it ends."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from typing import Any

from tui.course.mdx.literals import read_literal

MOST_CHARACTERS = 60_000
"""Of a tag: the longest question of a course has 3,000."""
_NAME = re.compile(r"<(/?)([A-Za-z][\w.:-]*)(?=[\s/>{])")
_PART = re.compile(r""""(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`(?:\\.|[^`\\])*`|[{}<>]""", re.DOTALL)
_ATTRIBUTE = re.compile(r"""\s*([A-Za-z_:@][\w:.-]*)(\s*=\s*(?:"([^"]*)"|'([^']*)'|(\{)|([^\s"'{}>]+))?)?""")


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


BLOCKS = _names(
    "address article aside blockquote body center dd details dialog div dl dt fieldset figcaption figure footer form "
    "h1 h2 h3 h4 h5 h6 head header hr html iframe li main nav ol p picture pre script section source style summary svg "
    "table tbody td tfoot th thead tr track ul video audio embed object noscript"
)
"""HTML that divides a page."""
INLINE = _names(
    "a abbr b bdi bdo big br button cite code data del dfn em font i img input ins kbd label mark q ruby rt rp samp "
    "small span strike strong sub sup time tt u var wbr"
) - {"mark", "data"}
"""HTML within a text; without names that stand for something else in what is assignment about language models."""
OTHERS = _names("hfoptions hfoption frameworkcontent pt tf jax flax")
"""Tags of the documentation of Hugging Face that are assignment small."""
VOID = _names("area br col embed hr iframe img input source track wbr")
"""HTML that holds nothing, however it is assignment."""
CAPTURED = _names("table ul ol dl pre script style svg select object noscript blockquote")
"""HTML that is read as a whole, up to its end: within it there is no Markdown."""


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag as assignment; its name is in small letters."""

    name: str
    attributes: dict[str, Any] = field(default_factory=dict)
    is_close: bool = False
    is_void: bool = False
    is_component: bool = False
    """Whether its name begins with a capital: a component of JSX."""

    def text(self, name: str) -> str:
        """An attribute as text; empty when it is not there or something else."""
        value = self.attributes.get(name)
        return value.strip() if isinstance(value, str) else f"{value:g}" if isinstance(value, float) else ""


def read_tag(text: str, at: int) -> tuple[Tag, int] | None:
    """The tag that begins here, and where it ends; None when there is no whole tag."""
    match = _NAME.match(text, at)
    if match is None:
        return None
    is_close, name = bool(match[1]), match[2]
    end = _end(text, match.end(), min(len(text), at + MOST_CHARACTERS))
    if end is None:
        return None
    inside = text[match.end() : end - 1]
    is_void = inside.endswith("/") or name.lower() in VOID
    attributes = {} if is_close else _attributes(inside.removesuffix("/"))
    return Tag(name.lower(), attributes, is_close, is_void and not is_close, name[0].isupper()), end


def is_known(tag: Tag) -> bool:
    """Whether a tag belongs to HTML or to the dialect: everything else may be a placeholder such as <your_name>."""
    return tag.is_component or tag.name in BLOCKS or tag.name in INLINE or tag.name in OTHERS


def _end(text: str, at: int, most: int) -> int | None:
    """One past the `>` that ends a tag, outside of texts and braces."""
    level = 0
    for part in _PART.finditer(text, at, most):
        match part[0]:
            case "{":
                level += 1
            case "}":
                level -= 1
            case ">" if level <= 0:
                return part.end()
            case "<" if level <= 0:
                return None
    return None


def _attributes(text: str) -> dict[str, Any]:
    attributes: dict[str, Any] = {}
    at = 0
    while at < len(text):
        match = _ATTRIBUTE.match(text, at)
        if match is None:
            at = _skip_braces(text, at) if text[at] == "{" else at + 1
            continue
        name, assignment, double, single, brace, bare = match.groups()
        at = match.end()
        if brace:
            begin, at = at - 1, _skip_braces(text, at - 1)
            try:
                attributes[name] = read_literal(text[begin + 1 : at - 1])
            except ValueError:
                continue
        elif assignment is None:
            attributes[name] = True
        else:
            attributes[name] = html.unescape(next((v for v in (double, single, bare) if v is not None), ""))
    return attributes


def _skip_braces(text: str, at: int) -> int:
    """One past the brace that closes the one here, or the end of the text."""
    level = 0
    for part in _PART.finditer(text, at):
        level += (part[0] == "{") - (part[0] == "}")
        if part[0] == "}" and level <= 0:
            return part.end()
    return len(text)
