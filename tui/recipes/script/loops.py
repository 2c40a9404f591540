"""The lines that train: by the Trainer, or by the loop written out on Accelerate."""

from __future__ import annotations

from tui.recipes.arguments import training_arguments
from tui.recipes.recipe import Recipe
from tui.recipes.script import scores
from tui.recipes.task import task_of


def trainer(recipe: Recipe) -> str:
    task = task_of(recipe)
    kind = "Seq2Seq" if task.generates else ""
    options = training_arguments(recipe, on_cpu=False)
    options.pop("use_cpu"), options.pop("dataloader_pin_memory")
    if task.generates:
        options |= {"predict_with_generate": True, "generation_max_length": recipe.max_length}
    if keeps_best(recipe) and recipe.evaluate_every != recipe.save_every:
        options["save_strategy"] = "best"  # a checkpoint of each best one, wherever it is found
        options.pop("save_steps", None)
    measured = recipe.eval_split != ""
    computes = scores.compute_metrics(recipe) if measured else []
    lines = [
        *computes,
        f"arguments = {kind}TrainingArguments(",
        "    output_dir='out',",
        *(f"    {name}={value!r}," for name, value in options.items()),
        *_best(recipe),
        *(["    use_cpu=not torch.cuda.is_available(),"] if recipe.precision != "fp32" else []),
        ")",
        f"trainer = {kind}Trainer(",
        "    model=model,",
        "    args=arguments,",
        "    train_dataset=train,",
        *(["    eval_dataset=evaluation,"] if measured else []),
        "    data_collator=collator,",
        "    processing_class=tokenizer,",
        *(["    compute_metrics=compute_metrics,"] if computes else []),
        *([f"    callbacks=[EarlyStoppingCallback({recipe.early_stopping})],"] if recipe.early_stopping else []),
        ")",
        "trainer.model_accepts_loss_kwargs = False  # transformers #47688: else accumulated gradients are too large",
        "trainer.train()",
        "trainer.save_model('out/model')",
        "losses = [entry['loss'] for entry in trainer.state.log_history if 'loss' in entry]",
        "print(losses[-1], trainer.state.log_history[-1])",
    ]
    return "\n".join(lines)


def keeps_best(recipe: Recipe) -> bool:
    return bool(recipe.eval_split) and recipe.best == "best"


def _best(recipe: Recipe) -> list[str]:
    """Arguments that choose the model at the end, and what early stopping waits for."""
    if not scores.chooses(recipe):
        return []
    lines = ["    load_best_model_at_end=True,"] if keeps_best(recipe) else []
    return [*lines, "    metric_for_best_model=metric,",
            f"    greater_is_better={scores.is_greater_better(recipe)},"]  # fmt: skip


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
                  *_indented(_evaluated(recipe), 20)]  # fmt: skip
    stop = " or stops" if recipe.early_stopping else ""
    lines += [f"                if len(losses) == steps{stop}:", "                    break"]
    if recipe.eval_split and not recipe.evaluate_every:
        lines += _indented(_evaluated(recipe), 4)
    lines += ["    if stops:", "        break"] if stop else []
    lines += [] if keeps_best(recipe) else ["accelerator.unwrap_model(model).save_pretrained('out/model')"]
    return "\n".join([*lines, "print(losses[-1])"])


def _indented(lines: list[str], by: int) -> list[str]:
    return [" " * by + line for line in lines]


def _evaluated(recipe: Recipe) -> list[str]:
    """Measure, keep the best, count how long it has been the best."""
    lines = ["found = measure()", "print(len(losses), found)"]
    if not scores.chooses(recipe):
        return lines
    sign = ">" if scores.is_greater_better(recipe) else "<"
    lines += ["waited += 1", f"if best is None or found[metric] {sign} best:", "    best, waited = found[metric], 0"]
    if keeps_best(recipe):
        lines.append("    accelerator.unwrap_model(model).save_pretrained('out/model')")
    return [*lines, *([f"stops = waited >= {recipe.early_stopping}"] if recipe.early_stopping else [])]


def _measure(recipe: Recipe) -> list[str]:
    """A loader and a function for what is measured: the loss, and the metrics of the task."""
    task = task_of(recipe)
    more = f", {task.script_scores}" if task.script_scores else ""
    return [
        f"eval_loader = accelerator.prepare(DataLoader(evaluation, batch_size={recipe.eval_batch_size}, "
        "collate_fn=collator))",
        *(["best, waited = None, 0"] if scores.chooses(recipe) else []),
        *(["stops = False"] if recipe.early_stopping else []),
        "",
        "",
        "def measure():",
        "    model.eval()",
        "    eval_losses = []",
        "    for batch in eval_loader:",
        "        with torch.no_grad():",
        "            output = model(**batch)",
        "            size = next(iter(batch.values())).shape[0]",
        "            eval_losses.append(accelerator.gather_for_metrics(output.loss.repeat(size)))",
        *_indented(task.script_batch(recipe), 12),
        "    model.train()",
        f"    return {{'loss': torch.cat(eval_losses).float().mean().item(){more}}}",
        "",
    ]
