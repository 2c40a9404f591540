"""Markdown that is written to crash, hang or exhaust whatever reads it: python -m tests.hostile_notes DIR writes it."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path

N = 20_000


def aliases(levels: int, each: int) -> str:
    """YAML of a few hundred characters that stands for each ** levels texts."""
    lines = ["n0: &n0 lol"]
    lines += [f"n{i}: &n{i} [{', '.join([f'*n{i - 1}'] * each)}]" for i in range(1, levels + 1)]
    return "\n".join(lines)


def front(yaml: str, rest: str = "# Page\n") -> str:
    return f"---\n{yaml}\n---\n{rest}"


FILES: dict[str, str | bytes] = {
    # YAML
    "yaml-aliases": front(f"{aliases(9, 9)}\ntitle: *n9"),
    "yaml-few-aliases": front(f"{aliases(5, 2)}\ntitle: *n5"),
    "yaml-flow": front("title: " + "{a: " * 5_000 + "x" + "}" * 5_000),
    "yaml-indent": front("\n".join(" " * i + f"k{i}:" for i in range(900))),
    "yaml-long": front("title: " + "long " * 50_000),
    "yaml-object": front("title: !!python/object/new:os.system [echo]"),
    "yaml-self": front("title: &a [*a]"),
    "yaml-types": front("title: 2020-01-01\nid: .nan\nminutes: 0x7fffffffffffffffffff\ncourse: [1]"),
    "yaml-number": front("title: " + "9" * 60_000),
    "yaml-directive": f"# Page\n\n```{{try}} tokens\n{aliases(9, 9)}\ntext: *n9\n```\n",
    # depth
    "quotes": ">" * N + " x\n",
    "quotes-lines": ("> " * 15 + "x\n") * 3_000,
    "lists": "".join("  " * i + "- x\n" for i in range(600)),
    "lists-in-a-line": "* " * N + "x\n",
    "emphasis": "*" * N + "x" + "*" * N + "\n",
    "emphasis-mixed": "*_" * N + "x" + "_*" * N + "\n",
    "emphasis-open": "**x " * N,
    "brackets": "[" * N + "x" + "](y)" * N,
    "images": "![" * N + "x" + "](y)" * N,
    "images-few": "![" * 300 + "x" + "](y)" * 300,
    "backticks": "".join("`" * i + "x " for i in range(1, 250)),
    "html": "<div>" * N + "<!--" * N + "<a b='" * N,
    # the dialect of courses: these are read as MDX, too
    "tags-open": "<Tip>\n" * 9_000 + "x\n",
    "tags-closed": "</Tip>\n" * 9_000 + "x\n",
    "tags-broken": "<Tip a={[\n" * 9_000,
    "tags-in-a-line": "<div><Tip>" * N + "\n",
    "tables-open": "<table>\n\n" * 9_000,
    "tables-deep": "<table><tr><td>" * N,
    "styles-open": "<b><a href='x'>" * N + "x\n",
    "questions": "<Question choices={[{text: 'x', correct: true}, {text: 'y'}]} />\n\n" * 2_000,
    "question-deep": "<Question choices={" + "[{text: " * 4_000 + "}/>\n",
    "question-quotes": '<Question choices={["' + "\\" * N + "'`" * N + "\n",
    "frameworks-open": "{#if fw === 'pt'}\n" * N + "x\n",
    "frameworks-in-a-line": "{#if fw === 'tf'}{:else}" * N + "x\n",
    "comments-open": "<!-- {/* " * N,
    "formulas": "$$x$$ \\\\(" * 9_000,
    "formula-deep": "$$" + "{\\frac{" * 900 + "$$\n",
    "formula-open": "$$\n" * 9_000,
    "footnotes": "".join(f"[^{i}]\n\n[^{i}]: x[^{i}]\n\n" for i in range(3_000)),
    "anchors": "# a" + "[[b]] " * N,
    "emoji": "\U0001f469\u200d" * N + "\ufe0f" * N,
    # size
    "line": "# Page\n" + "word " * 150_000,
    "word": "x" * 900_000,
    "characters": "字" * 300_000,
    "table-wide": "|" + "a|" * 400 + "\n|" + "-|" * 400 + "\n" + ("|" + "b|" * 400 + "\n") * 400,
    "table-long": "|a|b|\n|-|-|\n" + "|x|y|\n" * 100_000,
    "table-filled": "|" + "a|" * 2_000 + "\n|" + "-|" * 2_000 + "\n" + "|x\n" * 2_000,
    "headings": "# same\n" * 9_000,
    "paragraphs": "x\n\n" * 200_000,
    "fences": "```python\nx\n```\n" * 5_000,
    "program": "```python\n" + "x = 'y' # z\n" * 40_000,
    "links": "".join(f"[{i}]: #{i}\n\n[{i}]\n\n" for i in range(4_000)),
    "targets": "[a](x%00y.md) [b](http://[::1) [c](" + "d/" * 3_000 + ") [e](//) [f](file:///etc/passwd)\n",
    "large": (b"Some *words* of a large file. " * 10 + b"\n") * 170_000,
    # bytes
    "zeros": b"\0" * 200_000,
    "not-text": bytes(range(256)) * 400,
    "surrogates": b"# \xed\xa0\x80 \xff\xfe\n",
    "utf16": "# Höhe\n".encode("utf-16"),
    "carriage": b"# Page\rtext\r",
    "sequences": "# \x1b]0;owned\x07 \x1b[2J\n\n\x9b31m \u202egnp.exe \u2066x\n" + "e" + "\u0301" * 5_000,
}


def write(folder: Path) -> Path:
    """The files, and what is not a file."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in FILES.items():
        (folder / f"{name}.md").write_bytes(text.encode() if isinstance(text, str) else text)
    (folder / "again").symlink_to(".")
    (folder / "itself.md").symlink_to("itself.md")
    (folder / "nowhere.md").symlink_to("there-is-no-such-file")
    (folder / "zero.md").symlink_to("/dev/zero")
    os.mkfifo(folder / "fifo.md")
    listener = socket.socket(socket.AF_UNIX)
    os.chdir(folder)  # the path of a socket has a hundred characters at most
    listener.bind("socket.md")
    listener.close()
    return folder


if __name__ == "__main__":
    write(Path(sys.argv[1]))
