"""`collate`: padding to the longest row of a batch against padding to a fixed length, counted over an epoch."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tui.errors import ResultWarning, UsageError, warning
from tui.instruments.instrument import Result
from tui.models import loading
from tui.models.reference import BACKBONE
from tui.models.setup_code import setup_code
from tui.models.suggestions import MODEL_HELP, models
from tui.models.text_warnings import unknown_id
from tui.options import option
from tui.tables.opening import load, splits
from tui.tables.source import Source, call, shipped

MOST_ROWS = 20_000
MOST_BATCHES = 2_000
"""Batches that are listed; all of them are counted."""


@dataclass(frozen=True, slots=True)
class CollateSpec:
    """Rows, and how they are put into batches."""

    path: str = option(default="pairs", help="the data set: a file, a folder, or data that ships with the lessons")
    split: str = option(default="train", help="the split to take")
    text: str = option(default="sentence1", help="the column with the text")
    pair: str = option(default="sentence2", help="the column with the second text; empty: there is none")
    rows: int = option(default=512, least=0, help="a whole number: only the first so many rows; 0 for all")
    batch_size: int = option(default=8, least=1, most=4096, help="a whole number: rows in a batch")
    max_length: int = option(
        default=128, least=3, most=512, help="a whole number: the fixed length, and where longer rows are cut"
    )
    pad_to_multiple_of: int = option(
        default=0, least=0, help="a whole number: lengths are rounded up to it; 0 for none"
    )
    shuffle: bool = option(default=True, help="true or false: another order of the rows, seed 0")
    model: str = option(default=BACKBONE, suggestions=models, help=MODEL_HELP)


@dataclass(frozen=True, slots=True)
class Batch:
    """One batch of the epoch."""

    lengths: list[int]
    """Tokens of each row, special ones included."""
    padded_to: int
    """Columns of the batch: the collator's choice."""


@dataclass(frozen=True, slots=True)
class CollateResult(Result):
    """An epoch both ways. Tokens are counted; computed ones are rows x columns."""

    rows: int
    batches: list[Batch]
    count: int
    """Batches in all."""
    tokens: int
    """Real ones."""
    dynamic: int
    """Computed with each batch padded to its longest row."""
    fixed: int
    """Computed with every row padded to `max_length`."""
    one_length: int
    """Computed with every row padded to the longest of all rows."""
    longest: int
    cut: int
    """Rows that were longer than `max_length`."""
    shapes: dict[str, list[int]]
    """Of the first batch, as the model gets it: rows x columns."""
    dtypes: dict[str, str]


