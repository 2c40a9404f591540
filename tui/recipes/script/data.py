"""The lines that open the data, cut its splits and number its labels."""

from __future__ import annotations

from tui.recipes import splits
from tui.recipes.recipe import Recipe
from tui.recipes.task import task_of
from tui.tables import source
from tui.tables.source import Source, shipped


def _call(recipe: Recipe) -> source.Call:
    return source.call(Source(
        (shipped(recipe.data),), format=recipe.format, config=recipe.config, field=recipe.field,
        delimiter=recipe.delimiter, encoding=recipe.encoding, quotes=recipe.quotes,
    ))  # fmt: skip


def data_import(recipe: Recipe) -> str:
    return _call(recipe).code().split("\n", 1)[0]


def data(recipe: Recipe) -> str:
    lines = [_call(recipe).code().split("\n", 1)[1].strip(), *_splits(recipe)]
    if any("set_aside(" in line for line in lines):
        lines = [splits.set_aside_source(), "", *lines]
    task = task_of(recipe)
    lines += task.script_rows(recipe)
    for name, count in (("train", recipe.rows), ("evaluation", recipe.eval_rows if recipe.eval_split else 0)):
        if count:
            lines.append(f"if {name}.num_rows > {count}:")
            lines.append(f"    {name} = {name}.shuffle(seed={recipe.split_seed}).select(range({count}))")
    if task.has_labels:
        lines += _labels(recipe)
    return "\n".join(lines)


def _splits(recipe: Recipe) -> list[str]:
    """The two tables; where the files say their splits, without asking what there is."""
    options = _call(recipe).options
    files = options.get("data_files")
    train, evaluation = repr(recipe.train_split), repr(recipe.eval_split)
    aside = [f"parts = train.train_test_split(test_size={recipe.eval_share}, seed={recipe.split_seed})",
             "train, evaluation = parts['train'], parts['test']"]  # fmt: skip
    if splits.is_stratified(recipe):
        aside = [f"aside = set_aside(train[{recipe.label!r}], {recipe.eval_share}, {recipe.split_seed})",
                 "kept = sorted(set(range(train.num_rows)) - set(aside))",
                 "train, evaluation = train.select(kept), train.select(aside)"]  # fmt: skip
    if "split" in options:  # one table
        return ["train = dataset", *(aside if recipe.eval_split else [])]
    if isinstance(files, dict) and recipe.train_split in files and recipe.eval_split in ("", *files):
        named = f", dataset[{evaluation}]" if recipe.eval_split else ""
        return [f"train{', evaluation' if named else ''} = dataset[{train}]{named}"]
    lines = ["splits = dataset if isinstance(dataset, dict) else {'train': dataset}",
             f"train = splits[{train}] if {train} in splits else next(iter(splits.values()))"]  # fmt: skip
    if recipe.eval_split:
        lines += [f"if {evaluation} in splits:", f"    evaluation = splits[{evaluation}]",
                  "else:  # no evaluation split: a share of the rows is set aside",
                  *(f"    {line}" for line in aside)]  # fmt: skip
    return lines


def _labels(recipe: Recipe) -> list[str]:
    both = "[train, evaluation]" if recipe.eval_split else "[train]"
    each = f"for tag in table[{recipe.label!r}]"
    if task_of(recipe).has_label_lists:
        each = f"for row in table[{recipe.label!r}] for tag in row"
    return [
        "",
        f"found = {{tag for table in {both} {each}}}",
        f"kind = train.features[{recipe.label!r}]",
        "names = getattr(getattr(kind, 'feature', kind), 'names', None)",
        "order = range(len(names)) if names else sorted(found, key=lambda tag: (tag != 'O', tag))",
        "labels = list(names) if names else [str(tag) for tag in order]",
        "ids = {tag: place for place, tag in enumerate(order)}",
    ]
