"""The signs of TeX formulas in Unicode, and the commands that only arrange them."""

from __future__ import annotations


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


_PAIRS = (
    "times:× cdot:· div:÷ pm:± mp:∓ ast:* star:⋆ circ:∘ bullet:• oplus:⊕ otimes:⊗ odot:⊙ le:≤ leq:≤ ge:≥ geq:≥ ll:≪ "
    "gg:≫ ne:≠ neq:≠ equiv:≡ approx:≈ sim:∼ simeq:≃ cong:≅ propto:∝ mid:| parallel:∥ perp:⊥ in:∈ notin:∉ ni:∋ "
    "subset:⊂ subseteq:⊆ supset:⊃ supseteq:⊇ cup:∪ cap:∩ setminus:∖ emptyset:∅ varnothing:∅ forall:∀ exists:∃ neg:¬ "
    "lnot:¬ land:∧ wedge:∧ lor:∨ vee:∨ to:→ rightarrow:→ longrightarrow:⟶ leftarrow:← gets:← leftrightarrow:↔ "
    "mapsto:↦ Rightarrow:⇒ implies:⇒ Leftarrow:⇐ Leftrightarrow:⇔ iff:⇔ uparrow:↑ downarrow:↓ sum:∑ prod:∏ int:∫ "
    "oint:∮ iint:∬ partial:∂ nabla:∇ infty:∞ prime:′ ell:ℓ hbar:ℏ Re:ℜ Im:ℑ aleph:ℵ angle:∠ triangle:△ top:⊤ bot:⊥ "
    "dagger:† langle:⟨ rangle:⟩ lfloor:⌊ rfloor:⌋ lceil:⌈ rceil:⌉ vert:| lvert:| rvert:| Vert:‖ lVert:‖ rVert:‖ "
    "lbrace:{ rbrace:} lbrack:[ rbrack:] ldots:... dots:... cdots:⋯ vdots:⋮ ddots:⋱ degree:° checkmark:✓ backslash:\\ "
    "varepsilon:ε epsilon:ϵ varphi:φ phi:ϕ vartheta:ϑ varrho:ϱ varsigma:ς square:□ therefore:∴ because:∵"
)
SYMBOLS = {"colon": ":", **dict(pair.split(":") for pair in _PAIRS.split())}
SPACES = {
    ",": " ", ";": " ", ":": " ", " ": " ", "!": "", ">": " ", "\\": "\n", "|": "‖",
    "quad": "  ", "qquad": "   ", "space": " ", "newline": "\n",
}  # fmt: skip
PLAIN = _names(
    "text textrm textbf textit texttt textsf mathrm mathbf mathit mathsf mathtt boldsymbol bm operatorname mbox hbox "
    "pmb emph underline mathop phantom substack"
)
"""Their argument is shown as it is."""
DROPPED = _names(
    "left right big Big bigg Bigg bigl bigr Bigl Bigr biggl biggr Biggl Biggr displaystyle textstyle scriptstyle "
    "limits nolimits nonumber notag rm bf it cal middle hfill centering"
)
DROPPED_WITH_ARGUMENT = _names("tag label color vspace hspace")
ALPHABETS = {"mathbb": "DOUBLE-STRUCK", "mathcal": "SCRIPT", "mathscr": "SCRIPT", "mathfrak": "FRAKTUR"}
"""As Unicode calls them."""
ACCENTS = {
    "hat": "\u0302", "widehat": "\u0302", "bar": "\u0304", "overline": "\u0304", "tilde": "\u0303",
    "widetilde": "\u0303", "vec": "\u20d7", "dot": "\u0307", "ddot": "\u0308",
}  # fmt: skip
HIGH = dict(
    zip(
        "0123456789+-=()abcdefghijklmnoprstuvwxyzABDEGHIJKLMNOPRTUVW′*⊤βγδθϕ",
        "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᴬᴮᴰᴱᴳᴴᴵᴶᴷᴸᴹᴺᴼᴾᴿᵀᵁⱽᵂ′*ᵀᵝᵞᵟᶿᵠ",
        strict=True,
    )
)
LOW = dict(zip("0123456789+-=()aehijklmnoprstuvxβγρϕχ", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵧᵨᵩᵪ", strict=True))
MATRICES = _names("matrix pmatrix bmatrix vmatrix Bmatrix Vmatrix smallmatrix array cases")
FUNCTIONS = _names(
    "log ln exp sin cos tan cot sec csc sinh cosh tanh arcsin arccos arctan max min arg argmax argmin sup inf lim det "
    "dim ker deg gcd mod bmod Pr hom lg"
)
AFTER_A_TERM = frozenset(["", *"+-=<>,.;:)]}|&~", "\\\\", "\\,", "\\;", "\\|"])
RELATIONS = _names(
    "right end quad qquad le leq ge geq ne neq approx sim equiv propto to rightarrow leftarrow in cdot times pm mid "
    "text Rightarrow implies iff rangle rvert rVert rbrace rfloor rceil"
)
"""Between them and a fraction there is no doubt where it ends."""
