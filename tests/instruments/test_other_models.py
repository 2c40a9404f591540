"""The instruments on other models than their own: the answer, the code they show for it, and what they cannot show."""

from __future__ import annotations

import ast
import copy
import dataclasses
import math
from pathlib import Path
from typing import Any

import pytest
from transformers import ByT5Tokenizer, PreTrainedTokenizerFast

from tests.instruments.test_instruments import ask, execute
from tests.models.checkpoints_for_tests import save_classifier, save_run
from tui import paths
from tui.console.widgets.option_bar import options_for
from tui.errors import CheckpointError, UsageError
from tui.instruments.anatomy.lines import anatomy_lines, stage_lines
from tui.instruments.mask.view import reading_lines
from tui.instruments.registry import INSTRUMENTS
from tui.instruments.tokens.lines import row_cells, span_lines
from tui.models import loading

pytestmark = pytest.mark.usefixtures("own_tables")

TEXTS = ("a good film", "bad")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HEADNOTES_HOME", str(tmp_path / "home"))
    return tmp_path


@pytest.fixture(params=["folder", "run", "step", "distilbert"])
def model(request: pytest.FixtureRequest, home: Path) -> str:
    """A reference to a classifier that is not the default."""
    if request.param == "folder":
        return str(save_classifier(home / "it's a model", num_labels=3))
    if request.param == "distilbert":
        return str(save_classifier(home / "distil", "DistilBert"))
    save_run(paths.runs_dir(), "pairs", 3)
    return "run:pairs" if request.param == "run" else "run:pairs@last"


def bare_tokenizer(folder: Path) -> Path:
    """The checkpoint with a tokenizer that has neither a padding token nor token types."""
    names = {"unk_token": "[UNK]", "model_input_names": ["input_ids", "attention_mask"]}
    backend = copy.deepcopy(loading.tokenizer().backend_tokenizer)
    backend.no_padding()
    PreTrainedTokenizerFast(tokenizer_object=backend, **names).save_pretrained(folder)
    return folder


def test_anatomy(model: str) -> None:
    result, names = ask("anatomy", text="a good film", model=model), execute("anatomy", text="a good film", model=model)
    assert result.logits == names["logits"][0].tolist()
    assert result.label == names["label"]
    assert result.last_hidden_state.shape == list(names["last_hidden_state"].shape)
    assert (result.pooler_output is None) == (names["pooler_output"] is None) == ("distil" in model)
    assert result.token_type_ids
    for language in ("en", "zh"):
        assert all(stage_lines(result, stage, 60, language) for stage in range(8))


def test_anatomy_of_many_labels_takes_each_by_itself(home: Path) -> None:
    model = str(save_classifier(home / "topics", num_labels=4, problem_type="multi_label_classification"))
    result, names = ask("anatomy", text="a good film", model=model), execute("anatomy", text="a good film", model=model)
    assert result.is_multi_label
    assert result.probabilities == [pytest.approx(1 / (1 + math.exp(-logit))) for logit in result.logits]
    assert result.exponentials == [pytest.approx(math.exp(-logit)) for logit in result.logits]
    assert result.probabilities == names["probabilities"][0].tolist()
    above = [label for label, share in zip(result.labels, result.probabilities, strict=True) if share > 0.5]
    assert names["labels"] == above
    assert 0 < len(above) < 4, "both cases are seen"
    for language, sentence in (("en", "Sigmoid of each logit"), ("zh", "单独计算 sigmoid")):
        text = "\n".join("".join(piece for piece, _ in line) for line in anatomy_lines(result, 70, language))
        assert sentence in text
        assert "softmax" not in text
        assert "argmax" not in text
        assert all(text.count(f"id2label[{result.labels.index(label)}]") == 1 for label in above)
    nothing = dataclasses.replace(result, probabilities=[0.1] * 4)
    assert any("p > 0.5" in piece for line in stage_lines(nothing, 7, 60, "en") for piece, _ in line)


