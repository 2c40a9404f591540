"""Orders: to whom they are given, how they are read, two who give one at once."""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.errors import UsageError
from tui.recipes.recipe import Recipe
from tui.runs import folder, orders
from tui.runs.folder import Run
from tui.runs.orders import Inbox


@pytest.fixture
def run() -> Run:
    return folder.create(Recipe(data="pairs"), "")


def test_nobody_is_there(run: Run) -> None:
    with pytest.raises(UsageError, match="is not running"):
        orders.give(run, "stop", "test")
    with folder.hold(run), pytest.raises(UsageError, match="'halt' is not an order"):
        orders.give(run, "halt", "test")
    assert orders.end_of(run) == 0


def test_each_is_read_once_from_where_the_worker_began(run: Run) -> None:
    with folder.hold(run):
        orders.give(run, "stop", "before")
        start = orders.end_of(run)
        inbox = Inbox(run.orders_file, start)
        assert inbox.new() == []
        names = [orders.give(run, order, "now") for order in orders.ORDERS]
        assert inbox.new() == list(zip(orders.ORDERS, names, strict=True))
        assert inbox.new() == []


def test_two_at_once(run: Run) -> None:
    inbox, names = Inbox(run.orders_file, 0), []

    def give() -> None:
        names.extend(orders.give(run, "stop", "someone") for _ in range(50))

    with folder.hold(run):
        threads = [threading.Thread(target=give) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    found = inbox.new()
    assert {order for order, _ in found} == {"stop"}
    assert sorted(name for _, name in found) == sorted(names)


@given(st.lists(st.binary(max_size=40)), st.integers(0, 200))
def test_nothing_in_the_file_raises(tmp_path_factory: pytest.TempPathFactory, parts: list[bytes], cut: int) -> None:
    file = tmp_path_factory.mktemp("orders") / "orders.jsonl"
    order = json.dumps({"order": "save", "id": "a"}).encode()
    content = b"\n".join([*parts, order, b'{"order": []}', b'{"order": "rm", "id": 1}', b""])
    file.write_bytes(content)
    assert Inbox(file, 0).new()[-1:] == [("save", "a")]
    file.write_bytes(content[:cut])
    inbox = Inbox(file, 0)
    found = inbox.new()
    with file.open("ab") as out:
        out.write(content[cut:])
    assert (found + inbox.new())[-1:] == [("save", "a")]  # a line that was torn when it was first looked at


def test_a_disk_that_takes_nothing(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*given: object) -> int:
        raise OSError(28, "No space left on device")

    with folder.hold(run), monkeypatch.context() as some:
        some.setattr(os, "write", full)
        with pytest.raises(UsageError, match="cannot be written"):
            orders.give(run, "stop", "test")


def test_a_file_that_is_gone(tmp_path: Path) -> None:
    assert Inbox(tmp_path / "none", 0).new() == []
