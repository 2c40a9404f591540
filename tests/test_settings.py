"""Settings: defaults < file < environment < command line; a bad value is named and left out."""

from __future__ import annotations

import os
import threading
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.errors import UsageError
from tui.settings import HUB, THEMES, Settings, endpoint, export_endpoint, load, save


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
    assert "是不是想写 'language'" in complaints[0], "in the language that the file sets"
    assert "theme = 'pink' 不在可选值之内（dark、light、terminal）" in complaints[1]


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


def test_a_mirror_is_a_setting_that_the_librarys_own_variable_overrules(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "settings.toml"
    file.write_text('hf_endpoint = "https://hf-mirror.com/"\n')
    monkeypatch.delenv("HF_ENDPOINT", raising=False)
    assert endpoint() == HUB
    monkeypatch.setenv("HF_ENDPOINT", "")  # restored afterwards, whatever is exported
    monkeypatch.delenv("HF_ENDPOINT")
    export_endpoint(load(file, {})[0])
    assert endpoint() == "https://hf-mirror.com"
    export_endpoint(Settings(hf_endpoint="https://elsewhere.example"))
    assert endpoint() == "https://hf-mirror.com"


@pytest.mark.parametrize("address", ["hf-mirror.com", "ftp://x.org", "https://", "http://[", 7])
def test_a_mirror_that_is_not_an_address_is_named_and_left_out(tmp_path: Path, address: object) -> None:
    settings, complaints = load(tmp_path / "none.toml", {}, hf_endpoint=address)  # type: ignore[arg-type]
    assert settings.hf_endpoint == ""
    assert "is not an address" in complaints[0]


def test_a_file_of_a_later_version_is_read_as_far_as_it_fits_and_left_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    text = 'version = 2\nlanguage = "zh"\ntheme = "sepia"\ncolors = 16\n'
    file.write_text(text)
    settings, complaints = load(file, {})
    assert settings == Settings("zh", "dark")
    assert len(complaints) == 1
    assert "更新版本的 Headnotes" in complaints[0]
    with pytest.raises(UsageError, match="left as it is"):
        save(file, theme="light")
    assert file.read_text() == text
    file.write_text('version = 1\nlanguage = "zh"\n')
    assert load(file, {}) == (Settings("zh", "dark"), [])


@pytest.mark.parametrize("kind", ["folder", "fifo", "link to itself", "huge", "deep"])
def test_what_cannot_be_read_as_settings_is_a_sentence(tmp_path: Path, kind: str) -> None:
    file = tmp_path / "settings.toml"
    make = {
        "folder": file.mkdir,
        "fifo": lambda: os.mkfifo(file),
        "link to itself": lambda: file.symlink_to(file),
        "huge": lambda: file.write_text("# " + "x" * 200_000),
        "deep": lambda: file.write_text("a = " + "[" * 20_000),
    }
    make[kind]()  # type: ignore[operator]
    settings, complaints = load(file, {})
    assert settings == Settings()
    assert "cannot be read" in complaints[0]


def test_consoles_that_save_at_once_keep_each_others_settings(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    names = [f"name{number}" for number in range(12)]
    threads = [threading.Thread(target=save, args=(file,), kwargs={name: "x"}) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert tomllib.loads(file.read_text()).keys() == set(names)


def test_settings_under_version_control_stay_a_link(tmp_path: Path) -> None:
    kept, link = tmp_path / "kept.toml", tmp_path / "settings.toml"
    kept.write_text('language = "zh"\n')
    link.symlink_to(kept)
    save(link, theme="light")
    assert link.is_symlink()
    assert kept.read_text() == 'language = "zh"\ntheme = "light"\n'


def test_every_theme_of_the_settings_is_one_of_the_console() -> None:
    from tui.console import themes

    assert tuple(theme.name for theme in themes.THEMES) == THEMES
