"""Writes the files of `models/built-in/` from a trained checkpoint.

    python to_gguf.py run tokenizer.json ../built-in

Matrices are stored in 8 bits (Q8_0: blocks of 32 values that share a scale), which
measurably costs nothing here; norms and biases stay in 32 bits.
"""

import argparse
import hashlib
import json
import shutil
from pathlib import Path

import gguf
import numpy as np
from safetensors.numpy import load_file

QUANTISED = gguf.GGMLQuantizationType.Q8_0

CHAT_TEMPLATE = (
    "{% for message in messages %}"
    "{{ '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>\\n' }}"
    "{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"
)

# Module names of the checkpoint and their names in a GGUF file.
MODULES = {
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output",
    "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
    "input_layernorm": "attn_norm",
    "post_attention_layernorm": "ffn_norm",
}

TOP_LEVEL = {
    "model.embed_tokens.weight": "token_embd.weight",
    "model.norm.weight": "output_norm.weight",
}


def gguf_name(name: str) -> str | None:
    """Translates a tensor name; None for the head, which is tied to the embedding."""
    if name == "lm_head.weight":
        return None
    if name in TOP_LEVEL:
        return TOP_LEVEL[name]
    _, _, layer, *module, kind = name.split(".")
    return f"blk.{layer}.{MODULES['.'.join(module)]}.{kind}"


def config_of(checkpoint: Path) -> dict:
    """The parts of the checkpoint's configuration that a reader of the model needs."""
    full = json.loads((checkpoint / "config.json").read_text())
    kept = [
        "architectures",
        "model_type",
        "vocab_size",
        "hidden_size",
        "intermediate_size",
        "num_hidden_layers",
        "num_attention_heads",
        "num_key_value_heads",
        "max_position_embeddings",
        "rms_norm_eps",
        "hidden_act",
        "tie_word_embeddings",
        "bos_token_id",
        "eos_token_id",
    ]
    config = {key: full[key] for key in kept}
    config["rope_theta"] = full["rope_parameters"]["rope_theta"]
    # Not a field of the architecture: tells our program how this model is asked for a letter.
    config["letter_prompt"] = "built-in"
    return config


def write_weights(checkpoint: Path, config: dict, tokenizer: dict, path: Path) -> None:
    """Writes the weights and, so that other runtimes can use the file alone, the tokenizer."""
    writer = gguf.GGUFWriter(path, "qwen2")
    writer.add_name("cover-letter-built-in")
    writer.add_context_length(config["max_position_embeddings"])
    writer.add_embedding_length(config["hidden_size"])
    writer.add_block_count(config["num_hidden_layers"])
    writer.add_feed_forward_length(config["intermediate_size"])
    writer.add_head_count(config["num_attention_heads"])
    writer.add_head_count_kv(config["num_key_value_heads"])
    writer.add_rope_freq_base(config["rope_theta"])
    writer.add_layer_norm_rms_eps(config["rms_norm_eps"])
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_Q8_0)
    add_tokenizer(writer, config, tokenizer)
    for name, tensor in sorted(load_file(checkpoint / "model.safetensors").items()):
        target = gguf_name(name)
        if target is None:
            continue
        tensor = tensor.astype(np.float32)
        if tensor.ndim == 2:
            writer.add_tensor(target, gguf.quants.quantize(tensor, QUANTISED), raw_dtype=QUANTISED)
        else:
            writer.add_tensor(target, tensor)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def add_tokenizer(writer: gguf.GGUFWriter, config: dict, tokenizer: dict) -> None:
    """Copies vocabulary, merges and chat template into the file."""
    size = config["vocab_size"]
    tokens = [""] * size
    types = [int(gguf.TokenType.NORMAL)] * size
    for token, index in tokenizer["model"]["vocab"].items():
        tokens[index] = token
    for added in tokenizer["added_tokens"]:
        tokens[added["id"]] = added["content"]
        types[added["id"]] = int(gguf.TokenType.CONTROL)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("qwen2")
    writer.add_token_list(tokens)
    writer.add_token_types(types)
    writer.add_token_merges([" ".join(merge) for merge in tokenizer["model"]["merges"]])
    writer.add_eos_token_id(config["eos_token_id"])
    writer.add_bos_token_id(config["bos_token_id"])
    writer.add_pad_token_id(config["bos_token_id"])
    writer.add_add_bos_token(False)
    writer.add_chat_template(CHAT_TEMPLATE)


def write_json(path: Path, value: dict) -> None:
    """Writes readable JSON with a final line break."""
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n")


def write_sums(folder: Path) -> None:
    """Writes SHA256SUMS over everything else in the folder, for `sha256sum --check`."""
    files = sorted(file for file in folder.iterdir() if file.name != "SHA256SUMS")
    lines = [f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}\n" for file in files]
    (folder / "SHA256SUMS").write_text("".join(lines))


def main() -> None:
    """Writes the folder."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("tokenizer", type=Path)
    parser.add_argument("out", type=Path)
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    config = config_of(arguments.checkpoint)
    tokenizer = json.loads(arguments.tokenizer.read_text())
    write_json(arguments.out / "config.json", config)
    write_json(
        arguments.out / "tokenizer_config.json",
        {
            "bos_token": "<|endoftext|>",
            "eos_token": "<|im_end|>",
            "chat_template": CHAT_TEMPLATE,
            "model_max_length": config["max_position_embeddings"],
        },
    )
    shutil.copyfile(arguments.tokenizer, arguments.out / "tokenizer.json")
    write_weights(arguments.checkpoint, config, tokenizer, arguments.out / "model.gguf")
    write_sums(arguments.out)


if __name__ == "__main__":
    main()
