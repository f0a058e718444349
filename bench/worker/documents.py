"""Made documents for the benchmark: sentences of plain words with five names that llm-sim's lexicon knows, no two alike."""

import json
import random

PEOPLE = "Ada Alice Anna Carlos Clara Daniel Elena Emma Felix Grace Hannah Ingrid Jack Julia Karl Laura Lucas Maria Nina Oscar".split()
SURNAMES = "Novak Okafor Lindqvist Moreau Tanaka Petrov Silva Hansen Costa Weber".split()
PLACES = "Paris London Berlin Madrid Lisbon Vienna Oslo Tokyo Toronto Cairo".split()
COMPANIES = ["Google", "Microsoft", "IBM", "Toyota", "Siemens"]
WORDS = (
    "the report says that a new bridge over the river will open in spring after many years of work while engineers "
    "measure how strong wind and heavy rain move its long cables and people who live near it ask for less noise"
).split()


def names(rng):
    """Five mentions: two people, two places, one company."""
    people = [f"{rng.choice(PEOPLE)} {rng.choice(SURNAMES)}" for _ in range(2)]
    return [people[0], rng.choice(PLACES), rng.choice(COMPANIES), people[1], rng.choice(PLACES)]


def document(number, size):
    """A text of `size` bytes. Its own number stands in it, so that no cache answers for another."""
    rng = random.Random(number)
    text = f"note {number}:"
    gap = (size - 120) // 5
    for name in names(rng):
        words, length = [], 0
        while length < gap:
            words.append(rng.choice(WORDS))
            length += len(words[-1]) + 1
        text += " " + " ".join(words) + " " + name + "."
    return (text + " and so it went on for a while" * 8)[: size - 1] + "."


def write(path, count, size):
    with open(path, "w", encoding="utf-8") as out:
        for number in range(count):
            out.write(json.dumps({"id": f"doc-{number}", "text": document(number, size)}) + "\n")
