"""Thousands of random keys and bursts: the console lives, draws, ends with 0 and leaves the terminal as it was."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.scales import SCALES, seed, times
from tests.terminal.fuzz import Action, Actions, Session, Start, known_keys, shortest

STARTS = {
    "contents": Start((), "Tokenizers"),
    "lesson": Start(("2.2",), "Three steps"),
    "data": Start(("data", "rows.csv"), "rows.csv"),
    "models": Start((), "Tokenizers", b"\x1bOR"),
    "runs": Start((), "Tokenizers", b"\x1b[17~"),
    "palette": Start((), "Tokenizers", b"\x10"),
    "help": Start(("2.5",), "Models expect", b"?"),
}
KEYS, BURSTS = 3_000, 2_000
SESSION = 250
"""Actions after which a new console is started, so that a failure is near its cause."""
SETTLED, MEASURED = 2_000, 10_000
PER_THOUSAND = 1_000_000


def play(kind: str, scale: float, folder: Path) -> None:
    """All sessions of one kind of action; a failure is shown by its shortest sequence."""
    total = times(KEYS if kind == "single" else BURSTS, scale)
    actions = getattr(Actions(seed()), kind)()
    starts = itertools.cycle(STARTS)
    done = 0
    while done < total:
        name = next(starts)
        session = Session(STARTS[name], folder / "home")
        failure = session.play(actions, min(max(10, times(SESSION, scale)), total - done))
        done += len(session.done)
        assert not failure, report(name, session.done, failure, folder)
    print(f"{done:,} actions of kind {kind!r}, seed {seed()}: no failure")


def report(name: str, actions: list[Action], failure: str, folder: Path) -> str:
    def fails(some: list[Action] | tuple[Action, ...]) -> bool:
        return bool(Session(STARTS[name], folder / "home").play(iter(some), len(some)))

    fewest = shortest(actions, lambda some: fails(list(some)))
    return f"seed {seed()}, from {name}: {failure}\nThe shortest sequence: {fewest!r}"


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("kind", ["single", "bursts"])
def test_no_key_ends_the_console(kind: str, scale: float, tmp_path: Path) -> None:
    play(kind, scale, tmp_path)


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_memory_does_not_grow_with_the_keys(tmp_path: Path) -> None:
    """From the 2,000th key on less than 1 MB per 1,000 keys, of memory that is the console's alone."""
    leaving = (b"q", b"\r", b"\x03")
    keys = (one for one in Actions(seed()).single() if not isinstance(one, bytes) or not set(one) & {*b"q\r\x03"})
    session = Session(STARTS["lesson"], tmp_path / "home")
    failure = session.play(keys, MEASURED + 1, measure_every=1_000)
    assert not failure, failure
    settled, last = session.uss[SETTLED // 1_000], session.uss[MEASURED // 1_000]
    grown = (last - settled) / ((MEASURED - SETTLED) / 1_000)
    print(f"USS in MB, every 1,000 keys: {[round(uss / 1e6, 1) for uss in session.uss]}")
    assert grown < PER_THOUSAND, f"{grown / 1e6:.2f} MB per 1,000 keys; {leaving}"


def test_the_fuzz_presses_every_key_there_is() -> None:
    assert {b"e", b"\x10", b"\x1b[6~", b"\x1bOS", b"/", b"G", b"\x14"} <= set(known_keys())
    assert b"" not in known_keys()
    assert all(len(key) == 1 or key.startswith(b"\x1b") for key in known_keys())


def test_the_same_seed_gives_the_same_actions() -> None:
    first, second = (list(itertools.islice(Actions(7).bursts(), 50)) for _ in range(2))
    assert first == second


PLANTED = """
if "tui" in sys.orig_argv:
    from tui.console.app import HeadnotesApp
    HeadnotesApp.action_language = lambda app: setattr(app, "is_primed", True)
    HeadnotesApp.action_next_theme = lambda app: hasattr(app, "is_primed") and os._exit(3)
"""


@pytest.mark.drill
def test_a_planted_failure_is_found_and_shown_by_its_two_keys(tmp_path: Path) -> None:
    keys: list[Action] = [b"\x14", b"j", b"l", (80, 24), b"\x14", b"k"]

    def fails(some: Sequence[Action]) -> str:
        return Session(STARTS["contents"], tmp_path / "home", PLANTED).play(iter(some), len(some))

    assert fails(keys).startswith("it left the terminal with alternate screen")  # as whatever dies at once
    assert shortest(keys, lambda some: bool(fails(some))) == [b"l", b"\x14"]


@pytest.mark.parametrize("guilty", [(3,), (0, 19), (4, 5, 17)])
def test_the_shortest_sequence_is_found(guilty: tuple[int, ...]) -> None:
    actions: list[Action] = [bytes([number]) for number in range(20)]
    needed = {bytes([number]) for number in guilty}
    assert shortest(actions, lambda some: needed <= set(some), tries=1000) == [bytes([n]) for n in guilty]
