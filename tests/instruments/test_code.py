"""The code that instruments show is the same program whatever is written into their options: nothing escapes."""

from __future__ import annotations

import ast
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.hostile import texts
from tests.instruments.test_instruments import ask, execute
from tui import paths
from tui.errors import UsageError
from tui.instruments.registry import INSTRUMENTS

pytestmark = pytest.mark.usefixtures("own_tables")

NASTY = [
    "'", '"', "'''", '"""', "\\", "\\'", "a\nb", "a\r\nb", "{x}", "{{x}}", "{0!r}", "%s %(x)s", "$x", "# no comment",
    "'); import os; os.abort() #", '"); import os; os.abort() #', "x\\", "\\n", "\\x41", "\u2028", "\x85", "\x0c", "\t",
    "中文 字", "AutoTokenizer", "import ", "\n\n", "dataset = ", "👩‍👩‍👧", "f'{1}'", "b'x'", "\ud800", "\x00",
    "-x", "~", "..",
]  # fmt: skip
nasty = st.one_of(st.sampled_from(NASTY), st.lists(st.sampled_from(NASTY), max_size=4).map("".join), texts)
PLACES: list[tuple[str, str, dict[str, Any]]] = [
    ("tokens", "text", {}), ("tokens", "pair", {"text": "a"}), ("anatomy", "text", {}), ("mask", "texts", {}),
    ("pipeline", "text", {}), ("pipeline", "model", {"text": "a"}), ("pipeline", "beside", {"text": "a"}),
    ("pipeline", "text", {"task": "text-generation"}), ("pipeline", "text", {"task": "fill-mask"}),
    ("pipeline", "text", {"task": "ner"}), ("pipeline", "text", {"task": "summarization"}),
    ("pipeline", "text", {"task": "translation_en_to_fr"}),
    ("pipeline", "question", {"text": "a", "task": "question-answering"}),
    ("pipeline", "text", {"question": "a", "task": "question-answering"}),
    ("pipeline", "text", {"labels": "a,b", "task": "zero-shot-classification"}),
    ("batch", "column", {"path": "pairs"}), ("batch", "split", {"path": "pairs"}),
    ("batch", "model", {"path": "pairs"}), ("tokens", "model", {"text": "a"}), ("anatomy", "model", {"text": "a"}),
    ("mask", "model", {"texts": "a"}), ("collate", "model", {}), ("map", "model", {"function": "tokenizer"}),
    ("batch", "question", {"path": "pairs", "task": "question-answering"}),
    ("collate", "text", {}), ("collate", "pair", {}), ("collate", "split", {}), ("map", "split", {"function": "len"}),
    ("data", "split", {"path": "pairs"}), ("stream", "path", {}), ("stream", "other", {"path": "pairs"}),
    ("metrics", "references", {"data": "pairs"}), ("metrics", "predictions", {"data": "pairs"}),
    ("metrics", "split", {"data": "pairs"}),
]  # fmt: skip
"""(instrument, option, other options): where a text of the reader's becomes a part of the code."""


def program(name: str, values: dict[str, Any]) -> str:
    """What the code does, without the texts in it."""
    instrument = INSTRUMENTS[name]
    tree = ast.parse(instrument.code(instrument.read(values)))
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            node.value = ""
    return ast.dump(tree)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@pytest.mark.parametrize("place", PLACES, ids=lambda place: "-".join([*place[:2], *map(str, place[2].values())]))
