"""The logs of a run: torn lines, garbage, bursts, gaps, a full disk, samples of long files."""

from __future__ import annotations

import errno
import itertools
import json
import math
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.runs import events
from tui.runs.events import Log, Tail

numbers = st.floats() | st.integers() | st.text(max_size=5) | st.none() | st.lists(st.floats(), max_size=2)


def fresh(factory: pytest.TempPathFactory) -> Path:
    return factory.mktemp("log") / "events.jsonl"


@given(st.lists(st.dictionaries(st.sampled_from(["loss", "a", "metrics"]), numbers, max_size=3), max_size=5))
def test_what_is_written_is_read(tmp_path_factory: pytest.TempPathFactory, fields: list[dict[str, object]]) -> None:
    file = fresh(tmp_path_factory)
    log = Log(file)
    for some in fields:
        log.write("step", **some)
    log.close()
    found = events.read_all(file)
    assert [event.seq for event in found] == list(range(1, len(fields) + 1))
    for event, some in zip(found, fields, strict=True):
        assert set(event.fields) == set(some)
        for name, value in some.items():
            if isinstance(value, float):
                assert event.number(name) == value or math.isnan(value)
    for line in file.read_bytes().splitlines():
        json.loads(line, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))


@given(st.binary(max_size=300), st.integers(1, 64))
def test_nothing_in_a_file_raises(tmp_path_factory: pytest.TempPathFactory, garbage: bytes, slice_: int) -> None:
    file = fresh(tmp_path_factory)
    file.write_bytes(garbage)
    tail = Tail(file)
    while tail.behind:
        tail.read(slice_)
    list(events.sample(file, 10))
    Log(file).close()


@pytest.mark.parametrize(
    "line",
    [b"", b"{", b"[]", b"1", b'"a"', b'{"seq":1}', b'{"seq":1e999,"t":1,"kind":"a"}', b'{"seq":NaN,"t":1,"kind":"a"}',
     b'{"seq":1,"t":1' + b"0" * 400 + b',"kind":"a"}', b"[" * 100_000, b"\xff\xfe"],
)  # fmt: skip
def test_a_line_that_is_none(line: bytes) -> None:
    assert events.decode(line) is None


def test_numbers_of_an_event() -> None:
    event = events.Event(1, 0.0, "step", {"a": "nan", "b": "2.5", "c": 10**400, "d": [], "e": "inf"})
    assert math.isnan(event.number("a") or 0.0)
    assert [event.number(name) for name in "bcdex"] == [2.5, None, None, math.inf, None]
    assert [event.whole(name) for name in "abcdex"] == [0, 2, 0, 0, 0, 0]


def test_a_torn_last_line_is_ended_by_the_next_writer(tmp_path: Path) -> None:
    file = tmp_path / "events.jsonl"
    log = Log(file)
    for number in range(3):
        log.write("step", step=number)
    log.close()
    whole = file.read_bytes()
    for cut in range(1, len(whole.splitlines()[-1]) + 1):  # wherever the kill came in the last line
        file.write_bytes(whole[:-cut])
        again = Log(file)
        again.write("stage", stage="starting")
        again.close()
        found = events.read_all(file)
        kept = [0, 1, 2] if cut == 1 else [0, 1]  # without its line end a line is whole all the same
        assert [event.whole("step") for event in found if event.kind == "step"] == kept
        assert found[-1].kind == "stage"
        assert found[-1].seq == found[-2].seq + 1


def test_a_tail_waits_for_the_rest_of_a_line(tmp_path: Path) -> None:
    file = tmp_path / "events.jsonl"
    log = Log(file)
    log.write("step", text="ä" * 50)
    log.close()
    line = file.read_bytes()
    tail, seen = Tail(tmp_path / "grows"), 0
    for end in range(len(line)):
        (tmp_path / "grows").write_bytes(line[: end + 1])
        seen += len(tail.read())
        assert seen == (end + 1 == len(line))


