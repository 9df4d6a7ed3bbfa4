"""Writes the letter for a drawn request: salutation, four or five paragraphs, closing words.

What the employer prefers is only ever quoted as the employer's wish, never claimed, and no number appears
that is not in a field. The order of the draws is part of the recipe.
"""

from pools import FAMILIES, FRAMES, GENERAL_FAMILY, POOLS
from spintax import RNG, draw, expand

# A sentence is drawn anew this often when it would repeat something.
TRIES = 12
# Sentences that begin with the same characters sound alike.
BEGINNING = 14


def _lower_first(text):
    return text[0].lower() + text[1:]


def _article(noun):
    vowel = noun[:1].lower() in "aeiou"
    sounds_like_consonant = noun.lower().startswith(("uni", "use", "eu", "ux", "one"))
    return "an" if vowel and not sounds_like_consonant else "a"


def salutation(fields):
    """The first line."""
    frames = FRAMES["salutation"]
    options = list(frames["always"])
    if fields["company"]:
        options += frames["with_company"]
    if fields["tone"] == "warm":
        options += frames["warm"] + (frames["warm_with_company"] if fields["company"] else [])
    return expand(draw(options), fields)


def _job(fields):
    if fields["title"] and fields["company"]:
        return draw(FRAMES["job"]["title_and_company"])
    if fields["title"]:
        return draw(FRAMES["job"]["title"])
    if fields["company"]:
        return draw(FRAMES["job"]["company"])
    return draw(FRAMES["job"]["neither"])


def opener(fields):
    """The first sentence."""
    job = _job(fields)
    frame = draw(FRAMES["opener"][fields["tone"]]).replace("JOB", job)
    return expand(frame[0].upper() + frame[1:], fields)


def _experience(fields, field, kind):
    """A sentence about the current or past experience."""
    frame = draw(FRAMES[field][kind])
    article = _article(fields[field])
    frame = frame.replace(f" A {{{field}}}", f" {article} {{{field}}}").replace("LEARN", FRAMES["learned"])
    text = fields[field]
    if kind in ("phrase_past", "phrase_ing", "span"):
        text = _lower_first(text)
    elif kind == "sentence":
        text = text.rstrip(".")
    return expand(frame, fields | {field: text})


def skills_sentence(fields):
    """A sentence with the skills."""
    return expand(draw(FRAMES["skills"]), fields)


def qualifications_sentence(fields):
    """A sentence with the qualifications."""
    return expand(draw(FRAMES["qualifications"]), fields)


def preferred_sentences(fields):
    """What the employer prefers, quoted, and an answer that claims nothing."""
    wish = expand(draw(FRAMES["preferred"]), fields)
    answer = expand(draw(FRAMES["preferred_answer"]), fields)
    return wish + " " + answer


def why(fields):
    """A sentence about what matters to the applicant."""
    frames = FRAMES["why"]["with_company"] if fields["company"] else []
    return expand(draw(frames + FRAMES["why"]["always"]), fields)


def filler(fields):
    """A sentence about how the applicant works."""
    return expand(draw(FRAMES["filler"]["always"] + FRAMES["filler"][fields["tone"]]), fields)


def link(fields):
    """A sentence about what an experience has taught."""
    return expand(draw(FRAMES["link"]), fields)


def closing(fields):
    """The last paragraph; thanks come last or first."""
    place = " at {company}" if fields["company"] and RNG.random() < 0.4 else ""
    frames = RNG.sample(FRAMES["closing"][fields["tone"]], RNG.choice([2, 2, 3]))
    sentences = [expand(frame.replace("CO", place), fields) for frame in frames]
    thanks = [sentence for sentence in sentences if sentence.startswith(("Thank", "Many"))]
    others = [sentence for sentence in sentences if sentence not in thanks]
    return " ".join(others + thanks if RNG.random() < 0.6 else thanks + others)


