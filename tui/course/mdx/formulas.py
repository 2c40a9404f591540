r"""TeX formulas as text that a terminal can show: \frac{a+b}{2} is (a+b)/2, x_{t+1} is xₜ₊₁, \mathbb{R} is ℝ.

What is not known stays as it is written. Nothing is left out that would change the meaning: where there is no raised or
lowered sign, x^{(i)} is x^(i), and a group keeps its brackets.
"""

from __future__ import annotations

import re
import unicodedata

from tui.course.mdx.formula_signs import (
    ACCENTS,
    AFTER_A_TERM,
    ALPHABETS,
    DROPPED,
    DROPPED_WITH_ARGUMENT,
    FUNCTIONS,
    HIGH,
    LOW,
    MATRICES,
    PLAIN,
    RELATIONS,
    SPACES,
    SYMBOLS,
)

MOST_CHARACTERS, MOST_LEVELS = 4_000, 20
_TOKEN = re.compile(r"\\[A-Za-z]+\*?|\\.|\s+|.", re.DOTALL)
_FACTOR = re.compile(r"\d[\d.]*|[^\W\d_][₀-₉ₐ-ₜᵢ-ᵪⱼ⁰-⁹ᵃ-ᶻ]*|\([^()]*\)|√\w+|[^\W\d_]\([^()]*\)")
_FACTORS = re.compile(r"[\w.′]+|\([^()]*\)|√\w+|[\w′]+\([^()]*\)")
_WORD = re.compile(r".|[A-Za-z]+|\([^()]*\)")
"""What needs no brackets under a line, above it, and beside a sign that is raised or lowered."""


def formula(tex: str) -> str:
    """The formula as text; a newline where it has one."""
    if len(tex) > MOST_CHARACTERS:
        return tex
    text = _Formula(_TOKEN.findall(tex)).group("", 0)
    lines = (re.sub(r"[ \t]+", " ", line).strip() for line in text.split("\n"))
    return "\n".join(line for line in lines if line)


