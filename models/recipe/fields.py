"""Draws the fields of a request: job title, company, preferred qualifications, experience, skills, qualifications.

The order of the draws is part of the recipe: the same seed must give the same corpus.
"""

import re

from pools import FAMILIES, FAMILY_NAMES, POOLS
from spintax import RNG, draw
from words import letters, name, novel, phrase, word

# Two thirds of all titles have no level.
LEVELS = [""] * 12 + POOLS["levels"]


def capitalised(text):
    """The text with its first character in upper case."""
    return text[0].upper() + text[1:]


def _base_company():
    kind = RNG.random()
    words, suffixes, surnames = POOLS["company_words"], POOLS["company_suffixes"], POOLS["surnames"]
    if kind < 0.2:
        return draw(POOLS["companies"])
    if kind < 0.36:
        return name() + draw(["", " " + draw(suffixes), " " + draw(suffixes)])
    if kind < 0.52:
        return draw(words) + draw([" ", "", "gate ", "field "]) + draw(suffixes)
    if kind < 0.60:
        return draw(surnames) + draw([" & ", " and "]) + draw([draw(surnames), "Sons", "Daughters", name()])
    if kind < 0.68:
        return draw(POOLS["cities"]) + " " + draw(words) + " " + draw(suffixes)
    if kind < 0.74:
        return "The " + draw(words) + " " + draw([name(), draw(words)]) + " " + draw(suffixes)
    if kind < 0.80:
        return draw(
            [
                name() + draw(suffixes).replace(" ", ""),
                word() + "." + draw(["io", "ai", "com", "org"]),
                name() + draw(["ly", "ify", "Hub", "Works"]),
                draw(words) + " " + str(RNG.randint(2, 99)),
            ]
        )
    if kind < 0.86:
        saint = draw(["Mary", "John", "Anne", "Luke", name()])
        return "St " + saint + "'s " + draw(["Hospital", "School", "Clinic", "College"])
    if kind < 0.94:
        return phrase(3)
    return name() + " " + name() + " " + draw(suffixes)


def company():
    """A company, real, plausible or made up; now and then all in lower or upper case."""
    text = _base_company()
    if RNG.random() < 0.12:
        text = text.lower()
    if RNG.random() < 0.03:
        text = text.upper()
    return text


def title(family):
    """A job title."""
    text = draw(LEVELS) + draw(FAMILIES[family]["titles"])
    kind = RNG.random()
    if kind < 0.06:
        text = draw([name(), phrase(1), draw(POOLS["company_words"])]) + " " + text.split()[-1]
    elif kind < 0.10:
        text = phrase(3)
    elif kind < 0.14:
        text = text + draw([" (", "/", " - ", ", "]) + draw(FAMILIES[family]["topics"])
    elif kind < 0.17:
        text = text + " " + draw(["II", "III", "I", "2"])
    if text.count("(") > text.count(")"):
        text += ")"
    if RNG.random() < 0.15:
        text = text.lower()
    return text


def number_of_years():
    """A number, as digits or as a word."""
    return draw(
        [
            str(RNG.randint(1, 20)),
            str(RNG.randint(1, 9)),
            draw("two three four five six seven eight ten".split()),
        ]
    )


def years():
    """A number of years, with the unit."""
    number = number_of_years()
    return number + (" year" if number == "1" else " years")


def skill(family):
    """One skill, mostly of the family."""
    text = draw(FAMILIES[family]["skills"])
    kind = RNG.random()
    if kind < 0.08:
        text = draw(FAMILIES[draw(FAMILY_NAMES)]["skills"])
    elif kind < 0.28:
        text = novel()
    if RNG.random() < 0.15:
        text = text.lower()
    return text


def _joined(entries):
    kind = RNG.random()
    if len(entries) == 1 or kind < 0.12:
        return ", ".join(entries)
    if kind < 0.16:
        return draw(["; ", " / "]).join(entries)
    return ", ".join(entries[:-1]) + " and " + entries[-1]


def skills(family):
    """A list of one to eight different skills."""
    count = RNG.choice([1, 1, 2, 2, 3, 3, 3, 4, 4, 5, 6, 8])
    entries = []
    while len(entries) < count:
        entry = skill(family)
        if entry not in entries:
            entries.append(entry)
    return _joined(entries)


def study(family):
    """A subject of study."""
    return draw(FAMILIES[family]["studies"]) if RNG.random() < 0.85 else phrase(2)


def qualification(family):
    """A degree or certificate, perhaps with a place, a year or a grade, perhaps with a second one."""
    kind = RNG.random()
    if kind < 0.62:
        text = draw(POOLS["degrees"]) + " " + study(family)
    elif kind < 0.8:
        text = draw(POOLS["certificates"])
    elif kind < 0.88:
        made_up = draw([name(), letters()])
        text = made_up + " " + draw(["certificate", "licence", "diploma", "certified", "Level 2"])
    else:
        text = phrase(3)
    if kind < 0.62 and RNG.random() < 0.3:
        text += draw([" from ", ", ", " at "]) + draw(
            [
                draw(POOLS["cities"]) + " University",
                "University of " + draw(POOLS["cities"]),
                name() + " College",
                "the University of " + name(),
                company(),
            ]
        )
    if RNG.random() < 0.15:
        if RNG.random() < 0.6:
            text += " (" + str(RNG.randint(1985, 2025)) + ")"
        else:
            text += ", " + draw(["first class", "with honours", "with distinction", "2:1"])
    if RNG.random() < 0.25:
        text += draw([", ", " and ", "; "]) + draw(POOLS["certificates"])
    if RNG.random() < 0.12:
        text = text.lower()
    return text


