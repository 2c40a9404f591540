"""Training: the worker behind every run, and the scripts that made the small checkpoints and their data."""
