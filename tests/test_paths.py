"""Paths as people type them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui import paths
from tui.errors import UsageError, quoted
from tui.tables.source import Source, call


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def test_a_tilde_is_the_home_and_a_file_of_that_name_is_none(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/reader")
    assert paths.expanded("~/rows.csv") == Path("/home/reader/rows.csv")
    assert paths.expanded("rows.csv") == Path("rows.csv")
    assert paths.expanded("./~x") == here / "~x"
    assert paths.expanded("./~root") == here / "~root"
    assert paths.expanded("~nobody-of-this-name/x") == Path("~nobody-of-this-name/x")


def test_a_data_set_may_be_called_like_a_home(here: Path) -> None:
    (here / "~x.csv").write_text("a,b\n1,2\n")
    assert str(here / "~x.csv") in str(call(Source(("./~x.csv",))))


def test_relative_paths_in_a_folder_that_is_gone(here: Path) -> None:
    here.rmdir()
    assert paths.absolute("/rows.csv") == Path("/rows.csv")
    for way in (paths.absolute, lambda path: paths.expanded(f"./~{path}")):
        with pytest.raises(UsageError, match="was started is gone"):
            way("rows.csv")


@given(st.text(max_size=200) | st.sampled_from(["~\0", "~nobody\0/x", "./~\0", "\ud800", "x" * 5000]))
def test_no_name_raises_anything_but_a_sentence(name: str) -> None:
    paths.expanded(name)
    try:
        paths.check_name(name)
    except UsageError as error:
        assert error.next_step
        assert len(str(error)) < 400


def test_a_long_name_is_not_repeated() -> None:
    assert quoted("2.9") == "'2.9'"
    assert quoted("x" * 5000) == f"'{'x' * 60}'… (5,000)"
