"""The review on screen."""

from __future__ import annotations

import time

from tests.console.console import Driver, console
from tui import paths
from tui.console.screens.contents import Contents
from tui.console.screens.review import Review
from tui.course.blocks import Quiz
from tui.course.progress import Progress

QUESTIONS = ("where-to-look", "how-many-wrong", "what-ages")


def answer_wrong_three_days_ago() -> None:
    progress = Progress(paths.progress_file(), clock=lambda: time.time() - 3 * 86400)
    for question in QUESTIONS:
        progress.mark_quiz("introduction", question, False)
    progress.save()


async def answer(it: Driver, screen: Review, quiz: Quiz) -> None:
    if quiz.kind == "number":
        await it.press(*f"{quiz.answer:g}", "enter")
    else:
        right = [i for i, choice in enumerate(quiz.choices) if choice.right]
        await it.press(*[str(screen.answering.order.index(i) + 1) for i in right], "enter")


async def test_a_sitting_from_the_contents_to_its_end() -> None:
    answer_wrong_three_days_ago()
    async with console(size=(80, 24)) as it:
        await it.until_shown("3 questions are due; r begins")
        await it.press("r")
        await it.until(lambda: isinstance(it.app.screen, Review) and it.app.screen.quiz is not None)
        screen = it.app.screen
        assert isinstance(screen, Review)
        await it.until_shown("1/3", "1.1 Introduction")
        await it.press("s")  # shown, so not known
        await it.until_shown("Now you know", "enter goes on.")
        await it.press("enter")
        await it.until_shown("2/3")
        for _ in range(2):
            assert screen.quiz is not None
            await answer(it, screen, screen.quiz)
            await it.until_shown("Right.")
            await it.press("enter")
        await it.until_shown("2 of 3 known.", "Nothing is due until tomorrow.")
        await it.press("l")
        await it.until_shown("3 道题答对了 2 道。", "明天之前没有要复习的内容。")
        await it.press("q")
        await it.until(lambda: isinstance(it.app.screen, Contents))
        assert "道题，按" not in it.screen()
    assert sorted(Progress(paths.progress_file()).quiz("introduction").values()) == [False, True, True]


async def test_nothing_to_review_is_an_honest_end() -> None:
    async with console() as it:
        assert "r review" not in it.screen()
        await it.press("r")
        await it.until_shown("Nothing is due. What you answer in the lessons comes back here.")
        await it.press("enter", "s", "1", "o")
        assert isinstance(it.app.screen, Review)