class Writer:
    """Draws sentences for one letter and keeps them from repeating themselves."""

    def __init__(self, fields, family):
        self.fields = dict(fields)
        fits = fields["title"] and RNG.random() < 0.93
        self.family = FAMILIES[family if fits else GENERAL_FAMILY]
        self.used = set()

    def _refill(self):
        """Draws the value and the two habits that the next sentence may mention."""
        values = [value for value in self.family["values"] if value not in self.used]
        habits = [habit for habit in self.family["habits"] if habit not in self.used]
        if not values or RNG.random() < 0.3:
            general = [value for value in POOLS["general_values"] if value not in self.used]
            values = general or self.family["values"]
        if len(habits) < 2 or RNG.random() < 0.3:
            habits = [habit for habit in POOLS["general_habits"] if habit not in self.used]
        if len(habits) < 2:
            habits = self.family["habits"]
        self.fields["value"] = draw(values)
        self.fields["habit"], self.fields["habit_too"] = RNG.sample(habits, 2)

    def _mentioned(self, sentence):
        candidates = [self.fields[key] for key in ("habit", "habit_too", "value")]
        return [candidate for candidate in candidates if candidate in sentence]

    def sentence(self, frame, *arguments):
        """A sentence that repeats nothing, if there is one."""
        text = ""
        for _ in range(TRIES):
            self._refill()
            text = frame(self.fields, *arguments)
            repeats = any(mentioned in self.used for mentioned in self._mentioned(text))
            if not (repeats or text in self.used or text[:BEGINNING] in self.used):
                break
        self.used |= {text, text[:BEGINNING], *self._mentioned(text)}
        return text

    def body(self, past_kind, current_kind):
        """The first paragraph, and the groups of sentences of the following ones."""
        fields = self.fields
        standard = fields["length"] == "standard"
        first = [self.sentence(opener)]
        current = [self.sentence(_experience, "current", current_kind)] if fields["current"] else []
        leads = RNG.random() < 0.3 and fields["current"]
        if leads:
            first += current
            current = []
        if RNG.random() < 0.6 or len(first) == 1 or standard:
            first.append(self.sentence(why))
        if standard and RNG.random() < 0.4:
            first.append(self.sentence(filler))
        if leads:
            current.append(self.sentence(filler))
        elif fields["current"]:
            current.append(self.sentence(link) if RNG.random() < 0.5 else self.sentence(filler))
        past = []
        if fields["past"]:
            past.append(self.sentence(_experience, "past", past_kind))
            if standard or RNG.random() < 0.5:
                past.append(self.sentence(link))
        skills = []
        if fields["skills"]:
            skills.append(self.sentence(skills_sentence))
            if standard or RNG.random() < 0.5:
                skills.append(self.sentence(filler))
        qualifications = [self.sentence(qualifications_sentence)] if fields["qualifications"] else []
        wishes = [self.sentence(preferred_sentences)] if fields["preferred"] else []
        if RNG.random() < 0.5:
            qualifications, wishes = qualifications + wishes, []
        return first, self._arranged(current, past, skills, qualifications, wishes)

    def _arranged(self, current, past, skills, qualifications, wishes):
        """Two or three paragraphs."""
        plan = RNG.random()
        if plan < 0.4:
            paragraphs = [current + past, skills, qualifications + wishes]
        elif plan < 0.6:
            paragraphs = [current + past, skills + qualifications, wishes]
        elif plan < 0.8:
            paragraphs = [current, past + skills, qualifications + wishes]
        elif plan < 0.9:
            paragraphs = [current + skills, past, qualifications + wishes]
        elif wishes:
            paragraphs = [wishes, current + past, skills + qualifications]
        else:
            paragraphs = [current + past, qualifications, skills]
        paragraphs = [paragraph for paragraph in paragraphs if paragraph]
        most = 3 if self.fields["length"] == "standard" or RNG.random() < 0.3 else 2
        while len(paragraphs) > most:
            pairs = range(len(paragraphs) - 1)
            shortest = min(pairs, key=lambda i: len(paragraphs[i]) + len(paragraphs[i + 1]))
            paragraphs[shortest : shortest + 2] = [paragraphs[shortest] + paragraphs[shortest + 1]]
        while len(paragraphs) < 2:
            paragraphs.append([self.sentence(filler), self.sentence(why)])
        return paragraphs


def _words(sentences):
    return sum(len(sentence.split()) for sentence in sentences)


def letter(fields, family, past_kind, current_kind):
    """A letter of 158 to 185 (short) or 215 to 260 words (standard), roughly."""
    writer = Writer(fields, family)
    first, paragraphs = writer.body(past_kind, current_kind)
    standard = fields["length"] == "standard"
    target = RNG.randint(215, 260) if standard else RNG.randint(158, 185)
    end = closing(writer.fields)
    start = salutation(writer.fields)

    def total():
        return _words([start, end, *first]) + sum(_words(paragraph) for paragraph in paragraphs)

    added = 0
    while total() < target and added < 25:
        shortest = min(range(len(paragraphs)), key=lambda i: _words(paragraphs[i]) + RNG.random() * 12)
        paragraphs[shortest].append(writer.sentence(draw([filler, why, filler])))
        added += 1
    return "\n\n".join([start, *(" ".join(paragraph) for paragraph in [first, *paragraphs]), end])
