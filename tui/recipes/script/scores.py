"""The lines that measure a model, and say by which metric the best one is chosen."""

from __future__ import annotations

from tui import paths
from tui.recipes import scoring
from tui.recipes.recipe import Recipe
from tui.recipes.scoring import LONGEST_ANSWER

BATCHES = {
    "text-classification": [
        "chosen, truth = accelerator.gather_for_metrics((output.logits.argmax(-1), batch['labels']))",
        "accuracy.add_batch(predictions=chosen, references=truth)",
        "f1.add_batch(predictions=chosen, references=truth)",
    ],
    "token-classification": [
        "both = output.logits.argmax(-1), batch['labels']",
        "both = [accelerator.pad_across_processes(part, dim=1, pad_index=-100) for part in both]",
        "add(*accelerator.gather_for_metrics(both))",
    ],
    "question-answering": [
        "both = output.start_logits.float(), output.end_logits.float()",
        "both = [accelerator.pad_across_processes(part, dim=1, pad_index=-100) for part in both]",
        "add(*(part.cpu().numpy() for part in accelerator.gather_for_metrics(both)))",
    ],
}
"""What of a batch the loop that is written out gives to the metrics."""


def chooses(recipe: Recipe) -> bool:
    """Whether evaluations decide anything: which model is kept, or when it ends."""
    return bool(recipe.eval_split) and (recipe.best == "best" or recipe.early_stopping > 0)


def metric(recipe: Recipe) -> str:
    """The metric that decides, as Python; the perplexity of a language model rises and falls with its loss."""
    if recipe.task == "text-classification" and not recipe.best_metric:
        return "'f1' if len(labels) == 2 else 'accuracy'"
    name = recipe.best_metric or scoring.main_metric(recipe, [])
    return repr("loss" if name == "perplexity" else name)


def is_greater_better(recipe: Recipe) -> bool:
    return scoring.is_greater_better(recipe, recipe.best_metric or scoring.main_metric(recipe, []))


def scores(recipe: Recipe) -> str:
    """What loads the metrics, takes predictions and references, and gives the scores."""
    if not recipe.eval_split:
        return ""
    chosen = [f"metric = {metric(recipe)}"] if chooses(recipe) else []
    return "\n".join([*_DEFINED.get(recipe.task, lambda _: [])(recipe), *chosen])


def batch_lines(recipe: Recipe) -> list[str]:
    """What the loop that is written out does with the output for a batch."""
    if recipe.task == "seq2seq":
        return [
            "inputs = {name: batch[name] for name in ('input_ids', 'attention_mask')}",
            f"written = accelerator.unwrap_model(model).generate(**inputs, max_length={recipe.max_length})",
            "written = accelerator.pad_across_processes(written, dim=1, pad_index=-100)",
            "add(accelerator.gather_for_metrics(written))",
        ]
    return BATCHES.get(recipe.task, [])


def compute_metrics(recipe: Recipe) -> list[str]:
    """The function of the Trainer."""
    match recipe.task:
        case "text-classification":
            body = [
                "    chosen = prediction.predictions.argmax(-1)",
                "    return {**accuracy.compute(predictions=chosen, references=prediction.label_ids),",
                "            **f1.compute(predictions=chosen, references=prediction.label_ids, average=average)}",
            ]
        case "token-classification":
            body = ["    add(prediction.predictions.argmax(-1), prediction.label_ids)", "    return computed()"]
        case "question-answering":
            body = ["    add(*prediction.predictions)", "    return computed()"]
        case "seq2seq":
            body = ["    add(prediction.predictions)", "    return computed()"]
        case _:
            return []
    return ["def compute_metrics(prediction):", *body, ""]


def _load(*names: str) -> list[str]:
    return [f"{name} = evaluate.load({str(paths.lessons_dir() / 'metrics' / name)!r})" for name in names]


def _classes(recipe: Recipe) -> list[str]:
    return [*_load("accuracy", "f1"), "average = 'binary' if len(labels) == 2 else 'macro'"]


def _tags(recipe: Recipe) -> list[str]:
    return [
        *_load("seqeval"),
        "",
        "def add(chosen, truth):",
        "    for guesses, tags in zip(chosen.tolist(), truth.tolist()):",
        "        pairs = [(labels[guess], labels[tag]) for guess, tag in zip(guesses, tags) if tag != -100]",
        "        seqeval.add(prediction=[guess for guess, _ in pairs], reference=[tag for _, tag in pairs])",
        "",
        "def computed():",
        "    found = seqeval.compute()",
        "    return {name: found[f'overall_{name}'] for name in ('precision', 'recall', 'f1', 'accuracy')}",
        "",
    ]


def _spans(recipe: Recipe) -> list[str]:
    return [
        *_load("squad"),
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
        f"        allowed = np.tril(np.triu(np.ones(sums.shape, bool)), {LONGEST_ANSWER})",
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


def _texts(recipe: Recipe) -> list[str]:
    return [
        *_load("chrf"),
        "texts = []",
        "",
        "def add(written):",
        "    written[written == -100] = tokenizer.pad_token_id",
        "    texts.extend(tokenizer.batch_decode(written, skip_special_tokens=True))",
        "",
        "def computed():",
        f"    references = [[text] for text in measured[{recipe.target!r}]]",
        "    found = chrf.compute(predictions=texts, references=references)",
        "    texts.clear()",
        "    return {'chrf': found['score']}",
        "",
    ]


_DEFINED = {
    "text-classification": _classes, "token-classification": _tags, "question-answering": _spans, "seq2seq": _texts,
}  # fmt: skip
