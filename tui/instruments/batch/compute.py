"""`batch`: a task on many rows of a data set, a few at a time, and how many answers are right."""

from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter
from typing import Any

from tui import partial_results
from tui.errors import UsageError, phrase
from tui.instruments.instrument import Result
from tui.instruments.pipeline.calls import arguments, check
from tui.instruments.pipeline.compute import build_pipeline
from tui.instruments.pipeline.input_warnings import input_warnings
from tui.instruments.pipeline.spec import RESTORED, TASKS, PipelineSpec
from tui.models import catalog, checkpoints, loading
from tui.models.pipelines.answers import Answers, plain, read
from tui.models.reference import STAND_IN
from tui.models.setup_code import source
from tui.models.suggestions import TASK_MODEL_HELP, models_for_task
from tui.options import option
from tui.tables.opening import load, splits
from tui.tables.source import Source, call, shipped
from tui.tables.table_store import DESK, Table

MOST = 2_000


@dataclass(frozen=True, slots=True)
class BatchSpec:
    """Rows, and the task that is done on them."""

    path: str = option(help="the data set: a file, a folder, or data that ships with the lessons")
    column: str = option(default="text", help="the column with the texts")
    task: str = option(default="sentiment-analysis", choices=TASKS, help="the task, as the library names it")
    model: str = option(default=STAND_IN, suggestions=models_for_task, help=TASK_MODEL_HELP)
    label: str = option(default="", help="the column with the right answers; empty: there is none")
    question: str = option(default="", help="question-answering: the question, asked of every row")
    labels: tuple[str, ...] = option(
        default=(),
        help="zero-shot-classification: the labels, with commas between",
        other_names=("candidate_labels",),
    )
    split: str = option(default="", help="the split to take; empty: the first")
    rows: int = option(default=16, least=1, most=MOST, help="a whole number: only the first so many rows")
    batch_size: int = option(
        default=8, least=1, most=256, help="a whole number: texts that go through the model together"
    )


@dataclass(frozen=True, slots=True)
class BatchRow:
    """One row's answer."""

    text: str
    answer: str
    score: float | None
    right: str
    """What the label column says, in the model's words; empty without one."""


@dataclass(frozen=True, slots=True)
class BatchResult(Result):
    """The answers in the order of the rows."""

    answered_by: checkpoints.AnsweredBy
    rows: list[BatchRow]
    agreeing: int | None
    """Rows whose answer is the label's; None without labels."""
    seconds: float
    table: Table | None
    """The rows as an open table."""


def run(spec: BatchSpec) -> BatchResult:
    """Answer the rows. Raises `UsageError`, `DataError` and `CheckpointError`."""
    if not 1 <= spec.rows <= MOST or not 1 <= spec.batch_size <= 256:
        raise UsageError("instruments.batch.sizes", most=MOST)
    opened = load(_source(spec))
    data = _rows(spec, opened.data)
    task = catalog.place(spec.task).task
    loaded = loading.load_for_task(task, spec.model)
    asked = [_one(spec, "" if text is None else str(text)) for text in data[spec.column]]
    inputs = [_input(one, task, loaded, number) for number, one in enumerate(asked, 1)]
    options = arguments(asked[0], task)[1]
    pipe = build_pipeline(spec.task, loaded)
    together = spec.batch_size if loaded.tokenizer.pad_token else 1  # without a pad token no rectangle can be made
    golds = _golds(data, spec, loaded.model)
    rows: list[BatchRow] = []
    start = perf_counter()
    for first in range(0, len(inputs), spec.batch_size):
        chunk = inputs[first : first + spec.batch_size]
        outputs = plain(pipe(chunk, batch_size=min(together, len(chunk)), **options))
        for text, output, gold in zip(chunk, outputs, golds[first:], strict=False):
            prompt = text["context"] if isinstance(text, dict) else text
            answer, score = _said(read(task, _alone(task, output), prompt), prompt)
            rows.append(BatchRow(prompt, answer, score, gold))
        partial_results.report({"rows": [{"text": r.text[:200], "answer": r.answer, "score": r.score, "right": r.right}
                                    for r in rows[-50:]]})  # fmt: skip
    seconds = perf_counter() - start
    agreeing = sum(row.answer.lower() == row.right.lower() for row in rows) if spec.label else None
    warnings = [*opened.warnings, *input_warnings(asked, task, loaded)]
    return BatchResult(loaded.answered_by, rows, agreeing, seconds, _table(rows, spec), warnings=warnings)


