"""What the worker is told while it runs: orders from the folder, SIGTERM, and the same decision in every process."""

from __future__ import annotations

import os
import signal
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tui.errors import Stopped
from tui.runs.orders import Inbox
from tui.training.worker.recording import Recorder


@dataclass(slots=True)
class Wishes:
    """What to do after this step."""

    stop: bool = False
    save: bool = False
    evaluate: bool = False
    orders: list[tuple[str, str]] = field(default_factory=list)
    """(order, id) behind it; known to the first process alone."""


class Control:
    """Asked after every step."""

    def __init__(self, orders: Path, start: int, recorder: Recorder) -> None:
        self._inbox = Inbox(orders, start)
        self._recorder = recorder
        self._pending: list[tuple[str, str]] = []
        self.signalled = 0
        """The signal that asked for an end."""
        self.training = False
        """Whether there are steps after which an order can be carried out."""
        self.by_order = False
        """The evaluation that runs was asked for: it must leave no trace in what comes after it."""

    def listen(self) -> None:
        """SIGTERM stops and saves. A hang-up and an interrupt from a terminal that is gone mean nothing here."""
        signal.signal(signal.SIGTERM, self._heard)
        for number in (signal.SIGHUP, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)

    def _heard(self, number: int, frame: Any) -> None:
        self.signalled = number
        if not self.training:
            raise Stopped("Stopped before the first step.")

    def check(self) -> None:
        """Between steps there is nothing to save: raise `Stopped` where the reader wants an end."""
        self._take()
        if not self.training and any(order == "stop" for order, _ in self._pending):
            raise Stopped("Stopped before the first step.")

    def after_step(self) -> Wishes:
        """What everyone wants by now, the same in every process."""
        if _rank() == 0:
            self._take()
        orders, self._pending = self._pending, []
        kinds = {order for order, _ in orders}
        stop, save, evaluate = _agreed([bool(self.signalled) or "stop" in kinds, "save" in kinds, "evaluate" in kinds])
        return Wishes(stop, save, evaluate, orders)

    def done(self, orders: list[tuple[str, str]], state: str = "done") -> None:
        """Answer orders."""
        for order, name in orders:
            self._recorder.event("order", order=order, id=name, state=state)

    def _take(self) -> None:
        for order, name in self._inbox.new():
            self._recorder.event("order", order=order, id=name, state="seen")
            self._pending.append((order, name))


def world() -> int:
    """How many processes work together."""
    return int(os.environ.get("WORLD_SIZE", "1"))


def _rank() -> int:
    return int(os.environ.get("RANK", "0"))


def _agreed(wishes: list[bool]) -> list[bool]:
    """What any process wants, all do: else they would wait for each other for ever."""
    if world() == 1:
        return wishes
    import torch
    import torch.distributed as together

    if not together.is_initialized():
        return wishes
    device = "cuda" if together.get_backend() == "nccl" else "cpu"
    counted = torch.tensor([int(wish) for wish in wishes], device=device)
    together.all_reduce(counted, op=together.ReduceOp.MAX)
    return [bool(one) for one in counted.tolist()]
