"""Draws requests with their letters.

    python corpus.py 50000     writes corpus-0.jsonl, corpus-1.jsonl and validation.jsonl
    python corpus.py --show 3  prints a few

A line of a file is `[prompt, letter, fields]`. Every sample depends on its own seed alone.
"""

import argparse
import json
import multiprocessing

import fields as draw_field
from letters import letter
from pools import FAMILY_NAMES
from spintax import RNG, draw

SYSTEM = "You write cover letters."

# Fields in the order of the prompt, with the names that the prompt gives them.
LABELS = {
    "title": "Job Title",
    "company": "Hiring Company",
    "preferred": "Preferred Qualifications",
    "past": "Past Working Experience",
    "current": "Current Working Experience",
    "skills": "Skillsets",
    "qualifications": "Qualifications",
    "tone": "Tone",
    "length": "Length",
}

# How often a field is empty.
ABSENT = {
    "title": 0.03,
    "company": 0.05,
    "preferred": 0.1,
    "past": 0.1,
    "current": 0.1,
    "skills": 0.08,
    "qualifications": 0.08,
}

# Fields that are missing together now and then.
ABSENT_TOGETHER = [
    ("past", "current"),
    ("preferred", "qualifications"),
    ("past", "current", "skills"),
    ("skills", "qualifications"),
]

# First seeds of the files; far apart, so that no sample is in two of them.
FILES = {"corpus-0.jsonl": 10**6, "corpus-1.jsonl": 2 * 10**6}
VALIDATION = ("validation.jsonl", 9 * 10**6, 400)


def user_text(fields):
    """The request as the model reads it: labelled lines, empty fields left out."""
    return "\n".join(f"{label}: {fields[key]}" for key, label in LABELS.items() if fields.get(key))


def prompt(text):
    """The whole prompt, up to where the model begins to write."""
    turns = f"<|im_start|>system\n{SYSTEM}<|im_end|>\n<|im_start|>user\n{text}<|im_end|>\n"
    return turns + "<|im_start|>assistant\n"


def sample(seed):
    """Fields and letter of one request."""
    RNG.seed(seed)
    family = draw(FAMILY_NAMES)
    fields = {"title": draw_field.title(family), "company": draw_field.company()}
    fields["preferred"] = draw_field.preferred(family)
    fields["past"], past_kind = draw_field.experience(family)
    fields["current"], current_kind = draw_field.experience(family)
    fields["skills"] = draw_field.skills(family)
    fields["qualifications"] = draw_field.qualification(family)
    fields["tone"] = draw(["professional", "warm", "direct"])
    fields["length"] = draw(["short", "standard"])
    for key, probability in ABSENT.items():
        if RNG.random() < probability:
            fields[key] = ""
    if RNG.random() < 0.03:
        for key in draw(ABSENT_TOGETHER):
            fields[key] = ""
    return fields, letter(fields, family, past_kind, current_kind)


def write(job):
    """Writes one file."""
    path, first_seed, count = job
    with open(path, "w", encoding="utf-8") as file:
        for seed in range(first_seed, first_seed + count):
            fields, text = sample(seed)
            file.write(json.dumps([user_text(fields), text, fields], ensure_ascii=False) + "\n")


def main():
    """Writes the corpus, or shows some of it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("count", type=int)
    parser.add_argument("--show", action="store_true")
    arguments = parser.parse_args()
    if arguments.show:
        for seed in range(arguments.count):
            fields, text = sample(seed)
            print(user_text(fields), "---", text, "=" * 60, sep="\n")
        return
    jobs = [(path, seed, arguments.count // len(FILES)) for path, seed in FILES.items()]
    with multiprocessing.Pool(2) as pool:
        pool.map(write, [*jobs, VALIDATION])


if __name__ == "__main__":
    main()
