"""The reader's settings: one schema, one TOML file. Defaults < file < `HEADNOTES_*` environment < command line.

A value that does not fit is named and left out; the rest still applies. Writing keeps the reader's comments. A file
whose names mean something else than here will have a `version`; it is read as far as it fits and never written.
"""

from __future__ import annotations

import difflib
import errno
import os
import tomllib
from collections.abc import Mapping
from dataclasses import field, fields, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tui.atomic import locked, read_regular, write_atomically
from tui.errors import Phrase, UsageError, phrase, sentence
from tui.record import record
from tui.text.catalog import LANGUAGES

THEMES = ("dark", "light", "terminal")
VERSION = 1
MOST_BYTES = 100_000
HUB = "https://huggingface.co"


@record
class Settings:
    """What the reader chose."""

    language: str = field(default="en", metadata={"choices": LANGUAGES, "help": "language of lessons and screens"})
    theme: str = field(default="dark", metadata={"choices": THEMES, "help": "colors; terminal = your own sixteen"})
    hf_endpoint: str = field(default="", metadata={"help": "address of a mirror of the Hub; HF_ENDPOINT overrules it"})


def load(file: Path, environment: Mapping[str, str] | None = None, **typed: str | None) -> tuple[Settings, list[str]]:
    """The settings, and one sentence for every value that was left out. Reading never writes and never raises."""
    environment = os.environ if environment is None else environment
    complaints: list[Phrase] = []
    settings = Settings()
    sources: list[tuple[str | Phrase, Mapping[str, Any]]] = [
        (str(file), _read(file, complaints)),
        (
            phrase("errors.from-environment"),
            {f.name: environment.get(f"HEADNOTES_{f.name.upper()}") for f in fields(Settings)},
        ),
        (phrase("errors.from-command-line"), typed),
    ]
    for source, values in sources:
        for name, value in values.items():
            if value is None:
                continue
            if complaint := _complaint(name, value):
                complaints.append(phrase("errors.setting-left-out", source=source, reason=complaint))
            else:
                settings = replace(settings, **{name: value})
    return settings, [sentence(settings.language, complaint) for complaint in complaints]


def export_endpoint(settings: Settings) -> None:
    """Put the reader's mirror into the environment: the Hub's client reads it once, at import, in every child."""
    if settings.hf_endpoint:
        os.environ.setdefault("HF_ENDPOINT", settings.hf_endpoint.rstrip("/"))


def endpoint() -> str:
    """The address that Hub requests of this process and its children go to."""
    return os.environ.get("HF_ENDPOINT") or HUB


def save(file: Path, **changed: str) -> None:
    """Write the changed values; every other line stays as it is. A file that is not TOML is put aside, not lost.

    Raises `OSError`, and `UsageError` for a file of a later version.
    """
    import tomlkit

    with locked(file):
        document = tomlkit.document()
        try:
            document = tomlkit.parse(_text(file))
        except FileNotFoundError:
            pass
        except (ValueError, RecursionError):
            file.replace(file.with_suffix(".broken.toml"))
        if _is_newer(document):
            raise UsageError("errors.settings-newer", file=str(file))
        document.update(changed)
        write_atomically(file, tomlkit.dumps(document))


def _read(file: Path, complaints: list[Phrase]) -> dict[str, Any]:
    try:
        values = tomllib.loads(_text(file))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, RecursionError) as error:
        reason = getattr(error, "strerror", None) or error
        complaints.append(phrase("errors.settings-unreadable", file=str(file), reason=str(reason)))
        return {}
    if _is_newer(values):
        complaints.append(phrase("errors.settings-partly-read", file=str(file)))
        return {name: value for name, value in values.items() if not _complaint(name, value)}
    values.pop("version", None)
    return values


def _text(file: Path) -> str:
    data, size = read_regular(file, MOST_BYTES)
    if size > MOST_BYTES:
        raise OSError(errno.EFBIG, f"more than {MOST_BYTES:,} bytes", str(file))
    return data.decode("utf-8")


def _is_newer(values: Mapping[str, Any]) -> bool:
    version = values.get("version")
    return isinstance(version, int | float) and version > VERSION


def _complaint(name: str, value: Any) -> Phrase | None:
    schema = {f.name: f for f in fields(Settings)}
    if name not in schema:
        near = difflib.get_close_matches(name, schema, 1)
        return phrase("errors.no-such-setting", name=name) if not near else phrase(
            "errors.no-such-setting-near", name=name, near=near[0])  # fmt: skip
    choices = schema[name].metadata.get("choices")
    if choices and value not in choices:
        return phrase("errors.setting-choice", name=name, value=repr(value), choices=list(choices))
    if name == "hf_endpoint" and value != "" and not _is_web_address(value):
        return phrase("errors.setting-address", name=name, value=repr(value))
    return None


def _is_web_address(value: object) -> bool:
    try:
        parts = urlsplit(value) if isinstance(value, str) else None
        return parts is not None and parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return False
