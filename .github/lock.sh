#!/usr/bin/env bash
# Write .github/pylock.toml, the hashed lock of what the console needs, from pyproject.toml and constraints.txt.
# Needs uv. Install with `uv pip sync .github/pylock.toml`, then `uv pip install --no-deps -e .`.
set -euo pipefail
cd "$(dirname "$0")/.."

uv pip compile pyproject.toml -c constraints.txt --format pylock.toml --generate-hashes --universal --no-config \
  --python-version 3.11 --custom-compile-command .github/lock.sh --quiet --output-file .github/pylock.toml >/dev/null
