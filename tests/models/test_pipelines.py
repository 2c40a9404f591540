"""Every task with a stand-in answers ten texts and more, without a network, with the kind of answer it is for."""

from __future__ import annotations

from typing import Any

import pytest

from tui.instruments.registry import INSTRUMENTS
from tui.models.catalog import SHELF

SENTIMENT = [
    ("I've been waiting for a HuggingFace course my whole life.", "POSITIVE"), ("I hate this so much!", "NEGATIVE"),
    ("A warm, funny and beautiful film.", "POSITIVE"), ("The plot is a mess.", "NEGATIVE"),
    ("One of the best films of the year.", "POSITIVE"), ("It is dull and far too long.", "NEGATIVE"),
    ("The acting is superb.", "POSITIVE"), ("A waste of time and money.", "NEGATIVE"),
    ("I laughed a lot.", "POSITIVE"), ("Clumsy, loud and stupid.", "NEGATIVE"),
]  # fmt: skip
SUBJECTS = [
    ("This is a course about the Transformers library", "education, politics, business", "education"),
    ("The team won the cup after extra time.", "sports, cooking, technology", "sports"),
    ("Stir the onions until they are golden.", "sports, cooking, technology", "cooking"),
    ("The new processor is twice as fast.", "sports, cooking, technology", "technology"),
    ("The parliament passed the budget.", "politics, music, animals", "politics"),
    ("The orchestra played a symphony.", "politics, music, animals", "music"),
    ("A herd of elephants crossed the river.", "politics, music, animals", "animals"),
    ("Heavy rain and storms are expected.", "weather, money, health", "weather"),
    ("The bank raised its interest rate.", "weather, money, health", "money"),
    ("The nurse gave the child a vaccine.", "weather, money, health", "health"),
]
NAMES = [
    ("My name is Sylvain and I work at Hugging Face in Brooklyn.", "PER", "Sylvain"),
    ("Angela Merkel met the board of Siemens in Munich.", "LOC", "Munich"),
    ("Marie Curie was born in Warsaw.", "PER", "Marie Curie"), ("She moved from Lisbon to Toronto.", "LOC", "Toronto"),
    ("The Beatles came from Liverpool.", "LOC", "Liverpool"), ("Barack Obama visited Kenya.", "PER", "Barack Obama"),
    ("Albert Einstein taught in Zurich.", "PER", "Albert Einstein"),
    ("He plays for Manchester United.", "ORG", "Manchester United"),
    ("Nelson Mandela was president of South Africa.", "LOC", "South Africa"),
    ("Charles Darwin sailed to Australia.", "PER", "Charles Darwin"),
]  # fmt: skip
BEGINNINGS = [
    "In this course, we will teach you how to", "This package contains", "Once upon a time", "To open a new document",
    "She was a woman of", "The young man looked at her and", "Click the button to", "It is a truth", "He said that",
    "The library provides",
]  # fmt: skip
QUESTIONS = [
    ("Marie Curie was born in Warsaw in 1867.", "When was Marie Curie born?", "1867"),
    ("Marie Curie was born in Warsaw in 1867.", "In which city was she born?", "Warsaw"),
    ("My name is Sylvain and I work at Hugging Face in Brooklyn.", "What is my name?", "Sylvain"),
    ("The tower is 330 metres tall and was finished in 1889.", "How tall is the tower?", "330 metres"),
    ("Anna lives in Lisbon and works for Siemens.", "Where does Anna live?", "Lisbon"),
    ("Anna lives in Lisbon and works for Siemens.", "Which company does Anna work for?", "Siemens"),
    ("The bakery in Mill Street opens at six every morning.", "When does the bakery open?", "six"),
    ("Pride and Prejudice was written by Jane Austen.", "Who wrote Pride and Prejudice?", "Jane Austen"),
    ("Bees make honey from nectar.", "What do bees make?", "honey"),
    ("The cheese is made in Gouda, a town in the Netherlands.", "Where is the cheese made?", "Gouda"),
    ("Neil Armstrong walked on the moon in July 1969.", "Who walked on the moon?", "Neil Armstrong"),
    ("The museum has 12,000 paintings.", "How many paintings does the museum have?", "12,000"),
]
DESCRIPTIONS = [
    ("This package contains a small program that shows the weather in a terminal.", "weather"),
    ("This library provides functions for reading and writing PNG images. It supports all color types.", "PNG"),
    ("A plugin for the GNOME desktop that shows the battery level of wireless mice and keyboards.", "GNOME"),
    ("Firefox is a fast web browser that respects your privacy and can be extended with add-ons.", "browser"),
    ("This module allows Perl programs to connect to PostgreSQL databases.", "Perl"),
    ("Tetris is a puzzle game in which falling blocks have to be arranged in complete rows.", "game"),
    ("A server for the Internet Printing Protocol that lets other computers use the local printer.", "Printing"),
    ("This package provides the French dictionary for the hunspell spell checker.", "French"),
    ("A tool that finds duplicate files in a set of directories and can delete them.", "files"),
    ("Vim is an almost compatible version of the UNIX editor Vi. Many new features have been added.", "Vi"),
]