class _Formula:
    """Goes through the tokens once, from left to right."""

    def __init__(self, tokens: list[str]) -> None:
        self._tokens = tokens
        self._at = 0

    def group(self, end: str, level: int) -> str:
        """The text up to a sign that ends it."""
        text = ""
        while self._at < len(self._tokens):
            sign = self._next()
            if sign == end:
                break
            text += self._token(sign, level)
        return text

    def _next(self) -> str:
        self._at += 1
        return self._tokens[self._at - 1] if self._at <= len(self._tokens) else ""

    def _peek(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def _argument(self, level: int) -> str:
        while self._peek().isspace():
            self._at += 1
        sign = self._next()
        if level >= MOST_LEVELS:
            return sign
        return self.group("}", level + 1) if sign == "{" else self._token(sign, level + 1)

    def _token(self, sign: str, level: int) -> str:
        if sign == "{" and level < MOST_LEVELS:
            return self.group("}", level + 1)
        if sign in ("{", "}", ""):
            return ""
        if sign == "^":
            return _moved(self._argument(level), HIGH, "^")
        if sign == "_":
            return _moved(self._argument(level), LOW, "_")
        if sign.isspace():
            return " "
        if sign in ("&", "~"):
            return " "
        if sign.startswith("\\") and len(sign) > 1:
            return self._command(sign[1:].rstrip("*"), level)
        return {"'": "′", "-": "-"}.get(sign, sign)

    def _command(self, name: str, level: int) -> str:
        if name in SPACES:
            return SPACES[name]
        if name in SYMBOLS:
            return SYMBOLS[name]
        if not name.isalpha():
            return name
        if name in PLAIN:
            return self._argument(level)
        if name in DROPPED:
            if name in ("left", "right", "middle") and self._peek() == ".":
                self._at += 1
            return ""
        if name in DROPPED_WITH_ARGUMENT:
            self._argument(level)
            return ""
        if name in ALPHABETS:
            return "".join(_letter(character, ALPHABETS[name]) for character in self._argument(level))
        if name in ACCENTS:
            return _accented(self._argument(level), name)
        return self._structure(name, level)

    def _structure(self, name: str, level: int) -> str:
        if name in ("frac", "dfrac", "tfrac", "cfrac"):
            return self._fraction(level)
        if name == "sqrt":
            root = self.group("]", level + 1) if self._peek() == "[" and self._next() and level < MOST_LEVELS else ""
            return f"{_moved(root, HIGH, '^') if root else ''}√{_bracketed(self._argument(level), _FACTOR)}"
        if name in ("binom", "dbinom"):
            return f"C({self._argument(level)}, {self._argument(level)})"
        if name in ("underset", "overset", "stackrel"):
            beside = self._argument(level)
            return self._argument(level) + _moved(beside, LOW if name == "underset" else HIGH,
                                                  "_" if name == "underset" else "^")  # fmt: skip
        if name in ("xrightarrow", "xleftarrow"):
            return ("→" if name == "xrightarrow" else "←") + _moved(self._argument(level), HIGH, "^")
        if name in ("underbrace", "overbrace"):
            return self._argument(level)
        if name == "begin":
            return self._environment(level)
        if sign := _greek(name):
            return sign
        if name in FUNCTIONS:
            return name
        return f"\\{name}" + (f"{{{self._argument(level)}}}" if self._peek() == "{" else "")

    def _fraction(self, level: int) -> str:
        above, below = _bracketed(self._argument(level), _FACTORS), _bracketed(self._argument(level), _FACTOR)
        after = next((sign for sign in self._tokens[self._at : self._at + 3] if not sign.isspace()), "")
        return f"{above}/{below}" if after in AFTER_A_TERM or after[1:] in RELATIONS else f"({above}/{below})"

    def _environment(self, level: int) -> str:
        name = self._argument(level).rstrip("*")
        if name == "array" and self._peek() == "{":
            self._argument(level)
        if level >= MOST_LEVELS:
            return name
        body = self.group("\\end", level + 1)
        self._argument(level)
        rows = [row.strip() for row in body.split("\n") if row.strip()]
        if name not in MATRICES:
            return "\n".join(rows)
        inside = "; ".join(rows)
        return f"{{ {inside}" if name == "cases" else f"|{inside}|" if name == "vmatrix" else f"[{inside}]"


def _moved(text: str, table: dict[str, str], sign: str) -> str:
    """Raised or lowered; with the sign of TeX before it where Unicode has no such characters."""
    text = text.strip()
    if text and all(character in table for character in text.replace(" ", "")):
        return "".join(table[character] for character in text.replace(" ", ""))
    return f"{sign}{_bracketed(text, _WORD)}" if text else ""


def _bracketed(text: str, pattern: re.Pattern[str]) -> str:
    """With brackets, unless it is of a kind that needs none."""
    text = text.strip()
    return text if not text or pattern.fullmatch(text) else f"({text})"


def _letter(character: str, alphabet: str) -> str:
    kind = "CAPITAL" if character.isupper() else "DIGIT" if character.isdigit() else "SMALL"
    for start in ("MATHEMATICAL ", "", "BLACK-LETTER "):
        name = unicodedata.name(character, "").rsplit(" ", 1)[-1] if kind == "DIGIT" else character.upper()
        try:
            style = "" if start.startswith("BLACK") else f"{alphabet} "
            return unicodedata.lookup(f"{start}{style}{kind} {name}")
        except KeyError:
            continue
    return character


def _accented(text: str, name: str) -> str:
    text = text.strip()
    return unicodedata.normalize("NFC", text + ACCENTS[name]) if len(text) == 1 else f"{name}({text})"


def _greek(name: str) -> str:
    variant = name.removeprefix("var")
    kind = "CAPITAL" if variant[:1].isupper() else "SMALL"
    spelled = {"lambda": "LAMDA", "Lambda": "LAMDA"}.get(variant, variant.upper())
    try:
        return unicodedata.lookup(f"GREEK {kind} LETTER {spelled}")
    except KeyError:
        return ""
