"""Headnotes: a terminal learning console for Hugging Face NLP."""

import sys

__version__ = "0.1.0"

if sys.argv[:1] == ["-m"] and not sys.flags.safe_path:
    # `python -m tui...` has put the reader's folder first: what lies there must not be taken for a library.
    del sys.path[0]
