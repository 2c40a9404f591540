"""Settings: defaults < file < environment < command line; a bad value is named and left out."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from tui.settings import Settings, load, save


def test_each_source_overrules_the_one_before(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    assert load(file, {}) == (Settings("en", "dark"), [])
    file.write_text('language = "zh"\ntheme = "light"\n')
    assert load(file, {})[0] == Settings("zh", "light")
    assert load(file, {"HEADNOTES_THEME": "terminal"})[0] == Settings("zh", "terminal")
    assert load(file, {"HEADNOTES_THEME": "terminal"}, theme="dark", language=None)[0] == Settings("zh", "dark")


def test_bad_values_are_named_and_the_rest_applies(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text('languag = "zh"\ntheme = "pink"\nlanguage = "zh"\n')
    settings, complaints = load(file, {})
    assert settings == Settings("zh", "dark")
    assert "did you mean 'language'" in complaints[0]
    assert "'pink' is not one of dark, light, terminal" in complaints[1]


def test_a_file_that_is_no_toml(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text("language = [")
    settings, complaints = load(file, {})
    assert settings == Settings()
    assert "cannot be read" in complaints[0]
    save(file, theme="light")
    assert load(file, {})[0] == Settings("en", "light")
    assert (tmp_path / "settings.broken.toml").read_text() == "language = ["


def test_writing_keeps_the_readers_comments(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text('# mine\nlanguage = "en"  # for now\nother = 1\n')
    save(file, language="zh")
    assert file.read_text() == '# mine\nlanguage = "zh"  # for now\nother = 1\n'


@given(st.binary(max_size=100))
def test_reading_is_total(tmp_path_factory: object, data: bytes) -> None:
    file = tmp_path_factory.mktemp("s") / "settings.toml"  # type: ignore[attr-defined]
    file.write_bytes(data)
    settings, _ = load(file, {})
    assert settings.language in ("en", "zh")
