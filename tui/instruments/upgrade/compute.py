"""`upgrade`: the lines of older code that no longer work with the installed libraries, and the code without them."""

from __future__ import annotations

import difflib
import io
import traceback
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

from tui.errors import UsageError
from tui.instruments.instrument import Result
from tui.instruments.upgrade.removals import OutdatedUse
from tui.options import option

LONGEST = 200_000
"""Characters of a file that is read."""
MOST_OUTPUT = 4_000
"""Characters of what a program printed that are kept."""


@dataclass(frozen=True, slots=True)
class UpgradeSpec:
    """Python, as text or as a file."""

    code: str = option(default="", help="Python code, written since 2020")
    file: str = option(default="", help="a file to read it from instead: .py, or a notebook")
    execute: bool = option(default=False, help="run the old and the new code, and show what each prints")


@dataclass(frozen=True, slots=True)
class Execution:
    """What a program printed, and the error that it ended in; empty when it ran to its end."""

    output: str
    error: str


@dataclass(frozen=True, slots=True)
class UpgradeResult(Result):
    """The outdated uses in the order of their lines, and the new code."""

    uses: list[OutdatedUse]
    code: str
    """The new code, whole."""
    difference: list[str]
    """From the old to the new code, as a unified diff; empty when nothing was changed."""
    before: Execution | None
    """None when the programs were not run."""
    after: Execution | None


def run(spec: UpgradeSpec) -> UpgradeResult:
    """Upgrade the code. Raises `UsageError` when there is none, or it is not Python."""
    from tui.instruments.upgrade.rewrite import rewrite

    source = _source(spec)
    upgraded = rewrite(source)
    before = after = None
    if spec.execute:
        before, after = _execute(source), _execute(upgraded.code)
    return UpgradeResult(upgraded.uses, upgraded.code, _difference(source, upgraded.code), before, after)


def code(spec: UpgradeSpec) -> str:
    """Rewrite the code, and print it."""
    reading = f"source = {spec.code!r}"
    if spec.file:
        reading = f"source = code_of_file({spec.file!r})"
    imports = "from tui.instruments.upgrade.compute import code_of_file\n" if spec.file else ""
    return (
        f"{imports}from tui.instruments.upgrade.rewrite import rewrite\n\n{reading}\n"
        "upgraded = rewrite(source)\n"
        "for use in upgraded.uses:\n"
        "    print(use.line, use.old, '->', use.new, f'({use.removed})')\n"
        "print(upgraded.code)\n"
    )


def code_of_file(path: str) -> str:
    """The Python of a file; of a notebook, that of its cells, one after the other. Raises `UsageError`."""
    import json

    file = Path(path).expanduser()
    if not file.is_file():
        raise UsageError("instruments.upgrade.no-file", path=path)
    with file.open(encoding="utf-8", errors="replace") as opened:
        text = opened.read(LONGEST + 1)
    if len(text) > LONGEST:
        raise UsageError("instruments.upgrade.too-long", path=path, most=LONGEST)
    if file.suffix != ".ipynb":
        return text
    try:
        cells = [cell["source"] for cell in json.loads(text)["cells"] if cell["cell_type"] == "code"]
        return "\n\n".join(source if isinstance(source, str) else "".join(source) for source in cells) + "\n"
    except (ValueError, KeyError, TypeError, RecursionError):
        raise UsageError("instruments.upgrade.not-a-notebook", path=path) from None


def _source(spec: UpgradeSpec) -> str:
    if spec.file:
        return code_of_file(spec.file)
    if not spec.code.strip():
        raise UsageError("instruments.upgrade.no-code")
    if len(spec.code) > LONGEST:
        raise UsageError("instruments.upgrade.too-long", path="code", most=LONGEST)
    return spec.code if spec.code.endswith("\n") else spec.code + "\n"


def _difference(old: str, new: str) -> list[str]:
    lines = difflib.unified_diff(old.splitlines(), new.splitlines(), n=2, lineterm="")
    return list(lines)[2:]  # without the names of the files


def _execute(source: str) -> Execution:
    error = ""
    with redirect_stdout(io.StringIO()) as out, redirect_stderr(out):
        try:
            exec(compile(source, "code", "exec"), {"__name__": "__main__"})  # noqa: S102  # the reader has asked for it
        except (Exception, SystemExit) as raised:  # the border: the reader's program may end in anything
            error = traceback.format_exception_only(raised)[-1].strip()
            at = [frame.lineno for frame in traceback.extract_tb(raised.__traceback__) if frame.filename == "code"]
            error = f"line {at[-1]}: {error}" if at else error
    return Execution(out.getvalue()[:MOST_OUTPUT], error[:MOST_OUTPUT])