def _preference(family):
    topic = draw(
        [
            draw(FAMILIES[family]["topics"]),
            skill(family),
            phrase(2) if RNG.random() < 0.5 else skill(family),
        ]
    )
    number = number_of_years()
    kind = RNG.random()
    if kind < 0.30:
        return draw(
            [
                f"{number} years experience {topic}",
                f"{number} years of experience in {topic}",
                f"{number}+ years of experience with {topic}",
                f"at least {number} years in {topic}",
                f"minimum {number} years {topic} experience",
                f"{number} years' experience in {topic}",
                f"{number} years {topic}",
            ]
        )
    if kind < 0.45:
        return draw(
            [
                f"experience in {topic}",
                f"knowledge of {topic}",
                f"proven experience with {topic}",
                f"background in {topic}",
                f"familiarity with {topic}",
                f"hands-on experience with {topic}",
                f"{topic} experience",
            ]
        )
    if kind < 0.58:
        return draw(POOLS["degrees"]) + " " + study(family)
    if kind < 0.68:
        return draw(["strong ", "excellent ", "good ", ""]) + draw(POOLS["soft_skills"]) + " skills"
    if kind < 0.74:
        return draw(["fluent ", "fluency in ", ""]) + draw(POOLS["languages"])
    if kind < 0.80:
        return draw(POOLS["certificates"])
    if kind < 0.9:
        return skills(family)
    return phrase(4)


def preferred(family):
    """What the employer prefers: one to four wishes."""
    text = _preference(family)
    if RNG.random() < 0.3:
        text += draw([", ", " and ", "; "]) + _preference(family)
    if RNG.random() < 0.06:
        text += ", " + _preference(family) + ", " + _preference(family)
    if RNG.random() < 0.3:
        text = capitalised(text)
    return text


def _deed(frame, family):
    """Fills the gaps of a verb phrase: topics and skills first, a company last."""
    sources = [lambda: draw(FAMILIES[family]["topics"]), lambda: skill(family)]
    gaps = frame.count("{}")
    filled = 0

    def fill(match):
        nonlocal filled
        if match.group(0) == "{n}":
            return str(RNG.randint(2, 120))
        filled += 1
        if gaps == 1 or filled == gaps:
            return company()
        return draw(sources)()

    return re.sub(r"\{n?\}", fill, frame)


def _role(family, role, employer):
    text = f"{role} at {employer}"
    kind = RNG.random()
    if kind < 0.15:
        text += draw(
            [
                f" ({RNG.randint(2005, 2019)}-{RNG.randint(2020, 2026)})",
                f" since {RNG.randint(2010, 2025)}",
                f" for {years()}",
                f", {draw(POOLS['cities'])}",
            ]
        )
    elif kind < 0.28:
        text += draw([", ", " and "]) + title(family) + " at " + company()
    elif kind < 0.34:
        text += ", " + draw([_deed(draw(POOLS["doing"]), family)])
    return text


def _span(family, role, employer):
    return draw(
        [
            f"{years()} as {role} at {employer}",
            f"{years()} at {employer}",
            f"{years()} of {draw(FAMILIES[family]['topics'])} at {employer}",
            f"{years()} in {draw(FAMILIES[family]['topics'])}",
        ]
    )


def _sentence(family, role, employer):
    start = f"I {draw(['worked', 'have worked', 'work', 'was'])} as {draw(['a ', ''])}{role} at {employer}"
    return start + draw(["", f", {_deed(draw(POOLS['doing']), family)}"])


def experience(family):
    """An experience and its kind, which decides how a letter may speak of it."""
    shape = RNG.random()
    if RNG.random() >= 0.75:
        family = draw(FAMILY_NAMES)
    role = title(family)
    employer = company()
    if shape < 0.50:
        text, kind = _role(family, role, employer), "role"
    elif shape < 0.58:
        forms = ["{}, {}", "{} ({})", "{} in {}", "{} for {}", "{} with {}"]
        text, kind = draw(forms).format(role, employer), "role"
    elif shape < 0.64:
        text, kind = role, "role"
    elif shape < 0.72:
        text, kind = _span(family, role, employer), "span"
    elif shape < 0.82:
        text, kind = _deed(draw(POOLS["did"]), family), "phrase_past"
        if RNG.random() < 0.2:
            text += " and " + _deed(draw(POOLS["did"]), family)
        if RNG.random() < 0.7:
            text = capitalised(text)
    elif shape < 0.90:
        text, kind = _deed(draw(POOLS["doing"]), family), "phrase_ing"
        if RNG.random() < 0.6:
            text = capitalised(text)
    elif shape < 0.95:
        text, kind = _sentence(family, role, employer), "sentence"
    else:
        text, kind = phrase(5), "other"
    if RNG.random() < 0.12:
        text = text.lower()
    if kind == "sentence" and RNG.random() < 0.5:
        text += "."
    return text, kind
