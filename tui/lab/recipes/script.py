"""The Python that does what a recipe does, alone: with the libraries, and nothing of ours but the metric modules.

Pure: reads no data. A test runs every kind of it and compares each step with what the worker wrote.
"""

from __future__ import annotations

import re

from tui import paths
from tui.lab.recipes import models
from tui.lab.recipes.arguments import training_arguments
from tui.lab.recipes.features import MASKED
from tui.lab.tables import source
from tui.lab.tables.source import Source, shipped
from tui.runs.recipe import Recipe, anchored


def script(recipe: Recipe) -> str:
    """The whole script, to be run from any folder. Raises `UsageError` when the data is a path that is not there."""
    recipe = anchored(recipe)
    loop = _trainer if recipe.loop == "trainer" else _accelerate
    parts = [_data(recipe), _tokens(recipe), _model(recipe), _scores(recipe), loop(recipe)]
    body = "\n\n".join(part.strip("\n") for part in parts if part)
    return f"{_imports(body, recipe)}\n\n{body}\n"


_FROM = {
    "Accelerator": "accelerate", "DataLoaderConfiguration": "accelerate.utils", "LoraConfig": "peft",
    "TaskType": "peft", "get_peft_model": "peft", "DataLoader": "torch.utils.data", "tqdm": "tqdm.auto",
    "get_parameter_names": "transformers.trainer_pt_utils",
    **dict.fromkeys(
        ["AutoTokenizer", "DataCollatorForLanguageModeling", "DataCollatorForSeq2Seq", "get_scheduler", "set_seed",
         "DataCollatorForTokenClassification", "DataCollatorWithPadding", "Seq2SeqTrainer", "Trainer",
         "Seq2SeqTrainingArguments", "TrainingArguments", *(f"AutoModelFor{head}" for head in models.HEADS.values())],
        "transformers",
    ),
}  # fmt: skip
"""Where a name comes from."""


def _imports(body: str, recipe: Recipe) -> str:
    """What the body uses, in the order of isort."""
    plain = [f"import {name}" for name in ("math", "evaluate", "torch") if f"{name}." in body]
    modules: dict[str, list[str]] = {}
    for name, module in _FROM.items():
        if re.search(rf"\b{name}\b", body):
            modules.setdefault(module, []).append(name)
    named = [_import(module, sorted(names)) for module, names in modules.items()]
    return "\n".join([*plain, *sorted([*named, _data_import(recipe)])])


def _import(module: str, names: list[str]) -> str:
    line = f"from {module} import {', '.join(names)}"
    return line if len(line) <= 100 else f"from {module} import (\n" + "".join(f"    {n},\n" for n in names) + ")"


def _call(recipe: Recipe) -> source.Call:
    return source.call(Source(
        (shipped(recipe.data),), format=recipe.format, config=recipe.config, field=recipe.field,
        delimiter=recipe.delimiter, encoding=recipe.encoding, quotes=recipe.quotes,
    ))  # fmt: skip


def _data_import(recipe: Recipe) -> str:
    return _call(recipe).code().split("\n", 1)[0]


def _data(recipe: Recipe) -> str:
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


def _tokens(recipe: Recipe) -> str:
    head = [f"checkpoint = {str(models.folder(recipe))!r}", "tokenizer = AutoTokenizer.from_pretrained(checkpoint)"]
    if recipe.task in ("causal-lm", "seq2seq"):
        head += ["if tokenizer.pad_token is None:", "    tokenizer.pad_token = tokenizer.eos_token"]
    lines = [*head, "", *_FEATURES[recipe.task](recipe), ""]
    for name in ("train", "evaluation") if recipe.eval_split else ("train",):
        lines += _mapped(recipe, name)
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
        f"    for place, (context, answer) in enumerate(zip(batch[{recipe.text!r}], batch[{recipe.answer!r}])):",
        "        begin = context.index(answer)",
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
        "        state = torch.get_rng_state()",
        "        torch.manual_seed(seed + sum(place * sum(row['input_ids']) for place, row in enumerate(rows, 1)))",
        "        batch = super().__call__(rows, **options)",
        "        torch.set_rng_state(state)",
        "        return batch",
        "",
        f"collator = Masking(tokenizer, mlm_probability={MASKED})",
    ]),
}  # fmt: skip


