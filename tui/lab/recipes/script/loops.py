"""The lines that train: by the Trainer, or by the loop written out on Accelerate."""

from __future__ import annotations

from tui.lab.recipes.arguments import training_arguments
from tui.runs.recipe import Recipe


def trainer(recipe: Recipe) -> str:
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
        *(["    use_cpu=not torch.cuda.is_available(),"] if recipe.precision != "fp32" else []),
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


def accelerate(recipe: Recipe) -> str:
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
