"""Writes letters for held-out and handwritten requests and says how many pass the gates.

    python evaluate.py run

Gates: salutation; 150 to 400 words; every given field stands in the letter word for word (case aside); no digits
that were not given; ends by itself with a full stop. They say nothing about grammar.
"""

import argparse
import collections
import json
import re
from pathlib import Path

import torch
from tokenizers import Tokenizer
from transformers import Qwen2ForCausalLM

from corpus import VALIDATION, prompt, user_text
from model import PADDING, TURN_END

FACTS = ["title", "company", "preferred", "past", "current", "skills", "qualifications"]
REQUESTS = json.loads((Path(__file__).parent / "requests.json").read_text())
LONGEST = 480
HELD_OUT = 96


def tidied(fields):
    """The fields as the program puts them into a prompt, as far as these requests need it."""
    fields = {key: value.strip().rstrip(".") if key in FACTS else value for key, value in fields.items()}
    entries = [entry.strip() for entry in fields["skills"].split(",") if entry.strip()]
    if len(entries) > 1 and " and " not in fields["skills"]:
        fields["skills"] = ", ".join(entries[:-1]) + " and " + entries[-1]
    return fields


@torch.no_grad()
def write(network, tokenizer, requests, temperature, rows=32):
    """A letter for each request, and whether the model ended it."""
    prompts = [tokenizer.encode(prompt(user_text(fields))).ids for fields in requests]
    # Similar lengths together, so that little is padding.
    order = sorted(range(len(prompts)), key=lambda index: len(prompts[index]))
    letters = [("", False)] * len(prompts)
    sampling = {"do_sample": False}
    if temperature > 0:
        sampling = {"do_sample": True, "temperature": temperature, "top_p": 0.95, "top_k": 0}
    for start in range(0, len(order), rows):
        batch = order[start : start + rows]
        width = max(len(prompts[index]) for index in batch)
        missing = torch.tensor([[width - len(prompts[index])] for index in batch])
        ids = torch.tensor([[PADDING] * (width - len(prompts[i])) + prompts[i] for i in batch])
        output = network.generate(
            input_ids=ids,
            attention_mask=(torch.arange(width)[None] >= missing).long(),
            max_new_tokens=LONGEST,
            eos_token_id=TURN_END,
            pad_token_id=PADDING,
            **sampling,
        )[:, width:]
        for index, row in zip(batch, output.tolist(), strict=True):
            ended = TURN_END in row
            kept = row[: row.index(TURN_END)] if ended else [token for token in row if token != PADDING]
            letters[index] = (tokenizer.decode(kept), ended)
    return letters


def plain(text):
    """How texts are compared."""
    return re.sub(r"\s+", " ", text).strip().rstrip(".").lower()


def gates(fields, letter, ended):
    """The result of every gate, and of every field."""
    copied = {key: plain(fields[key]) in plain(letter) for key in FACTS if fields[key]}
    digits = set(re.findall(r"\d+", letter)) <= set(re.findall(r"\d+", user_text(fields)))
    results = {
        "fields": all(copied.values()),
        "salutation": bool(re.match(r"(Dear|Hello)\b[^\n]*,\n\n", letter)),
        "words": 150 <= len(letter.split()) <= 400,
        "digits": digits,
        "ended": ended and letter.rstrip()[-1:] in ".!?",
    }
    return results, copied


def report(name, requests, letters):
    """Prints one line of figures."""
    passed, copied = collections.Counter(), collections.defaultdict(list)
    for fields, (letter, ended) in zip(requests, letters, strict=True):
        results, fields_copied = gates(fields, letter, ended)
        passed.update(gate for gate, ok in results.items() if ok)
        passed["all"] += all(results.values())
        for key, ok in fields_copied.items():
            copied[key].append(ok)
    flat = [ok for results in copied.values() for ok in results]
    shares = {gate: round(count / len(requests), 3) for gate, count in passed.items()}
    by_field = {key: round(sum(results) / len(results), 2) for key, results in copied.items()}
    print(f"{name}: {len(requests)} letters, copied {sum(flat) / len(flat):.3f}", shares, by_field, flush=True)


def main():
    """Evaluates a checkpoint, greedily and with sampling."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("checkpoint")
    arguments = parser.parse_args()
    torch.manual_seed(1)
    network = Qwen2ForCausalLM.from_pretrained(arguments.checkpoint, dtype=torch.float32).eval()
    tokenizer = Tokenizer.from_file("tokenizer.json")
    with open(VALIDATION[0], encoding="utf-8") as file:
        held_out = [json.loads(line)[2] for line in file][:HELD_OUT]
    for name, requests in (("held out", held_out), *REQUESTS.items()):
        requests = requests if name == "held out" else [tidied(fields) for fields in requests]
        report(f"{name}, greedy", requests, write(network, tokenizer, requests, 0.0))
        repeated = requests if name == "held out" else requests * 4
        report(f"{name}, T 0.7", repeated, write(network, tokenizer, repeated, 0.7))


if __name__ == "__main__":
    main()
