"""Where in a text the answer to a question begins and ends."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tui.errors import phrase
from tui.recipes import answer_spans
from tui.recipes.recipe import Recipe
from tui.recipes.scoring import Scorer, Scores, script_loads
from tui.recipes.task import FILE_ROW, Batch, Refusals, Task


class AnswerScorer(Scorer):
    """Exact match and F1 of the words of answers, in shares of one.

    Predictions are start and end logits, two of (rows, tokens).
    """

    def __init__(self, recipe: Recipe, labels: list[str], table: Any, tokenizer: Any) -> None:
        super().__init__(recipe, labels, table, tokenizer)
        from tui.models import metric_modules

        self.metric = metric_modules.load("squad")

    def add_batch(self, predictions: Any, references: Any) -> None:
        for starts, ends in zip(*predictions, strict=True):
            row = self.next_row()
            answer = answer_spans.best_answer(row, starts, ends, self.recipe, self.tokenizer)
            truth, number = row[self.recipe.answer], str(self.next_number)
            self.metric.add(
                prediction={"id": number, "prediction_text": answer},
                reference={"id": number, "answers": {"text": [truth], "answer_start": [0]}},
            )
            self.keep(truth, answer)

    def compute(self) -> Scores:
        result = self.metric.compute()
        return Scores({name: result[name] / 100 for name in TASK.metrics}, [], self.take_rows())


class QuestionAnswering(Task):
    name = "question-answering"
    head, lora_type, pipeline = "QuestionAnswering", "QUESTION_ANS", "question-answering"
    metrics = ("exact_match", "f1")
    needs_offsets = True
    label_names = ("start_positions", "end_positions")
    extra_columns = (FILE_ROW, answer_spans.START)
    scorer = AnswerScorer

    def columns(self, recipe: Recipe) -> dict[str, str]:
        return {"text": recipe.text, "question": recipe.question, "answer": recipe.answer}

    def flatten(self, table: Any, recipe: Recipe) -> Any:
        return answer_spans.flat(table, recipe)

    def check_row(self, row: dict[str, Any], recipe: Recipe) -> Refusals:
        yield from super().check_row(row, recipe)
        if answer_spans.position(row[recipe.text], row[recipe.answer], row.get(answer_spans.START)) < 0:
            yield phrase("recipes.row.answer-not-in-text", answer=f"{row[recipe.answer]!r:.60}", column=recipe.text)

    def texts(self, row: Mapping[str, Any], recipe: Recipe) -> list[str]:
        return [str(row[recipe.question]), str(row[recipe.text])]

    def token_ids(self, table: Any, recipe: Recipe, tokenizer: Any) -> list[list[int]]:
        texts = ([str(text) for text in table[name]] for name in (recipe.question, recipe.text))
        ids: list[list[int]] = tokenizer(*texts)["input_ids"]
        return ids

    def count(self, table: Any, recipe: Recipe, tokenizer: Any) -> int:
        answer_spans.check_questions(table, recipe, tokenizer)
        return super().count(table, recipe, tokenizer)

    def encoder(
        self, recipe: Recipe, tokenizer: Any, ids: Mapping[Any, int]
    ) -> Callable[[Batch, list[int]], Mapping[str, Any]]:
        def encode(batch: Batch, numbers: list[int]) -> Mapping[str, Any]:
            tokens = tokenizer(
                batch[recipe.question], batch[recipe.text], truncation="only_second", max_length=recipe.max_length,
                return_offsets_mapping=True,
            )  # fmt: skip
            begins = batch.get(answer_spans.START) or [None] * len(numbers)
            spans = []
            for place, (context, answer) in enumerate(zip(batch[recipe.text], batch[recipe.answer], strict=True)):
                begin = answer_spans.position(context, answer, begins[place])
                spans.append(answer_spans.tokens_of(tokens, place, begin, begin + len(answer)))
            tokens.pop("offset_mapping")
            starts, ends = ([span[side] for span in spans] for side in (0, 1))
            return {**tokens, "start_positions": starts, "end_positions": ends, "row": numbers}

        return encode

    def main_metric(self, labels: list[str]) -> str:
        return "f1"

    def predict(self, recipe: Recipe, model: Any, batch: Any, output: Any, pad: Callable[[Any], Any]) -> Any:
        return (pad(output.start_logits.float()), pad(output.end_logits.float())), batch["start_positions"]

    # -- script ---------------------------------------------------------------------------------------------------

    script_scores_texts = True
    script_scores = "**computed()"
    script_compute = ("    add(*prediction.predictions)", "    return computed()")

    def script_rows(self, recipe: Recipe) -> list[str]:
        """A row for each question, and one answer for each: nothing changes where that is so already."""
        text, question, answer = repr(recipe.text), repr(recipe.question), repr(recipe.answer)
        both = "[train, evaluation]" if recipe.eval_split else "[train]"
        return [
            "",
            "def flat(batch):  # a list of questions becomes rows, SQuAD's answers their first one",
            f"    rows = {{{text}: [], {question}: [], {answer}: [], 'answer_start': []}}",
            f"    answers = batch.get({answer}, batch.get('answers', batch[{question}]))",
            "    starts = batch.get('answer_start', [-1] * len(answers))",
            f"    for text, asked, answer, start in zip(batch[{text}], batch[{question}], answers, starts):",
            "        if isinstance(answer, dict):",
            "            texts, places = answer['text'], answer.get('answer_start')",
            "            answer, start = texts[0] if texts else '', places[0] if places else -1",
            "        several = asked if isinstance(asked, list) else [{'question': asked, 'answer': answer}]",
            "        for one in several:",
            f"            rows[{text}].append(text)",
            f"            rows[{question}].append(one['question'])",
            f"            rows[{answer}].append(one['answer'])",
            "            rows['answer_start'].append(start)",
            "    return rows",
            "",
            f"{'train, evaluation' if recipe.eval_split else 'train,'} = (",
            f"    table.map(flat, batched=True, remove_columns=table.column_names) for table in {both}",
            ")",
        ]

    def script_features(self, recipe: Recipe) -> list[str]:
        return [
            "def features(batch):",
            f"    made = tokenizer(batch[{recipe.question!r}], batch[{recipe.text!r}], truncation='only_second',",
            f"                     max_length={recipe.max_length}, return_offsets_mapping=True)",
            "    starts, ends = [], []",
            f"    columns = batch[{recipe.text!r}], batch[{recipe.answer!r}], batch['answer_start']",
            "    for place, (context, answer, begin) in enumerate(zip(*columns)):",
            "        if begin < 0 or not context.startswith(answer, begin):",
            "            begin = context.index(answer)",
            "        offsets, owners = made['offset_mapping'][place], made.sequence_ids(place)",
            "        inside = [at for at, (left, right) in enumerate(offsets)",
            "                  if owners[at] == 1 and left < begin + len(answer) and right > begin]",
            "        whole = inside and offsets[inside[-1]][1] >= begin + len(answer)  # else truncation took it",
            "        starts.append(inside[0] if whole else 0)",
            "        ends.append(inside[-1] if whole else 0)",
            "    made.pop('offset_mapping')",
            "    return {**made, 'start_positions': starts, 'end_positions': ends}",
            "",
        ]

    def script_metrics(self, recipe: Recipe) -> list[str]:
        return [
            *script_loads("squad"),
            "answers = []",
            "",
            "def add(starts, ends):  # the stretch of the text with the highest sum of start and end logits",
            "    for start, end in zip(starts, ends):",
            "        row = measured[len(answers)]",
            f"        made = tokenizer(row[{recipe.question!r}], row[{recipe.text!r}], truncation='only_second',",
            f"                         max_length={recipe.max_length}, return_offsets_mapping=True)",
            "        inside = [at for at, owner in enumerate(made.sequence_ids()) if owner == 1]",
            "        if not inside:",
            "            answers.append('')",
            "            continue",
            "        first, last = inside[0], inside[-1] + 1",
            "        sums = np.add.outer(start[first:last], end[first:last])",
            f"        allowed = np.tril(np.triu(np.ones(sums.shape, bool)), {answer_spans.LONGEST_ANSWER})",
            "        left, right = np.unravel_index(np.where(allowed, sums, -np.inf).argmax(), sums.shape)",
            "        offsets = made['offset_mapping']",
            f"        answers.append(row[{recipe.text!r}][offsets[first + left][0]:offsets[first + right][1]])",
            "",
            "def computed():",
            "    predictions = [{'id': str(at), 'prediction_text': text} for at, text in enumerate(answers)]",
            "    references = [{'id': str(at), 'answers': {'text': [text], 'answer_start': [0]}}",
            f"                  for at, text in enumerate(measured[{recipe.answer!r}])]",
            "    answers.clear()",
            "    found = squad.compute(predictions=predictions, references=references)",
            "    return {name: value / 100 for name, value in found.items()}",
            "",
        ]

    def script_batch(self, recipe: Recipe) -> list[str]:
        return [
            "both = output.start_logits.float(), output.end_logits.float()",
            "both = [accelerator.pad_across_processes(part, dim=1, pad_index=-100) for part in both]",
            "add(*(part.cpu().numpy() for part in accelerator.gather_for_metrics(both)))",
        ]


TASK = QuestionAnswering()
