"""Draws plans with their letters.

    python corpus.py 60000     writes corpus-0.jsonl, corpus-1.jsonl and validation.jsonl
    python corpus.py --show 3  prints a few

A line of a file is `[plan, letter]`. Every sample depends on its own seed alone.
"""

import argparse
import json
import multiprocessing

from letters import letter
from plan import plan, written
from sentences import RNG

SYSTEM = "You write cover letters."

# First seeds of the files; far apart, so that no sample is in two of them.
FILES = {"corpus-0.jsonl": 10**6, "corpus-1.jsonl": 2 * 10**6}
VALIDATION = ("validation.jsonl", 9 * 10**6, 400)


def prompt(text):
    """The whole prompt, up to where the model begins to write."""
    turns = f"<|im_start|>system\n{SYSTEM}<|im_end|>\n<|im_start|>user\n{text}<|im_end|>\n"
    return turns + "<|im_start|>assistant\n"


def sample(seed):
    """Plan and letter."""
    RNG.seed(seed)
    tone, paragraphs = plan()
    return written(tone, paragraphs), letter(tone, paragraphs)


def write(job):
    """Writes one file."""
    path, first_seed, count = job
    with open(path, "w", encoding="utf-8") as file:
        for seed in range(first_seed, first_seed + count):
            file.write(json.dumps(sample(seed), ensure_ascii=False) + "\n")


def main():
    """Writes the corpus, or shows some of it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("count", type=int)
    parser.add_argument("--show", action="store_true")
    arguments = parser.parse_args()
    if arguments.show:
        for seed in range(arguments.count):
            print(*sample(seed), "=" * 60, sep="\n\n")
        return
    jobs = [(path, seed, arguments.count // len(FILES)) for path, seed in FILES.items()]
    with multiprocessing.Pool(2) as pool:
        pool.map(write, [*jobs, VALIDATION])


if __name__ == "__main__":
    main()
