"""Stories of reading a course in the dialect of Hugging Face, in keys, as a reader would."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.console.console import console, notes_of
from tui.console.screens.windows import ListWindow
from tui.console.typeset import Answering, Outcome
from tui.course.blocks import Cell, Quiz
from tui.course.book import Folder

PAGE = """# Birds[[birds]]

{#if fw === 'pt'}
Written for torches.
{:else}
Written for flows.
{/if}

<Tip warning={true}>

⚠️ They **fly**.

</Tip>

```python
print(6 * 7)
```

### Which one sings?

<Question choices={[
  {text: "The robin", explain: "It does.", correct: true},
  {text: "The trout", explain: "It swims."}
]} />
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "page.mdx").write_text(PAGE, "utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("language", "warning", "chosen"), [("en", "Warning", "Shown for TensorFlow"), ("zh", "警告", "TensorFlow 版本")]
)
async def test_a_page_of_a_course(folder: Path, language: str, warning: str, chosen: str) -> None:
    async with notes_of(folder, language=language) as it:
        await it.until_shown("Written for torches.", warning, "⚠ They fly.")
        assert not any(sign in it.screen() for sign in ("Tip>", "[[", "{", "fw", "It swims", "FE0F"))
        await it.press("v")
        await it.until_shown("Written for flows.", chosen)
        assert "torches" not in it.screen()
        await it.press("v")
        await it.until_shown("Written for torches.")


async def test_its_code_runs_after_a_question_and_its_quiz_is_ours(folder: Path) -> None:
    async with notes_of(folder, is_allowed=False) as it:
        cell, quiz = it.stop_of(Cell), it.stop_of(Quiz)
        await it.go_to_stop(cell)
        await it.press("enter")
        await it.until(lambda: isinstance(it.app.screen, ListWindow))
        assert it.engine.asked == []
        await it.press("down", "enter")
        await it.until(lambda: isinstance(it.reader.notes.states.get(cell), Outcome))
        assert "42" in it.screen()
        assert not {"tokenizer", "model"} & set(it.engine._cells.names("notes: page.mdx"))
        await it.go_to_stop(quiz)
        await it.press("2", "enter")
        state = it.reader.notes.states[quiz]
        assert isinstance(state, Answering)
        assert state.judged is not None


async def test_the_contents_of_a_course_go_on_where_it_was_left(folder: Path) -> None:
    (folder / "other.mdx").write_text("# Fish\n\nThey swim.\n", "utf-8")
    (folder / "_toctree.yml").write_text(
        "- title: 1. Animals\n  sections:\n  - {local: other, title: On fish}\n  - {local: page, title: On birds}\n"
    )
    async with console(book=Folder.open(folder)) as it:
        await it.until_shown("1. Animals", "On fish")
        await it.press("enter")
        await it.until_shown("They swim.")
        await it.press("q")
        await it.until_shown("Continue", "0 of 1")
