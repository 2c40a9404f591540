"""TeX as text: what it says stays the same."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.course.mdx.formulas import MOST_CHARACTERS, formula


@pytest.mark.parametrize(
    ("tex", "text"),
    [
        (r"\alpha + \Omega \le \infty", "α + Ω ≤ ∞"),
        (r"x_{t+1}^2", "xₜ₊₁²"),
        (r"x_t+1", "xₜ+1"),
        (r"x^{(i)}_{qz}", "x⁽ⁱ⁾_qz"),
        (r"\max_{a'} Q(s', a')", "max_(a′) Q(s′, a′)"),
        (r"\frac{a+b}{2} + 1", "(a+b)/2 + 1"),
        (r"\frac{1}{2x}", "1/(2x)"),
        (r"\frac{1}{N}\sum_{i=1}^{N} y_i", "(1/N)∑ᵢ₌₁ᴺ yᵢ"),
        (r"\frac{1}{2}^2", "(1/2)²"),
        (r"\text{softmax}\left(\frac{QK^T}{\sqrt{d_k}}\right)V", "softmax(QKᵀ/√dₖ)V"),
        (r"\sqrt[3]{x+1}", "³√(x+1)"),
        (r"\mathbb{R}^{3}, \mathcal{L}, \mathfrak{C}", "ℝ³, ℒ, ℭ"),
        (r"\hat{y} = \overline{abc}", "ŷ = overline(abc)"),
        (r"\begin{bmatrix}1 & 2\\3 & 4\end{bmatrix}", "[1 2; 3 4]"),
        (r"\begin{cases} 1 & x>0 \\ 0 & \text{else} \end{cases}", "{ 1 x>0; 0 else"),
        (r"\begin{align*} a &= b \\ c &= d \end{align*}", "a = b\nc = d"),
        (r"\left\| x \right\|_2 \quad 100\%", "‖ x ‖₂ 100%"),
        (r"\strange{x} \other", r"\strange{x} \other"),
        (r"\binom{n}{k} \log p", "C(n, k) log p"),
    ],
)
def test_a_formula_as_text(tex: str, text: str) -> None:
    assert formula(tex) == text


@given(st.text(alphabet=r"\{}^_&$ abfrcsqt[]()123" + "\n", max_size=200))
def test_anything_is_a_formula(tex: str) -> None:
    formula(tex)


@pytest.mark.parametrize("piece", ["{", r"\frac{", "x^", r"\begin{a}", r"\left(", "_{^{", r"\sqrt[", r"\hat", "}"])
def test_a_formula_that_is_written_to_take_long(piece: str) -> None:
    begin = time.process_time()
    formula((piece * MOST_CHARACTERS)[:MOST_CHARACTERS])
    assert time.process_time() - begin < 1
