"""The sentences that letters are made of, the words of the families of jobs, and the moves that the program knows."""

import json
from pathlib import Path

HERE = Path(__file__).parent

# Move -> tone -> sentences with alternatives.
FRAMES = {}
for _file in sorted((HERE / "frames").glob("*.json")):
    FRAMES |= json.loads(_file.read_text(encoding="utf-8"))

# Family -> lessons, values, aims.
FAMILIES = json.loads((HERE / "families.json").read_text(encoding="utf-8"))

# The program's own words: the moves, and the families that it can tell apart. What it does not know is not trained.
WORDS = HERE.parent.parent / "letters" / "words"
KNOWN_FAMILIES = {"general"} | {path.stem for path in (WORDS / "families").glob("*.txt")}
assert set(FAMILIES) == KNOWN_FAMILIES, set(FAMILIES) ^ KNOWN_FAMILIES


def entries(path):
    """The entries of a list of the program: one a line; comments begin with `#`."""
    lines = (line.split("  #")[0].strip() for line in path.read_text(encoding="utf-8").splitlines())
    return [line for line in lines if line and not line.startswith("#")]


# Each as a tuple of words; FAMILY stands for any family.
MOVES = {tuple(entry.split()) for entry in entries(WORDS / "moves.txt")}

# What is learned elsewhere than in a job.
NOT_JOBS = ("study", "volunteer")
JOB_FAMILIES = [family for family in FAMILIES if family not in NOT_JOBS]

# How a letter names the position, by what the title is.
JOBS = {
    "role": [
        "the {title} position",
        "the {title} role",
        "the {title} vacancy",
        "the {title} opening",
        "the position of {title}",
        "the post of {title}",
    ],
    "post": ["the {title}"],
    "field": ["the {title} position", "the {title} role", "the {title} vacancy", "the {title} opening"],
    "notitle": ["the open position", "the position that you advertise", "your vacancy"],
}
