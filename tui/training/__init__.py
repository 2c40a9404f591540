"""Training: the scripts that made the small checkpoints of the lessons."""
