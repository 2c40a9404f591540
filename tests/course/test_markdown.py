"""Markdown to blocks."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.hostile import texts
from tui.course.blocks import Code, Heading, List, Paragraph, Quote, Table, plain
from tui.course.markdown import inline, parse, slug


def blocks(text: str, *, myst: bool = True) -> list[object]:
    return list(parse(text, myst=myst)[1])


def test_a_page_becomes_its_blocks_in_order() -> None:
    page = (
        "# Title\n\nA *word*.\n\n- one\n- two\n\n> said\n\n```python\nx = 1\n```\n\n| a | b |\n|--:|---|\n| 1 | 2 |\n"
    )
    kinds = [type(block) for block in blocks(page)]
    assert kinds == [Heading, Paragraph, List, Quote, Code, Table]


def test_lines_are_those_of_the_file() -> None:
    page = "---\nid: x\n---\n\n# Title\n\ntext\n\n```python\nx\n```\n"
    assert [block.line for block in parse(page, myst=True)[1]] == [5, 7, 9]


def test_a_target_names_the_heading_under_it() -> None:
    (heading,) = blocks("(why-a-mask)=\n## Why a mask?\n")
    assert isinstance(heading, Heading)
    assert heading.anchor == "why-a-mask"


def test_headings_of_the_same_words_get_anchors_of_their_own() -> None:
    anchors = [block.anchor for block in blocks("## Same\n\n## Same\n\n## Same\n") if isinstance(block, Heading)]
    assert anchors == ["same", "same-1", "same-2"]


def test_a_line_break_is_a_space_in_english_and_nothing_in_chinese() -> None:
    (english,), (chinese,) = blocks("one\ntwo\n"), blocks("第一行，\n第二行\n")
    assert plain(english.spans) == "one two"  # type: ignore[attr-defined]
    assert plain(chinese.spans) == "第一行，第二行"  # type: ignore[attr-defined]


def test_no_space_beside_full_width_punctuation() -> None:
    (code, bold, latin) = blocks("返回，\n`input_ids`\n\n最后，\n**再见**。\n\n词元\ntoken\n")
    assert plain(code.spans) == "返回，input_ids"  # type: ignore[attr-defined]
    assert plain(bold.spans) == "最后，再见。"  # type: ignore[attr-defined]
    assert plain(latin.spans) == "词元 token"  # type: ignore[attr-defined]


def test_styles_of_spans() -> None:
    spans = inline("a **b** *c* `d` ~~e~~ [f](g)")
    styles = {s.text: (s.bold, s.italic, s.code, s.struck, s.link) for s in spans if s.text.strip()}
    assert styles["b"] == (True, False, False, False, "")
    assert styles["c"] == (False, True, False, False, "")
    assert styles["d"] == (False, False, True, False, "")
    assert styles["e"] == (False, False, False, True, "")
    assert styles["f"] == (False, False, False, False, "g")


def test_brackets_are_text() -> None:
    assert plain(inline("[CLS] a [SEP] [/INST]")) == "[CLS] a [SEP] [/INST]"


def test_columns_keep_their_sides() -> None:
    (table,) = blocks("| a | b |\n|--:|---|\n| 1 | 2 |\n")
    assert isinstance(table, Table)
    assert table.aligns == ("right", "left")
    assert [[plain(cell) for cell in row] for row in table.rows] == [["1", "2"]]


def test_slugs_are_those_of_github() -> None:
    assert slug("What `dim=-1` says") == "what-dim-1-says"
    assert slug("注意力 掩码？") == "注意力-掩码"


@given(texts, st.booleans())
def test_any_text_is_a_page(text: str, myst: bool) -> None:
    parse(text, myst=myst)


@given(st.binary(max_size=400))
def test_any_bytes_are_a_page(data: bytes) -> None:
    parse(data.decode("utf-8", "replace"), myst=True)
