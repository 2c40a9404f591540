"""`tokens`: what the tokenizer makes of a text, one row a token."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tui.errors import ResultWarning, UsageError, phrase, warning
from tui.instruments.instrument import Result
from tui.models import loading
from tui.models.checkpoints import AnsweredBy
from tui.models.reference import BACKBONE
from tui.models.setup_code import setup_code
from tui.models.suggestions import MODEL_HELP, models
from tui.models.text_warnings import Passage, clean, limit_of, text_warnings, unknown_id
from tui.options import option

MOST_TOKENS = 100_000


@dataclass(frozen=True, slots=True)
class TokensSpec:
    """A call of the tokenizer."""

    text: str = option(help="the text to encode")
    pair: str | None = option(
        default=None, help="a second text, encoded with the first as a pair", other_names=("text_pair",)
    )
    padding: str = option(
        default="no",
        choices=("no", "longest", "max_length"),
        aliases={"false": "no", "do_not_pad": "no", "true": "longest"},
        help="how far to pad: not at all, to the longest row, or to max_length",
    )
    truncation: str = option(
        default="unset",
        choices=("unset", "no", "longest_first", "only_first", "only_second"),
        aliases={"none": "unset", "false": "no", "do_not_truncate": "no", "true": "longest_first"},
        help="which text to cut when there are more tokens than max_length; unset is not the same as no",
    )
    max_length: int | None = option(
        default=None,
        least=1,
        most=MOST_TOKENS,
        help="a whole number of tokens, 1 or more; empty: the model's own limit",
    )
    add_special_tokens: bool = option(default=True, help="true or false: put [CLS] and [SEP] around the text")
    model: str = option(default=BACKBONE, suggestions=models, help=MODEL_HELP)
    rows: int = option(
        default=2000, least=0, help="a whole number: at most so many tokens are listed (they are all counted)"
    )


@dataclass(frozen=True, slots=True)
class TokensResult(Result):
    """One encoded text (or pair). The lists run in step, one entry a token, `listed` long; those of what a tokenizer
    does not have are empty: `token_type_ids` of many, and of slow ones all that comes from offsets."""

    answered_by: AnsweredBy
    tokenizer: str
    """Class of the tokenizer that answered."""
    vocabulary: int
    limit: int
    """The longest sequence the model takes, in tokens; 0 where its tokenizer states none."""
    length: int
    """Tokens in all, special ones and padding included."""
    listed: int
    input_ids: list[int]
    tokens: list[str]
    word_ids: list[int | None]
    """Which word of its text a token belongs to; None for special tokens."""
    token_type_ids: list[int]
    attention_mask: list[int]
    starts: list[int]
    """First character of the token in its text, counted in characters from 0."""
    ends: list[int]
    """One past the last character; `starts == ends` for special tokens."""
    special: list[int]
    sequence_ids: list[int | None]
    """0 for the first text, 1 for the pair, None for special tokens."""
    unknown: int
    """How many tokens are [UNK]."""
    cut: int
    """Tokens that truncation left out."""
    decoded: str
    """The ids turned back into text, special tokens kept."""


def run(spec: TokensSpec) -> TokensResult:
    """Encode `spec.text`. Raises `UsageError` when the options contradict each other."""
    tokenizer = loading.tokenizer(spec.model)
    _check(spec, tokenizer)
    encoding = tokenizer(
        clean(spec.text),
        clean(spec.pair) if spec.pair is not None else None,
        return_offsets_mapping=tokenizer.is_fast,
        return_special_tokens_mask=True,
        verbose=False,
        **call_options(spec),
    )
    ids = encoding["input_ids"]
    n = min(len(ids), max(spec.rows, 0))
    offsets = encoding.get("offset_mapping", [])[:n]
    mask = encoding.get("attention_mask", [1] * len(ids))
    cut = max(0, _full_length(spec, tokenizer) - sum(mask))
    return TokensResult(
        answered_by=loading.answered_by(spec.model),
        tokenizer=type(tokenizer).__name__,
        vocabulary=len(tokenizer),
        limit=limit_of(tokenizer),
        length=len(ids),
        listed=n,
        input_ids=ids[:n],
        tokens=tokenizer.convert_ids_to_tokens(ids[:n]),
        word_ids=encoding.word_ids()[:n] if tokenizer.is_fast else [],
        token_type_ids=encoding.get("token_type_ids", [])[:n],
        attention_mask=mask[:n],
        starts=[start for start, _ in offsets],
        ends=[end for _, end in offsets],
        special=encoding["special_tokens_mask"][:n],
        sequence_ids=encoding.sequence_ids()[:n] if tokenizer.is_fast else [],
        unknown=ids.count(unknown_id(tokenizer)),
        cut=cut,
        decoded=tokenizer.decode(ids[:n]),
        warnings=[*_call_warnings(spec, tokenizer, len(ids)), *_text_warnings(spec, tokenizer, encoding)],
    )


def code(spec: TokensSpec) -> str:
    """The tokenizer call, with only the options that differ from the library's defaults."""
    texts = repr(clean(spec.text)) + (f", {clean(spec.pair)!r}" if spec.pair is not None else "")
    given = "".join(f", {k}={v!r}" for k, v in call_options(spec).items())
    return (
        setup_code("tokenizer", model=spec.model)
        + f"encoding = tokenizer({texts}{given}, return_offsets_mapping=tokenizer.is_fast)\n"
        + 'ids = encoding["input_ids"]\n'
        + 'spans = encoding.get("offset_mapping", [""] * len(ids))\n'
        + "for token, id, span in zip(tokenizer.convert_ids_to_tokens(ids), ids, spans):\n"
        + '    print(f"{token:15} {id:6} {span}")\n'
        + 'print(*encoding.items(), sep="\\n")\n'
        + "print(tokenizer.decode(ids))\n"
    )


