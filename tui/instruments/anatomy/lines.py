"""What `anatomy` answers, as lines: for the pane and for `headnotes try`."""

from __future__ import annotations

from tui.instruments.anatomy.compute import STAGES, THRESHOLD, AnatomyResult, TensorView
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
        lines.append(((_title(result, name), "heading"), (f" {visible(shape_of(result, name))}", "dim")))
        lines += _body(result, stage, width, language)
    return lines


def stage_lines(result: AnatomyResult, stage: int, width: int, language: str) -> list[Line]:
    """Everything about one stage."""
    return [*_strip(result, stage, width), (), *_body(result, stage, width, language)]


def _body(result: AnatomyResult, stage: int, width: int, language: str) -> list[Line]:
    """What the stage does, and its values."""
    name = STAGES[stage]
    key = name
    if name == "pooler" and result.pooler_output is None:
        key = "no_pooler"
    elif result.is_multi_label and name in ("softmax", "label"):
        key = {"softmax": "sigmoid", "label": "labels"}[name]
    sentence = translate(language, f"instruments.anatomy.stage.{key}", threshold=THRESHOLD)
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


def _title(result: AnatomyResult, name: str) -> str:
    """What the stage is called for this model; options and answers of programs keep the one name."""
    return "sigmoid" if name == "softmax" and result.is_multi_label else name


def _chosen(result: AnatomyResult) -> list[int]:
    """The ids of the labels that the model gives the text."""
    if not result.is_multi_label:
        return [result.labels.index(result.label)]
    return [index for index, share in enumerate(result.probabilities) if share > THRESHOLD]


def shape_of(result: AnatomyResult, name: str) -> str:
    """The shape of a stage's tensor as torch prints it, or what it is."""
    n, labels = len(result.input_ids), len(result.labels)
    shapes: dict[str, object] = {
        "tokens": n,
        "ids": [1, n],
        "embeddings": result.embeddings.shape,
        "hidden": result.last_hidden_state.shape,
        "pooler": result.pooler_output.shape if result.pooler_output else "-",
        "logits": [1, labels],
        "softmax": [1, labels],
        "label": ", ".join(result.labels[index] for index in _chosen(result)) or "-",
    }
    return str(shapes[name])


def _strip(result: AnatomyResult, stage: int, width: int) -> list[Line]:
    """The names of all stages, the marked one with its shape, flowing over as many lines as they need."""
    lines: list[list[tuple[str, str]]] = [[]]
    used = 0
    for index, name in enumerate(STAGES):
        title = _title(result, name)
        text = f" {title} {visible(shape_of(result, name))} " if index == stage else f" {title} "
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
        share = "probability" if result.is_multi_label else "share"
        share_title = fill(translate(language, f"instruments.anatomy.{share}"), 9, "right")
        exponent = "exp(-x)" if result.is_multi_label else "exp"
        lines.append((MARGIN, (fill("", left + 3) + f"{exponent:>9}{share_title}", "dim")))
        for index, label in enumerate(result.labels):
            probability = result.probabilities[index]
            form = "9.4g" if result.is_multi_label else "9.4f"  # exp(-logit) has no bound
            numbers = f"{result.exponentials[index]:{form}}{probability:9.4f}  "
            drawn = bar(probability, max(4, width - left - 28))
            lines.append(
                (
                    MARGIN,
                    (f"{index}  ", "dim"),
                    (fill(visible(label), left), "text"),
                    (numbers, "text"),
                    (drawn, "accent"),
                )
            )
        if result.is_multi_label:  # nothing is divided by the sum
            return lines
        total = f"{sum(result.exponentials):9.4f}{sum(result.probabilities):9.4f}"
        return [*lines, (MARGIN, (fill("", left + 3), "dim"), (total, "dim"))]
    rule = f"p > {THRESHOLD}" if result.is_multi_label else "argmax"
    chosen = _chosen(result)
    lines.append((MARGIN, (f"{rule}  ", "dim"), (", ".join(map(str, chosen)) or "-", "strong")))
    for index in chosen:
        label, score = visible(result.labels[index]), f"  {result.probabilities[index]:.4f}"
        lines.append((MARGIN, (f"id2label[{index}]  ", "dim"), (label, "accent"), (score, "text")))
    return lines
