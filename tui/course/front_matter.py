"""The front matter of a lesson: all that the contents need of it."""

from __future__ import annotations

from tui.record import record


@record
class FrontMatter:
    """The lines between `---` at the top of a lesson."""

    id: str
    section: str
    """Its number in the course: 2.2"""
    title: str
    minutes: int
    topic: str
    """The page of the Hugging Face course on the same topic; by name, because the numbers there move."""
    url: str
    covers: tuple[str, ...]
    claims: tuple[str, ...]
