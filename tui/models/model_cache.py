"""What is loaded stays in memory for the next request, until it takes more bytes than it may."""

from __future__ import annotations

import gc
from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import RLock
from typing import Any, TypeVar

import psutil

T = TypeVar("T")
LEAST = 1 << 30


def memory_limit() -> int:
    """Bytes that loaded models may take together: a quarter of this machine's memory, at least 1 GiB."""
    return max(LEAST, int(psutil.virtual_memory().total) // 4)


class ModelCache:
    """Models and tokenizers by key. The least recently used are released while all of them exceed `limit` bytes; the
    newest stays, whatever its size."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._entries: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()
        self._lock = RLock()

    @property
    def bytes(self) -> int:
        """What its entries take together."""
        return sum(size for _, size in self._entries.values())

    def get(self, key: Hashable, load: Callable[[], T], size: Callable[[T], int]) -> T:
        """The value of a key, loaded if it is not here; `size` gives its bytes."""
        with self._lock:
            if key not in self._entries:
                value = load()
                self._entries[key] = (value, size(value))
            self._entries.move_to_end(key)
            result: T = self._entries[key][0]
            self._release()
            return result

    def clear(self) -> None:
        """Release everything."""
        with self._lock:
            self._entries.clear()
            gc.collect()

    def _release(self) -> None:
        is_full = False
        while self.bytes > self.limit and len(self._entries) > 1:
            self._entries.popitem(last=False)
            is_full = True
        if is_full:
            gc.collect()  # modules of a model refer to each other


def model_bytes(model: Any) -> int:
    """Bytes of a model's parameters and buffers; what two of them share counts once."""
    tensors = {tensor.data_ptr(): tensor.nbytes for tensor in (*model.parameters(), *model.buffers())}
    return sum(tensors.values())
