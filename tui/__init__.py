"""Headnotes: a terminal learning console for Hugging Face NLP."""

__version__ = "0.1.0"
