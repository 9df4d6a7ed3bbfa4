"""Makes the model that everybody is measured with: random weights in exactly the shape of Qwen2.5-0.5B.

    python model.py FOLDER

writes `FOLDER/bf16` (safetensors), `FOLDER/q8_0` and `FOLDER/q4_0` (GGUF), each a complete model folder;
`FOLDER/q4_0-head` with a head of 4 bits, and `FOLDER/bf16-gguf`, of which llama.cpp's quantiser makes further types; and
`FOLDER/SHA256SUMS`. Speed does not depend on what the weights say, only on how many there are and of which type.
"""

import hashlib
import json
import sys
from pathlib import Path

import gguf
import numpy as np

from vocabulary import CHAT_TEMPLATE, CONTROL, SIZE, tokenizer, tokenizer_config

HIDDEN, FEED_FORWARD, LAYERS, HEADS, KEY_HEADS, HEAD = 896, 4864, 24, 14, 2, 64
# Rows of the embedding: more than tokens, as in the original.
ROWS = 151_936
PARAMETERS = 494_032_768
THETA, EPSILON, CONTEXT = 1_000_000.0, 1e-6, 32_768
DEVIATION = 0.02
END, TEXT_END = SIZE + CONTROL.index("<|im_end|>"), SIZE + CONTROL.index("<|endoftext|>")

CONFIG = {
    "architectures": ["Qwen2ForCausalLM"],
    "model_type": "qwen2",
    "attention_dropout": 0.0,
    "bos_token_id": TEXT_END,
    "eos_token_id": END,
    "hidden_act": "silu",
    "hidden_size": HIDDEN,
    "initializer_range": DEVIATION,
    "intermediate_size": FEED_FORWARD,
    "max_position_embeddings": CONTEXT,
    "max_window_layers": 21,
    "num_attention_heads": HEADS,
    "num_hidden_layers": LAYERS,
    "num_key_value_heads": KEY_HEADS,
    "rms_norm_eps": EPSILON,
    "rope_theta": THETA,
    "sliding_window": CONTEXT,
    "tie_word_embeddings": True,
    "torch_dtype": "bfloat16",
    "use_cache": True,
    "use_sliding_window": False,
    "vocab_size": ROWS,
}

# Folders with GGUF files, the type of their matrices, and the type of the embedding, which is the head.
GGUF = [
    ("q8_0", "Q8_0", "Q8_0"),
    ("q4_0", "Q4_0", "Q8_0"),
    ("q4_0-head", "Q4_0", "Q4_0"),
    ("bf16-gguf", "BF16", "BF16"),
]

# Hugging Face's name, GGUF's name, and the shape of every tensor of a layer.
LAYER = [
    ("self_attn.q_proj.weight", "attn_q.weight", (HEADS * HEAD, HIDDEN)),
    ("self_attn.q_proj.bias", "attn_q.bias", (HEADS * HEAD,)),
    ("self_attn.k_proj.weight", "attn_k.weight", (KEY_HEADS * HEAD, HIDDEN)),
    ("self_attn.k_proj.bias", "attn_k.bias", (KEY_HEADS * HEAD,)),
    ("self_attn.v_proj.weight", "attn_v.weight", (KEY_HEADS * HEAD, HIDDEN)),
    ("self_attn.v_proj.bias", "attn_v.bias", (KEY_HEADS * HEAD,)),
    ("self_attn.o_proj.weight", "attn_output.weight", (HIDDEN, HEADS * HEAD)),
    ("mlp.gate_proj.weight", "ffn_gate.weight", (FEED_FORWARD, HIDDEN)),
    ("mlp.up_proj.weight", "ffn_up.weight", (FEED_FORWARD, HIDDEN)),
    ("mlp.down_proj.weight", "ffn_down.weight", (HIDDEN, FEED_FORWARD)),
    ("input_layernorm.weight", "attn_norm.weight", (HIDDEN,)),
    ("post_attention_layernorm.weight", "ffn_norm.weight", (HIDDEN,)),
]


def names():
    """(Hugging Face's name, GGUF's name, shape) of every tensor."""
    yield "model.embed_tokens.weight", "token_embd.weight", (ROWS, HIDDEN)
    for layer in range(LAYERS):
        for ours, theirs, shape in LAYER:
            yield f"model.layers.{layer}.{ours}", f"blk.{layer}.{theirs}", shape
    yield "model.norm.weight", "output_norm.weight", (HIDDEN,)


def draw():
    """All tensors by Hugging Face's name, as bf16 in 16-bit integers."""
    random = np.random.Generator(np.random.PCG64(20))
    tensors = {}
    for name, _, shape in names():
        if "norm" in name:
            values = np.ones(shape, np.float32)
        else:
            values = random.standard_normal(shape, np.float32) * np.float32(DEVIATION)
        tensors[name] = rounded(values)
    assert sum(tensor.size for tensor in tensors.values()) == PARAMETERS
    return tensors


