"""What of a text a model does not read: tokens that its vocabulary lacks, and what truncation cuts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tui.errors import Phrase, ResultWarning, phrase, warning

EXCERPT = 60
"""Characters of a text that a warning quotes."""
EXAMPLES = 5
LARGEST_LIMIT = 10**12
"""The library writes 10**30 for a limit that is not known."""
NAMED = 5
"""Passages that a warning names."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A text that a model is given."""

    name: Phrase
    """How a warning calls it: the text, row 3."""
    text: str
    room: int | None = None
    """Tokens of it that are read, special ones not counted; None: all of them."""


@dataclass(frozen=True, slots=True)
class _Reading:
    """What becomes of one passage, in tokens without special ones."""

    name: Phrase
    tokens: int
    unknown: int
    examples: tuple[str, ...]
    """Stretches of the text behind unknown tokens, each once."""
    cut: int
    at: int
    """First character of what is cut."""
    lost: str


def text_warnings(tokenizer: Any, passages: Sequence[Passage]) -> list[ResultWarning]:
    """Warnings about all passages together: `unknown-tokens` and `truncated`."""
    readings = _readings(tokenizer, passages)
    return [*_unknown(tokenizer, readings), *_truncated(readings)]


def room(tokenizer: Any, *, pair: bool = False, taken: int = 0) -> int:
    """Tokens that truncation to the model's limit leaves for a text, when `taken` are another's."""
    return max(0, int(tokenizer.model_max_length) - int(tokenizer.num_special_tokens_to_add(pair=pair)) - taken)


def limit_of(tokenizer: Any) -> int:
    """The longest sequence that the tokenizer knows its model to take, in tokens; 0 where it states none."""
    limit = int(tokenizer.model_max_length)
    return 0 if limit > LARGEST_LIMIT else limit


def excerpt(text: str) -> str:
    """The beginning of a text, in quotes."""
    flat = " ".join(text[: 4 * EXCERPT].split())
    return f"“{flat if len(flat) <= EXCERPT and len(text) <= 4 * EXCERPT else flat[:EXCERPT] + ' …'}”"


def clean(text: str) -> str:
    """The text with lone surrogates replaced by U+FFFD: they are no characters, and the tokenizer refuses them."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _readings(tokenizer: Any, passages: Sequence[Passage]) -> list[_Reading]:
    if not passages:
        return []
    fast = bool(tokenizer.is_fast)  # the others do not know which characters a token comes from
    encoded = tokenizer(
        [passage.text for passage in passages], add_special_tokens=False, return_offsets_mapping=fast, verbose=False
    )
    offsets = encoded["offset_mapping"] if fast else [[]] * len(passages)
    return [_reading(tokenizer, *one) for one in zip(passages, encoded["input_ids"], offsets, strict=True)]


def _reading(tokenizer: Any, passage: Passage, ids: list[int], spans: list[tuple[int, int]]) -> _Reading:
    unknown = [place for place, one in enumerate(ids) if one == unknown_id(tokenizer)]
    behind = dict.fromkeys(passage.text[slice(*spans[place])] for place in unknown) if spans else {}
    cut = max(0, len(ids) - (len(ids) if passage.room is None else passage.room))
    from_left = tokenizer.truncation_side == "left"
    at, lost = 0, ""
    if cut and spans:
        at, end = (0, spans[cut - 1][1]) if from_left else (spans[-cut][0], len(passage.text))
        lost = passage.text[at:end].strip()
        at += len(passage.text[at:end]) - len(passage.text[at:end].lstrip())
    examples = tuple(one for one in behind if one.strip())
    return _Reading(passage.name, len(ids), len(unknown), examples, cut, at, lost)


def unknown_id(tokenizer: Any) -> int | None:
    """The id of the unknown token; None where the vocabulary has every byte and it is another token's double."""
    doubles = (tokenizer.eos_token_id, tokenizer.bos_token_id)
    return None if tokenizer.unk_token_id in doubles else tokenizer.unk_token_id


def _unknown(tokenizer: Any, readings: Sequence[_Reading]) -> list[ResultWarning]:
    if not (some := [one for one in readings if one.unknown]):
        return []
    unknown, tokens = sum(one.unknown for one in some), sum(one.tokens for one in some)
    examples = list(dict.fromkeys(example for one in some for example in one.examples))
    shown = [*map(excerpt, examples[:EXAMPLES]), *(["…"] if len(examples) > EXAMPLES else [])]
    key = "models.warning.all-unknown" if unknown == tokens else "models.warning.unknown-tokens"
    return [
        warning(
            key, code="unknown-tokens", unknown=unknown, tokens=tokens, share=unknown / tokens, names=_names(some),
            unk=tokenizer.unk_token, texts=shown or phrase("models.passage.unknown"),
        )
    ]  # fmt: skip


def _truncated(readings: Sequence[_Reading]) -> list[ResultWarning]:
    if not (some := [one for one in readings if one.cut]):
        return []
    cut, tokens = sum(one.cut for one in some), sum(one.tokens for one in some)
    first = some[0]
    lost: Phrase | str = ""
    if first.lost:
        key = "models.passage.lost-of" if len(some) > 1 else "models.passage.lost"
        lost = phrase(key, name=first.name, character=first.at, text=excerpt(first.lost))
    return [warning("models.warning.truncated", cut=cut, tokens=tokens, names=_names(some), lost=lost)]


def _names(readings: Sequence[_Reading]) -> list[Phrase] | Phrase:
    names = [one.name for one in readings]
    if len(names) <= NAMED:
        return names
    return phrase("models.passage.and-more", names=names[:NAMED], count=len(names) - NAMED)
