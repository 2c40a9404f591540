"""Watching a pipeline at work: the time of its three stages, and every token as it is written."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import perf_counter
from types import GeneratorType
from typing import Any

STAGES = ("preprocess", "forward", "postprocess")


@contextmanager
def timed(pipe: Any) -> Iterator[dict[str, float]]:
    """Within this block the pipeline's calls are timed; yields seconds by the name of the stage."""
    spent = dict.fromkeys(STAGES, 0.0)

    def watch(name: str, method: Callable[..., Any]) -> Callable[..., Any]:
        def call(*given: Any, **options: Any) -> Any:
            start = perf_counter()
            made = method(*given, **options)
            spent[name] += perf_counter() - start
            return chunks(made) if isinstance(made, GeneratorType) else made

        def chunks(made: Iterator[Any]) -> Iterator[Any]:
            while True:
                start = perf_counter()
                chunk = next(made, None)
                spent[name] += perf_counter() - start
                if chunk is None:
                    return
                yield chunk

        return call

    for name in STAGES:
        setattr(pipe, name, watch(name, getattr(pipe, name)))
    try:
        yield spent
    finally:
        for name in STAGES:
            delattr(pipe, name)  # the class's own come back


class TokenListener:
    """Hears every token of `generate` for one sequence, with the probability that the model itself gave it.

    That is the softmax of the logits, before temperature, top-k and top-p take their share. Pass `.options()` to
    `generate`.
    """

    def __init__(self, heard: Callable[[int, float], None]) -> None:
        self._heard = heard
        self._probabilities: Any = None

    def options(self) -> dict[str, Any]:
        """The keyword arguments that make `generate` talk to this listener."""
        from transformers import LogitsProcessorList, StoppingCriteriaList

        return {
            "logits_processor": LogitsProcessorList([self.before]),
            "stopping_criteria": StoppingCriteriaList([self.after]),
        }

    def before(self, input_ids: Any, scores: Any) -> Any:
        """A logits processor: keeps the probabilities of the next token, changes nothing."""
        self._probabilities = scores[0].softmax(-1)
        return scores

    def after(self, input_ids: Any, scores: Any, **_: Any) -> Any:
        """A stopping criterion: tells of the token that was taken, never stops."""
        import torch

        token = int(input_ids[0, -1])
        self._heard(token, float(self._probabilities[token]))
        return torch.zeros(input_ids.shape[0], dtype=torch.bool, device=input_ids.device)
