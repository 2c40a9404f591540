"""What `anatomy` answers, as lines: for the pane and for `headnotes try`."""

from __future__ import annotations

from tui.instruments.anatomy.compute import STAGES, AnatomyResult, TensorView
from tui.text.bar import bar
from tui.text.catalog import translate
from tui.text.lines import Line, plain_lines
from tui.text.visible import visible
from tui.text.wrap import cells, fill

MARGIN = ("  ", "text")


def anatomy_lines(result: AnatomyResult, width: int, language: str) -> list[Line]:
    """Every stage under its name and the shape of what it makes."""
    lines: list[Line] = []
    for stage, name in enumerate(STAGES):
        lines += [()] if lines else []
        lines.append(((name, "heading"), (f" {visible(shape_of(result, name))}", "dim")))
        lines += _body(result, stage, width, language)
    return lines


def stage_lines(result: AnatomyResult, stage: int, width: int, language: str) -> list[Line]:
    """Everything about one stage."""
    return [*_strip(result, stage, width), (), *_body(result, stage, width, language)]


def _body(result: AnatomyResult, stage: int, width: int, language: str) -> list[Line]:
    """What the stage does, and its values."""
    name = STAGES[stage]
    lacks_pooler = name == "pooler" and result.pooler_output is None
    sentence = translate(language, f"instruments.anatomy.stage.{'no_pooler' if lacks_pooler else name}")
    lines: list[Line] = [(MARGIN, *line) for line in plain_lines(sentence, width - 4)]
    lines.append(())
    if name in ("tokens", "ids"):
        lines += _tokens(result, name, width, language)
    elif name in ("embeddings", "hidden", "pooler"):
        view = {
            "embeddings": result.embeddings,
            "hidden": result.last_hidden_state,
            "pooler": result.pooler_output,
        }[name]
        if view is not None:
            lines += _tensor(view, result.tokens if name != "pooler" else ["[CLS]"], width, language)
    else:
        lines += _labels(result, name, width, language)
    return lines


def shape_of(result: AnatomyResult, name: str) -> str:
    """The shape of a stage's tensor as torch prints it, or what it is."""
    n, labels = len(result.input_ids), len(result.labels)
    shapes = {
        "ids": [1, n],
        "embeddings": result.embeddings.shape,
        "hidden": result.last_hidden_state.shape,
        "pooler": result.pooler_output.shape if result.pooler_output else "-",
        "logits": [1, labels],
        "softmax": [1, labels],
    }
    return str(shapes[name]) if name in shapes else {"tokens": str(n), "label": result.label}[name]


def _strip(result: AnatomyResult, stage: int, width: int) -> list[Line]:
    """The names of all stages, the marked one with its shape, flowing over as many lines as they need."""
    lines: list[list[tuple[str, str]]] = [[]]
    used = 0
    for index, name in enumerate(STAGES):
        text = f" {name} {visible(shape_of(result, name))} " if index == stage else f" {name} "
        arrow = "" if index == 0 else ">"
        if used and used + cells(text) + len(arrow) > width:
            lines.append([])
            used = 0
        lines[-1] += [
            (arrow, "dim"),
            (text, "cursor" if index == stage else "text" if index < stage else "dim"),
        ]
        used += cells(text) + len(arrow)
    return [tuple(line) for line in lines]


def _tokens(result: AnatomyResult, name: str, width: int, language: str) -> list[Line]:
    """Tokens in a row that wraps; under each its id, its mask and its type when those are asked for."""
    kinds = map(str, result.token_type_ids) if result.token_type_ids else [""] * len(result.tokens)
    columns = [
        (visible(token), str(id_), str(mask), kind)
        for token, id_, mask, kind in zip(result.tokens, result.input_ids, result.attention_mask, kinds, strict=True)
    ]
    token = translate(language, "instruments.anatomy.token")
    labels = (token, "input_ids", "attention_mask", "token_type_ids") if name == "ids" else ("",)
    left = max(map(cells, labels)) + (2 if name == "ids" else 0)
    lines: list[Line] = []
    row: list[tuple[str, ...]] = []
    used = left
    for column in [*columns, None]:
        size = 0 if column is None else max(map(cells, column)) + 2
        if row and (column is None or used + size > width - 2):
            for part, label in enumerate(labels):
                pieces = [MARGIN, (fill(label, left), "dim")]
                for cell in row:
                    look = ("accent" if cell[0].startswith("[") else "strong") if part == 0 else "text"
                    pieces.append((fill(cell[part], max(map(cells, cell)) + 2), look))
                lines.append(tuple(pieces))
            lines += [()] if name == "ids" else []
            row, used = [], left
        if column is not None:
            row.append(column)
            used += size
    return lines


def _tensor(view: TensorView, names: list[str], width: int, language: str) -> list[Line]:
    """A corner of a tensor: one row a token, the first numbers of each, aligned at the point."""
    left = min(12, max((cells(visible(name)) for name in names), default=4))
    columns = max(1, min(len(view.corner[0]) if view.corner else 1, (width - left - 8) // 8))
    head = "".join(f"{i:8}" for i in range(columns))
    lines: list[Line] = [(MARGIN, (" " * left + head + f"  … {view.shape[-1] - 1}", "dim"))]
    for name, row in zip(names, view.corner, strict=False):
        numbers = tuple((f"{value:8.3f}", "text" if abs(value) >= view.std else "dim") for value in row[:columns])
        lines.append((MARGIN, (fill(visible(name), left), "strong"), *numbers))
    if len(names) > len(view.corner):
        lines.append(
            (
                MARGIN,
                (
                    translate(language, "instruments.anatomy.more_tensor_rows", count=len(names) - len(view.corner)),
                    "dim",
                ),
            )
        )
    facts = {name: f"{getattr(view, name):.3f}" for name in ("mean", "std", "lowest", "highest")}
    return [*lines, (), (MARGIN, (translate(language, "instruments.anatomy.tensor_facts", **facts), "dim"))]


def _labels(result: AnatomyResult, name: str, width: int, language: str) -> list[Line]:
    left = max(cells(visible(label)) for label in result.labels) + 4
    lines: list[Line] = []
    if name == "logits":
        for index, (label, value) in enumerate(zip(result.labels, result.logits, strict=True)):
            lines.append(
                (
                    MARGIN,
                    (f"{index}  ", "dim"),
                    (fill(visible(label), left), "text"),
                    (f"{value:9.4f}", "strong"),
                )
            )
        return lines
    if name == "softmax":
        share_title = fill(translate(language, "instruments.anatomy.share"), 9, "right")
        lines.append((MARGIN, (fill("", left + 3) + f"{'exp':>9}{share_title}", "dim")))
        for index, label in enumerate(result.labels):
            share = result.probabilities[index]
            numbers = f"{result.exponentials[index]:9.4f}{share:9.4f}  "
            drawn = bar(share, max(4, width - left - 28))
            lines.append(
                (
                    MARGIN,
                    (f"{index}  ", "dim"),
                    (fill(visible(label), left), "text"),
                    (numbers, "text"),
                    (drawn, "accent"),
                )
            )
        total = f"{sum(result.exponentials):9.4f}{sum(result.probabilities):9.4f}"
        return [*lines, (MARGIN, (fill("", left + 3), "dim"), (total, "dim"))]
    best = result.labels.index(result.label)
    return [
        (MARGIN, ("argmax  ", "dim"), (str(best), "strong")),
        (
            MARGIN,
            (f"id2label[{best}]  ", "dim"),
            (visible(result.label), "accent"),
            (f"  {result.score:.4f}", "text"),
        ),
    ]
