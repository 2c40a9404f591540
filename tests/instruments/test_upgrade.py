"""`upgrade`: old code is named, patched and run; code of today is left as it is."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest
import transformers

from tests.instruments.old_snippets import SNIPPETS, Snippet
from tui import paths
from tui.errors import UsageError
from tui.instruments.registry import INSTRUMENTS
from tui.instruments.upgrade.compute import UpgradeResult
from tui.instruments.upgrade.removals import removals
from tui.models import loading
from tui.text.catalog import has_message

HEADS = {
    "sentiment": "SequenceClassification", "question-answering": "QuestionAnswering",
    "token-classification": "TokenClassification",
}  # fmt: skip


def upgrade(code: str, **options: object) -> UpgradeResult:
    instrument = INSTRUMENTS["upgrade"]
    result = instrument.run(instrument.read({"code": code, **options}))
    assert isinstance(result, UpgradeResult)
    return result


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Small models with random weights, by the name of what they are for; those of the lessons where they are whole."""
    made = tmp_path_factory.mktemp("models")
    sizes = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 16}
    for name, kind in HEADS.items():
        config = transformers.BertConfig(vocab_size=30522, **sizes)
        getattr(transformers, f"BertFor{kind}")(config).save_pretrained(made / name)
        loading.tokenizer().save_pretrained(made / name)
    whole = {name: paths.models_dir() / name for name in ("summarization", "translation-en-fr")}
    return {name: str(folder) for name, folder in (whole | {name: made / name for name in HEADS}).items()}


def written(snippet: Snippet, folders: dict[str, str]) -> str:
    code = snippet.code
    for name, folder in folders.items():
        code = code.replace("{" + name + "}", folder)
    return code.replace("{{", "{").replace("}}", "}")


@pytest.mark.parametrize("snippet", SNIPPETS, ids=lambda snippet: snippet.name)
def test_an_old_snippet_is_named_patched_and_run(snippet: Snippet, folders: dict[str, str]) -> None:
    result = upgrade(written(snippet, folders), execute=snippet.runs)
    assert sorted(use.removal for use in result.uses) == sorted(snippet.removals)
    assert all(part in result.code for part in snippet.new), result.code
    if snippet.runs:
        assert result.after is not None
        assert result.after.error == "", result.code
        assert upgrade(result.code).uses == [], "the new code needs no change"


def test_the_old_code_of_most_snippets_fails_today() -> None:
    code = "from transformers import AdamW\n"
    result = upgrade(code, execute=True)
    assert result.before is not None
    assert result.before.error.startswith("line 1: ImportError")


def test_every_line_is_where_it_was() -> None:
    code = (
        "# old\n\nfrom transformers import TrainingArguments\n\n"
        "args = TrainingArguments(\n    'out',\n    no_cuda=True,\n)\n"
    )
    (use,) = upgrade(code).uses
    assert (use.line, use.old, use.new, use.removed) == (7, "no_cuda=True", "use_cpu=True", "transformers 5.0")


def test_code_of_today_stays_byte_for_byte() -> None:
    code = (
        "import torch\nfrom datasets import load_dataset\nfrom transformers import AutoTokenizer, Trainer  # kept\n\n"
        "rows = load_dataset('csv',data_files = 'x.csv')\ntokenizer = make(tokenizer=1, task='summarization')\n"
        "other.encode('a')\n"
    )
    result = upgrade(code)
    assert (result.uses, result.code) == ([], code)


def test_names_of_ones_own_are_not_touched() -> None:
    code = "class AdamW:\n    pass\n\n\ndef load_metric(x):\n    return AdamW\n"
    assert upgrade(code).code == code


def test_what_the_table_does_not_know_is_looked_up_in_the_libraries() -> None:
    code = (
        "from transformers import NoSuchModel, TrainingArguments\nfrom transformers.no_such import thing\n"
        "import no_such_library\nTrainingArguments('out', no_such_argument=1)\n"
    )
    found = [(use.line, use.removal, use.is_fixed) for use in upgrade(code).uses]
    assert found == [(1, "missing-name", False), (2, "missing-module", False), (4, "unknown-keyword", False)]


