"""Whether the page marks in each document what its record says, character for character."""

from browser import expect, expect_equal


def expect_marks_are_true(view, documents):
    cards = view.page.evaluate(
        """[...document.querySelectorAll('article')].map(card => ({text: card.querySelector('.text')?.cloneNode(true), card})).map(({text, card}) => {
        if (!text) return null;
        const bare = node => { const copy = node.cloneNode(true); copy.querySelectorAll('.what').forEach(one => one.remove()); return copy.textContent; };
        return {text: bare(text), marks: [...text.querySelectorAll('mark')].map(mark => [mark.lastChild.textContent, bare(mark)]), all: card.textContent}; })""")
    expect_equal(len(cards), len(documents["latest"]), "documents on the page")
    marks = 0
    for card, record in zip(cards, documents["latest"]):
        if "entities" not in record:
            continue
        expect(record["text"].startswith(card["text"]), f"the text of {record['id']}: {card['text'][:80]!r}")
        expect([[e["label"], e["text"]] for e in record["entities"]][: len(card["marks"])] == card["marks"] or
               sorted([e["label"], e["text"]] for e in record["entities"])[:200] == sorted(card["marks"]), f"the marks of {record['id']}: {card['marks'][:5]}")
        for mention in record["discarded"]:
            expect(mention["text"] in card["all"], f"{record['id']}: what was set aside is not shown")
        marks += len(card["marks"])
    expect(marks > 0, "no entity is marked")
