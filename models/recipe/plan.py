"""Draws plans: which sentences a letter has, in which order.

The program draws the plans of real letters (`letters/src/plan/outline.rs`). These here are more varied, so that the
model has seen everything that it can be asked for. A plan is a list of paragraphs, each a list of moves.
"""

from sentences import RNG, SENTENCES, TONES

TITLES = ["role", "role", "role", "post", "field", "notitle"]
PRESENT = ["now", "now.time", "now.time", "doing", "clause"]
# What follows a position that was just named.
HERE = ["duties.there", "duties.there", "feats.here"]
THERE = {"now": HERE, "now.time": HERE, "past": ["feats.there"], "past.time": ["feats.there"]}
THINGS = ["skill", "skills", "used", "tools", "know", "hold", "hold.first", "have", "speak", "traits", "clause"]
ASKS = ["ask", "ask.more", "look", "question"]
# These say what is asked for and had at once.
ASKED = ["ask.skill", "ask.skills", "ask.tool", "ask.hold", "tools.asked", "hold.asked"]
REST = ["past", "past.time", "past.also", "past.time.also", "feats", "feats.also", "duties", "doing", "now.also", "clause"]
MORE = ["skill.more", "skills.more", "used.more", "tools.more", "know.more", "hold.more", "have.more"]


def _chance(probability):
    return RNG.random() < probability


def _position(moves):
    """A move about a position, perhaps with what was done there."""
    move = RNG.choice(moves)
    there = THERE.get(move)
    return [move, RNG.choice(there)] if there and _chance(0.4) else [move]


def _opening():
    title = RNG.choice(TITLES)
    moves = [f"open.{title}.company" if _chance(0.94) else f"open.{title}"]
    moves += ["reason"] * RNG.choice([0, 0, 1, 1, 2])
    if _chance(0.8):
        moves += _position(PRESENT)
    return moves


def _answer():
    if _chance(0.3):
        return [RNG.choice(ASKED) for _ in range(RNG.choice([1, 1, 2]))]
    moves = [RNG.choice(ASKS)]
    for _ in range(RNG.choice([1, 1, 2, 3])):
        moves += _position(PRESENT + REST) if _chance(0.5) else [RNG.choice(THINGS)]
    return moves


def _rest():
    moves = []
    for _ in range(RNG.choice([1, 2, 2, 3, 4])):
        moves += _position(REST) if _chance(0.4) else [RNG.choice(THINGS + MORE)]
    return moves


def _closing(tone):
    moves = [RNG.choice(["close", "close.company"])]
    if "close.call" in SENTENCES[tone] and _chance(0.4):
        moves.append("close.call")
    return [*moves, "thanks"]


def plan():
    """Tone and paragraphs of one letter."""
    tone = RNG.choice(TONES)
    paragraphs = [["greet.company" if tone == "direct" and _chance(0.9) else "greet"], _opening()]
    paragraphs += [_answer() for _ in range(RNG.choice([0, 1, 2, 3, 4]))]
    if _chance(0.2):
        paragraphs[-1].append("training")
    paragraphs += [_rest() for _ in range(RNG.choice([0, 1, 2, 3]))]
    return tone, [*paragraphs, _closing(tone)]


def written(tone, paragraphs):
    """A plan as the model reads it: the tone, then one line a paragraph."""
    lines = ["".join(f"<{move}>" for move in moves) for moves in paragraphs]
    return "\n".join([f"<{tone}>", *lines])
