"""What the library says when a data set cannot be opened, in sentences: which file, which line, what to try.

The library wraps most errors in a `DatasetGenerationError` and writes the file's name to its log alone; both are undone
here.
"""

from __future__ import annotations

import errno
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tui.errors import DataError, HeadnotesError, Stopped, phrase
from tui.tables import late_values, raw
from tui.tables.late_values import LateValue
from tui.tables.source import TABBED, Source, format_of, is_address

_FAILED = re.compile(r"Failed to (?:read file|load JSON from file) '(.+?)' with error", re.DOTALL)
_RAGGED = re.compile(r"Expected (\d+) fields in line (\d+), saw (\d+)")
_OPEN_QUOTE = re.compile(r"EOF inside string starting at row (\d+)")
_ROW = re.compile(r"in row (\d+)")
_MIXED = re.compile(r"Conversion failed for column (.*) with type")
_PACKAGE = re.compile(r"(?:pip install|conda install|dependency) '?([\w-]+)")


class _Names(logging.Handler):
    """Hears which file the library could not read."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.file = ""

    def emit(self, record: logging.LogRecord) -> None:
        if found := _FAILED.search(record.getMessage()):
            self.file = found[1]


@contextmanager
def explained(source: Source) -> Iterator[None]:
    """Whatever goes wrong inside comes out as a `DataError`."""
    names, log = _Names(), logging.getLogger("datasets")
    handlers, log.handlers = log.handlers, [names]  # the library also prints what is said here in a sentence
    try:
        yield
    except (HeadnotesError, KeyboardInterrupt):
        raise
    except BaseException as error:
        if isinstance(error, SystemExit | GeneratorExit):
            raise
        raise refusal(error, source, names.file) from error
    finally:
        log.handlers = handlers


def refusal(error: BaseException, source: Source, file: str = "") -> DataError | Stopped:
    """The sentence for an error; `file` is the one that the library was reading."""
    chain = list(_causes(error))
    file = file or (source.paths[0] if len(source.paths) == 1 else ", ".join(source.paths[:3]))
    for cause in _telling_first(chain):
        if said := _known(cause, file, source):
            return said
    first = _first(chain[-1])
    return DataError("tables.cannot-open", name=_name(file), reason=first)


def first_bad_line(file: str, encoding: str) -> tuple[int, int, int]:
    """(line, column, byte) of the first place that is not in this encoding; zeros when none is found."""
    try:
        with Path(file).open("rb") as lines:
            for number, line in enumerate(lines, 1):
                try:
                    line.decode(encoding or "utf-8")
                except UnicodeDecodeError as error:
                    return number, error.start + 1, line[error.start]
    except (OSError, LookupError):
        pass
    return 0, 0, 0


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__  # type: ignore[assignment]


def _telling_first(chain: list[BaseException]) -> list[BaseException]:
    """The innermost error first, since it names the cause; but two of the library's say more than what is in them."""
    more = [one for one in chain if type(one).__name__ in ("DatasetGenerationCastError", "DatasetNotFoundError")]
    return [*more, *(one for one in chain[::-1] if one not in more)]