SENTENCES = [
    ("The file cannot be opened.", "Le fichier ne peut pas être ouvert."), ("I am hungry.", "J'ai faim."),
    ("Click the button to save the document.", "Cliquez sur le bouton pour enregistrer le document."),
    ("Where is the station?", "Où est la gare ?"), ("She is reading a book.", "Elle lit un livre."),
    ("Select the cells that you want to delete.", "Sélectionnez les cellules à supprimer."),
    ("My brother lives in Paris.", "Mon frère habite à Paris."), ("It is raining.", "Il pleut."),
    ("The cat is sleeping on the bed.", "Le chat dort sur le lit."), ("I don't know.", "Je ne sais pas."),
    ("Insert a new row.", "Insérez une nouvelle ligne."), ("The window is closed.", "La fenêtre est fermée."),
    ("The train leaves at nine o'clock.", "Le train part à neuf heures."), ("Thank you very much.", "Merci beaucoup."),
]  # fmt: skip
GAPS = [
    ("The capital of France is [MASK].", "paris"), ("Paris is the capital of [MASK].", "france"),
    ("The capital of Japan is [MASK].", "tokyo"), ("The [MASK] barked at the postman all day.", "dog"),
    ("I drink a cup of [MASK] every morning.", "coffee"), ("A week has seven [MASK].", "days"),
    ("The doctor works in a [MASK].", "hospital"), ("Bees make [MASK].", "honey"),
    ("The opposite of hot is [MASK].", "cold"), ("Winter is colder than [MASK].", "summer"),
    ("She put a stamp on the [MASK] and posted it.", "envelope"),
]  # fmt: skip


def ask(**values: Any) -> Any:
    instrument = INSTRUMENTS["pipeline"]
    return instrument.run(instrument.read(values))


@pytest.mark.parametrize("at", [at for at in SHELF if at.is_bundled], ids=lambda at: at.task)
def test_a_stand_in_says_that_it_is_one_and_how_good(at: Any) -> None:
    from tui.models.loading import load_for_task

    here = load_for_task(at.task).answered_by
    assert here.stands_in_for == at.course
    assert any(character.isdigit() for character in here.measured)


@pytest.mark.parametrize(("text", "label"), SENTIMENT)
def test_sentiment(text: str, label: str) -> None:
    assert ask(text=text).label == label


@pytest.mark.parametrize(("text", "labels", "label"), SUBJECTS)
def test_zero_shot(text: str, labels: str, label: str) -> None:
    result = ask(task="zero-shot-classification", text=text, labels=labels)
    assert result.label == label
    assert sum(one.score for one in result.labels) == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize(("text", "kind", "name"), NAMES)
def test_entities(text: str, kind: str, name: str) -> None:
    result = ask(task="ner", text=text)
    assert (kind, name) in [(one.kind, text[one.start : one.end]) for one in result.entities]


@pytest.mark.parametrize(("text", "word"), GAPS)
def test_fill_mask(text: str, word: str) -> None:
    candidates = ask(task="fill-mask", text=text, top_k=5).candidates
    assert len(candidates) == 5
    assert word in [one.word for one in candidates]
    assert 0 < sum(one.score for one in candidates) <= 1


@pytest.mark.parametrize(("context", "question", "answer"), QUESTIONS)
def test_question_answering(context: str, question: str, answer: str) -> None:
    result = ask(task="question-answering", text=context, question=question)
    (found,) = result.answers
    assert found.text == context[found.start : found.end] == answer
    assert 0 < found.score <= 1


@pytest.mark.parametrize(("text", "word"), DESCRIPTIONS)
def test_summarization(text: str, word: str) -> None:
    written = ask(task="summarization", text=text).written
    assert 2 <= len(written.split()) <= 12
    assert len(written) < len(text)
    assert word.lower() in written.lower()


@pytest.mark.parametrize(("text", "french"), SENTENCES)
def test_translation(text: str, french: str) -> None:
    assert ask(task="translation_en_to_fr", text=text).written == french


@pytest.mark.parametrize("text", BEGINNINGS)
def test_text_generation(text: str) -> None:
    result = ask(task="text-generation", text=text, max_new_tokens=20)
    assert result.output[0]["generated_text"] == text + result.written
    assert 1 <= len(result.pieces) <= 20
    assert all(0 < piece.probability <= 1 for piece in result.pieces)
