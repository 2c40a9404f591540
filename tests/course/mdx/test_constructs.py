"""Each construct of the courses' dialect, on a page of our own writing: what is shown, and that no tag is."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tui.course.blocks import (
    Block,
    Callout,
    Cell,
    Code,
    Heading,
    List,
    Paragraph,
    Quiz,
    Rule,
    Span,
    Table,
    plain,
)
from tui.course.mdx.reader import parse_notes
from tui.course.page import block_text


def blocks(text: str, framework: str = "pt", *, is_mdx: bool = True) -> list[Block]:
    return list(parse_notes(text, framework, is_mdx=is_mdx)[1])


def words(text: str, **options: bool) -> str:
    return "\n".join(map(block_text, blocks(text, **options)))


def links(found: list[Block]) -> dict[str, str]:
    def spans(block: Block) -> Iterator[Span]:
        yield from getattr(block, "spans", ())
        for inner in getattr(block, "blocks", ()):
            yield from spans(inner)

    return {span.text: span.link for block in found for span in spans(block) if span.link}


QUESTION = """### 2. Which of these is a bird?

<Question
  choices={[
    {
      text: "A <code>robin</code>, or `wren`",
      explain: "It sings: \\"tweet\\".",
      correct: true
    },
    {text: 'A ' + "trout", explain: `It swims {here} > there.`,},
  ]}
/>

