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

from tui.errors import DataError, HeadnotesError, Stopped
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
    return DataError(f"{_name(file)} cannot be opened.", first, "Say the format, or open it with another program.")


def first_bad_line(file: str, encoding: str) -> tuple[int, str]:
    """(number, why) of the first line that is not in this encoding; (0, "") when none is found."""
    try:
        with Path(file).open("rb") as lines:
            for number, line in enumerate(lines, 1):
                try:
                    line.decode(encoding or "utf-8")
                except UnicodeDecodeError as error:
                    return number, f"byte 0x{line[error.start]:02x} at column {error.start + 1}"
    except (OSError, LookupError):
        pass
    return 0, ""


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
            wanted, line, saw = ragged.groups()
            return DataError(
                f"{name}, line {line}: {saw} columns, where {wanted} are expected.",
                *_ragged_advice(file),
            )
        if quote := _OPEN_QUOTE.search(text):
            line = str(int(quote[1]) + 1)
            return DataError(f"{name}: a quotation that begins near line {line} never ends.", "", "Mend that line.")
        return DataError(f"{name} is no table of this kind.", _first(error), "Say another delimiter=, or format=text.")
    if kind == "EmptyDataError" or isinstance(error, StopIteration) or "at least one example" in text:
        return DataError(f"{name} is empty, or one of its files is.", "", "Name another file.")
    if "corresponds to no data" in text:
        return DataError(f"{name} has no rows.", "It may hold a heading alone.", "Name another file or split.")
    if kind == "BadGzipFile" and "Not a gzipped" in text:
        return DataError(f"{name} is not compressed, though its name says so.", _first(error), "Rename it without .gz.")
    if isinstance(error, EOFError) or kind in ("BadGzipFile", "BadZipFile", "LZMAError", "ZstdError", "zlib.error"):
        return DataError(f"{name} is broken off or not compressed as its name says.", _first(error), "Copy it again.")
    if kind == "error" and type(error).__module__ == "zlib":
        return DataError(f"{name} is broken off or not compressed as its name says.", _first(error), "Copy it again.")
    if late := _late_value(text, kind, file, source):
        return DataError(
            f"{name}, line {late.line}, column {late.column}: {late.value[:60]} does not fit.",
            late.reason,
            "Correct that value, or write all of them as texts, in quotes."
            if _is_json(file, source)
            else "Correct that value, or read every column as text: format=pandas with the option dtype=str.",
        )
    if mixed := _MIXED.search(text):
        return DataError(
            f"{name}: the column {mixed[1]} has values of several types.",
            _first(error),
            "Write one object a line: of such rows the library keeps every value as JSON." if _is_json(file, source)
            else "Make them one type, or read every column as text: format=pandas with the option dtype=str.",
        )  # fmt: skip
    if "changed from object to" in text:
        return DataError(
            f"{name}: a row is not an object with names.",
            _first(error),
            "Write one object a line, or one list of objects; rows under a key: field=",
        )
    if "was specified twice" in text:
        return DataError(f"{name}: a key occurs twice in one object.", _first(error), "Rename one of the two.")
    if "too big" in text.lower():
        return DataError(f"{name}: a number is too large for 64 bits.", _first(error), "Write it as a text, in quotes.")
    if "doesn't have a" in text and "key" in text:
        return DataError(f"{name}: {_first(error)}", "", "Check the name of the option.")
    differ = kind == "DatasetGenerationCastError" or "Schema at index" in text
    if differ or "column names don't match" in text or "Couldn't cast" in text:
        return DataError(
            "The files do not have the same columns." if differ else f"{name}: a value does not fit its column.",
            _columns(text) or _first(error),
            "Open them one at a time, or give them the same columns and types.",
        )  # fmt: skip
    if kind == "JSONDecodeError" or (isinstance(error, ValueError) and "decoding" in text and "value" in text):
        hint = "Write one object a line, or one list of objects; rows under a key: field="
        return DataError(f"{name}: this is no JSON.", _first(error), hint)
    if kind == "ArrowInvalid":
        return _arrow(error, name, source)
    if "support range requests" in text:
        return DataError(
            f"{name}: this server gives files only from their beginning.", "", "Open it without streaming."
        )
    if "Dataset scripts are no longer supported" in text or "loading script" in text:
        return DataError(
            f"{name} brings a program that would have to be run, and that is refused.",
            "",
            "Look for the same data as Parquet or CSV.",
        )
    if "Unknown split" in text:
        return DataError(f"{name}: {_first(error)}", "", "Name one of these, or none.")
    if "BuilderConfig" in text and "not found" in text:
        return DataError(f"{name}: {_first(error)}", "", "Say config=, one of these.")
    if "Config name is missing" in text:
        return DataError(f"{name} has several configurations.", " ".join(text.split())[:300], "Say config=.")
    if kind == "OfflineModeIsEnabled" or "offline mode" in text.lower():
        return DataError(f"{name} is on the network, and HF_HUB_OFFLINE is set.", "", "Unset it, or name a file here.")
    if kind == "DatasetNotFoundError":
        return DataError(f"There is no data set {name} on the Hub, or it is private.", "", "Check the name, or log in.")
    if kind in ("ClientConnectorError", "ConnectError", "ConnectionError", "ServerDisconnectedError", "ReadTimeout",
                "ClientPayloadError", "ConnectTimeout", "ReadError", "RemoteProtocolError"):  # fmt: skip
        return DataError(f"{name}: the server does not answer.", _first(error), "Check the network, and ask again.")
    if isinstance(error, ImportError):
        found = _PACKAGE.search(text)
        package = found[1] if found else error.name or ""
        return DataError(f"{name} needs a package that is not here.", _first(error), f"pip install {package}".strip())
    if isinstance(error, PermissionError):
        return DataError(f"{name} may not be read.", _first(error), "Ask for the right to read it.")
    if isinstance(error, FileNotFoundError):
        where = "at that address" if is_address(file) else "there (any more)"
        return DataError(f"{name} is not {where}.", _first(error), "Check the name, and ask again.")
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return DataError("The disk is full.", f"{name} was being prepared.", "Make room, or set HF_HOME elsewhere.")
    if isinstance(error, MemoryError):
        return DataError(f"{name} does not fit into memory.", "", "Open it without in_memory, or as a stream.")
    if isinstance(error, KeyError) and source.field:
        return DataError(f"{name} has no key {source.field!r}.", "", "Look into the file: field= names the key.")
    return None


