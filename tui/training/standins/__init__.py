"""One script for each checkpoint under `lessons/models/`; each prints the figures that its card carries."""

import os

# Set before torch is loaded: threads that spin while they wait make a shared machine ten times slower.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
