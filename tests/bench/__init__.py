"""Measurements: `pytest tests/bench --bench` prints tables. Nothing here fails on time."""
