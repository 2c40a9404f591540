"""The command `headnotes`. Imports nothing heavy: `headnotes --help` must answer at once."""

from __future__ import annotations

import argparse
import importlib
import json
import os
import sys
from collections.abc import Sequence
from types import ModuleType

import tui
from tui import paths, settings
from tui.engine.environment import keep_private
from tui.errors import HeadnotesError, NoTerminal, UsageError, explain
from tui.text.catalog import LANGUAGES

COMMANDS = {
    "open": "open the console, at a lesson if one is named (this is what plain `headnotes` does)",
    "notes": "read any folder of Markdown in the same reader",
    "data": "open any data set: browse, slice, map, save; with or without a screen",
    "try": "run an instrument without a screen",
    "train": "start a training run that outlives this terminal, from a recipe",
    "runs": "training runs: list, show, follow, stop, resume, fork, compare, export",
    "models": "what can do each task; fetch the course's checkpoints from the Hub",
    "prepare": "fetch what a chapter uses, for later work without a network",
    "lessons": "list the lessons, or check a course",
    "review": "the questions that are due today: a list, or a sheet of paper",
    "progress": "what was read and answered: export it, and merge it on another machine",
    "doctor": "versions, device, models and paths, for a bug report",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code: 0, 1 for a failure, 2 for wrong usage, 130 when stopped."""
    keep_private()
    language, words = _language(sys.argv[1:] if arguments is None else arguments)
    if not any(word in COMMANDS for word in words[:1]) and not {"-h", "--help", "--version"} & set(words[:1]):
        words.insert(0, "open")  # `headnotes 2.2` opens a lesson
    parser = argparse.ArgumentParser(
        prog="headnotes",
        description=(tui.__doc__ or "").strip(),
        epilog="headnotes COMMAND --help says more.",
    )
    parser.add_argument("--version", action="version", version=f"headnotes {tui.__version__}")
    _add_language(parser)
    kinds = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, help_ in COMMANDS.items():
        if name not in words[:1] and words[0] in COMMANDS:
            continue  # each takes its time, and the others would never be used
        sub = kinds.add_parser(name, help=help_, description=help_)
        if name in words[:1]:
            _module(name).add(sub)
            _add_language(sub)
    asked, more = parser.parse_known_args(words)
    if more and ("values" not in asked or any(word.startswith("-") for word in more)):
        parser.error(f"unrecognized arguments: {' '.join(more)}")
    elif more:
        asked.values += more  # `try tokens --json text=a`: argparse takes no more words after an option
    chosen, _ = settings.load(paths.settings_file(), language=language)
    asked.language = chosen.language
    settings.export_endpoint(chosen)
    try:
        code = _module(asked.command).run(asked)
        sys.stdout.flush()
        return int(code)
    except HeadnotesError as error:
        _report(error, asked)
        return error.exit_code
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # nobody listens; let Python end in peace
        return 0
    except OSError as error:  # a folder that may not be read, a full disk, a name no file can have
        _report(explain(error).as_error(), asked)
        return 1


def _language(words: Sequence[str]) -> tuple[str | None, list[str]]:
    """The value of --language, wherever it is, and the other words."""
    parser = argparse.ArgumentParser(prog="headnotes", add_help=False, allow_abbrev=False)
    _add_language(parser)
    known, others = parser.parse_known_args(words)
    return known.language, others


def _add_language(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--language", choices=LANGUAGES, help="language of lessons, screens and messages")


def _module(command: str) -> ModuleType:
    return importlib.import_module(f"tui.cli.{'try_instrument' if command == 'try' else command}")


def _report(error: HeadnotesError, asked: argparse.Namespace) -> None:
    """Say it in the reader's language, and to programs that read JSON as `code` and `message`, too."""
    if getattr(asked, "json", False):
        print(json.dumps({"error": explain(error).for_programs(asked.language)}), flush=True)
    kind = "usage" if isinstance(error, UsageError) else "error"
    text = error.message(asked.language)
    # `headnotes 2>log`: the sentence belongs where the screen was expected, not into the log
    seen = sys.stdout if isinstance(error, NoTerminal) and sys.stdout and sys.stdout.isatty() else sys.stderr
    for line in f"headnotes: {kind}: {text.lines}".splitlines():
        print(line.encode("utf-8", "backslashreplace").decode("utf-8"), file=seen)
