"""Transformers with torch in 32 bits, as the student project had it: one letter, printed as one JSON object a line.

    python peer_transformers.py FOLDER THREADS PROMPT_TOKENS NEW_TOKENS
"""

import json
import sys
import time
from pathlib import Path

import torch
from transformers import AutoModelForCausalLM

# Tokens after the first that tell how fast it writes on.
DECODED = 128


class Clock:
    """Takes the time of every token that `generate` hands out; the first call is the prompt."""

    def __init__(self):
        self.times = []

    def put(self, _tokens):
        self.times.append(time.perf_counter())

    def end(self):
        pass


def say(metric, value):
    """One measurement."""
    print(json.dumps({"metric": metric, "value": value}), flush=True)


def main():
    """Loads, warms up, and writes a letter of exactly as many tokens as asked."""
    folder, threads, prompt, new = sys.argv[1], *map(int, sys.argv[2:5])
    torch.set_num_threads(threads)
    torch.set_grad_enabled(False)
    start = time.perf_counter()
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()
    say("load_seconds", time.perf_counter() - start)
    model(torch.tensor([[1, 2, 3, 4]]))

    clock = Clock()
    tokens = torch.tensor([[(index * 7919 + 12_345) % 150_000 for index in range(prompt)]])
    start = time.perf_counter()
    written = model.generate(
        tokens,
        attention_mask=torch.ones_like(tokens),
        do_sample=False,
        min_new_tokens=new,
        max_new_tokens=new,
        streamer=clock,
    )
    letter = time.perf_counter() - start
    assert written.shape[1] == prompt + new, written.shape
    times = clock.times[1:]
    say("first_token_seconds", times[0] - start)
    say("prefill_tokens_per_second", prompt / (times[0] - start))
    say("decode_tokens_per_second", DECODED / (times[DECODED] - times[0]))
    say("letter_seconds", letter)
    status = Path("/proc/self/status").read_text()
    say("peak_bytes", 1024 * int(status.split("VmHWM:")[1].split()[0]))


if __name__ == "__main__":
    main()