def run(spec: CollateSpec) -> CollateResult:
    """Tokenize the rows, then let DataLoader and DataCollatorWithPadding make the batches of an epoch."""
    import torch
    from torch.utils.data import DataLoader
    from transformers import DataCollatorWithPadding

    if not 1 <= spec.batch_size <= 4096 or not 3 <= spec.max_length <= 512:
        raise UsageError("instruments.collate.sizes")
    opened = load(Source((shipped(spec.path),), split=spec.split))
    data = next(iter(splits(opened.data).values()))
    for name in (spec.text, *([spec.pair] if spec.pair else [])):
        if name not in data.column_names:
            raise UsageError("tables.no-such-column", column=name, columns=data.column_names)
    data = data.select(range(min(spec.rows or MOST_ROWS, MOST_ROWS, data.num_rows)))
    tokenizer = loading.tokenizer(spec.model)
    if tokenizer.pad_token is None:
        raise UsageError("instruments.collate.no-padding-token", model=spec.model)

    def tokenize(rows: Any) -> Any:
        texts = (rows[spec.text], rows[spec.pair]) if spec.pair else (rows[spec.text],)
        return tokenizer(*texts, truncation=True, max_length=spec.max_length)

    made = data.map(tokenize, batched=True, remove_columns=data.column_names, keep_in_memory=True)
    collator = DataCollatorWithPadding(tokenizer, pad_to_multiple_of=spec.pad_to_multiple_of or None)
    generator = torch.Generator().manual_seed(0)
    loader = DataLoader(
        made, batch_size=spec.batch_size, shuffle=spec.shuffle, generator=generator, collate_fn=collator
    )  # fmt: skip
    batches: list[Batch] = []
    shapes: dict[str, list[int]] = {}
    dtypes: dict[str, str] = {}
    tokens = dynamic = 0
    for batch in loader:
        lengths = batch["attention_mask"].sum(1).tolist()
        rows, columns = batch["input_ids"].shape
        tokens += sum(lengths)
        dynamic += rows * columns
        if len(batches) < MOST_BATCHES:
            batches.append(Batch(lengths, columns))
        if not shapes:
            shapes = {name: list(value.shape) for name, value in batch.items()}
            dtypes = {name: str(value.dtype).removeprefix("torch.") for name, value in batch.items()}
    sizes = [len(ids) for ids in made["input_ids"]]
    longest = max(sizes, default=0)
    excess = [length - spec.max_length for length in _full_lengths(data, spec, tokenizer)]
    return CollateResult(
        rows=len(sizes),
        batches=batches,
        count=-(-len(sizes) // spec.batch_size),
        tokens=tokens,
        dynamic=dynamic,
        fixed=len(sizes) * spec.max_length,
        one_length=len(sizes) * longest,
        longest=longest,
        cut=sum(more > 0 for more in excess),
        shapes=shapes,
        dtypes=dtypes,
        warnings=[*opened.warnings, *_warnings(excess, made["input_ids"][:], spec, tokenizer)],
    )


def code(spec: CollateSpec) -> str:
    """The epoch, counted."""
    texts = f"rows[{spec.text!r}]" + (f", rows[{spec.pair!r}]" if spec.pair else "")
    opening = call(Source((shipped(spec.path),), split=spec.split)).code().partition("\n\n")[2]
    head, _, setup = setup_code("tokenizer", model=spec.model).partition("\n\n")
    multiple = f", pad_to_multiple_of={spec.pad_to_multiple_of}" if spec.pad_to_multiple_of else ""
    return f"""import torch
from datasets import load_dataset
from torch.utils.data import DataLoader
{head.replace("AutoTokenizer", "AutoTokenizer, DataCollatorWithPadding")}

{setup}{opening}dataset = dataset.select(range(min({spec.rows or MOST_ROWS}, len(dataset))))
dataset = dataset.map(
    lambda rows: tokenizer({texts}, truncation=True, max_length={spec.max_length}),
    batched=True, remove_columns=dataset.column_names,
)
collator = DataCollatorWithPadding(tokenizer{multiple})
loader = DataLoader(
    dataset, batch_size={spec.batch_size}, shuffle={spec.shuffle}, collate_fn=collator,
    generator=torch.Generator().manual_seed(0),
)
tokens = dynamic = 0
for batch in loader:
    tokens += int(batch["attention_mask"].sum())
    dynamic += batch["input_ids"].numel()
fixed = len(dataset) * {spec.max_length}
print(f"{{tokens:,}} tokens; computed {{dynamic:,}} padded per batch, {{fixed:,}} at a fixed length")
"""


def _full_lengths(data: Any, spec: CollateSpec, tokenizer: Any) -> Iterator[int]:
    """Tokens of every row when nothing is cut."""
    for first in range(0, data.num_rows, 500):
        rows = data[first : first + 500]
        texts = (rows[spec.text], rows[spec.pair]) if spec.pair else (rows[spec.text],)
        yield from map(len, tokenizer(*texts, verbose=False)["input_ids"])


def _warnings(excess: list[int], ids: list[list[int]], spec: CollateSpec, tokenizer: Any) -> Iterator[ResultWarning]:
    """`excess`: of each row, its tokens beyond `max_length`; `ids`: what is left of it."""
    rows = [number for number, more in enumerate(excess, 1) if more > 0]
    if rows:
        yield warning(
            "instruments.collate.warning.truncated", count=len(rows), rows=len(excess), limit=spec.max_length,
            tokens=sum(excess[number - 1] for number in rows), first=rows[0],
        )  # fmt: skip
    lacking, tokens = unknown_id(tokenizer), sum(map(len, ids))
    unknown = 0 if lacking is None else sum(row.count(lacking) for row in ids)
    if unknown:
        yield warning(
            "instruments.collate.warning.unknown-tokens", unknown=unknown, tokens=tokens, share=unknown / tokens,
            unk=tokenizer.unk_token,
        )  # fmt: skip
