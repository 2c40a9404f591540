"""One script for each checkpoint under `lessons/models/`; each prints the figures that its card carries."""
