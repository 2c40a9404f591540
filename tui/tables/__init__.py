"""Data sets at hand: opened from anything, looked into a page at a time, sliced and mapped, saved.

`source` says where a table comes from, `opening` opens it, `steps` are the calls made on it, `cells` turns what is on
the screen (and no more) into text, `desk` keeps what is open and is what the engine asks.
"""