def rounded(values):
    """32-bit floats rounded to bf16: the upper half of their bits, ties to even."""
    bits = values.view(np.uint32)
    return ((bits + np.uint32(0x7FFF) + ((bits >> np.uint32(16)) & np.uint32(1))) >> np.uint32(16)).astype(np.uint16)


def widened(values):
    """bf16 as 32-bit floats."""
    return (values.astype(np.uint32) << np.uint32(16)).view(np.float32)


def write_safetensors(file, tensors):
    """A safetensors file: the length of a JSON header, the header, and the tensors one after the other."""
    header, start = {"__metadata__": {"format": "pt"}}, 0
    for name, values in tensors.items():
        header[name] = {"dtype": "BF16", "shape": values.shape, "data_offsets": [start, start + values.nbytes]}
        start += values.nbytes
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with file.open("wb") as opened:
        opened.write(len(text).to_bytes(8, "little") + text)
        for values in tensors.values():
            values.tofile(opened)


def write_json(file, value):
    """One JSON file."""
    file.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n")


def describe(folder):
    """Everything of a model folder but the weights."""
    folder.mkdir(parents=True, exist_ok=True)
    write_json(folder / "config.json", CONFIG)
    ends = {"bos_token_id": TEXT_END, "eos_token_id": [END, TEXT_END], "pad_token_id": TEXT_END}
    write_json(folder / "generation_config.json", {**ends, "do_sample": False})
    write_json(folder / "tokenizer_config.json", tokenizer_config())
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer(), ensure_ascii=False))


def write_gguf(file, tensors, kind, head):
    """A GGUF file as llama.cpp's own converter and quantiser would make it.

    Norms and biases keep 32 bits. The embedding is the head too, which the quantiser keeps at 6 bits in a 4-bit
    file; rows of 896 do not fit 6-bit blocks of 256, so it falls back to 8 bits.
    """
    writer = gguf.GGUFWriter(file, "qwen2")
    writer.add_name("random weights in the shape of Qwen2.5-0.5B")
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(HIDDEN)
    writer.add_block_count(LAYERS)
    writer.add_feed_forward_length(FEED_FORWARD)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(KEY_HEADS)
    writer.add_rope_freq_base(THETA)
    writer.add_layer_norm_rms_eps(EPSILON)
    writer.add_file_type(getattr(gguf.LlamaFileType, f"MOSTLY_{kind}"))
    vocabulary = tokenizer()["model"]
    missing = ROWS - SIZE - len(CONTROL)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("qwen2")
    padding = [f"[PAD{SIZE + len(CONTROL) + index}]" for index in range(missing)]
    writer.add_token_list([*vocabulary["vocab"], *CONTROL, *padding])
    types = gguf.TokenType
    writer.add_token_types([types.NORMAL] * SIZE + [types.CONTROL] * len(CONTROL) + [types.UNUSED] * missing)
    writer.add_token_merges(vocabulary["merges"])
    writer.add_bos_token_id(TEXT_END)
    writer.add_eos_token_id(END)
    writer.add_pad_token_id(TEXT_END)
    writer.add_add_bos_token(False)
    writer.add_chat_template(CHAT_TEMPLATE)
    kinds = gguf.GGMLQuantizationType
    for ours, theirs, shape in names():
        values = widened(tensors[ours])
        if len(shape) == 1:
            writer.add_tensor(theirs, values)
        else:
            to = kinds[head if theirs == "token_embd.weight" else kind]
            writer.add_tensor(theirs, gguf.quants.quantize(values, to), raw_dtype=to)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def sums(folder):
    """Lines as `sha256sum` prints them."""
    for file in sorted(path for path in folder.rglob("*") if path.is_file() and path.name != "SHA256SUMS"):
        with file.open("rb") as opened:
            digest = hashlib.file_digest(opened, "sha256").hexdigest()
        yield f"{digest}  {file.relative_to(folder)}\n"


def main():
    """Writes all folders; the sums come last, so that they stand for a complete model."""
    folder = Path(sys.argv[1])
    print(f"    drawing {PARAMETERS / 1e6:.0f} million random weights", flush=True)
    tensors = draw()
    print("    writing bf16", flush=True)
    describe(folder / "bf16")
    write_safetensors(folder / "bf16" / "model.safetensors", tensors)
    for name, kind, head in GGUF:
        print(f"    writing {name}", flush=True)
        describe(folder / name)
        write_gguf(folder / name / "model.gguf", tensors, kind, head)
    print("    adding up checksums", flush=True)
    (folder / "SHA256SUMS").write_text("".join(sums(folder)))


if __name__ == "__main__":
    main()