def call_options(spec: TokensSpec) -> dict[str, Any]:
    """The keyword arguments of the call, without those that only repeat a default."""
    options: dict[str, Any] = {}
    if spec.padding != "no":
        options["padding"] = spec.padding
    if spec.truncation != "unset":
        options["truncation"] = False if spec.truncation == "no" else spec.truncation
    if spec.max_length is not None:
        options["max_length"] = spec.max_length
    if not spec.add_special_tokens:
        options["add_special_tokens"] = False
    return options


def cuts(spec: TokensSpec) -> bool:
    """Whether the call truncates: when it says so, and also when only max_length is given."""
    if spec.truncation == "unset":
        return spec.max_length is not None and spec.padding == "no"
    return spec.truncation != "no"


def _check(spec: TokensSpec, tokenizer: Any) -> None:
    if spec.padding != "no" and tokenizer.pad_token is None:
        raise UsageError("instruments.tokens.no-padding-token", model=spec.model)
    if spec.max_length is not None:
        if spec.max_length > MOST_TOKENS:
            raise UsageError("instruments.tokens.max-length-too-long", most=MOST_TOKENS)
        room = tokenizer.num_special_tokens_to_add(pair=spec.pair is not None) if spec.add_special_tokens else 0
        if spec.max_length < 1 or (cuts(spec) and spec.max_length < room):
            raise UsageError(
                "instruments.tokens.max-length-too-short", length=spec.max_length, room=room or "", least=max(room, 1)
            )
    if spec.truncation == "only_second" and spec.pair is None:
        raise UsageError("instruments.tokens.no-second-text")


def _full_length(spec: TokensSpec, tokenizer: Any) -> int:
    whole = tokenizer(
        clean(spec.text),
        clean(spec.pair) if spec.pair is not None else None,
        add_special_tokens=spec.add_special_tokens,
        verbose=False,
    )
    return len(whole["input_ids"])


def _call_warnings(spec: TokensSpec, tokenizer: Any, length: int) -> Iterator[ResultWarning]:
    """About options that do something else than one may think."""
    limit = limit_of(tokenizer)
    if limit and length > limit:
        yield warning("instruments.tokens.warning.beyond-limit", tokens=length, limit=limit)
    if spec.max_length is not None and spec.truncation == "unset" and cuts(spec):
        yield warning("instruments.tokens.warning.max-length-truncates")
    if spec.max_length is not None and not cuts(spec) and spec.padding != "max_length":
        yield warning("instruments.tokens.warning.max-length-unused")
    if not tokenizer.is_fast:
        yield warning("instruments.tokens.warning.no-offsets", tokenizer=type(tokenizer).__name__)
    if spec.padding == "longest":
        yield warning("instruments.tokens.warning.padding-unused")


def _text_warnings(spec: TokensSpec, tokenizer: Any, encoding: Any) -> list[ResultWarning]:
    if tokenizer.is_fast:
        kept: Mapping[int | None, int | None] = Counter(encoding.sequence_ids())
    else:  # which text a token comes from is not known
        kept = {0: encoding["special_tokens_mask"].count(0) if spec.pair is None else None, 1: None}
    passages = [Passage(phrase("models.passage.text"), clean(spec.text), kept[0])]
    if spec.pair is not None:
        passages.append(Passage(phrase("models.passage.second"), clean(spec.pair), kept[1]))
    return text_warnings(tokenizer, passages)
