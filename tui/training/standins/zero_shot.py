"""Measure the zero-shot stand-in (nothing is trained) on package descriptions, and write its card.

    apt-cache dumpavail > avail.txt
    python -m tui.training.standins.zero_shot --available avail.txt [--out DIR]

The question is which of ten sections of Debian a package belongs to, from its one-line description alone.
"""

from __future__ import annotations

import argparse
import random
import re
import time
from collections import Counter
from pathlib import Path

from tui import paths
from tui.models import checkpoints, loading

SEED = 0
EACH = 80
LABELS = {
    "games": "games", "mail": "e-mail", "sound": "sound and music", "graphics": "graphics and pictures",
    "database": "databases", "science": "science", "education": "education and learning", "fonts": "fonts",
    "editors": "text editors", "electronics": "electronics and circuits",
}  # fmt: skip
"""Section -> the label a reader would write. Fixed before anything was measured."""
TEMPLATES = ("{}", "This example is {}.", "a text about {}", "software for {}", "a program for {}")
"""Ways to put a label into words; the best on one half of the rows is measured on the other."""
FAMILY = re.compile(r"[-0-9.].*")

Rows = list[tuple[str, str]]


def read_rows(file: Path) -> Rows:
    """(description, section) of `EACH` packages a section, one package of a family (`gcc-12`, `gcc-doc`: one)."""
    found: dict[str, dict[str, str]] = {section: {} for section in LABELS}
    for block in file.read_text("utf-8").split("\n\n"):
        fields = dict(re.findall(r"^(Package|Section|Description(?:-en)?): (.+)$", block, re.MULTILINE))
        section = fields.get("Section", "")
        text = fields.get("Description") or fields.get("Description-en", "")
        if section in found and text and "transitional" not in text and "debug" not in text:
            found[section].setdefault(FAMILY.sub("", fields["Package"]), text)
    chance = random.Random(SEED)  # noqa: S311 (the same rows every time are what is wanted)
    return [
        (text, section)
        for section, families in found.items()
        for text in chance.sample(sorted(families.values()), min(EACH, len(families)))
    ]


def card(
    rows: Rows,
    template: str,
    tried: dict[str, float],
    accuracy: float,
    words: float,
    seconds: float,
    confused: list[str],
) -> str:
    """The card, with the figures of this very run."""
    return f"""---
license: apache-2.0
base_model: {checkpoints.BACKBONE_ID}
pipeline_tag: zero-shot-classification
language: en
model-index:
  - name: headnotes-zero-shot
    results:
      - task: {{type: zero-shot-classification}}
        dataset: {{name: ten Debian sections (labels as software for ...), type: debian-descriptions}}
        metrics:
          - {{type: accuracy, value: {accuracy:.4f}}}
---

# Zero-shot classification by cosines

No weights of its own: all-MiniLM-L6-v2 embeds the text and every label (the mean over the tokens of the last hidden
state), and the label whose cosine with the text is largest wins. In Headnotes it stands in, without a network, for
`facebook/bart-large-mnli`, which answers in another way: that model was trained to judge whether one sentence follows
from another, and is asked whether "This example is {{label}}." follows from the text.

| which of ten sections, from one line; {len(rows)} packages | accuracy |
|---|---|
| cosine of the embeddings, labels put as "{template}" | {accuracy:.3f} |
| the label shares most trigrams of letters with the text | {words:.3f} |
| chance | {1 / len(LABELS):.3f} |

How a label is put into words matters. The words were chosen on as many other packages:
{", ".join(f'"{words}" {share:.3f}' for words, share in tried.items())}.

- **Data**: one-line descriptions of Debian 12 packages (main), at most {EACH} a section in both halves together, one of
  a family, seed {SEED}. Labels: {", ".join(LABELS.values())}.
- **Cost**: {seconds:.1f} s for all rows on 2 CPU cores.
- **Most often confused**: {"; ".join(confused)}.
- **Again**: `python -m tui.training.standins.zero_shot --available FILE`
- **Limits**: compares subjects, not statements: with or without a "not", a sentence lies near the same label. It is no
  judge of sentiment or of truth. The scores are a softmax of scaled cosines, not probabilities of being right.
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--available", type=Path, required=True, help="what `apt-cache dumpavail` printed")
    parser.add_argument("--out", type=Path, default=paths.models_dir() / "zero-shot")
    asked = parser.parse_args()

    import torch
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.metrics import accuracy_score
    from transformers import pipeline

    from tui.models.pipelines.zero_shot import EmbeddingZeroShot

    torch.set_num_threads(2)
    rows, labels = read_rows(asked.available), list(LABELS.values())
    choosing, rows = rows[::2], rows[1::2]
    pipe = pipeline("zero-shot-classification", model=loading.load().model, tokenizer=loading.tokenizer(),
                    pipeline_class=EmbeddingZeroShot)  # fmt: skip

    def guess(rows: Rows, template: str) -> list[str]:
        return [pipe(text, candidate_labels=labels, hypothesis_template=template)["labels"][0] for text, _ in rows]

    known = [LABELS[section] for _, section in choosing]
    tried = {template: accuracy_score(known, guess(choosing, template)) for template in TEMPLATES}
    template = max(tried, key=lambda one: tried[one])
    print(f"on the other half: {tried}", flush=True)
    truth = [LABELS[section] for _, section in rows]
    start = time.perf_counter()
    guesses = guess(rows, template)
    seconds = time.perf_counter() - start
    accuracy = accuracy_score(truth, guesses)

    letters = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 3)).fit([text for text, _ in rows] + labels)
    alike = letters.transform([text for text, _ in rows]) @ letters.transform(labels).T
    words = accuracy_score(truth, [labels[i] for i in alike.toarray().argmax(1)])
    wrong = Counter(f"{was} taken for {taken}" for was, taken in zip(truth, guesses, strict=True) if was != taken)
    confused = [f"{pair} ({count})" for pair, count in wrong.most_common(3)]

    asked.out.mkdir(parents=True, exist_ok=True)
    (asked.out / "README.md").write_text(card(rows, template, tried, accuracy, words, seconds, confused), "utf-8")
    print(f"accuracy {accuracy:.4f} on {len(rows)} rows with {template!r}; trigrams {words:.4f}; {seconds:.1f} s")


if __name__ == "__main__":
    main()
