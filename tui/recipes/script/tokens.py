"""The lines that make tokens of the rows, for each task, and the collator."""

from __future__ import annotations

from tui.recipes import base_models
from tui.recipes.features import EVALUATES, MASKED, TRIES
from tui.recipes.recipe import Recipe


def tokens(recipe: Recipe) -> str:
    head = [
        f"checkpoint = {str(base_models.folder(recipe))!r}",
        "tokenizer = AutoTokenizer.from_pretrained(checkpoint)",
    ]
    if recipe.task in ("causal-lm", "seq2seq"):
        head += ["if tokenizer.pad_token is None:", "    tokenizer.pad_token = tokenizer.eos_token"]
    lines = [*head, "", *_FEATURES[recipe.task](recipe), ""]
    if recipe.eval_split and recipe.task in ("question-answering", "seq2seq"):
        lines.append("measured = evaluation  # as texts")
    for name in ("train", "evaluation") if recipe.eval_split else ("train",):
        lines += _mapped(recipe, name)
    if recipe.eval_split and recipe.task == "masked-lm":
        lines.append(f"evaluation = evaluation.add_column({EVALUATES!r}, [True] * evaluation.num_rows)")
    return "\n".join([*lines, _COLLATORS[recipe.task]])


def _mapped(recipe: Recipe, name: str) -> list[str]:
    if recipe.task in ("causal-lm", "masked-lm"):
        return [
            f"{name} = {name}.select_columns([{recipe.text!r}])",
            f"{name} = {name}.map(tokens, batched=True, remove_columns=[{recipe.text!r}])",
            f"{name} = {name}.map(blocks, batched=True)",
        ]
    return [f"{name} = {name}.map(features, batched=True, remove_columns={name}.column_names)"]


def _sentences(recipe: Recipe) -> list[str]:
    texts = f"batch[{recipe.text!r}]" + (f", batch[{recipe.pair!r}]" if recipe.pair else "")
    return [
        "def features(batch):",
        f"    made = tokenizer({texts}, truncation=True, max_length={recipe.max_length})",
        f"    return {{**made, 'labels': [ids[tag] for tag in batch[{recipe.label!r}]]}}",
        "",
    ]


def _words(recipe: Recipe) -> list[str]:
    return [
        "def features(batch):",
        f"    made = tokenizer(batch[{recipe.text!r}], is_split_into_words=True, truncation=True,",
        f"                     max_length={recipe.max_length})",
        "    labels = []",
        f"    for place, tags in enumerate(batch[{recipe.label!r}]):",
        "        words = made.word_ids(place)  # the first token of a word has its tag, all others are not counted",
        "        firsts = [word is not None and word not in words[:at] for at, word in enumerate(words)]",
        "        labels.append([ids[tags[word]] if first else -100 for word, first in zip(words, firsts)])",
        "    return {**made, 'labels': labels}",
        "",
    ]


def _spans(recipe: Recipe) -> list[str]:
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


def _written(recipe: Recipe) -> list[str]:
    return [
        "def features(batch):",
        f"    return tokenizer(batch[{recipe.text!r}], text_target=batch[{recipe.target!r}], truncation=True,",
        f"                     max_length={recipe.max_length}, return_token_type_ids=False)",
        "",
    ]


def _blocks(recipe: Recipe) -> list[str]:
    return [
        "ending = tokenizer.eos_token_id or tokenizer.sep_token_id",
        "",
        "def tokens(batch):",
        f"    made = tokenizer(batch[{recipe.text!r}], add_special_tokens=False)['input_ids']",
        "    return {'input_ids': [[*ids, ending] if ending is not None else ids for ids in made]}",
        "",
        "def blocks(batch):  # all texts after each other, cut into blocks; what is left at the end is dropped",
        "    joined = [one for ids in batch['input_ids'] for one in ids]",
        f"    cut = [joined[at:at + {recipe.max_length}] "
        f"for at in range(0, len(joined) - {recipe.max_length - 1}, {recipe.max_length})]",
        "    return {'input_ids': cut, 'attention_mask': [[1] * len(ids) for ids in cut]}",
        "",
    ]


_FEATURES = {
    "text-classification": _sentences, "token-classification": _words, "question-answering": _spans,
    "seq2seq": _written, "causal-lm": _blocks, "masked-lm": _blocks,
}  # fmt: skip
_COLLATORS = {
    "text-classification": "collator = DataCollatorWithPadding(tokenizer)",
    "token-classification": "collator = DataCollatorForTokenClassification(tokenizer)",
    "question-answering": "collator = DataCollatorWithPadding(tokenizer)",
    "seq2seq": "collator = DataCollatorForSeq2Seq(tokenizer)",
    "causal-lm": "collator = DataCollatorForLanguageModeling(tokenizer, mlm=False)",
    "masked-lm": "\n".join([
        "class Masking(DataCollatorForLanguageModeling):  # what is masked depends on the batch alone",
        "    def __call__(self, rows, **options):",
        "        evaluates = [row.pop('evaluates', False) for row in rows]  # there no token that counts is seen",
        "        self.mask_replace_prob, self.random_replace_prob = (1.0, 0.0) if any(evaluates) else (0.8, 0.1)",
        "        own = seed + sum(place * sum(row['input_ids']) for place, row in enumerate(rows, 1))",
        "        state = torch.get_rng_state()",
        f"        for number in range({TRIES}):  # until there is a token to guess",
        "            torch.manual_seed(own + number)",
        "            batch = super().__call__([dict(row) for row in rows], **options)",
        "            if (batch['labels'] != -100).any():",
        "                break",
        "        torch.set_rng_state(state)",
        "        return batch",
        "",
        f"collator = Masking(tokenizer, mlm_probability={MASKED})",
    ]),
}  # fmt: skip
