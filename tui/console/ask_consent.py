"""The question before code that is not ours runs for the first time."""

from __future__ import annotations

import asyncio

from tui.console.app_protocol import Console
from tui.course import consent
from tui.text.catalog import translate
from tui.text.visible import visible


async def ask_consent(app: Console) -> bool:
    """Whether the code of the open book may run from now on. To be called in a worker of a screen."""
    from tui.console.screens.windows import ListWindow

    book, language = app.book, app.language
    title = translate(language, "console.consent.title", folder=visible(str(book.folder)))
    answers = [translate(language, "console.consent.no"), translate(language, "console.consent.yes")]
    if await app.push_screen_wait(ListWindow(title, answers)) != 1:
        return False
    try:
        await asyncio.to_thread(consent.allow, book)
    except OSError as error:
        reason = error.strerror or str(error)
        app.notify(translate(language, "console.consent.not_kept", reason=reason), severity="warning")
    return True
