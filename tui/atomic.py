"""Files that other programs touch, too: a crash or a full disk leaves the old one whole, and no read waits for ever."""

from __future__ import annotations

import errno
import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LOCK_WAIT = 10.0
"""Seconds."""
_KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a FIFO",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


def read_regular(file: Path, most: int = -1) -> tuple[bytes, int]:
    """(the first `most` bytes of a regular file, or all; its size). Raises `OSError` for a FIFO, a device, a folder.

    Opened without waiting: a FIFO that nobody writes to would block here, and `/dev/zero` never ends.
    """
    handle = os.open(file, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    try:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            kind = _KINDS.get(stat.S_IFMT(status.st_mode), "something else")
            raise OSError(errno.EINVAL, f"it is {kind}, not a regular file", str(file))
        with open(handle, "rb", closefd=False) as stream:
            return stream.read(most), status.st_size
    finally:
        os.close(handle)


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """Alone with a file that several consoles change. Raises `OSError`, after `LOCK_WAIT` when another keeps it."""
    from filelock import FileLock, Timeout  # 20 ms that the first screen does without

    file = Path(os.path.realpath(file))
    file.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(file.with_name(f".{file.name}.lock"), timeout=LOCK_WAIT)
    try:
        lock.acquire()
    except Timeout:
        raise OSError(errno.EAGAIN, "another program has locked it", str(file)) from None
    except NotImplementedError:  # a file system without locks: better to write than to keep nothing
        pass
    try:
        yield
    finally:
        lock.release()


def write_atomically(file: Path, text: str, mode: int = 0o600) -> None:
    """Write beside the file, flush to the disk, rename. Raises `OSError` and leaves nothing half-written behind.

    A link (settings kept under version control) stays one: what it leads to is written.
    """
    file = Path(os.path.realpath(file))
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    beside = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", errors="surrogatepass") as out:
            out.write(text)
            out.flush()
            os.fchmod(out.fileno(), mode)
            os.fsync(out.fileno())
        beside.replace(file)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