After.
"""


def test_a_question_is_a_quiz_that_gives_nothing_away() -> None:
    quiz, after = blocks(QUESTION)
    assert isinstance(quiz, Quiz)
    assert (quiz.kind, plain(quiz.ask), quiz.id) == (
        "single",
        "2. Which of these is a bird?",
        "2-which-of-these-is-a-bird",
    )
    assert [(plain(c.text), c.right, plain(c.why)) for c in quiz.choices] == [
        ("A robin, or wren", True, 'It sings: "tweet".'),
        ("A trout", False, "It swims {here} > there."),
    ]
    assert [span.text for span in quiz.choices[0].text if span.code] == ["robin", "wren"]
    assert block_text(after) == "After."


def test_several_right_choices_and_code_between_a_question_and_its_choices() -> None:
    text = QUESTION.replace("`It swims {here} > there.`", "'x', correct: true").replace(
        "<Quest", "```out\n1\n```\n<Quest"
    )
    heading, code, quiz, _ = blocks(text)
    assert isinstance(heading, Heading)
    assert isinstance(code, Code)
    assert isinstance(quiz, Quiz)
    assert (quiz.kind, quiz.ask) == ("multiple", heading.spans)


def test_questions_of_the_same_words_have_ids_of_their_own() -> None:
    ids = [block.id for block in blocks(QUESTION + QUESTION) if isinstance(block, Quiz)]
    assert len(set(ids)) == 2


@pytest.mark.parametrize(
    "choices",
    ["{[]}", "{[{text: 'x'}]}", "{[{text: 'x'}, {text: 'y'}]}", "{f(x)}", '"x"', "{[1, 2]}", "{[{text: 'x', correct"],
)
def test_a_question_without_a_right_answer_is_no_quiz(choices: str) -> None:
    assert not any(isinstance(block, Quiz) for block in blocks(f"<Question choices={choices} />\n\nAfter.\n"))


SWITCH = """{#if fw === 'pt'}

# Torch[[torch]]

```python
import torch
```

{:else}

# Flow

```python
{#if fw === 'pt'}
```

{/if}

Both. {#if fw === 'pt'}Left{:else}Right{/if} side.
"""


def test_one_framework_is_shown_and_one_can_choose() -> None:
    torch, code, both = blocks(SWITCH)
    assert isinstance(torch, Heading)
    assert (plain(torch.spans), torch.anchor, torch.line) == ("Torch", "torch", 3)
    assert isinstance(code, Cell)
    assert block_text(both) == "Both. Left side."
    assert parse_notes(SWITCH, "pt", is_mdx=True)[2] == ("pt", "tf")
    flow = blocks(SWITCH, "tf")
    assert [block_text(block) for block in flow] == ["Flow", "{#if fw === 'pt'}", "Both. Right side."]
    assert parse_notes("# One\n", "pt", is_mdx=True)[2] == ()


def test_framework_contents_and_options() -> None:
    text = "<frameworkcontent>\n<pt>\nOurs.\n</pt>\n<tf>\nTheirs.\n</tf>\n</frameworkcontent>\n"
    assert words(text) == "Ours."
    text = '<hfoptions id="x">\n<hfoption id="uv">\n\nFast.\n\n</hfoption>\n'
    text += '<hfoption id="pip">\nSlow.\n</hfoption>\n</hfoptions>'
    assert words(text) == "uv\nFast.\npip\nSlow."


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("<Tip>\n\nSay **it**.\n\n</Tip>", "tip"),
        ("<Tip warning={true}>\nSay **it**.\n</Tip>", "warning"),
        ("<Tip warning>Say <b>it</b>.</Tip>", "warning"),
        ("> [!TIP]\n> Say **it**.", "tip"),
        (">[!WARNING]\n> Say **it**.", "warning"),
        ("> [!IMPORTANT] Say *it*.", "important"),
        ("<Tip>\nSay it.", "tip"),
    ],
)
def test_callouts(text: str, kind: str) -> None:
    callout, after = blocks(f"{text}\n\nAfter.\n")
    assert isinstance(callout, Callout)
    assert (callout.kind, block_text(callout).strip(), block_text(after)) == (kind, "Say it.", "After.")


def test_a_quotation_stays_one() -> None:
    (quote,) = blocks("> [CLS] is a token.\n")
    assert not isinstance(quote, Callout)


def test_videos_banners_frames_and_pictures_are_links() -> None:
    text = """<FrameworkSwitchCourse {fw} />
<CourseFloatingBanner chapter={2}
  notebooks={[
    {label: "Colab", value: "https://colab.example/a"}, {label: "Studio", value: "https://studio.example/b"},
]} />
<Youtube id="abc_1-X"/>
<iframe
  src="https://frame.example/page?x=1" width="100%"></iframe>
<div class="flex justify-center">
    <img class="block dark:hidden" src="https://pictures.example/p.png" alt="A picture"/>
    <img src="q.png"/>
</div>
<video controls><source src="https://films.example/v.mp4" type="video/mp4"></video>

![](r.svg) and <a href="https://x.example">a *link*</a>, <Youtube id="in"/>.
"""
    assert links(blocks(text)) == {
        "Colab": "https://colab.example/a",
        "Studio": "https://studio.example/b",
        "▶ youtube.com/watch?v=abc_1-X": "https://www.youtube.com/watch?v=abc_1-X",
        "▶ frame.example/page": "https://frame.example/page?x=1",
        "[A picture]": "https://pictures.example/p.png",
        "[q.png]": "q.png",
        "▶ films.example/v.mp4": "https://films.example/v.mp4",
        "[r.svg]": "r.svg",
        "a ": "https://x.example",
        "link": "https://x.example",
        "▶ youtube.com/watch?v=in": "https://www.youtube.com/watch?v=in",
    }
    assert "<" not in words(text)


def test_programs_comments_and_anchors_are_not_shown() -> None:
    text = """import Thing from "../thing"
export const x = 1

<!-- a comment

of two paragraphs --> {/* and another */}
## Title [[标题 id]]

Text{" "}here. <!-- gone -->
<style>p { color: red }</style>
"""
    heading, paragraph = blocks(text)
    assert isinstance(heading, Heading)
    assert (plain(heading.spans), heading.anchor, heading.line) == ("Title", "标题 id", 7)
    assert block_text(paragraph).strip() == "Text here."


def test_code_keeps_what_looks_like_a_tag() -> None:
    text = "```html\n<Tip>\n<!-- kept -->\n{#if fw === 'pt'}\nimport x from 'y'\n```\n\n"
    text += "`<Tip>` and `<!-- kept -->` stay.\n"
    code, paragraph = blocks(text)
    assert isinstance(code, Code)
    assert code.text == "<Tip>\n<!-- kept -->\n{#if fw === 'pt'}\nimport x from 'y'"
    assert block_text(paragraph) == "<Tip> and <!-- kept --> stay."


def test_placeholders_stay_and_known_tags_do_not() -> None:
    assert words("Write <your_name> into <mask> or <s>, not <b>this</b> <span class='x'>one</span>.") == (
        "Write <your_name> into <mask> or <s>, not this one."
    )
    assert words("2 < 3 and a <b\n") == "2 < 3 and a <b"


def test_html_tables_lists_and_programs() -> None:
    text = """<table>
  <thead><tr><th>Name</th><th>Token</th></tr></thead>
  <tbody>
    <tr><td><b>One</b></td><td><code>&lt;|end|&gt;</code></td></tr>

    <tr><td>Two<td><a href="#x">link</a>
  </tbody>
</table>
<ol><li>first</li><li>second <ul><li>inner</li></ul></li></ol>
<pre>a
  b</pre>
<details>
<summary>More</summary>

Hidden *text*.

</details>
H<sub>2</sub>O, x<sup>n+1</sup>, y<sub>q</sub><br/>next
"""
    table, listed, code, more, hidden, last = blocks(text)
    assert isinstance(table, Table)
    assert [plain(cell) for cell in table.header] == ["Name", "Token"]
    assert [[plain(cell) for cell in row] for row in table.rows] == [["One", "<|end|>"], ["Two", "link"]]
    assert isinstance(listed, List)
    assert [(item.marker, block_text(item.blocks[0]).strip()) for item in listed.items][:2] == [
        ("1.", "first"),
        ("2.", "second"),
    ]
    assert isinstance(code, Code)
    assert code.text == "a\n  b"
    assert isinstance(more, Paragraph)
    assert more.spans[0].bold
    assert block_text(hidden) == "Hidden text."
    assert block_text(last) == "H₂O, xⁿ⁺¹, y_q\nnext"


def test_tasks_footnotes_rules_and_struck_text() -> None:
    tasks, paragraph, rule, notes = blocks("- [x] done\n- [ ] open\n\nSee[^a] ~~that~~.\n\n<hr>\n\n[^a]: The note.\n")
    assert isinstance(tasks, List)
    assert [(item.marker, block_text(item.blocks[0])) for item in tasks.items] == [("☑", "done"), ("☐", "open")]
    assert block_text(paragraph) == "See[1] that."
    assert isinstance(rule, Rule)
    assert isinstance(notes, List)
    assert [(item.marker, block_text(item.blocks[0])) for item in notes.items] == [("[1]", "The note.")]


def test_formulas() -> None:
    text = "$$\na =\n\\frac{x}{2}\n$$\n\nAs \\\\( x_{t+1} \\\\) and $\\theta$ cost $5 or $6, $y^2$.\n\n$$E = mc^2$$\n"
    assert words(text) == "a = x/2\nAs xₜ₊₁ and θ cost $5 or $6, y².\nE = mc²"


def test_python_can_be_run_and_what_it_printed_cannot() -> None:
    text = "```python\nx\n```\n\n```py\ny\n```\n\n```python out\n1\n```\n\n```\nz\n```\n\n- ```python\n  w\n  ```\n"
    assert [type(block) for block in blocks(text)] == [Cell, Cell, Code, Code, List]


def test_what_is_indented_is_code_in_markdown_alone() -> None:
    assert isinstance(blocks("A\n\n    b\n")[1], Paragraph)
    assert isinstance(blocks("A\n\n    b\n", is_mdx=False)[1], Code)


def test_tags_over_several_lines_in_a_quotation() -> None:
    text = '> [!TIP]\n> See{" "}\n>   <a\n>     href="https://x.example"\n>     target="_blank"\n>   >\n'
    text += ">     here\n>   </a>.\n"
    assert links(blocks(text))["here"] == "https://x.example"
    assert ">" not in words(text)
