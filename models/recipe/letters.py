"""Writes the letter of a plan, as the model shall write it.

Every sentence follows the words of its move in angle brackets, which the program takes out again after it has seen that
the plan was kept. References such as {company} stay: the program puts the student's own words in.
"""

import re
from functools import cache

from frames import FAMILIES, FRAMES, JOBS
from plan import marked
from spintax import draw, expand

# A sentence is drawn anew this often when it would sound like an earlier one.
TRIES = 14
# Sentences that begin with the same words sound alike.
BEGINNING_WORDS = 2
# Phrases that share this many words of this length say the same.
SHARED_WORDS = 2
LONG_WORD = 5

SLOT = re.compile(r"\$(lesson|value|aim|job)")


@cache
def _long_words(phrase):
    return frozenset(word for word in re.findall("[a-z]+", phrase.lower()) if len(word) >= LONG_WORD)


def alike(phrase, other):
    """Whether two phrases would sound like one said twice."""
    return phrase == other or len(_long_words(phrase) & _long_words(other)) >= SHARED_WORDS


class Writer:
    """Draws sentences for one letter and keeps them from repeating themselves."""

    def __init__(self, tone):
        self.tone = tone
        self.frames = set()
        self.phrases = set()
        self.beginnings = set()

    def sentence(self, move):
        """The text of a move."""
        options = FRAMES[move[0]][self.tone]
        for _ in range(TRIES):
            frame = draw(options)
            text, phrases = self._filled(frame, move[1:])
            beginning = " ".join(text.split()[:BEGINNING_WORDS])
            if frame not in self.frames and not phrases & self.phrases and beginning not in self.beginnings:
                break
        self.frames.add(frame)
        self.phrases |= phrases
        self.beginnings.add(beginning)
        return text

    def _filled(self, frame, words):
        """A text of the frame, and the phrases that it mentions."""
        phrases = set()

        def fill(match):
            slot = match.group(1)
            if slot == "job":
                title, company = words
                job = draw(JOBS[title])
                return job + " at {company}" if company == "company" else job
            phrase = self._phrase(words[0], slot + "s", phrases)
            phrases.add(phrase)
            return phrase

        return SLOT.sub(fill, expand(frame)), phrases

    def _phrase(self, family, kind, taken):
        """A phrase that the letter does not have yet; one of the general ones if there is none."""
        for phrases in (FAMILIES[family][kind], FAMILIES["general"][kind]):
            unused = [phrase for phrase in phrases if not any(alike(phrase, other) for other in self.phrases | taken)]
            if unused:
                return draw(unused)
        return draw(FAMILIES["general"][kind])


def letter(tone, paragraphs):
    """The letter of a plan, paragraphs parted by empty lines."""
    writer = Writer(tone)
    texts = ["".join(marked(move) + " " + writer.sentence(move) for move in moves) for moves in paragraphs]
    return "\n\n".join(texts)
