"""Expands sentence frames such as `I [would like|want] to apply for {title}.`

Brackets hold alternatives, separated by bars, of which one is drawn; they may be nested.
Braces hold names of fields.
"""

import random
import re
from functools import cache

# The one source of chance of the whole generator: a sample depends on its seed alone.
RNG = random.Random()


def draw(options):
    """Draws one of the options."""
    return RNG.choice(options)


def _parse(text, start, is_top_level):
    parts = []
    literal = []
    position = start
    while position < len(text):
        character = text[position]
        if character == "[":
            if literal:
                parts.append("".join(literal))
                literal = []
            alternatives = []
            position += 1
            while True:
                alternative, position = _parse(text, position, False)
                alternatives.append(alternative)
                position += 1
                if text[position - 1] == "]":
                    break
            parts.append(alternatives)
        elif character in "|]" and not is_top_level:
            break
        else:
            literal.append(character)
            position += 1
    if literal:
        parts.append("".join(literal))
    return parts, position


@cache
def _parsed(text):
    return _parse(text, 0, True)[0]


def _expand(parts):
    return "".join(part if isinstance(part, str) else _expand(draw(part)) for part in parts)


def expand(frame, fields=None):
    """Draws one text of a frame and fills in its fields."""
    text = re.sub("  +", " ", _expand(_parsed(frame)))
    if fields:
        text = re.sub(r"\{(\w+)\}", lambda match: fields[match.group(1)], text)
    return text.strip()
