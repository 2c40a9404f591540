"""The text of a page before it is parsed: what is written for one of two frameworks, and what is a program's alone."""

from __future__ import annotations

import re
from collections.abc import Iterator

FRAMEWORKS = {"pt": "PyTorch", "tf": "TensorFlow", "jax": "JAX", "flax": "Flax"}
"""As the sources write them, and their names."""
_FENCE = re.compile(r"\s*(?:[-*+>]\s+|\d+[.)]\s+)*(`{3,}|~{3,})")
_SWITCH = re.compile(
    r"""\{#if\s+fw\s*={2,3}\s*['"](?P<framework>\w+)['"]\s*\}"""
    r"""|\{:else(?:\s+if\s+fw\s*={2,3}\s*['"](?P<other>\w+)['"])?\s*\}|(?P<end>\{/if\})"""
)
_TAG = re.compile(r"<(?P<close>/?)(?P<framework>pt|tf|jax|flax)>")
_PROGRAM = re.compile(r"(?:import\s.+\sfrom\s+|import\s+)['\"][^'\"]+['\"];?\s*$|export\s+(?:const|let|default)\s")
_LONG_TAG = re.compile(r"<(?:a|img)\s*\n[^<>]{0,2000}>")
_LONG_TAG_IN_QUOTE = re.compile(r"(?<=[>\s])<(?:a|img)\s*\n(?:\s*>[^\n<>]*\n){0,20}\s*>[^\n<>]*>")
_COMMENTS = (("<!--", "-->"), ("{/*", "*/}"))
MOST_LEVELS = 20
"""Choices within choices; deeper ones are not seen."""


def select(text: str, framework: str, *, is_mdx: bool) -> tuple[str, tuple[str, ...]]:
    """(the text with the lines of one framework, the rest left empty; the frameworks between which one can choose).

    Every line keeps its number. In MDX, lines that a program would read are left empty, too.
    """
    text = _LONG_TAG_IN_QUOTE.sub(lambda tag: re.sub(r"\s*\n\s*>\s*", " ", tag[0]), without_comments(text))
    text = _LONG_TAG.sub(lambda tag: " ".join(tag[0].split()), text)
    seen: dict[str, None] = {}
    if "{#if" in text or "<pt>" in text or "<tf>" in text:
        choice = _Choice(framework, seen)
        text = "\n".join(line if in_fence and choice.is_open else choice.line(line, in_fence)
                         for line, in_fence in _lines(text))  # fmt: skip
    if is_mdx:
        text = "\n".join(line if in_fence else _without_program(line) for line, in_fence in _lines(text))
    frameworks = tuple(name for name in FRAMEWORKS if name in seen)
    return text, frameworks if len(frameworks) > 1 else ()


def _without_program(line: str) -> str:
    return "" if _PROGRAM.match(line) else line.replace('{" "}', " ")


class _Choice:
    """Goes through the lines; what is for another framework is left out."""

    def __init__(self, framework: str, seen: dict[str, None]) -> None:
        self._framework, self._seen = framework, seen
        self._levels: list[tuple[bool, bool]] = []
        """For each open choice: whether what is written now is for the reader's framework; whether some was."""

    @property
    def is_open(self) -> bool:
        return all(chosen for chosen, _ in self._levels)

    def line(self, line: str, in_fence: bool) -> str:
        if in_fence:
            return line if self.is_open else ""
        chosen_text, at = "", 0
        for match in sorted((*_SWITCH.finditer(line), *_TAG.finditer(line)), key=re.Match.start):
            chosen_text += line[at : match.start()] if self.is_open else ""
            at = match.end()
            self._turn(match)
        return chosen_text + (line[at:] if self.is_open else "")

    def _turn(self, match: re.Match[str]) -> None:
        groups = match.groupdict()
        if framework := groups["framework"]:
            self._seen[framework] = None
        if groups.get("close") or groups.get("end"):
            if self._levels:
                self._levels.pop()
        elif framework:
            chosen = framework == self._framework
            if len(self._levels) < MOST_LEVELS:
                self._levels.append((chosen, chosen))
        elif self._levels:
            _, had = self._levels[-1]
            other = groups.get("other")
            self._seen[other or ("tf" if "tf" not in self._seen else "pt")] = None
            chosen = not had and (other is None or other == self._framework)
            self._levels[-1] = (chosen, had or chosen)


def _lines(text: str) -> Iterator[tuple[str, bool]]:
    """Each line, and whether it is within a fence (or begins or ends one)."""
    fence = ""
    for line in text.split("\n"):
        match = _FENCE.match(line)
        if fence:
            yield line, True
            if match and match[1].startswith(fence) and not line[match.end() :].strip("`~ \t"):
                fence = ""
        else:
            yield line, match is not None
            fence = match[1] if match else ""


def without_comments(text: str) -> str:
    """Comments become empty lines, outside of fences and code."""
    if "<!--" not in text and "{/*" not in text:
        return text
    code = {number for number, (line, in_fence) in enumerate(_lines(text)) if in_fence or "`" in line}
    for begin_sign, end_sign in _COMMENTS:
        pieces, at, line = [], 0, 0
        while (begin := text.find(begin_sign, at)) >= 0 and (end := text.find(end_sign, begin)) >= 0:
            end += len(end_sign)
            line += text.count("\n", at, begin)
            breaks = text.count("\n", begin, end)
            pieces += [text[at:begin], text[begin:end] if line in code else "\n" * breaks]
            at, line = end, line + breaks
        text = "".join([*pieces, text[at:]])
    return text
