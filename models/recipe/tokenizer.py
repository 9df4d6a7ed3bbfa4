"""Trains the tokenizer on the corpus: byte-level BPE, in which every word of a plan and every reference is one token.

python tokenizer.py
"""

import json

from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

VOCABULARY = 832
SPECIAL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
LINES = 12_000

# How text is cut before merging: as Qwen2 does it, but `<word>` and ` {reference}` stay whole.
PATTERN = (
    r"<[a-z.]+>"
    r"| ?\{[a-z.]+\}"
    r"|(?i:'s|'t|'re|'ve|'m|'ll|'d)"
    r"|[^\r\n\p{L}\p{N}<{]?\p{L}+"
    r"|\p{N}"
    r"| ?[^\s\p{L}\p{N}<{]+[\r\n]*"
    r"|[<{]"
    r"|\s*[\r\n]+"
    r"|\s+(?!\S)"
    r"|\s+"
)


def texts():
    """Prompts and letters of the beginning of the corpus."""
    with open("corpus-0.jsonl", encoding="utf-8") as file:
        for _, line in zip(range(LINES), file, strict=False):
            prompt, letter = json.loads(line)
            yield prompt
            yield letter


def main():
    """Trains and saves `tokenizer.json`."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.normalizer = normalizers.NFC()
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(PATTERN), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY - len(SPECIAL),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        special_tokens=[],
        min_frequency=3,
    )
    tokenizer.train_from_iterator(texts(), trainer)
    tokenizer.add_special_tokens(SPECIAL)
    tokenizer.save("tokenizer.json")
    assert tokenizer.get_vocab_size() == VOCABULARY, tokenizer.get_vocab_size()
    print(VOCABULARY, "tokens")


if __name__ == "__main__":
    main()