def _model(recipe: Recipe) -> str:
    labelled = recipe.task in ("text-classification", "token-classification")
    head = f"AutoModelFor{models.HEADS[recipe.task]}"
    loaded = [f"model = {head}.from_pretrained(checkpoint, dtype='float32')"]
    if labelled:
        loaded = [f"model = {head}.from_pretrained(",
                  "    checkpoint, dtype='float32', num_labels=len(labels), id2label=dict(enumerate(labels))",
                  ")"]  # fmt: skip
    lines = [f"set_seed({recipe.seed})  # the new head is drawn at random", *loaded]
    if recipe.task == "masked-lm":
        lines.insert(0, f"seed = {recipe.seed}")
    if recipe.lora_rank:
        kind = models.LORA_TASKS[recipe.task]
        task = f"task_type=TaskType.{kind}, " if kind else ""
        lines.append(f"model = get_peft_model(model, LoraConfig({task}r={recipe.lora_rank}, "
                     f"lora_alpha={2 * recipe.lora_rank}, lora_dropout=0.05))")  # fmt: skip
    lines += _FREEZING[recipe.freeze]
    return "\n".join(lines)


_FREEZING = {
    "none": [],
    "embeddings": [
        "for name, weights in model.named_parameters():",
        "    weights.requires_grad = 'embeddings.' not in name and name.split('.')[1] not in ('wte', 'wpe', 'shared')",
    ],
    "lower": [
        "lower = model.config.num_hidden_layers * 2 // 3",
        "for name, weights in model.named_parameters():",
        "    layer = next((int(part) for part in name.split('.') if part.isdigit()), None)",
        "    low = 'embeddings.' in name or (layer is not None and layer < lower)",
        "    weights.requires_grad = not (name.startswith(model.base_model_prefix) and low)",
    ],
    "encoder": [
        "for name, weights in model.named_parameters():",
        "    inside = name.startswith(model.base_model_prefix + '.') and 'pooler' not in name",
        "    weights.requires_grad = not inside",
    ],
}  # fmt: skip


def _scores(recipe: Recipe) -> str:
    if recipe.task != "text-classification" or not recipe.eval_split:
        return ""
    folder = paths.lessons_dir() / "metrics"
    return "\n".join([
        f"accuracy = evaluate.load({str(folder / 'accuracy')!r})",
        f"f1 = evaluate.load({str(folder / 'f1')!r})",
        "average = 'binary' if len(labels) == 2 else 'macro'",
    ])  # fmt: skip


def _trainer(recipe: Recipe) -> str:
    kind = "Seq2Seq" if recipe.task == "seq2seq" else ""
    options = training_arguments(recipe, on_cpu=False)
    options.pop("use_cpu"), options.pop("dataloader_pin_memory")
    lines = []
    if recipe.task == "text-classification" and recipe.eval_split:
        lines += [
            "def compute_metrics(prediction):",
            "    chosen = prediction.predictions.argmax(-1)",
            "    return {**accuracy.compute(predictions=chosen, references=prediction.label_ids),",
            "            **f1.compute(predictions=chosen, references=prediction.label_ids, average=average)}",
            "",
        ]
    measured = recipe.eval_split != ""
    lines += [
        f"arguments = {kind}TrainingArguments(",
        "    output_dir='out',",
        *(f"    {name}={value!r}," for name, value in options.items()),
        ")",
        f"trainer = {kind}Trainer(",
        "    model=model,",
        "    args=arguments,",
        "    train_dataset=train,",
        *(["    eval_dataset=evaluation,"] if measured else []),
        "    data_collator=collator,",
        "    processing_class=tokenizer,",
        *(["    compute_metrics=compute_metrics,"] if measured and recipe.task == "text-classification" else []),
        ")",
        "trainer.model_accepts_loss_kwargs = False  # transformers #47688: else accumulated gradients are too large",
        "trainer.train()",
        "losses = [entry['loss'] for entry in trainer.state.log_history if 'loss' in entry]",
        "print(losses[-1], trainer.state.log_history[-1])",
    ]
    return "\n".join(lines)


