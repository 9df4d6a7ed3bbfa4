"""Turns the corpus into token ids: `train.npz` and `validation.npz`.

    python pack.py

An archive holds all ids in one row (`ids`), where each sample begins (`offsets`) and how many of its tokens
are the prompt (`prompts`).
"""

import json

import numpy as np
from tokenizers import Tokenizer

from corpus import FILES, VALIDATION, prompt


def pack(tokenizer, sources, path):
    """Encodes the files in `sources` into one archive."""
    ids, offsets, prompts = [], [0], []
    for source in sources:
        with open(source, encoding="utf-8") as file:
            samples = [json.loads(line) for line in file]
        asked = tokenizer.encode_batch([prompt(sample[0]) for sample in samples])
        answered = tokenizer.encode_batch([sample[1] + "<|im_end|>" for sample in samples])
        for ask, answer in zip(asked, answered, strict=True):
            both = ask.ids + answer.ids
            ids.append(np.array(both, dtype=np.uint16))
            offsets.append(offsets[-1] + len(both))
            prompts.append(len(ask.ids))
    np.savez(path, ids=np.concatenate(ids), offsets=np.array(offsets), prompts=np.array(prompts))
    print(path, len(ids), "samples,", offsets[-1], "tokens, prompts of", np.mean(prompts), "on average")


def main():
    """Packs both sets."""
    tokenizer = Tokenizer.from_file("tokenizer.json")
    pack(tokenizer, [VALIDATION[0]], "validation.npz")
    pack(tokenizer, list(FILES), "train.npz")


if __name__ == "__main__":
    main()
