"""Columns of a table: widths, order, and that nothing is ever shown as another number than it is."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tui.console.widgets.columns import GAP, NARROWEST, WIDEST, Columns
from tui.tables.cells import Column


def some(*widths: int, kind: str = "text") -> Columns:
    columns = Columns()
    columns.put([Column(f"c{n}", "x", kind, widest=width) for n, width in enumerate(widths)], keep=False)
    return columns


columns_strategy = st.lists(
    st.tuples(st.integers(0, 200), st.sampled_from(["text", "number", "label"])), min_size=1, max_size=9
)


@given(columns_strategy, st.integers(5, 200), st.data())
def test_what_is_shown_fits_and_no_number_is_cut(wanted: list[tuple[int, str]], room: int, data: st.DataObject) -> None:
    columns = Columns()
    columns.put([Column(f"c{n}", "x", kind, widest=width) for n, (width, kind) in enumerate(wanted)], keep=False)
    left = data.draw(st.integers(0, len(wanted) - 1))
    shown = columns.shown(left, room)
    assert shown
    assert sum(width for _, width in shown) + GAP * (len(shown) - 1) <= room
    assert [name for name, _ in shown] == [column.name for column in columns.order[left : left + len(shown)]]
    for name, width in shown[1:]:
        if columns.by_name(name).kind == "number":
            assert width >= columns.width(name)


@given(columns_strategy, st.integers(5, 200), st.data())
def test_a_column_is_brought_into_view_by_as_little_as_can_be(
    wanted: list[tuple[int, str]], room: int, data: st.DataObject
) -> None:
    columns = Columns()
    columns.put([Column(f"c{n}", "x", kind, widest=width) for n, (width, kind) in enumerate(wanted)], keep=False)
    place, left = data.draw(st.integers(0, len(wanted) - 1)), data.draw(st.integers(0, len(wanted) - 1))
    widths = [columns.width(column.name) for column in columns.order]

    def fits(first: int) -> bool:
        return sum(widths[first : place + 1]) + GAP * (place - first) <= room

    new = columns.left_of(place, left, room)
    assert new <= place
    assert fits(new) or new == place
    assert new == min(left, place) or not fits(new - 1)


def test_a_column_is_as_wide_as_its_sample_and_no_wider_than_the_limit() -> None:
    columns = some(2, 20, 500)
    assert [columns.width(f"c{n}") for n in range(3)] == [NARROWEST, 20, WIDEST]
    assert dict(columns.shown(0, 120))["c2"] == 120 - NARROWEST - 20 - 2 * GAP  # what is left over goes to the longest


def test_a_wider_number_widens_its_column() -> None:
    columns = some(3, kind="number")
    columns.learn(["c0"], [["1,234,567"], [None]])
    assert columns.width("c0") == 9


def test_what_the_reader_sets_stays_over_a_step() -> None:
    columns = some(5, 6, 7)
    columns.hide(1)
    columns.shift(0, 1)
    columns.widen("c0", 30)
    columns.put([Column(f"c{n}", "x", "text", widest=5) for n in range(4)], keep=True)
    assert [column.name for column in columns.order] == [
        "c2",
        "c0",
        "c3",
    ]  # the new one stands last, the hidden one is hidden
    assert columns.width("c0") == 30
    columns.show_all()
    assert [column.name for column in columns.order] == ["c0", "c1", "c2", "c3"]
    assert columns.width("c0") == 5


def test_the_last_column_cannot_be_hidden() -> None:
    columns = some(5)
    columns.hide(0)
    assert len(columns.order) == 1
