"""What the worker is told while it runs: orders from the folder, SIGTERM, and the same decision in every process."""

from __future__ import annotations

import os
import signal
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tui.errors import Stopped
from tui.runs.orders import ORDERS, Inbox
from tui.runs.worker.recording import Recorder


@dataclass(slots=True)
class Wishes:
    """What to do after this step."""

    stop: bool = False
    save: bool = False
    evaluate: bool = False
    signal: bool = False
    """Whether it is a signal that asks for the end."""
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
        self.training = self.trained = False
        """Whether there are steps after which an order can be carried out; whether they are all behind it."""
        self.by_order = False
        """The evaluation that runs was asked for: it must leave no trace in what comes after it."""

    def listen(self) -> None:
        """SIGTERM stops and saves. A hang-up and an interrupt from a terminal that is gone mean nothing here."""
        signal.signal(signal.SIGTERM, self._heard)
        for number in (signal.SIGHUP, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)

    def _heard(self, number: int, frame: Any) -> None:
        self.signalled = number
        if not self.training and not self.trained:
            raise Stopped("runs.stopped-before-training")

    def check(self) -> None:
        """Before and after all steps: raise `Stopped` where the reader wants an end."""
        self._take()
        if not self.training and (self.signalled or any(order == "stop" for order, _ in self._pending)):
            raise Stopped("runs.stopped-before-saving" if self.trained else "runs.stopped-before-training")

    def leave(self, *, stopped: bool) -> None:
        """Answer what came too late, so that nobody waits for it."""
        self._take()
        late, self._pending = self._pending, []
        for order in late:
            self.done([order], "done" if stopped and order[0] == "stop" else "refused")

    def after_step(self) -> Wishes:
        """What everyone wants by now, the same in every process."""
        if _rank() == 0:
            self._take()
        orders, self._pending = self._pending, []
        kinds = {order for order, _ in orders}
        stop, save, evaluate, signal_ = agreed([*(name in kinds for name in ORDERS), bool(self.signalled)])
        return Wishes(stop or signal_, save, evaluate, signal_, orders)

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


def agreed(wishes: list[bool]) -> list[bool]:
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
