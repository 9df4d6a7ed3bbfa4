"""Writes pieces.json: a small SentencePiece vocabulary with the tokens that SentencePiece itself cuts some lines into.

    python pieces.py

Needs the package `sentencepiece`. Byte pair encoding with bytes for the unknown, as Llama 2 and Mistral have it.
"""

import io
import json
from pathlib import Path

import sentencepiece

ROOT = Path(__file__).parents[3]
OUTPUT = Path(__file__).parent / "pieces.json"
TEXTS = ["README.md", "ARCHITECTURE.md", "docs/checks.md"]
LINES = [
    "Dear Hiring Manager,",
    "I am writing to apply for the position of a nurse at St. Mary's Hospital.",
    " two  blanks and a tab\t, then an end ",
    "naïve Zoë, 東京, 12 345,67 € \U0001f680",
    "a",
    " ",
    "line one\nline two\r\n\n",
    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
    "applyapplyapply manager-manager",
]


def main():
    """Trains on this repository's prose and writes pieces, scores, kinds and examples."""
    model = io.BytesIO()
    sentences = [line for text in TEXTS for line in (ROOT / text).read_text().splitlines() if line.strip()]
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(sentences), model_writer=model, vocab_size=700, model_type="bpe", byte_fallback=True,
        split_digits=True, normalization_rule_name="identity", remove_extra_whitespaces=False,
        allow_whitespace_only_pieces=True, character_coverage=1.0, minloglevel=2,
    )
    pieces = sentencepiece.SentencePieceProcessor(model_proto=model.getvalue())
    kind = lambda id: 2 if pieces.is_unknown(id) else 3 if pieces.is_control(id) else 6 if pieces.is_byte(id) else 1
    size = pieces.vocab_size()
    OUTPUT.write_text(json.dumps({
        "tokens": [pieces.id_to_piece(id) for id in range(size)],
        "scores": [pieces.get_score(id) for id in range(size)],
        "kinds": [kind(id) for id in range(size)],
        "lines": [{"text": line, "ids": pieces.encode(line)} for line in LINES],
    }, ensure_ascii=False, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