def _encoding(error: BaseException, file: str, source: Source) -> DataError:
    line, why = first_bad_line(file, source.encoding)
    place = f"{_name(file)}, line {line}" if line else _name(file)
    start = b""
    try:
        with Path(file).open("rb") as opened:
            start = opened.read(2)
    except OSError:
        pass
    guess = "utf-16" if start in (b"\xff\xfe", b"\xfe\xff") else "cp1252"
    if guess == source.encoding:
        guess = "latin-1"
    return DataError(
        f"{place}: this is not {(source.encoding or 'UTF-8').upper()}.",
        why or _first(error),
        f"Say its encoding: encoding={guess} for many Windows files, encoding=gb18030 for Chinese ones.",
    )


def _arrow(error: BaseException, name: str, source: Source) -> DataError:
    text = str(error)
    if "Recursion level" in text:
        return DataError(f"{name} is nested too deeply.", "Arrow takes about sixty levels.", "Flatten it before.")
    if "file size is 0 bytes" in text:
        return DataError(f"{name} is empty.", "", "Name another file.")
    if "arquet" in text:
        return DataError(f"{name} is no whole Parquet file.", _first(error), "Copy it again.")
    if "JSON" in text or "json" in text:
        place = f", line {int(found[1]) + 1}" if (found := _ROW.search(text)) else ""
        if "straddling" in text:
            return DataError(f"{name} has a row that is too long for the reader.", "", "Save it as Parquet.")
        return DataError(
            f"{name}{place}: this is no JSON.",
            _first(error),
            "Write one object a line, or one list of objects; rows under a key: field=",
        )
    return DataError(f"{name} is no whole Arrow file.", _first(error), "Copy it again, or say another format.")


def _ragged_advice(file: str) -> tuple[str, str]:
    head = None if is_address(file) else raw.read_head(file, limit=10_000)
    if head is not None and head.text.startswith(("#", "%")):
        sign = head.text[0]
        return (
            f"The first lines begin with {sign}: they may be comments.",
            f"Say that they are: the option comment={sign}",
        )
    return (
        "A delimiter inside a text wants quotes around the text.",
        "Correct that line, or say another delimiter: delimiter=';'",
    )


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
