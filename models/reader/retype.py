"""Makes new notes of old ones: pieces of several forms side by side, typed as other people would have typed them.

Whoever reads only whole forms learns what usually follows what. Here a piece stands beside any other of its field, and what
it says stays the same: so it has to be read from its own words.
"""

import random
import re
from pathlib import Path

# Between pieces of different forms, by how often people put it there.
BETWEEN = [", ", ", ", ", ", ". ", ". ", "; ", "; ", "\n", "\n", "\n", " / ", " | ", " - ", "\n- ", "\n• ", "\n* ", " + ", " // ", " "]
WRITTEN_OUT = Path(__file__).parent / "../../letters/words/noted/written_out.txt"
MARKS = {"and": ["&", "+", "n"], "with": ["w/", "w"], "at": ["@"]}
LEAST, MOST = 1, 4


def shorthand():
    """What people type for a word, as far as the reader may write it out again."""
    short = {word: list(marks) for word, marks in MARKS.items()}
    for line in WRITTEN_OUT.read_text().splitlines():
        typed, is_entry, words = line.partition(" = ")
        for word in words.split() if is_entry else []:
            rest = iter(word)
            is_of_word = typed[-1] == word[-1] or len(typed) > 2 and word.startswith(typed)
            if is_of_word and word[0] == typed[0] and len(word) > len(typed) + 1 and all(letter in rest for letter in typed):
                short.setdefault(word, []).append(typed)
    return short


SHORT = shorthand()


def pieces(note):
    """Each piece of a note with what stands before it, as typed, and its sentence."""
    found, at = [], 0
    for typed, said in note["parts"]:
        begin = note["text"].index(typed, at)
        found.append((note["text"][at:begin], typed, said))
        at = begin + len(typed)
    return [*found, (note["text"][at:], "", "")]


def mixed(notes):
    """Runs of pieces of several notes, one after the other."""
    made = []
    for number, note in enumerate(notes):
        run = pieces(note)[:-1]
        length = random.randint(LEAST, MOST)
        begin = random.randrange(max(1, len(run) - length + 1))
        (_, typed, said), *rest = run[begin : begin + length]
        made += [("" if number == 0 else random.choice(BETWEEN), typed, said), *rest]
    return made


def slip(word):
    """A word with two letters that changed places, or one that is missing or there twice."""
    at = random.randrange(1, len(word) - 2)
    way = random.random()
    if way < 0.4:
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    return word[:at] + word[at + 1 :] if way < 0.7 else word[:at] + word[at] + word[at:]


def retyped(made):
    """The same pieces as somebody else would have typed them: one habit for the whole note."""
    shortens, slips, case = random.random() < 0.3, random.random() < 0.15, random.random()
    bare = random.random() < 0.15

    def word(match):
        whole = match.group(0)
        short = SHORT.get(whole.lower())
        if shortens and short and random.random() < 0.6:
            return random.choice(short)
        if slips and len(whole) > 5 and whole.islower() and random.random() < 0.15:
            return slip(whole)
        return whole

    def other(typed):
        typed = re.sub(r"[A-Za-z]+", word, typed)
        if bare:
            typed = typed.replace("'", "").replace(",", "")
        if case < 0.3:
            return typed.lower()
        if case < 0.33:
            return typed.upper()
        return typed[:1].upper() + typed[1:] if case < 0.5 else typed

    one = random.choice(BETWEEN) if random.random() < 0.2 else None
    return [(one if one and number and typed else before, other(typed), said) for number, (before, typed, said) in enumerate(made)]


def drawn(note, likes):
    """The note itself, or one that is made of it and of others of `likes`."""
    way = random.random()
    if way < 0.45:
        return pieces(note)
    made = pieces(note) if way < 0.6 else mixed([note, *random.sample(likes, random.choice([1, 1, 2, 3]))])
    return retyped(made)
