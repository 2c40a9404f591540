"""The dialect of Markdown in which the courses of Hugging Face are written, and the HTML that any notes may hold.

`selection` chooses between what is written for two frameworks; `tags` and `literals` read one tag; `rules` are what the
Markdown parser knows more; `reader` makes blocks of it all, with `components`, `fragments` (HTML) and `formulas`.
"""