def test_mask(model: str) -> None:
    values = {"texts": TEXTS, "flip": [(0, 1)], "model": model}
    result, names = ask("mask", **values), execute("mask", **values)
    alone = [reading.logits for reading in result.readings if reading.way == "alone"]
    assert alone == [logits[0].tolist() for _, logits in names["alone"]]
    yours = [reading.logits for reading in result.readings if reading.way == "padded, your mask"]
    assert yours == names["ways"]["padded, your mask"][1].tolist()
    assert reading_lines(result, 60, "en")


@pytest.mark.parametrize("option", [{}, {"padding": "max_length", "max_length": 12}, {"pair": "bad"}])
def test_tokens(model: str, option: dict[str, Any]) -> None:
    values = {"text": "a good film", "model": model, **option}
    result, names = ask("tokens", **values), execute("tokens", **values)
    assert result.input_ids == names["ids"]
    assert result.attention_mask == names["encoding"]["attention_mask"]
    assert [(start, end) for start, end in zip(result.starts, result.ends, strict=True)] == names["spans"]


def test_pipeline_and_batch(model: str) -> None:
    result, names = ask("pipeline", text="good", model=model), execute("pipeline", text="good", model=model)
    assert result.output == names["answer"]
    values = {"path": "pairs", "column": "sentence1", "rows": 3, "model": model}
    rows, names = ask("batch", **values).rows, execute("batch", **values)
    assert [row.answer for row in rows] == [answer[0]["label"] for answer in names["answers"]]


def test_collate(model: str) -> None:
    values = {"rows": 20, "model": model}
    result, names = ask("collate", **values), execute("collate", **values)
    assert (result.tokens, result.dynamic) == (names["tokens"], names["dynamic"])


def test_map() -> None:
    values = {"function": "lambda rows: tokenizer(rows['sentence1'])", "rows": 4, "model": "translation-en-fr"}
    result, names = ask("map", **values), execute("map", **values)
    assert result.columns[-1] != "token_type_ids"
    text = names["dataset"]["sentence1"][0]
    assert names["dataset"]["input_ids"][0] == loading.tokenizer("translation-en-fr")(text)["input_ids"]
    assert result.tokens[0] == loading.tokenizer("translation-en-fr").tokenize(text, add_special_tokens=True)


def test_the_bench_offers_the_catalog_and_the_runs() -> None:
    save_run(paths.runs_dir(), "pairs", has_model=True)
    save_run(paths.runs_dir(), "nothing-yet", has_model=False)
    for name in ("tokens", "mask", "anatomy", "pipeline", "batch", "collate", "map"):
        (option,) = [each for each in options_for(INSTRUMENTS[name], ()) if each.name == "model"]
        assert {"sentiment", "MiniLM", "run:pairs"} <= set(option.choices)
        assert "run:nothing-yet" not in option.choices


@pytest.mark.parametrize("name", ["translation-en-fr", "text-generation", "zero-shot"])
def test_tokens_of_the_catalog(name: str) -> None:
    values = {"text": "How are you?", "model": name}
    result, names = ask("tokens", **values), execute("tokens", **values)
    assert result.input_ids == names["ids"]
    assert "".join(result.tokens)
    assert row_cells(result, 0, "en")


def test_a_model_of_the_catalog_under_another_task() -> None:
    values = {"text": "How are you?", "task": "summarization", "model": "translation-en-fr"}
    assert ask("pipeline", **values).output == execute("pipeline", **values)["answer"]
    with pytest.raises(CheckpointError, match="AutoModelForMaskedLM"):
        ask("pipeline", text="good", model="fill-mask")


def test_an_encoder_decoder_is_not_looked_into(home: Path) -> None:
    for model in ("translation-en-fr", str(save_classifier(home / "bart", "Bart"))):
        for name, values in (("anatomy", {"text": "good"}), ("mask", {"texts": TEXTS})):
            with pytest.raises(UsageError, match="is an encoder-decoder"):
                ask(name, model=model, **values)