def _known(error: BaseException, file: str, source: Source) -> DataError | Stopped | None:
    name, text, kind = _name(file), str(error), type(error).__name__
    if isinstance(error, UnicodeError) or "invalid utf8" in text.lower():
        return _encoding(error, file, source)
    if kind == "ParserError":
        if ragged := _RAGGED.search(text):
            expected, line, actual = ragged.groups()
            code, comment = _ragged(file)
            return DataError(code, name=name, line=line, actual=actual, expected=expected, comment=comment)
        if quote := _OPEN_QUOTE.search(text):
            return DataError("tables.open-quotation", name=name, line=int(quote[1]) + 1)
        return DataError("tables.not-a-table", name=name, reason=_first(error))
    if kind == "EmptyDataError" or isinstance(error, StopIteration) or "at least one example" in text:
        return DataError("tables.files-empty", name=name)
    if "corresponds to no data" in text:
        return DataError("tables.file-without-rows", name=name)
    if kind == "BadGzipFile" and "Not a gzipped" in text:
        return DataError("tables.not-compressed", name=name, reason=_first(error))
    is_damaged = kind in ("BadGzipFile", "BadZipFile", "LZMAError", "ZstdError", "zlib.error")
    if isinstance(error, EOFError) or is_damaged or (kind == "error" and type(error).__module__ == "zlib"):
        return DataError("tables.compression-damaged", name=name, reason=_first(error))
    if late := _late_value(text, kind, file, source):
        code = "tables.late-value-json" if _is_json(file, source) else "tables.late-value"
        return DataError(code, name=name, line=late.line, column=late.column, value=late.value[:60], reason=late.reason)
    if mixed := _MIXED.search(text):
        code = "tables.mixed-column-json" if _is_json(file, source) else "tables.mixed-column"
        return DataError(code, name=name, column=mixed[1], reason=_first(error))
    if "changed from object to" in text:
        return DataError("tables.row-not-an-object", name=name, reason=_first(error))
    if "was specified twice" in text:
        return DataError("tables.repeated-key", name=name, reason=_first(error))
    if "too big" in text.lower():
        return DataError("tables.number-too-large", name=name, reason=_first(error))
    if "doesn't have a" in text and "key" in text:
        return DataError("tables.no-such-reader-option", name=name, reason=_first(error))
    if kind == "DatasetGenerationCastError" or "Schema at index" in text:
        return DataError("tables.columns-differ", reason=_columns(text) or _first(error))
    if "column names don't match" in text or "Couldn't cast" in text:
        return DataError("tables.value-does-not-fit", name=name, reason=_columns(text) or _first(error))
    if kind == "JSONDecodeError" or (isinstance(error, ValueError) and "decoding" in text and "value" in text):
        return DataError("tables.not-json", name=name, place="", reason=_first(error))
    if kind == "ArrowInvalid":
        return _arrow(error, name)
    if "support range requests" in text:
        return DataError("tables.server-without-ranges", name=name)
    if "Dataset scripts are no longer supported" in text or "loading script" in text:
        return DataError("tables.loading-script", name=name)
    if "Unknown split" in text:
        return DataError("tables.hub-split", name=name, reason=_first(error))
    if "BuilderConfig" in text and "not found" in text:
        return DataError("tables.hub-config", name=name, reason=_first(error))
    if "Config name is missing" in text:
        return DataError("tables.hub-configs", name=name, reason=" ".join(text.split())[:300])
    if kind == "OfflineModeIsEnabled" or "offline mode" in text.lower():
        return DataError("tables.offline", name=name)
    if kind == "DatasetNotFoundError":
        return DataError("tables.not-on-hub", name=name)
    if kind in ("ClientConnectorError", "ConnectError", "ConnectionError", "ServerDisconnectedError", "ReadTimeout",
                "ClientPayloadError", "ConnectTimeout", "ReadError", "RemoteProtocolError"):  # fmt: skip
        return DataError("tables.server-silent", name=name, reason=_first(error))
    if isinstance(error, ImportError):
        found = _PACKAGE.search(text)
        package = found[1] if found else error.name or ""
        return DataError("tables.package-missing", name=name, reason=_first(error), package=package)
    if isinstance(error, PermissionError):
        return DataError("tables.read-forbidden", name=name, reason=_first(error))
    if isinstance(error, FileNotFoundError):
        code = "tables.address-gone" if is_address(file) else "tables.file-gone"
        return DataError(code, name=name, reason=_first(error))
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return DataError("tables.open-disk-full", name=name)
    if isinstance(error, MemoryError):
        return DataError("tables.open-memory", name=name)
    if isinstance(error, KeyError) and source.field:
        return DataError("tables.no-such-field", name=name, field=source.field)
    return None


def _encoding(error: BaseException, file: str, source: Source) -> DataError:
    line, column, byte = first_bad_line(file, source.encoding)
    place = phrase("tables.in-line", line=line) if line else ""
    start = b""
    try:
        with Path(file).open("rb") as opened:
            start = opened.read(2)
    except OSError:
        pass
    guess = "utf-16" if start in (b"\xff\xfe", b"\xfe\xff") else "cp1252"
    if guess == source.encoding:
        guess = "latin-1"
    reason: Any = phrase("tables.bad-byte", byte=f"0x{byte:02x}", column=column) if line else _first(error)
    encoding = (source.encoding or "UTF-8").upper()
    return DataError("tables.encoding", name=_name(file), place=place, encoding=encoding, reason=reason, guess=guess)


def _arrow(error: BaseException, name: str) -> DataError:
    text = str(error)
    if "Recursion level" in text:
        return DataError("tables.nested-too-deeply", name=name)
    if "file size is 0 bytes" in text:
        return DataError("tables.file-empty", name=name)
    if "arquet" in text:
        return DataError("tables.not-parquet", name=name, reason=_first(error))
    if "straddling" in text:
        return DataError("tables.row-too-long", name=name)
    if "JSON" in text or "json" in text:
        place = phrase("tables.in-line", line=int(found[1]) + 1) if (found := _ROW.search(text)) else ""
        return DataError("tables.not-json", name=name, place=place, reason=_first(error))
    return DataError("tables.not-arrow", name=name, reason=_first(error))


def _ragged(file: str) -> tuple[str, str]:
    """The code of an error about a line with too many fields, and the sign that comments begin with."""
    head = None if is_address(file) else raw.read_head(file, limit=10_000)
    if head is not None and head.text.startswith(("#", "%")):
        return "tables.ragged-comments", head.text[0]
    return "tables.ragged-line", ""


def _is_json(file: str, source: Source) -> bool:
    return (source.format or format_of(file)) == "json"


def _late_value(text: str, kind: str, file: str, source: Source) -> LateValue | None:
    """The value behind an error of Arrow's or Python's that names none, or not its place."""
    signs = ("Failed to parse", "was truncated converting", "too large to convert", "out of bounds", "too large to fit")
    if not any(sign in text for sign in signs) or is_address(file) or not Path(file).is_file():
        return None
    if _is_json(file, source):
        return late_values.in_json_lines(file, source.encoding)
    delimiter = source.delimiter.replace("\\t", "\t") or ("\t" if file.lower().endswith(TABBED) else ",")
    return late_values.in_csv(file, delimiter, source.encoding)


def _columns(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    told = [line for line in lines if "column" in line.lower()]
    return " ".join(told[:2])[:300]


def _name(file: str) -> str:
    return file if is_address(file) or len(file) < 60 else Path(file).name


def _first(error: BaseException) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return (lines[0] if lines else type(error).__name__)[:300]
