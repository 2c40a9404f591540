"""A way to share a model that cannot act here is refused before the start; so is a model that looks ahead."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest

from tui.errors import UsageError
from tui.recipes import base_models, recipe, strategies
from tui.recipes.task import task_of

TWO = {"data": "pairs", "launcher": "accelerate", "processes": 2}


def check(device: str, **values: Any) -> None:
    strategies.check_strategy(recipe.read({**TWO, **values}), device)


def installed(monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    real = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: object() if name in names else real(name))


def test_what_cannot_act_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match="FSDP needs GPUs"):
        check("cpu", strategy="fsdp")
    with pytest.raises(UsageError, match="DeepSpeed is not installed"):
        check("cuda", strategy="deepspeed")
    with pytest.raises(UsageError, match="there is one"):
        check("cuda", strategy="fsdp", processes=1)
    installed(monkeypatch, "deepspeed")
    with pytest.raises(UsageError, match="DeepSpeed needs GPUs"):
        check("cpu", strategy="deepspeed")


def test_what_can_act_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    check("cpu")
    check("cuda", strategy="fsdp")
    installed(monkeypatch, "deepspeed")
    check("cuda", strategy="deepspeed")


def test_a_configuration_of_the_reader_is_looked_at_too(tmp_path: Path) -> None:
    own = tmp_path / "own.yaml"
    own.write_text("compute_environment: LOCAL_MACHINE\ndistributed_type: FSDP\nnum_processes: 2\nuse_cpu: true\n")
    with pytest.raises(UsageError, match="FSDP needs GPUs"):
        check("cuda", launch_config=str(own))
    own.write_text("compute_environment: LOCAL_MACHINE\ndistributed_type: MULTI_GPU\nnum_processes: 2\n")
    check("cpu", launch_config=str(own))


@pytest.mark.parametrize("strategy", ["fsdp", "deepspeed"])
def test_planning_refuses_it(strategy: str) -> None:
    from tui.recipes import planning

    with pytest.raises(UsageError, match=r"needs GPUs|is not installed"):
        planning.plan(recipe.read({**TWO, "text": "sentence1", "pair": "sentence2", "rows": 40, "strategy": strategy}))


# -- causal language models ---------------------------------------------------------------------------------------

SIZES = {
    "hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 37, "vocab_size": 99,
    "emb_dim": 32, "n_layers": 2, "n_heads": 2, "n_embd": 32, "n_layer": 2, "n_head": 2,
}  # fmt: skip


@pytest.mark.parametrize(("kind", "sees"), [
    ("bert", True), ("roberta", True), ("electra", True), ("xlm", True), ("gpt2", False), ("llama", False),
])  # fmt: skip
def test_a_model_that_sees_what_it_has_to_guess_is_found_out(kind: str, sees: bool) -> None:
    """As decoders all but XLM look back alone; XLM cannot be made to and is refused."""
    import torch
    import transformers

    asked = recipe.read({"data": "pairs", "task": "causal-lm"})
    sizes = {name: value for name, value in SIZES.items() if hasattr(transformers.CONFIG_MAPPING[kind](), name)}
    for made_decoder in (False, True):
        config = transformers.CONFIG_MAPPING[kind](**sizes)
        options = base_models.decoder_options(config, asked)
        assert bool(options) is sees
        if made_decoder:
            config = transformers.CONFIG_MAPPING[kind](**sizes, **options)
        torch.manual_seed(0)
        model = transformers.AutoModelForCausalLM.from_config(config)
        if sees and not (made_decoder and kind != "xlm"):
            with pytest.raises(UsageError, match="sees the token that it has to guess"):
                task_of(asked).check_model(model, asked)
        else:
            task_of(asked).check_model(model, asked)
        assert model.training
