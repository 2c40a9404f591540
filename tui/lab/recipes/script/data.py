"""The lines that open the data, cut its splits and number its labels."""

from __future__ import annotations

from tui.lab.tables import source
from tui.lab.tables.source import Source, shipped
from tui.runs.recipe import Recipe


def _call(recipe: Recipe) -> source.Call:
    return source.call(Source(
        (shipped(recipe.data),), format=recipe.format, config=recipe.config, field=recipe.field,
        delimiter=recipe.delimiter, encoding=recipe.encoding, quotes=recipe.quotes,
    ))  # fmt: skip


def data_import(recipe: Recipe) -> str:
    return _call(recipe).code().split("\n", 1)[0]


def data(recipe: Recipe) -> str:
    lines = [_call(recipe).code().split("\n", 1)[1].strip(), *_splits(recipe)]
    for name, count in (("train", recipe.rows), ("evaluation", recipe.eval_rows if recipe.eval_split else 0)):
        if count:
            lines.append(f"if {name}.num_rows > {count}:")
            lines.append(f"    {name} = {name}.shuffle(seed={recipe.seed}).select(range({count}))")
    if recipe.task in ("text-classification", "token-classification"):
        lines += _labels(recipe)
    return "\n".join(lines)


def _splits(recipe: Recipe) -> list[str]:
    """The two tables; where the files say their splits, without asking what there is."""
    options = _call(recipe).options
    files = options.get("data_files")
    train, evaluation = repr(recipe.train_split), repr(recipe.eval_split)
    aside = [f"parts = train.train_test_split(test_size={recipe.eval_share}, seed={recipe.seed})",
             "train, evaluation = parts['train'], parts['test']"]  # fmt: skip
    if "split" in options:  # one table
        return ["train = dataset", *(aside if recipe.eval_split else [])]
    if isinstance(files, dict) and recipe.train_split in files and recipe.eval_split in ("", *files):
        named = f", dataset[{evaluation}]" if recipe.eval_split else ""
        return [f"train{', evaluation' if named else ''} = dataset[{train}]{named}"]
    lines = ["splits = dataset if isinstance(dataset, dict) else {'train': dataset}",
             f"train = splits[{train}] if {train} in splits else next(iter(splits.values()))"]  # fmt: skip
    if recipe.eval_split:
        lines += [f"if {evaluation} in splits:", f"    evaluation = splits[{evaluation}]",
                  "else:  # nothing to measure on: a share of the rows is set aside",
                  *(f"    {line}" for line in aside)]  # fmt: skip
    return lines


def _labels(recipe: Recipe) -> list[str]:
    both = "[train, evaluation]" if recipe.eval_split else "[train]"
    words = recipe.task == "token-classification"
    each = f"for row in table[{recipe.label!r}] for tag in row" if words else f"for tag in table[{recipe.label!r}]"
    return [
        "",
        f"found = {{tag for table in {both} {each}}}",
        f"kind = train.features[{recipe.label!r}]",
        "names = getattr(getattr(kind, 'feature', kind), 'names', None)",
        "order = range(len(names)) if names else sorted(found, key=lambda tag: (tag != 'O', tag))",
        "labels = list(names) if names else [str(tag) for tag in order]",
        "ids = {tag: place for place, tag in enumerate(order)}",
    ]
