"""Writes golden.json: logits that Hugging Face transformers computes for small random models.

    python make.py

Weights and prompts come from a hash that the test computes too (`weights.rs`), so only logits are kept. 32-bit
arithmetic and eager attention; with 16-bit weights the weights are rounded, the arithmetic stays 32-bit.
Any Python with the packages of `xtask/bench/transformers.txt` will do.
"""

import json
from pathlib import Path

import numpy as np
import torch
import transformers

OUTPUT = Path(__file__).parent / "golden.json"
TYPES = {"F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16}
CONTEXT = 600
# Logits are compared after these positions: a prompt of one token, both sides of 256 (where 16-bit positions would
# begin to be rounded), and the last position that fits.
POSITIONS = [0, 1, 31, 255, 256, 257, 300, 599]
# How many of the logits of a position are kept, evenly spread.
KEPT = 40
# The greedy continuation begins after this many tokens of the prompt and has this many.
GREEDY_PROMPT, GREEDY = 40, 24
# Best and second-best logit are this far apart, relative to the largest, wherever the continuation is compared.
MARGIN = 5e-4

# Vocabularies are those of the built-in tokenizer, or a little more so that they are no multiple of 8.
SHAPES = {
    "tied, 6 query and 2 key heads of 16": dict(
        hidden_size=96, intermediate_size=160, num_hidden_layers=2, num_attention_heads=6, num_key_value_heads=2,
        vocab_size=4096, rope_theta=1e4, tie_word_embeddings=True,
    ),
    "untied, 7 query heads of 32 share one key head": dict(
        hidden_size=224, intermediate_size=288, num_hidden_layers=3, num_attention_heads=7, num_key_value_heads=1,
        vocab_size=4099, rope_theta=1e6, tie_word_embeddings=False,
    ),
    "tied, the heads of Qwen2.5-0.5B": dict(
        hidden_size=896, intermediate_size=608, num_hidden_layers=2, num_attention_heads=14, num_key_value_heads=2,
        vocab_size=4096, rope_theta=1e6, tie_word_embeddings=True,
    ),
    "tied, as many key heads as query heads": dict(
        hidden_size=256, intermediate_size=352, num_hidden_layers=2, num_attention_heads=8, num_key_value_heads=8,
        vocab_size=4098, rope_theta=1e4, tie_word_embeddings=True,
    ),
    "untied, heads of 128": dict(
        hidden_size=512, intermediate_size=736, num_hidden_layers=3, num_attention_heads=4, num_key_value_heads=2,
        vocab_size=4096, rope_theta=1e6, tie_word_embeddings=False,
    ),
}

GAINS = {"q_proj": 6.0, "k_proj": 6.0, "o_proj": 12.0, "down_proj": 24.0}
MASK = (1 << 64) - 1


def name_hash(name):
    """64-bit FNV-1a of the name."""
    value = 0xCBF29CE484222325
    for byte in name.encode():
        value = ((value ^ byte) * 0x100000001B3) & MASK
    return value


def splitmix(name, count):
    """`count` numbers of 64 bits: splitmix64 of the name's hash plus the index."""
    with np.errstate(over="ignore"):
        z = np.uint64(name_hash(name)) + np.arange(1, count + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return z ^ (z >> np.uint64(31))


def values(name, shape):
    """A tensor in [-amplitude, amplitude), norms around 1: 24 bits of the hash, so that 32-bit floats hold it exactly."""
    unit = (splitmix(name, int(np.prod(shape))) >> np.uint64(40)).astype(np.float32) / np.float32(1 << 23) - np.float32(1)
    if "norm" in name:
        data = np.float32(1) + unit * np.float32(0.25)
    elif name.endswith("bias"):
        data = unit * np.float32(0.5)
    elif "embed_tokens" in name:
        data = unit * np.float32(0.25)
    else:
        # Sharper attention than a plain random model has, so that positions matter, and layers that add much to the
        # embedding, so that a tied head does not only repeat the last token.
        gain = next((gain for part, gain in GAINS.items() if part in name), 3.0)
        data = unit * np.float32(np.sqrt(gain / shape[-1]))
    return torch.from_numpy(data.reshape(shape))


def network(shape, dtype):
    """The model with weights rounded to `dtype`, computing in 32 bits."""
    config = transformers.Qwen2Config(
        **{key: value for key, value in shape.items() if key != "rope_theta"},
        rope_parameters={"rope_type": "default", "rope_theta": shape["rope_theta"]},
        max_position_embeddings=CONTEXT,
        rms_norm_eps=1e-6,
        attn_implementation="eager",
    )
    model = transformers.Qwen2ForCausalLM(config).float().eval()
    assert model.model.rotary_emb.config.rope_parameters["rope_theta"] == shape["rope_theta"]
    with torch.no_grad():
        # Every parameter once: a tied head is the embedding itself.
        for name, parameter in model.named_parameters():
            parameter.copy_(values(name, tuple(parameter.shape)).to(dtype).float())
    return model


def greedy(model, tokens):
    """The continuation, cut before the first token whose choice is close."""
    chosen = []
    for _ in range(GREEDY):
        logits = model(torch.tensor([tokens + chosen])).logits[0, -1]
        best, second = logits.topk(2).values.tolist()
        if best - second < MARGIN * logits.abs().max().item():
            break
        chosen.append(int(logits.argmax()))
    return chosen


@torch.no_grad()
def case(title, shape, dtype):
    """What is known of one model with weights of one type."""
    model = network(shape, TYPES[dtype])
    tokens = [int(value) for value in splitmix("tokens", CONTEXT) % np.uint64(4096)]
    logits = model(torch.tensor([tokens])).logits[0]
    kept = [index * (shape["vocab_size"] - 1) // (KEPT - 1) for index in range(KEPT)]
    continuation = greedy(model, tokens[:GREEDY_PROMPT])
    assert len(continuation) >= GREEDY // 2, (title, dtype, continuation)
    print(f"{title}, {dtype}: {len(continuation)} greedy tokens, {len(set(continuation))} different")
    return {
        "shape": title,
        "dtype": dtype,
        "greedy": continuation,
        "logits": [
            {
                "position": position,
                "largest": float(f"{logits[position].abs().max().item():.7g}"),
                "best": int(logits[position].argmax()),
                "kept": [float(f"{logits[position][index].item():.7g}") for index in kept],
            }
            for position in POSITIONS
        ],
    }


def main():
    """All shapes with all types."""
    torch.manual_seed(0)
    cases = [case(title, shape, dtype) for title, shape in SHAPES.items() for dtype in TYPES]
    lines = ",\n  ".join(json.dumps(one, separators=(",", ":")) for one in cases)
    shapes = ",\n  ".join(f"{json.dumps(title)}: {json.dumps(shape)}" for title, shape in SHAPES.items())
    made_with = f"transformers {transformers.__version__}, torch {torch.__version__.split('+')[0]}"
    OUTPUT.write_text(
        f'{{"made_with": {json.dumps(made_with)}, "context": {CONTEXT}, "greedy_prompt": {GREEDY_PROMPT},\n'
        f' "shapes": {{\n  {shapes}}},\n "cases": [\n  {lines}]}}\n'
    )


if __name__ == "__main__":
    main()
