"""How an exception of the reader's code is path: their own lines, or the whole way through the libraries."""

from __future__ import annotations

import traceback
from types import TracebackType

MOST_MESSAGE = 2_000
"""Characters of an exception's message in the short form."""
MOST_WHOLE = 60_000


def short_traceback(error: BaseException, code: str) -> str:
    """The lines of `code` that led to the exception, and its name and message."""
    lines = code.split("\n")
    numbers = [number for number in cell_lines(error) if 0 < number <= len(lines)]
    if isinstance(error, SyntaxError) and error.lineno:
        numbers = [min(error.lineno, len(lines))]
    path = [f"{number:>3} | {lines[number - 1].strip()}" for number in numbers]
    return "\n".join([*path, last_line(error)]) + "\n"


def last_line(error: BaseException) -> str:
    """The exception's name and message."""
    message = error.msg if isinstance(error, SyntaxError) else str(error)
    if len(message) > MOST_MESSAGE:
        message = message[:MOST_MESSAGE] + "…"
    return f"{type(error).__name__}: {message}" if message else type(error).__name__


def whole_traceback(error: BaseException) -> str:
    """Everything, as Python prints it, without the frames of ours and of IPython's at its beginning."""
    first = error.__traceback__
    while first is not None and not _is_cell(first):
        first = first.tb_next
    text = "".join(traceback.format_exception(type(error), error, first, limit=-60))
    return text if len(text) <= MOST_WHOLE else "…\n" + text[-MOST_WHOLE:]


def cell_lines(error: BaseException) -> list[int]:
    """The line numbers in the reader's cell that the exception came through, outermost first."""
    numbers = []
    frame = error.__traceback__
    while frame is not None:
        if _is_cell(frame):
            numbers.append(frame.tb_lineno)
        frame = frame.tb_next
    return list(dict.fromkeys(numbers))[-3:]


def library_files(error: BaseException) -> list[str]:
    """The files of the frames, outermost first."""
    return [frame.filename for frame in traceback.extract_tb(error.__traceback__)]


def _is_cell(frame: TracebackType) -> bool:
    return (
        frame.tb_frame.f_globals.get("__name__") == "__main__" and "ipykernel" not in frame.tb_frame.f_code.co_filename
    )
