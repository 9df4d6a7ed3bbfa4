"""The sentences that letters are made of, and the words of the families of jobs."""

import json
from pathlib import Path

HERE = Path(__file__).parent

# Move -> tone -> sentences with alternatives.
FRAMES = {}
for _file in sorted((HERE / "frames").glob("*.json")):
    FRAMES |= json.loads(_file.read_text(encoding="utf-8"))

# Family -> lessons, values, aims.
FAMILIES = json.loads((HERE / "families.json").read_text(encoding="utf-8"))

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
