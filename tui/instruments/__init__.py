"""The instruments: one module each, with its `Spec`, `run` and `code` together.

The only room that uses torch and the Hugging Face libraries, and it imports them inside functions: the console reads
Specs and Results from these modules and must never load what they run on.
"""