@given(text=nasty)
def test_a_text_stays_a_text(place: tuple[str, str, dict[str, Any]], text: str) -> None:
    name, option, others = place
    try:
        made = program(name, {**others, option: text})
    except UsageError:
        return
    alike = set()
    for plain in ("plain", "two words", "", "owner/name@revision"):
        with suppress(UsageError):
            alike.add(program(name, {**others, option: plain}))
    assert made in alike, f"{name}: {option}={text!r} changes the program"


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(labels=st.lists(nasty, min_size=2, max_size=4))
def test_labels_stay_labels(labels: list[str]) -> None:
    values = {"text": "a", "task": "zero-shot-classification", "labels": labels}
    instrument = INSTRUMENTS["pipeline"]
    try:
        code = instrument.code(instrument.read(values))
    except UsageError:
        return
    (written,) = (
        ast.literal_eval(one.value) for one in ast.walk(ast.parse(code))
        if isinstance(one, ast.keyword) and one.arg == "candidate_labels"
    )  # fmt: skip
    from tui.instruments.pipeline.calls import labels_of

    assert written == labels_of(instrument.read(values))


FILES = [
    "it's.csv", 'say "x".csv', "back\\slash.csv", "br{a}ce.csv", "new\nline.csv", "hash # x.csv", "中文 👍.csv",
    "%s$x.csv",
]  # fmt: skip


@pytest.fixture(params=FILES)
def file(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A file in the current folder, named as somebody might."""
    monkeypatch.chdir(tmp_path)
    rows = "text,references,predictions\ngood,1,1\nbad,0,0\nfine,1,0\n"
    Path(request.param).write_text(rows, "utf-8")
    return str(tmp_path / request.param)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("data", {}),
        ("stream", {"take": 2}),
        ("collate", {"text": "text", "pair": "", "split": "train", "batch_size": 2}),
        ("batch", {"rows": 2}),
        ("map", {"function": "lambda row: row", "batched": False}),
        ("metrics", {"option": "data"}),
    ],
)
def test_code_finds_files_of_any_name(name: str, values: dict[str, Any], file: str) -> None:
    values = {**values, values.get("option", "path"): file}
    values.pop("option", None)
    result = ask(name, **values)
    names = execute(name, **values)
    if name == "batch":
        assert len(names["answers"]) == len(result.rows)
    if name == "metrics":
        assert names["accuracy_interval" if "accuracy_interval" in names else "intervals"]


def test_a_folder_of_a_model_is_written_from_the_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("mo'del", 'mo"del', "mo\\del", "mo\ndel", "mo{x}del"):
        (tmp_path / name).mkdir()
        monkeypatch.chdir(tmp_path)
        instrument = INSTRUMENTS["pipeline"]
        code = instrument.code(instrument.read({"text": "a", "model": name}))
        assert str(tmp_path / name) in [one.value for one in ast.walk(ast.parse(code)) if isinstance(one, ast.Constant)]


@pytest.mark.parametrize("name", ["ho'me", 'ho"me', "ho\\me", "ho\nme", "ho{x}me"])
def test_code_of_runs_finds_their_folder(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEADNOTES_HOME", str(tmp_path / name))
    run = paths.runs_dir() / "first"
    run.mkdir(parents=True)
    (run / "about.json").write_text('{"created": 1}')
    assert set(execute("runs")["runs"]) == {"first"}


@pytest.mark.parametrize("name", ["ba'ck", 'ba"ck', "ba\nck", "ba{x}ck"])
def test_code_finds_a_backbone_in_any_folder(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from tui.models import checkpoints

    folder = tmp_path / name
    folder.symlink_to(checkpoints.backbone().folder)
    monkeypatch.setenv("HEADNOTES_BACKBONE", str(folder))
    checkpoints.backbone.cache_clear()
    try:
        assert execute("tokens", text="good")["checkpoint"] == str(folder)
    finally:
        checkpoints.backbone.cache_clear()


@pytest.mark.parametrize("path", ["x" * 5000, "a/" * 3000, "~nobody-is-called-so/x", "a\0b", "\ud800"])
@pytest.mark.parametrize("name", ["data", "stream", "batch", "collate", "map"])
def test_a_path_that_no_file_can_have_is_a_sentence(name: str, path: str) -> None:
    values = {"path": path, **({"function": "len"} if name == "map" else {})}
    with pytest.raises(UsageError):
        ask(name, **values)
    with suppress(UsageError):
        ast.parse(INSTRUMENTS[name].code(INSTRUMENTS[name].read(values)))
