"""The tested set of packages: constraints, hashed lock and declared ranges agree."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import requires
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.conftest import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
PINS = {
    canonicalize_name(name): version
    for name, version in re.findall(r"^([\w.-]+)==(\S+)$", (ROOT / "constraints.txt").read_text("utf-8"), re.MULTILINE)
}
LOCKED: list[dict[str, Any]] = tomllib.loads((ROOT / ".github/pylock.toml").read_text("utf-8"))["packages"]
GPU = re.compile(r"nvidia-|cuda-|triton")


def test_every_declared_range_has_a_tested_version_in_it() -> None:
    wanted = [*PROJECT["dependencies"], *(one for extra in PROJECT["optional-dependencies"].values() for one in extra)]
    pinned = [one for one in map(Requirement, wanted) if canonicalize_name(one.name) in PINS]
    assert len(pinned) >= len(PROJECT["dependencies"])
    for one in pinned:
        assert one.specifier.contains(PINS[canonicalize_name(one.name)]), one


def test_the_lock_holds_the_tested_versions_with_their_hashes() -> None:
    locked = {package["name"]: package for package in LOCKED}
    assert {canonicalize_name(Requirement(one).name) for one in PROJECT["dependencies"]} <= set(locked)
    for name, package in locked.items():
        files = [*package.get("wheels", []), *([package["sdist"]] if "sdist" in package else [])]
        assert files
        assert all(len(file["hashes"]["sha256"]) == 64 for file in files), name
        if name in PINS:
            assert package["version"] == PINS[name], f"{name}: run .github/lock.sh"


def test_nothing_of_the_run_time_is_left_to_chance_but_the_gpus_libraries() -> None:
    # Windows, a browser, Python without its lock, what a new environment has
    foreign = {"colorama", "httpx2-jsfetch", "pyyaml-ft", "setuptools"}
    loose = {package["name"] for package in LOCKED if package["name"] not in PINS} - foreign
    assert not [name for name in loose if not GPU.match(name)]


def test_the_constraints_leave_no_direct_dependency_open() -> None:
    assert not [one for one in requires("headnotes") or [] if "extra" not in one and canonicalize_name(
        Requirement(one).name) not in PINS]  # fmt: skip
