"""What the parser of notes knows beyond CommonMark: tags of a dialect, formulas, footnotes."""

from __future__ import annotations

import re
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.ruler import RuleOptionsType
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline
from mdit_py_plugins.footnote import footnote_plugin

from tui.course.markdown import bounded_parser
from tui.course.mdx.tags import BLOCKS, CAPTURED, OTHERS, Tag, read_tag

MOST_BROKEN = 50
"""Tags without an end that are looked for in a page."""
_BROKEN = "broken tags"
_INLINE_FORMULA = re.compile(
    r"\$\$(?P<double>[^$]+)\$\$|\\\\\((?P<round>.+?)\\\\\)|\\\\\[(?P<square>.+?)\\\\\]"
    r"|\$(?P<single>(?!\s)[^$\n]+?(?<!\s))\$(?![\w$])",
    re.DOTALL,
)
_IS_FORMULA = re.compile(r"[\\^_=<>{}]|^[A-Za-z]$|^\([^()]*\)$")
"""What tells `$x^2$` from the prices of two things."""
_ANYWHERE: RuleOptionsType = {"alt": ["paragraph", "reference", "blockquote", "list", "table"]}


@cache
def parser(is_mdx: bool) -> MarkdownIt:
    """The parser of notes. In MDX, what is indented is no code."""
    notes_parser = bounded_parser().use(footnote_plugin)
    if is_mdx:
        notes_parser.disable("code")
    notes_parser.block.ruler.before("html_block", "formula", _formula_block, _ANYWHERE)
    notes_parser.block.ruler.before("formula", "tag", _tag_block, _ANYWHERE)
    notes_parser.inline.ruler.before("escape", "formula", _formula)
    notes_parser.options["is_mdx"] = is_mdx
    return notes_parser


def _tag_block(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A line that begins with a tag that divides the page, or with a component; the tag may have several lines."""
    begin = state.bMarks[start] + state.tShift[start]
    is_mdx = state.md.options.get("is_mdx")
    if state.src[begin : begin + 1] != "<" or (state.is_code_block(start) and not is_mdx):
        return False
    if state.env.get(_BROKEN, 0) > MOST_BROKEN:
        return False
    result = read_tag(state.src, begin)
    if result is None:
        state.env[_BROKEN] = state.env.get(_BROKEN, 0) + 1
        return False
    tag, at = result
    if not _divides(tag, is_mdx):
        return False
    if silent:
        return True
    if tag.name in CAPTURED and not tag.is_close and not tag.is_void:
        at = _captured(state, tag.name, at)
        line = _line_of(state, start, at, end)
        _push(state, "fragment", state.src[begin : state.eMarks[line - 1]], start, line)
        return True
    state.push("tag", "", 0).meta = {"tag": tag}
    state.tokens[-1].map = [start, start + 1]
    line = _line_of(state, start, at, end)
    _rest_of_line(state, at, line, start)
    state.line = line
    return True


def _divides(tag: Tag, is_mdx: object) -> bool:
    if tag.name in BLOCKS or tag.name in OTHERS:
        return True
    return tag.is_component and bool(is_mdx or tag.is_void or tag.is_close or tag.name == "tip" or tag.attributes)


def _rest_of_line(state: StateBlock, at: int, line: int, start: int) -> None:
    """What comes after a tag in its line: more tags, and text between them."""
    last, text = state.eMarks[line - 1], ""
    while at < last:
        opening = state.src.find("<", at, last)
        result = read_tag(state.src, opening) if opening >= 0 else None
        if result is not None and result[1] <= last and _divides(result[0], True) and result[0].name not in CAPTURED:
            _paragraph(state, text + state.src[at:opening], start)
            text = ""
            state.push("tag", "", 0).meta = {"tag": result[0]}
            state.tokens[-1].map = [start, line]
            at = result[1]
        else:
            stop = opening + 1 if opening >= 0 else last
            text += state.src[at:stop]
            at = stop
    _paragraph(state, text, start)


def _paragraph(state: StateBlock, text: str, start: int) -> None:
    if text.strip():
        state.push("paragraph_open", "p", 1).map = [start, start + 1]
        inline = state.push("inline", "", 0)
        inline.content, inline.map, inline.children = text.strip(), [start, start + 1], []
        state.push("paragraph_close", "p", -1)


def _captured(state: StateBlock, name: str, at: int) -> int:
    """One past the end of an element, or the next empty line where it has none."""
    has_none = f"no more ends of {name}"
    if has_none not in state.env:
        if close := re.compile(rf"</{re.escape(name)}\s*>", re.IGNORECASE).search(state.src, at):
            return close.end()
        state.env[has_none] = True
    blank = state.src.find("\n\n", at)
    return blank if blank >= 0 else len(state.src)


def _line_of(state: StateBlock, start: int, at: int, end: int) -> int:
    """The line after the one in which this place is."""
    line = start
    while line < end - 1 and state.eMarks[line] < at:
        line += 1
    return line + 1


def _formula_block(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """`$$`, lines of a formula, `$$`."""
    begin = state.bMarks[start] + state.tShift[start]
    if not state.src.startswith("$$", begin) or state.is_code_block(start):
        return False
    first = state.src[begin : state.eMarks[start]].strip()
    line = start
    if len(first) <= 4 or not first.endswith("$$"):
        line = next((n for n in range(start + 1, min(end, start + 100)) if _line(state, n).endswith("$$")), -1)
        if line < 0:
            return False
    if not silent:
        text = "\n".join(_line(state, n) for n in range(start, line + 1)).strip()
        _push(state, "formula_block", text.removeprefix("$$").removesuffix("$$"), start, line + 1)
    return True


def _line(state: StateBlock, line: int) -> str:
    return state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]].rstrip()


def _push(state: StateBlock, kind: str, content: str, start: int, line: int) -> None:
    token = state.push(kind, "", 0)
    token.content, token.map = content, [start, line]
    state.line = line


def _formula(state: StateInline, silent: bool) -> bool:
    if state.src[state.pos] not in "$\\":
        return False
    match = _INLINE_FORMULA.match(state.src, state.pos, state.pos + 2_000)
    if match is None or match.end() > state.posMax:
        return False
    single = match["single"]
    if single is not None and not _IS_FORMULA.search(single):
        return False
    if not silent:
        content = next(text for text in match.groups() if text is not None)
        state.push("formula", "", 0).content = content
    state.pos = match.end()
    return True