def test_a_tokenizer_without_token_types(home: Path) -> None:
    folder = str(bare_tokenizer(save_classifier(home / "distil", "DistilBert")))
    for name in ("anatomy", "tokens"):
        result = ask(name, text="good film", model=folder)
        assert result.token_type_ids == []
        execute(name, text="good film", model=folder)
    assert row_cells(result, 0, "en")
    assert stage_lines(ask("anatomy", text="good film", model=folder), 1, 60, "en")


def test_a_decoder_whose_configuration_names_no_padding(home: Path) -> None:
    folder = str(save_classifier(home / "gpt", "GPT2"))
    with pytest.raises(UsageError, match="no padding token"):
        ask("mask", texts=TEXTS, model=folder)


def test_a_decoder_without_a_padding_token(home: Path) -> None:
    folder = str(bare_tokenizer(save_classifier(home / "gpt", "GPT2")))
    assert ask("anatomy", text="good film", model=folder).logits == (
        execute("anatomy", text="good film", model=folder)["logits"][0].tolist()
    )
    for name, values in (
        ("mask", {"texts": TEXTS}), ("collate", {}), ("tokens", {"text": "a", "padding": "max_length", "max_length": 4})
    ):  # fmt: skip
        with pytest.raises(UsageError, match="no padding token"):
            ask(name, model=folder, **values)


def test_a_slow_tokenizer(home: Path) -> None:
    folder = save_classifier(home / "slow")
    for file in folder.glob("*token*"):
        file.unlink()
    ByT5Tokenizer().save_pretrained(folder)
    values = {"text": "é good", "model": str(folder)}
    result, names = ask("tokens", **values), execute("tokens", **values)
    assert result.input_ids == names["ids"]
    assert result.starts == result.word_ids == result.token_type_ids == []
    assert result.limit == 0
    assert "no-offsets" in [warning.code for warning in result.warnings]
    assert all(
        row_cells(result, row, "en") and span_lines(result, row, ("é good", ""), 40) for row in range(result.listed)
    )


def test_the_code_shows_float32_and_the_revision() -> None:
    for name, values in (("anatomy", {"text": "a"}), ("mask", {"texts": ("a",)}), ("pipeline", {"text": "a"})):
        instrument = INSTRUMENTS[name]
        code = instrument.code(instrument.read({**values, "model": "owner/x@v1"}))
        keywords = {node.arg: node.value.value for node in ast.walk(ast.parse(code))
                    if isinstance(node, ast.keyword) and isinstance(node.value, ast.Constant)}  # fmt: skip
        assert (keywords["revision"], keywords["dtype"]) == ("v1", "float32")
        assert "'owner/x'" in code


def test_half_precision_weights_are_read_as_float32(home: Path) -> None:
    import torch

    folder = save_classifier(home / "half")
    loading.load(str(folder), "SequenceClassification").model.to(torch.float16).save_pretrained(folder)
    result = ask("anatomy", text="good", model=str(folder))
    names = execute("anatomy", text="good", model=str(folder))
    assert names["logits"].dtype == torch.float32
    assert result.logits == names["logits"][0].tolist()


def test_the_setup_code_loads_what_the_loader_loads(home: Path) -> None:
    from tui.models.setup_code import setup_code

    names: dict[str, Any] = {}
    exec(setup_code("tokenizer", "model", placement=loading.Placement(attention="eager")), names)
    loaded = loading.load("sentiment", "SequenceClassification", loading.Placement(attention="eager"))
    inputs = names["tokenizer"]("so good", return_tensors="pt")
    assert names["model"].config._attn_implementation == loaded.model.config._attn_implementation == "eager"
    assert names["model"](**inputs).logits.tolist() == loaded.model(**inputs).logits.tolist()
