"""`headnotes try NAME key=value ...`: an instrument without a screen, for scripts, tests and other programs."""

from __future__ import annotations

import argparse
import dataclasses
import json
import shutil
import sys
from typing import Any, TextIO

from tui.cli.quiet import quiet
from tui.errors import HeadnotesError, UsageError, explain, for_programs
from tui.instruments import registry
from tui.instruments.instrument import Instrument, Result
from tui.instruments.warning_text import warning_text
from tui.options import options_of
from tui.text.catalog import translate
from tui.text.lines import line_text
from tui.text.visible import visible

WIDEST = 100
"""Cells of a line at most, and where nobody says how wide the terminal is."""


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", nargs="?", help=f"the instrument: {', '.join(registry.instruments())}")
    parser.add_argument(
        "values", nargs="*", metavar="key=value", help="its options; a key may come again for several texts"
    )
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--json", action="store_true", help="print the result as one line of JSON")
    what.add_argument("--code", action="store_true", help="print the Python that gives the same, and do not run it")
    parser.add_argument(
        "--stdin",
        action="store_true",
        help="one JSON spec a line in, one JSON result or error a line out, --json or not",
    )
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = _options_page()


def run(asked: argparse.Namespace) -> int:
    instrument = registry.find(asked.name) if asked.name else None
    if asked.stdin and asked.code:
        raise UsageError("cli.stdin-and-code")
    if asked.stdin:
        return _lines(instrument, _values(asked.values), asked.language)
    if instrument is None:
        raise UsageError("cli.no-instrument", names=list(registry.instruments()))
    spec = instrument.read(_values(asked.values))
    if asked.code:
        with quiet() as out:
            code = instrument.code(spec)
            print(code, end="", file=out)
        return 0
    with quiet() as out:
        result = _run(instrument, spec)
        if asked.json:
            print(json.dumps(as_data(result, asked.language), ensure_ascii=not _utf8(out)), file=out)
        else:
            width = min(WIDEST, shutil.get_terminal_size((WIDEST, 24)).columns)
            print(*as_lines(instrument, result, width, asked.language), sep="\n", file=out)
    return 0


def _lines(only: Instrument | None, common: dict[str, Any], language: str) -> int:
    """Answer each line until standard input ends; a bad line gets an error and does not stop the others."""
    failed = False
    with quiet() as out:
        for line in sys.stdin.buffer:
            if not line.strip():
                continue
            try:
                answer = {"result": as_data(_answer(line, only, common), language)}
            except Exception as error:  # the border: whatever happens becomes this line's answer
                failed = True
                answer = {"error": explain(error).for_programs(language)}
            print(json.dumps(answer), file=out, flush=True)
    return 1 if failed else 0


def _answer(line: bytes, only: Instrument | None, common: dict[str, Any]) -> Any:
    try:
        values = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise UsageError("cli.not-json", reason=str(error)) from error
    if not isinstance(values, dict):
        raise UsageError("cli.not-an-object")
    name = values.pop("instrument", None) if only is None else None
    if only is None and name is None:
        example = next(iter(registry.INSTRUMENTS))
        raise UsageError("cli.which-instrument", example=example)
    instrument = only or registry.find(str(name))
    return _run(instrument, instrument.read({**instrument.own_names(common), **instrument.own_names(values)}))


def _run(instrument: Instrument, spec: Any) -> Any:
    try:
        return instrument.run(spec)
    except HeadnotesError:
        raise
    except Exception as error:  # the border: a library's error becomes a sentence and exit code 1
        raise explain(error).as_error() from error


def _values(words: list[str]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not equals:
            raise UsageError("cli.not-key-value", word=repr(word), example=f"text={word!r}")
        if name in values:
            before = values[name]
            values[name] = [*(before if isinstance(before, list) else [before]), value]
        else:
            values[name] = value
    return values


def _utf8(out: TextIO) -> bool:
    return "utf" in (out.encoding or "").lower()


def as_lines(instrument: Instrument, result: Result, width: int, language: str) -> list[str]:
    """A result for people: what its pane shows, warnings first."""
    note = translate(language, "instruments.warning_note")
    warnings = [f"{note}{visible(warning_text(one, language))}" for one in result.warnings_above]
    return [*warnings, *(line_text(line).rstrip() for line in instrument.answer_lines(result, width, language))]


def as_data(result: Result, language: str) -> dict[str, Any]:
    """A result for programs: the fields that its task has, of the other model's answer, too."""
    left_out = result.fields_left_out()
    plain = {name: value for name, value in dataclasses.asdict(result).items() if name not in left_out}
    for name in plain:
        if isinstance(inner := getattr(result, name), Result):
            plain[name] = as_data(inner, language)
    data: dict[str, Any] = for_programs(plain, language)
    return data


def _options_page() -> str:
    lines = []
    for instrument in registry.instruments().values():
        lines += [f"{instrument.name}: {instrument.summary('en')}"]
        lines += [f"  {name:20} {shape}\n  {'':20} {help_}" for name, shape, help_ in options_of(instrument.spec)]
        lines.append("")
    lines += [one.sentence("en") for one in registry.rejected()]
    return "\n".join(lines)