def _accelerate(recipe: Recipe) -> str:
    precision = {"fp32": "no"}.get(recipe.precision, recipe.precision)
    lines = [
        f"accelerator = Accelerator(mixed_precision={precision!r}, gradient_accumulation_steps={recipe.accumulation},",
        "                          step_scheduler_with_optimizer=False,",
        "                          dataloader_config=DataLoaderConfiguration(use_seedable_sampler=True))",
        f"set_seed({recipe.seed})",
        f"train_loader = DataLoader(train, batch_size={recipe.batch_size}, shuffle=True, collate_fn=collator)",
        "decays = get_parameter_names(model, [torch.nn.LayerNorm], ['bias', 'norm'])",
        "trained = [(name, weights) for name, weights in model.named_parameters() if weights.requires_grad]",
        "groups = [{'params': [weights for name, weights in trained if name in decays],",
        f"           'weight_decay': {recipe.weight_decay}}},",
        "          {'params': [weights for name, weights in trained if name not in decays], 'weight_decay': 0.0}]",
        f"optimizer = torch.optim.AdamW(groups, lr={recipe.learning_rate}, fused=True)",
        "model, optimizer, train_loader = accelerator.prepare(model, optimizer, train_loader)",
        f"steps_an_epoch = math.ceil(len(train_loader) / {recipe.accumulation})",
        f"steps = {recipe.max_steps or f'math.ceil({recipe.epochs} * steps_an_epoch)'}",
        f"warmup = {f'math.ceil({recipe.warmup} * steps)' if recipe.warmup < 1 else int(recipe.warmup)}",
        f"scheduler = get_scheduler({recipe.schedule!r}, optimizer, warmup, steps)",
    ]
    if recipe.eval_split:
        lines += _measure(recipe)
    lines += ["", f"set_seed({recipe.seed})", "losses, bar = [], tqdm(total=steps)",
              "for epoch in range(math.ceil(steps / steps_an_epoch)):", "    train_loader.set_epoch(epoch)",
              "    model.train()", "    total = 0.0", "    for index, batch in enumerate(train_loader):",
              "        with accelerator.accumulate(model):", "            loss = model(**batch).loss"]  # fmt: skip
    group = "1"
    if recipe.accumulation > 1:
        group = "group"
        lines += [
            f"            group = min({recipe.accumulation}, "
            f"len(train_loader) - index // {recipe.accumulation} * {recipe.accumulation})",
            f"            accelerator.backward(loss * {recipe.accumulation} / group)",
        ]
    else:
        lines.append("            accelerator.backward(loss)")
    lines += [f"            total += loss.detach() / {group}" if group != "1" else "            total += loss.detach()",
              "            if accelerator.sync_gradients:"]  # fmt: skip
    if recipe.clip:
        lines.append(f"                accelerator.clip_grad_norm_(model.parameters(), {recipe.clip})")
    lines += ["                optimizer.step()", "                scheduler.step()",
              "                optimizer.zero_grad()", "                losses.append(total.item())",
              "                total = 0.0", "                bar.update()"]  # fmt: skip
    if recipe.eval_split and recipe.evaluate_every:
        lines += [f"                if len(losses) % {recipe.evaluate_every} == 0 or len(losses) == steps:",
                  "                    print(len(losses), measure())"]  # fmt: skip
    lines += ["                if len(losses) == steps:", "                    break"]
    if recipe.eval_split and not recipe.evaluate_every:
        lines.append("    print(epoch, measure())")
    return "\n".join([*lines, "accelerator.unwrap_model(model).save_pretrained('out/model')", "print(losses[-1])"])


def _measure(recipe: Recipe) -> list[str]:
    """A loader and a function for what is measured: accuracy and F1 of classes, the loss of everything else."""
    head = [
        f"eval_loader = accelerator.prepare(DataLoader(evaluation, batch_size={recipe.eval_batch_size}, "
        "collate_fn=collator))",
        "",
        "",
        "def measure():",
        "    model.eval()",
    ]
    if recipe.task == "text-classification":
        return [
            *head,
            "    for batch in eval_loader:",
            "        with torch.no_grad():",
            "            logits = model(**batch).logits",
            "        chosen, truth = accelerator.gather_for_metrics((logits.argmax(-1), batch['labels']))",
            "        accuracy.add_batch(predictions=chosen, references=truth)",
            "        f1.add_batch(predictions=chosen, references=truth)",
            "    model.train()",
            "    return {**accuracy.compute(), **f1.compute(average=average)}",
            "",
        ]
    return [
        *head,
        "    found = []",
        "    for batch in eval_loader:",
        "        with torch.no_grad():",
        "            loss = model(**batch).loss",
        "        found.append(accelerator.gather_for_metrics(loss.repeat(len(batch['input_ids']))))",
        "    model.train()",
        "    return {'loss': torch.cat(found).mean().item()}",
        "",
    ]
