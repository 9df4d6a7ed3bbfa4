"""Draws plans: which sentences a letter has, in which order.

The program draws the plans of real letters (`letters/src/plan.rs`). These here are more varied, so that the model has
seen everything that it can be asked for. A plan is a list of paragraphs, each a list of moves, each a list of words:
the name of the move and what the sentence depends on. `letters/words/moves.txt` lists the moves.
"""

from frames import FAMILIES, JOB_FAMILIES, MOVES
from spintax import RNG, draw

TONES = ["professional", "warm", "direct"]

# How often an experience has each shape.
SHAPES = {
    "roleat": 36,
    "role": 9,
    "study": 13,
    "span": 8,
    "doing": 10,
    "verb": 8,
    "sentence": 9,
    "phrase": 7,
}
# Shapes after which further roles can be named.
COUNTABLE = ("roleat", "role", "study")

# Most sentences beyond those that carry the student's own words.
FILLERS_MAX = 17


def _chance(probability):
    return RNG.random() < probability


def _weighted(weights):
    return RNG.choices(list(weights), list(weights.values()))[0]


def experience(which, job):
    """The paragraph on `current` or `past`, with its family."""
    shape = _weighted(SHAPES)
    if shape == "study" and _chance(0.85):
        family = "study"
    elif _chance(0.5):
        family = job
    else:
        family = draw(list(FAMILIES))
    moves = [[f"{which}.{shape}", family]]
    if shape in COUNTABLE and _chance(0.25):
        moves.append([f"{which}.more"])
    return moves, family


def skills():
    """Sentences that carry the skills: a list, personal qualities, or the student's own sentence."""
    kind = RNG.random()
    if kind < 0.09:
        return [["skills.sentence"]]
    if kind < 0.17:
        return [["traits"]]
    moves = [["skills"]]
    if _chance(0.25):
        moves.insert(draw([0, 1]), ["traits"])
    return moves


def _with_lessons(moves, family, budget):
    count = min(budget, _weighted({0: 3, 1: 6, 2: 1.5}))
    lessons = [["lesson", family if _chance(0.85) else "general"] for _ in range(count)]
    return moves + lessons, budget - count


def _extra(job, families):
    """A sentence that fits any paragraph but the last.

    Habits are of what the student has done, not of the job: nobody knocks at doors they have never stood before.
    """
    return draw([["habit", draw(families)], ["habit.two", draw(families)], ["value", draw([job, job, "general"])]])


def _kind_of_qualifications():
    return _weighted({"held": 6, "ongoing": 2, "listed": 3})


def _opening(job, title, company, budget):
    moves = [["open", title, company]]
    if budget and _chance(0.8):
        moves.append(["why.company" if company == "company" and _chance(0.7) else "why", draw([job, job, "general"])])
        budget -= 1
    return moves, budget


def _closing(job, budget):
    moves = [["close"]]
    if budget and _chance(0.5):
        moves.insert(0, ["offer", job])
        budget -= 1
    if _chance(0.85):
        moves.append(["thanks"])
    return moves, budget


def _middle(job, budget):
    """Paragraphs that carry the student's words, in one of several orders, and the families that they speak of."""
    blocks, families = [], ["general", "general"]
    for which, probability in (("current", 0.85), ("past", 0.8)):
        if _chance(probability):
            moves, family = experience(which, job)
            moves, budget = _with_lessons(moves, family, budget)
            blocks.append(moves)
            families.append(family)
    if len(blocks) == 2 and _chance(0.3):
        blocks = [blocks[0] + blocks[1]]
    carried = skills() if _chance(0.88) else []
    if carried and budget and _chance(0.6):
        at = 1 + carried.index(draw(carried))
        carried.insert(at, ["use", job])
        budget -= 1
    held = [["qualifications." + _kind_of_qualifications()]] if _chance(0.85) else []
    wish = [[draw(["wish.noun", "wish.quoted"])], ["answer"]] if _chance(0.65) else []
    return blocks + _arranged(carried, held, wish), families, budget


def _arranged(carried, held, wish):
    """Skills, qualifications and the employer's wish in one, two or three paragraphs."""
    arrangements = [
        [carried + held, wish],
        [carried, held + wish],
        [carried + held + wish],
        [carried, held, wish],
        [held + carried, wish],
        [held, carried + wish],
    ]
    return [block for block in draw(arrangements) if block]


def _fill(paragraphs, job, families, budget):
    """Puts the rest of the budget behind sentences of the middle, or into a paragraph of its own."""
    used = []
    if not paragraphs or (budget > 2 and _chance(0.3)):
        paragraphs.insert(RNG.randint(0, len(paragraphs)), [_extra(job, families)])
        budget -= 1
    while budget > 0:
        move = _extra(job, families)
        # The same move over and over would leave the model nothing new to say.
        if used.count(move) < 2:
            draw(paragraphs).append(move)
            used.append(move)
        budget -= 1


def plan():
    """Tone and paragraphs of one letter."""
    job = draw(JOB_FAMILIES)
    title = _weighted({"role": 70, "post": 13, "field": 13, "notitle": 4})
    company = "company" if _chance(0.94) else "nocompany"
    budget = RNG.randint(0, FILLERS_MAX)
    first, budget = _opening(job, title, company, budget)
    last, budget = _closing(job, budget)
    paragraphs, families, budget = _middle(job, budget)
    _fill(paragraphs, job, families, budget)
    greet = ["greet.company"] if company == "company" and _chance(0.4) else ["greet"]
    return draw(TONES), [[greet], first, *paragraphs, last]


def marked(move):
    """The words of a move that the program knows, each in angle brackets."""
    name, *others = move
    assert (name, *("FAMILY" if word in FAMILIES else word for word in others)) in MOVES, move
    return "".join(f"<{word}>" for word in move)


def written(tone, paragraphs):
    """A plan as the model reads it: the tone, then one line a paragraph."""
    lines = ["".join(marked(move) for move in moves) for moves in paragraphs]
    return "\n".join([f"<{tone}>", *lines])
