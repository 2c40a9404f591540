"""Texts that have broken terminal programs, and a strategy that makes more of them."""

from __future__ import annotations

from hypothesis import strategies as st

TEXTS = [
    "[CLS] hi [SEP]",
    "[/INST]",
    "[INST] x [/INST]",
    "[@click=app.quit]x[/]",
    "[bold red]not markup[/bold red]",
    "[/",
    "[[]]",
    "\\[escaped]",
    "\x1b[31mred\x1b[0m",
    "\x1b]0;title\x07",
    "\x1b]52;c;aGVsbG8=\x07",
    "\x9b31m",
    "a\x00b",
    "tab\there",
    "line\nfeed\rreturn\x0bvertical\x0cform",
    "zero\u200bwidth\u200d\ufeffmarks",
    "\u202eright to left\u202c",
    "שלום עולם مرحبا",
    "👩‍👩‍👧‍👦 ❤️ 🇫🇷 👍🏽",
    "e\u0301 combining a\u0308\u0323",
    "注意力掩码（attention mask）：“好的”。",
    "ｆｕｌｌ　ｗｉｄｔｈ",
    "\ud800 lone surrogate \udfff",
    "\u2028line separator\u2029",
    "<|im_end|> Ġhello ▁world ##ing <unk> </s>",
    "$accent $primary %(x)s {x} {0}",
    "",
    " ",
    "\n\n\n",
    "x" * 5000,
    "字" * 3000,
    "( " * 2000,
]

texts = st.one_of(
    st.sampled_from(TEXTS),
    st.text(max_size=200),
    st.text(alphabet="[]/@=abc \x1b\x00\u200b\u202e\ud800字👍\n\t\\$", max_size=60),
)
"""Hypothesis strategy: hostile and random texts, lone surrogates included."""
