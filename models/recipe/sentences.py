"""The moves of a letter and the sentences that say them: the program's own files, so that both know the same."""

import random
import re
from pathlib import Path

# The one source of chance of the whole generator: a sample depends on its seed alone.
RNG = random.Random()

WORDS = Path(__file__).parent.parent.parent / "letters" / "words" / "sentences"
TONES = ["professional", "warm", "direct"]


def _entries(path):
    """The pairs of a list of the program: one a line, `move = sentence`; comments begin with `#`."""
    lines = (line for line in path.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#"))
    return [tuple(line.split("  #")[0].strip().split(" = ", 1)) for line in lines]


# Tone -> move -> sentences.
SENTENCES = {}
for _tone in TONES:
    _moves = SENTENCES[_tone] = {}
    for _move, _sentence in _entries(WORDS / f"{_tone}.txt"):
        _moves.setdefault(_move, []).append(_sentence)


def beginning(sentence):
    """The first two words of a sentence; two sentences that share them sound alike."""
    return " ".join(re.findall(r"[\w'{}]+", sentence)[:2])
