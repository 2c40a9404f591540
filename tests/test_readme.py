"""The README says what is so: its keys are the registry's, its files exist, its commands are the ones that work."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tui.console.keys import KEYS, help_of, shown
from tui.text.catalog import translate

README = (ROOT / "README.md").read_text("utf-8")
RUN = "python3 -m venv .venv && .venv/bin/pip install -c constraints.txt -e . && .venv/bin/headnotes"
TEST = "python3 -m venv .venv && .venv/bin/pip install -c constraints.txt -e '.[test]' && .venv/bin/pytest"
CPU = "python3 -m venv .venv && .venv/bin/pip install torch==2.13.0 --index-url https://download.pytorch.org/whl/cpu"


def test_it_has_exactly_the_two_set_up_commands() -> None:
    assert [line.strip() for line in README.splitlines() if "-m venv" in line] == [RUN, TEST, CPU]
    assert len(README.splitlines()) <= 100


ROWS = re.findall(r"^\| (\S+) \| (.+) \|$", README, re.MULTILINE)[1:]


@pytest.mark.parametrize(("key", "says"), ROWS)
def test_its_keys_do_what_it_says(key: str, says: str) -> None:
    assert any(shown(one.keys.split(",")[0]) == key and translate("en", help_of(one)) == says for one in KEYS)


def test_its_table_was_found() -> None:
    assert len(ROWS) >= 10


@pytest.mark.parametrize("target", re.findall(r"\]\(([^)]+)\)", README))
def test_its_links_lead_to_files(target: str) -> None:
    assert (Path(ROOT) / target).exists()


def test_its_commands_exist() -> None:
    from tui.cli.main import COMMANDS

    for word in re.findall(r"^    headnotes (\w+)", README, re.MULTILINE):
        assert word in COMMANDS
