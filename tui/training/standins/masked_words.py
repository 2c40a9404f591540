"""Masking for a masked language model: whole words, words with a meaning of their own before `the` and `of`."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

MASKED = 0.15
LONGEST = 64
"""Tokens of a sentence, the two special ones included; what is over is cut off."""

Words = list[list[int]]
"""A sentence as a list of words, each a list of token ids."""


def encode(tokenizer: Any, sentences: list[str]) -> list[Words]:
    """The words of every sentence, special tokens left out."""
    encoded = tokenizer(sentences, truncation=True, max_length=LONGEST)
    found = []
    for row, ids in enumerate(encoded["input_ids"]):
        words: Words = []
        before = None
        for token, word in zip(ids, encoded.word_ids(row), strict=True):
            if word is None:
                continue
            if word == before:
                words[-1].append(token)
            else:
                words.append([token])
            before = word
        found.append(words)
    return found


def likings(tokenizer: Any) -> list[float]:
    """How readily each token is masked when it is a word of its own: 1 for content words, less for the rest."""
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

    by_id = {index: token for token, index in tokenizer.get_vocab().items()}
    return [_liking(by_id[index], ENGLISH_STOP_WORDS) for index in range(len(by_id))]


def mask(words: Words, likings: list[float], size: int, mask_id: int, draw: random.Random) -> tuple[Words, list[int]]:
    """(the words with some of them masked, the places of the masked ones among the words).

    At least one word, and as many as it takes to cover 15 % of the tokens. Of the words chosen, 80 % become masks,
    10 % other tokens out of `size`, and 10 % stay as they are.
    """
    liked = [likings[word[0]] if len(word) == 1 else 0.5 for word in words]
    order = sorted(range(len(words)), key=lambda place: draw.random() ** (1 / liked[place]), reverse=True)
    wanted = max(1, round(MASKED * sum(map(len, words))))
    chosen: list[int] = []
    for place in order:
        if wanted <= 0:
            break
        chosen.append(place)
        wanted -= len(words[place])
    changed = list(words)
    for place in chosen:
        lot = draw.random()
        if lot < 0.8:
            changed[place] = [mask_id] * len(words[place])
        elif lot < 0.9:
            changed[place] = [draw.randrange(1000, size) for _ in words[place]]
    return changed, chosen


def batches(sentences: list[Words], tokens: int, tokenizer: Any, draw: random.Random) -> Iterator[dict[str, Any]]:
    """Batches of sentences of like length, of about `tokens` tokens each, in a random order.

    Each has `input_ids` and `attention_mask` of shape (rows, longest), `picked`, the same shape and true where a
    token is to be guessed, and `wanted`, the tokens that stood there, in the order of `picked`.
    """
    import torch

    liked, size = likings(tokenizer), len(tokenizer)
    for rows in _grouped(sentences, tokens, draw):
        longest = max(sum(map(len, words)) for words in rows) + 2
        ids = torch.full((len(rows), longest), tokenizer.pad_token_id)
        truth, picked = ids.clone(), torch.zeros(len(rows), longest, dtype=torch.bool)
        for row, words in enumerate(rows):
            changed, chosen = mask(words, liked, size, tokenizer.mask_token_id, draw)
            flat = [tokenizer.cls_token_id, *(t for word in changed for t in word), tokenizer.sep_token_id]
            ids[row, : len(flat)] = torch.tensor(flat)
            truth[row, 1 : len(flat) - 1] = torch.tensor([t for word in words for t in word])
            picked[row, 1 : len(flat) - 1] = torch.tensor([n in chosen for n, word in enumerate(words) for _ in word])
        yield {
            "input_ids": ids,
            "attention_mask": (ids != tokenizer.pad_token_id).long(),
            "picked": picked,
            "wanted": truth[picked],
        }


def _grouped(sentences: list[Words], tokens: int, draw: random.Random) -> list[list[Words]]:
    """Sentences of like length together, no group of more than `tokens` tokens when padded; shuffled."""
    length = {id(words): sum(map(len, words)) + 2 for words in sentences}
    order = draw.sample(sentences, len(sentences))
    pools = [sorted(order[i : i + 5000], key=lambda words: length[id(words)]) for i in range(0, len(order), 5000)]
    groups: list[list[Words]] = []
    for pool in pools:
        group: list[Words] = []
        for words in pool:
            if group and (len(group) + 1) * length[id(words)] > tokens:
                groups.append(group)
                group = []
            group.append(words)
        groups.append(group)
    draw.shuffle(groups)
    return groups


def _liking(token: str, function_words: frozenset[str]) -> float:
    if not token.isalnum():
        return 0.05
    return 0.3 if token in function_words or len(token) == 1 else 1.0