def code(spec: BatchSpec) -> str:
    """Open the data set, build the pipeline, call it on the column."""
    task = catalog.place(spec.task).task
    model = source(task, spec.model)
    opening = call(_source(spec)).code().splitlines()
    part = f"[{spec.split!r}]" if spec.split else ""
    options = "".join(f", {name}={value!r}" for name, value in arguments(_one(spec, "x"), task)[1].items())
    build = f"pipe = pipeline({spec.task!r}, {model.arguments})"
    head = model.text()
    if task in RESTORED:
        head = "from tui.models.pipelines.restored import registered  # transformers 5 dropped this task\n" + head
        build = f"with registered():\n    {build}"
    given = f"list(rows[{spec.column!r}])"
    if task == "question-answering":
        given = f"[{{'question': {spec.question!r}, 'context': text}} for text in rows[{spec.column!r}]]"
    return (
        f"{opening[0]}\n{head}\n{opening[-1]}\n"
        f"rows = dataset{part}\nrows = next(iter(rows.values())) if isinstance(rows, dict) else rows\n"
        f"rows = rows.select(range(min({spec.rows}, len(rows))))\n"
        f"{build}\nbatch_size = {spec.batch_size} if pipe.tokenizer.pad_token else 1\n"
        f"answers = pipe({given}, batch_size=batch_size{options})\nprint(answers)\n"
    )


def _source(spec: BatchSpec) -> Source:
    return Source((shipped(spec.path),))


def _rows(spec: BatchSpec, opened: Any) -> Any:
    parts = splits(opened)
    if spec.split and spec.split not in parts:
        raise UsageError("tables.no-such-split", split=spec.split, splits=list(parts))
    data = parts[spec.split] if spec.split else next(iter(parts.values()))
    for name in (spec.column, *([spec.label] if spec.label else [])):
        if name not in data.column_names:
            raise UsageError("tables.no-such-column", column=name, columns=data.column_names)
    return data.select(range(min(spec.rows, data.num_rows)))


def _input(one: PipelineSpec, task: str, loaded: loading.Loaded, number: int) -> Any:
    """What the pipeline is given for a row. Raises `UsageError` that names the row."""
    try:
        check(one, task, loaded)
        return arguments(one, task)[0]
    except UsageError as error:
        raise UsageError("instruments.batch.row", row=number, error=phrase(error.code, **error.values)) from None


def _one(spec: BatchSpec, text: str) -> PipelineSpec:
    return PipelineSpec(text=text, task=spec.task, model=spec.model, question=spec.question, labels=spec.labels)


def _golds(data: Any, spec: BatchSpec, model: Any) -> list[str]:
    """The labels in the model's words: a number is looked up in its configuration."""
    if not spec.label:
        return [""] * data.num_rows
    names = getattr(model.config, "id2label", {}) or {}
    return [str(names.get(gold, gold) if isinstance(gold, int) else gold) for gold in data[spec.label]]


def _alone(task: str, output: Any) -> Any:
    """One row's answer in the shape of a single call's."""
    if task in ("text-generation", "summarization", "translation_en_to_fr") and isinstance(output, dict):
        return [output]
    return output


def _said(found: Answers, text: str) -> tuple[str, float | None]:
    if found.labels:
        return found.labels[0].label, found.labels[0].score
    if found.answers:
        return found.answers[0].text, found.answers[0].score
    if found.candidates:
        return found.candidates[0].word, found.candidates[0].score
    if found.entities:
        return "; ".join(f"{one.kind} {text[one.start : one.end]}" for one in found.entities), None
    return found.written, None


def _table(rows: list[BatchRow], spec: BatchSpec) -> Table | None:
    import datasets

    columns: dict[str, list[Any]] = {"answer": [row.answer for row in rows]}
    if any(row.score is not None for row in rows):
        columns["score"] = [row.score for row in rows]
    if spec.label:
        columns["right"] = [row.right for row in rows]
    return DESK.put(datasets.Dataset.from_dict({**columns, spec.column: [row.text for row in rows]}), code(spec))
