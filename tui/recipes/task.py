"""What a training task is: all that differs from one task to another, as one object that a module of `tasks` makes.

Declarations need nothing heavy. Methods that load or compute import inside themselves; only the engine and the worker
call them. Methods whose names begin with `script_` give lines of the Python that does the same without this project.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, ClassVar

from tui.errors import Phrase, ResultWarning, phrase
from tui.recipes import tasks
from tui.recipes.recipe import Recipe
from tui.recipes.scoring import Scorer

IGNORED = -100
"""The label of a token that is not counted in the loss."""
FILE_ROW = "file_row"
"""The column in which `flatten` keeps the row of the file that a row comes from."""

Batch = dict[str, list[Any]]
Refusals = Iterator[Phrase | tuple[str, str]]
"""Why a row cannot be used, and what to do: a message with both parts, or the two sentences in English."""


class Task:
    """A text for each row, of which the model learns something; each task says what."""

    name: ClassVar[str]
    """As a recipe writes it; its module has the same name."""
    head: ClassVar[str]
    """`AutoModelFor...` of the library."""
    lora_type: ClassVar[str | None]
    """`peft.TaskType`; it decides which new layers are trained whole."""
    pipeline: ClassVar[str]
    """What the Hub calls it in a model card."""
    metrics: ClassVar[tuple[str, ...]]
    """What is evaluated besides the loss; the first one decides, unless `main_metric` says otherwise."""
    lower_is_better: ClassVar[tuple[str, ...]] = ("loss",)
    """Metrics that should be low."""
    has_labels: ClassVar[bool] = False
    """Whether the recipe's `label` column has classes."""
    has_label_lists: ClassVar[bool] = False
    """Whether a row has several of them."""
    is_stratified: ClassVar[bool] = False
    """Whether every label may have its share of the rows that are set aside."""
    needs_offsets: ClassVar[bool] = False
    """Whether it must know which characters a token comes from: slow tokenizers do not."""
    makes_blocks: ClassVar[bool] = False
    """Whether all texts are joined and cut into blocks, so that rows are not those of the data."""
    predicts_tokens: ClassVar[bool] = False
    """Whether the model gives a number for every token of its vocabulary, which takes memory."""
    generates: ClassVar[bool] = False
    """Whether texts that the model writes are evaluated: by the library's Seq2SeqTrainer."""
    is_decoder: ClassVar[bool | None] = None
    """Whether an encoder has to look back only; None where it does not matter."""
    problem_type: ClassVar[str] = ""
    """The library's name for the loss of its head, where labels alone do not say it."""
    label_names: ClassVar[tuple[str, ...]] = ()
    """Columns with what is to be predicted, where the Trainer does not know them."""
    extra_columns: ClassVar[tuple[str, ...]] = ()
    """Columns that `flatten` may add."""
    scorer: ClassVar[type[Scorer] | None] = None
    """What measures it; None where the loss is the measure."""

    # -- rows -----------------------------------------------------------------------------------------------------

    def columns(self, recipe: Recipe) -> dict[str, str]:
        """Columns that the task reads, by what they are to it."""
        return {"text": recipe.text}

    def flatten(self, table: Any, recipe: Recipe) -> Any:
        """The table in the one shape that the task reads, where data sets have several."""
        return table

    def check_row(self, row: dict[str, Any], recipe: Recipe) -> Refusals:
        """Why a row cannot be used; nothing where it can."""
        for what, column in self.columns(recipe).items():
            if what != "label" and not isinstance(value := row[column], str):
                code = "recipes.row.missing" if value is None else "recipes.row.not-a-text"
                yield phrase(code, column=column, value=f"{value!r:.60}")

    def label_warning(self, labels: Mapping[str, int]) -> ResultWarning | None:
        """About labels, with their rows, that look wrong."""
        return None

    def baseline(self, labels: Mapping[str, int]) -> float | None:
        """The accuracy of always predicting the most frequent label, where that means something."""
        return None

    def texts(self, row: Mapping[str, Any], recipe: Recipe) -> list[str]:
        """A row for people."""
        columns = self.columns(recipe)
        return [str(row[columns[what]]) for what in ("text", "pair") if what in columns]

    # -- features -------------------------------------------------------------------------------------------------

    def check_tokenizer(self, tokenizer: Any, recipe: Recipe) -> None:
        """Raise `UsageError` for a tokenizer without what the task needs."""

    def check_model(self, model: Any, recipe: Recipe) -> None:
        """Raise `UsageError` for a model that cannot learn the task."""

    def token_ids(self, table: Any, recipe: Recipe, tokenizer: Any) -> list[list[int]]:
        """The rows as ids, before anything is cut."""
        columns = self.columns(recipe)
        texts = [[str(text) for text in table[columns[what]]] for what in ("text", "pair") if what in columns]
        ids: list[list[int]] = tokenizer(*texts)["input_ids"]
        return ids

    def count(self, table: Any, recipe: Recipe, tokenizer: Any) -> int:
        """How many rows the model will see. Raises `DataError` for what its tokenizer cannot take."""
        return int(table.num_rows)

    def features(
        self, table: Any, recipe: Recipe, tokenizer: Any, ids: Mapping[Any, int], *, evaluates: bool = False
    ) -> Any:
        """A table of token ids and labels, with the number of each row in `row`; `ids` are those of the labels."""
        columns = [*self.columns(recipe).values(), *(name for name in self.extra_columns if name in table.column_names)]
        encode = self.encoder(recipe, tokenizer, ids)
        return table.select_columns(columns).map(encode, batched=True, with_indices=True, remove_columns=columns)

    def encoder(
        self, recipe: Recipe, tokenizer: Any, ids: Mapping[Any, int]
    ) -> Callable[[Batch, list[int]], Mapping[str, Any]]:
        """The function that makes features of a batch of rows with their numbers."""
        raise NotImplementedError

    def collator(self, recipe: Recipe, tokenizer: Any, model: Any) -> Any:
        """What makes a batch of rows: pads them to the longest one among them."""
        from transformers import DataCollatorWithPadding

        return DataCollatorWithPadding(tokenizer)

    # -- predictions and scores -----------------------------------------------------------------------------------

    def main_metric(self, labels: list[str]) -> str:
        """The metric that says which of two models is better."""
        return self.metrics[0]

    def is_greater_better(self, recipe: Recipe, metric: str) -> bool:
        """Whether high values of the metric are good."""
        by_name = metric not in self.lower_is_better
        return by_name if recipe.best_direction == "auto" else recipe.best_direction == "max"

    def reduce(self, logits: Any, labels: Any) -> Any:
        """What is kept of a batch's logits on the device, before they are gathered."""
        return logits

    def predict(self, recipe: Recipe, model: Any, batch: Any, output: Any, pad: Callable[[Any], Any]) -> Any:
        """(Predictions, references) of a batch, as the scorer takes them; `pad` gives all processes one length."""
        return output.logits.float(), batch["labels"]

    def card_lines(self, labels: Mapping[str, int]) -> list[str]:
        """What a model card says of the scores, besides the numbers."""
        return []

    # -- script ---------------------------------------------------------------------------------------------------

    script_collator: ClassVar[str] = "collator = DataCollatorWithPadding(tokenizer)"
    script_imports: ClassVar[tuple[str, ...]] = ("transformers.DataCollatorWithPadding",)
    """Names that its lines use, each behind its module."""
    script_sets_padding: ClassVar[bool] = False
    """Whether it makes the end of a text the padding of tokenizers that have none."""
    script_scores_texts: ClassVar[bool] = False
    """Whether scores are computed from the rows as they were before they became features."""
    script_scores: ClassVar[str] = ""
    """The items of a dictionary with the scores, in the loop that is written out."""
    script_compute: ClassVar[tuple[str, ...]] = ()
    """The body of the Trainer's function that computes them."""

    def script_rows(self, recipe: Recipe) -> list[str]:
        """What `flatten` does."""
        return []

    def script_features(self, recipe: Recipe) -> list[str]:
        """The function `features`."""
        raise NotImplementedError

    def script_map(self, recipe: Recipe, table: str) -> list[str]:
        """Features of `train` or `evaluation`."""
        return [f"{table} = {table}.map(features, batched=True, remove_columns={table}.column_names)"]

    def script_constants(self, recipe: Recipe) -> list[str]:
        """What the collator reads."""
        return []

    def script_metrics(self, recipe: Recipe) -> list[str]:
        """What loads the metrics, takes predictions and references, and gives the scores."""
        return []

    def script_main_metric(self, recipe: Recipe) -> str:
        """The metric that decides, as an expression."""
        return repr(recipe.best_metric or self.main_metric([]))

    def script_batch(self, recipe: Recipe) -> list[str]:
        """What the loop that is written out does with the output for a batch."""
        return []


def task_of(recipe: Recipe) -> Task:
    """The task of a recipe."""
    task: Task = tasks.load(recipe.task)
    return task
