"""What a run will be, in numbers, before it is started."""

from __future__ import annotations

from dataclasses import dataclass, field

from tui.errors import ResultWarning
from tui.recipes.learning_rates import Arithmetic


@dataclass(frozen=True, slots=True)
class Lengths:
    """Of rows in tokens, special ones included, before they are cut."""

    least: int
    median: int
    p95: int
    most: int
    looked_at: int
    cut: float
    """Share of the rows that are longer than `max_length`."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What the run will be."""

    rows: int
    eval_rows: int
    labels: dict[str, int]
    """Rows (or words) of each label."""
    baseline: float | None
    """Share of the most frequent label."""
    example: list[tuple[str, str]]
    """The first row: (what the task takes it for, its text)."""
    lengths: Lengths | None
    arithmetic: Arithmetic
    parameters: int
    trainable: int
    device: str
    precision: str
    """fp32, bf16 or fp16."""
    memory: int
    """Bytes that training takes at most, estimated; on a GPU those of the GPU."""
    memory_free: int
    disk: int
    """Bytes of the checkpoints that are kept, the one being written, and the model."""
    disk_free: int
    rates: list[tuple[float, float]]
    """(step, learning rate)."""
    notes: list[ResultWarning] = field(default_factory=list)
    """What is done without being asked for."""
    warnings: list[ResultWarning] = field(default_factory=list)
