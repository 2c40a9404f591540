"""What this machine is, as the libraries see it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class About:
    """The engine's side of the doctor's report."""

    python: str
    torch: str
    transformers: str
    device: str
    """`cpu`, or the name of the GPU that torch would use."""
    threads: int
    """Threads that torch uses for one operation."""
    backbone: str
    """Where the backbone came from, or why it is not at hand."""
    sentiment: str


def import_torch() -> None:
    """Import torch, the largest single part of the start."""
    import torch  # noqa: F401 (loaded for what follows)


def import_transformers() -> None:
    """Import the parts of transformers that the instruments use."""
    from transformers import (  # noqa: F401  (imported for the time it takes, now rather than later)
        AutoModelForSequenceClassification,
        AutoTokenizer,
        pipeline,
    )


def import_datasets() -> None:
    """Import the library that opens tables."""
    import warnings

    import datasets

    # datasets 5.2 sorts by an option that pyarrow 26 renames: nothing for the reader
    datasets.config.STREAMING_READ_MAX_RETRIES = 3  # a server that died is told in seconds, not after 100
    datasets.config.STREAMING_READ_RETRY_INTERVAL = 1
    warnings.filterwarnings("ignore", "Specifying null_placement in SortOptions", FutureWarning)


def about() -> About:
    """Versions, device and models."""
    import platform

    import torch
    import transformers

    from tui.errors import CheckpointError
    from tui.models import checkpoints

    def origin(find: object) -> str:
        try:
            found = find()  # type: ignore[operator]
        except CheckpointError as error:
            return str(error)
        return f"{found.name}, {found.origin}, {found.folder}"

    device = torch.cuda.get_device_name(0) if torch.cuda.is_available() else "cpu"
    return About(
        python=platform.python_version(),
        torch=torch.__version__,
        transformers=transformers.__version__,
        device=device,
        threads=torch.get_num_threads(),
        backbone=origin(checkpoints.backbone),
        sentiment=origin(checkpoints.sentiment),
    )