def test_a_gap_is_seen_and_another_file_is_begun_anew(tmp_path: Path) -> None:
    file = tmp_path / "events.jsonl"
    lines = [json.dumps({"seq": seq, "t": 1, "kind": "step"}) for seq in (1, 2, 5, 6)]
    file.write_text("\n".join([*lines[:2], "garbage", *lines[2:]]) + "\n")
    tail = Tail(file)
    assert [event.seq for event in tail.read()] == [1, 2, 5, 6]
    assert tail.missing == 2
    file.write_text(lines[0] + "\n")
    assert [event.seq for event in tail.read()] == [1]
    file.unlink()
    assert tail.read() == []
    assert tail.behind == 0


def test_a_burst_of_twenty_thousand(tmp_path: Path) -> None:
    file = tmp_path / "steps.jsonl"
    log, tail, found = Log(file), Tail(file), []
    for number in range(20_000):
        log.write("step", step=number, loss=0.5)
        if number % 997 == 0:
            found += tail.read(50_000)
    while tail.behind:
        found += tail.read(50_000)
    assert [event.whole("step") for event in found] == list(range(20_000))
    assert tail.missing == 0


@given(st.lists(st.integers(1, 400), min_size=1, max_size=80), st.integers(1, 100))
def test_a_sample_has_first_and_last_in_order(
    tmp_path_factory: pytest.TempPathFactory, widths: list[int], count: int
) -> None:
    file = fresh(tmp_path_factory)
    log = Log(file)
    for width in widths:
        log.write("step", text="x" * width)
    log.close()
    seqs = [event.seq for event in events.sample(file, count)]
    assert seqs[0] == 1
    assert seqs[-1] == len(widths)
    assert seqs == sorted(set(seqs))
    assert len(seqs) <= count + 1


def test_a_sample_of_few_lines_is_all_of_them(tmp_path: Path) -> None:
    file = tmp_path / "steps.jsonl"
    log = Log(file)
    for number in range(1000):
        log.write("step", step=number)
    log.close()
    assert [event.whole("step") for event in events.sample(file, 100_000)] == list(range(1000))
    spread = [event.whole("step") for event in events.sample(file, 10)]
    assert max(b - a for a, b in itertools.pairwise(spread)) < 200
    assert list(events.sample(tmp_path / "none", 10)) == []


def test_a_last_line_that_is_longer_than_a_look(tmp_path: Path) -> None:
    file = tmp_path / "events.jsonl"
    log = Log(file)
    log.write("stage", stage="a")
    log.write("evaluation", confusion=[[0] * 300] * 300)
    log.close()
    assert events.last_seq(file) == 2
    again = Log(file)
    again.write("stage", stage="b")
    assert events.read_all(file)[-1].seq == 3


def test_a_full_disk_keeps_lines_waiting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file, real = tmp_path / "events.jsonl", os.write
    log = Log(file)
    room = 130

    def write(out: int, content: bytes) -> int:
        nonlocal room
        if not room:
            raise OSError(errno.ENOSPC, "No space left on device")
        done = real(out, content[:room])
        room -= done
        return done

    monkeypatch.setattr(os, "write", write)
    for number in range(10):
        log.write("step", step=number)  # does not raise
    seen = len(events.read_all(file))
    assert 0 < seen < 10
    room = 10**9
    log.write("step", step=10)
    found = events.read_all(file)
    assert [event.whole("step") for event in found] == list(range(11))
    assert log.lost == 0
    monkeypatch.setattr(os, "write", lambda out, content: (_ for _ in ()).throw(OSError(errno.EIO, "bad disk")))
    with pytest.raises(OSError, match="bad disk"):
        log.write("step")


def test_lines_that_wait_in_vain_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(out: int, content: bytes) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    log = Log(tmp_path / "events.jsonl")
    with monkeypatch.context() as some:
        some.setattr(os, "write", full)
        some.setattr(events, "PATIENT", 5)
        for number in range(8):
            log.write("step", step=number)
    log.write("step", step=8)
    tail = Tail(log.file)
    assert [event.whole("step") for event in tail.read()] == [3, 4, 5, 6, 7, 8]
    assert log.lost == 3