def test_no_file_of_the_reader_is_imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mine.py").write_text("raise SystemExit('imported')\n")
    monkeypatch.syspath_prepend(tmp_path)
    assert upgrade("from mine import thing\nimport mine\n").uses == []


def test_a_notebook_and_a_script_are_read(tmp_path: Path) -> None:
    script, notebook = tmp_path / "old.py", tmp_path / "old.ipynb"
    script.write_text("from transformers import AdamW\n")
    cells = [
        {"cell_type": "markdown", "source": ["# from transformers import AdamW"]},
        {"cell_type": "code", "source": ["!pip install transformers\n", "from transformers import AdamW\n"]},
    ]
    notebook.write_text(json.dumps({"cells": cells}))
    for file in (script, notebook):
        assert [use.removal for use in upgrade("", file=str(file)).uses] == ["adamw"]


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"code": "  "}, "no-code"),
        ({"code": "print 'a'\n"}, "not-python"),
        ({"code": "x = 1\x00\n"}, "not-python"),
        ({"file": "/nowhere/at/all.py"}, "no-file"),
    ],
)
def test_bad_input_is_refused_in_words(values: dict[str, str], code: str) -> None:
    with pytest.raises(UsageError) as raised:
        upgrade(**{"code": "", **values})
    assert raised.value.code == f"instruments.upgrade.{code}"


def test_a_broken_notebook_is_refused(tmp_path: Path) -> None:
    for text in ("{", "[]", '{"cells": [{"cell_type": "code"}]}', "[" * 50_000):
        (tmp_path / "x.ipynb").write_text(text)
        with pytest.raises(UsageError, match="notebook"):
            upgrade("", file=str(tmp_path / "x.ipynb"))


def test_every_removal_has_its_reason() -> None:
    assert all(has_message(f"instruments.upgrade.why.{removal.id}") for removal in removals())
    assert {removal.id for removal in removals()} >= {name for snippet in SNIPPETS for name in snippet.removals}


def test_the_code_shown_gives_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    instrument = INSTRUMENTS["upgrade"]
    spec = instrument.read({"code": "from transformers import AdamW\n"})
    exec(compile(instrument.code(spec), "code", "exec"), {})
    printed = capsys.readouterr().out
    ast.parse(instrument.code(spec))
    assert printed.startswith("1 transformers.AdamW -> torch.optim.AdamW (transformers 4.50)\n")
    assert instrument.run(spec).code in printed


def test_an_operator_at_the_beginning_of_a_line_is_no_shell_line() -> None:
    code = "x = (\n    7\n    % 2\n)\n"
    assert upgrade(code).code == code


def test_a_name_is_not_replaced_by_one_that_is_not_there() -> None:
    code = "from transformers import TFBertMainLayer\n"
    result = upgrade(code)
    assert [(use.removal, use.is_fixed) for use in result.uses] == [("tensorflow", False)]
    assert result.code == code


@pytest.mark.parametrize("depth", [300, 3_000, 50_000])
def test_deep_nesting_is_refused_or_read(depth: int) -> None:
    for code in ("x = " + "(" * depth + ")" * depth + "\n", "x = " + "-" * depth + "1\n"):
        try:
            assert upgrade(code).code == code
        except UsageError as error:
            assert error.code in ("instruments.upgrade.too-deep", "instruments.upgrade.not-python")


def test_what_is_drawn_does_not_grow_with_the_file() -> None:
    from tui.instruments.upgrade.lines import MOST_DIFFERENT, MOST_USES, upgrade_lines

    line = "a = TrainingArguments('out', evaluation_strategy='epoch')\n"
    result = upgrade("from transformers import TrainingArguments\n" + line * 600)
    assert len(result.uses) == 600
    assert len(upgrade_lines(result, 100, "en")) < 4 * MOST_USES + MOST_DIFFERENT
