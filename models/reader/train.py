"""Trains the reader of notes: a LoRA adapter for SmolLM2-135M-Instruct, from the pairs in models/notes.

    python train.py ../../target/models/smollm2/SmolLM2-135M-Instruct.Q4_1.gguf new.gguf minutes [adapter.gguf]

Training takes so many minutes, and goes on from the adapter when one is named. The weights of the model's file stay as they are (4 bits); what
is learnt is a product of two thin matrices for every matrix of the upper layers. Everything is in the layout of GGUF
files, so that the adapter is written without any reordering. Blocks are compiled, which takes a minute and doubles the
speed.
"""

import json
import math
import random
import sys
import time
from pathlib import Path

import gguf
import numpy as np
import torch
import torch.nn.functional as F
from retype import drawn, pieces
from tokenizers import Tokenizer, models, pre_tokenizers

# The model: SmolLM2-135M.
LAYERS, WIDTH, HEADS, KEY_HEADS, HEAD = 30, 576, 9, 3, 64
THETA, EPSILON, END = 100_000.0, 1e-5, 2
MATRICES = ["attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down"]

# The adapter and its training.
RANK, ALPHA, FIRST_LAYER = 32, 64.0, 8
RATE, WARM_UP, TOKENS = 8e-4, 20, 3072
LONGEST = 512
NAMES = {"currentExperience": "Now", "pastExperience": "Before", "skills": "Skills", "qualifications": "Awards", "reason": "Why"}
# Its forms are the ones that letters are judged by.
HELD_OUT = "handwritten"


def tokenizer(reader):
    """The tokenizer of the file: BPE over bytes, each digit alone."""
    tokens = reader.fields["tokenizer.ggml.tokens"].contents()
    merges = [tuple(merge.split(" ")) for merge in reader.fields["tokenizer.ggml.merges"].contents()]
    made = Tokenizer(models.BPE({token: number for number, token in enumerate(tokens)}, merges))
    digits = pre_tokenizers.Digits(individual_digits=True)
    made.pre_tokenizer = pre_tokenizers.Sequence([digits, pre_tokenizers.ByteLevel(add_prefix_space=False)])
    return made


def notes():
    """All notes: for training, and held out."""
    train, held_out = [], []
    for file in sorted((Path(__file__).parent / "../notes/pairs").glob("*.jsonl")):
        read = [json.loads(line) for line in file.read_text().splitlines()]
        (held_out if file.stem == HELD_OUT else train).extend(read)
    return train, held_out[:160]


def pair(tokens, field, pieces):
    """Prompt and answer, as token ids."""
    text = "".join(before + typed for before, typed, _ in pieces)
    prompt = f"{NAMES[field]}: {text.strip()}\n=>\n"
    answer = "".join(f"{said.strip()}\n" for _, _, said in pieces if said not in ("", "?"))
    return tokens.encode(prompt).ids, [*tokens.encode(answer).ids, END]


def epoch(tokens, train):
    """A pair for every note: the note as it is, or one that is made of it and of its like."""
    likes = {}
    for note in train:
        likes.setdefault((note["form"].split()[0], note["field"]), []).append(note)
    fields = {field: [note for note in train if note["field"] == field] for field in NAMES}
    made = []
    for note in train:
        like = likes[note["form"].split()[0], note["field"]]
        like = like if len(like) > 8 and random.random() < 0.5 else fields[note["field"]]
        made.append(pair(tokens, note["field"], drawn(note, like)))
    return [pair for pair in made if len(pair[0]) + len(pair[1]) <= LONGEST]


def rotated(values, cos, sin):
    """Rotary positions; the two that turn together stand side by side."""
    even, odd = values[..., 0::2], values[..., 1::2]
    return torch.stack((even * cos - odd * sin, even * sin + odd * cos), -1).flatten(-2)


def norm(values, gain):
    values = values.float()
    scale = torch.rsqrt(values.pow(2).mean(-1, keepdim=True) + EPSILON)
    return (values * scale * gain).bfloat16()


def product(values, weight, thin):
    """A matrix with what was learnt for it, if anything was."""
    plain = F.linear(values, weight)
    if thin is None:
        return plain
    wide, tall = thin
    return plain + F.linear(F.linear(values, wide.bfloat16()), tall.bfloat16() * (ALPHA / RANK))


def block(values, cos, sin, gains, weights, thin):
    """One layer: attention, then the network behind it."""
    batch, length, _ = values.shape
    query, key, value, output, gate, up, down = zip(weights, thin)
    heads = lambda product, count: product.view(batch, length, count, HEAD).transpose(1, 2)
    inner = norm(values, gains[0])
    queries = rotated(heads(product(inner, *query), HEADS), cos, sin)
    keys = rotated(heads(product(inner, *key), KEY_HEADS), cos, sin)
    seen = heads(product(inner, *value), KEY_HEADS)
    keys, seen = (part.repeat_interleave(HEADS // KEY_HEADS, 1) for part in (keys, seen))
    seen = F.scaled_dot_product_attention(queries, keys, seen, is_causal=True)
    seen = seen.transpose(1, 2).reshape(batch, length, WIDTH)
    values = values + product(seen, *output)
    inner = norm(values, gains[1])
    return values + product(F.silu(product(inner, *gate)) * product(inner, *up), *down)


class Model(torch.nn.Module):
    """The network with its adapter."""

    def __init__(self, reader):
        super().__init__()
        self.weights, self.wide, self.tall = {}, torch.nn.ParameterDict(), torch.nn.ParameterDict()
        for tensor in reader.tensors:
            shape = tuple(int(size) for size in tensor.shape[::-1])
            values = np.array(gguf.quants.dequantize(tensor.data, tensor.tensor_type), dtype=np.float32)
            weight = torch.from_numpy(values.reshape(shape))
            self.weights[tensor.name] = weight.bfloat16() if weight.dim() == 2 else weight
        for layer in range(FIRST_LAYER, LAYERS):
            for name in MATRICES:
                rows, columns = self.weights[f"blk.{layer}.{name}.weight"].shape
                key = f"{layer}-{name}"
                self.wide[key] = torch.nn.Parameter(torch.randn(RANK, columns) / math.sqrt(columns))
                self.tall[key] = torch.nn.Parameter(torch.zeros(rows, RANK))

        self.block = torch.compile(block, dynamic=True)

    def go_on_from(self, reader):
        """Takes the matrices of an adapter."""
        for tensor in reader.tensors:
            shape = tuple(int(size) for size in tensor.shape[::-1])
            values = np.array(gguf.quants.dequantize(tensor.data, tensor.tensor_type), dtype=np.float32).reshape(shape)
            _, layer, name, _, side = tensor.name.split(".")
            matrices = self.wide if side == "lora_a" else self.tall
            matrices[f"{layer}-{name}"].data = torch.from_numpy(values)

    def forward(self, ids):
        values = F.embedding(ids, self.weights["token_embd.weight"])
        length = ids.shape[1]
        turns = 1 / THETA ** (torch.arange(0, HEAD, 2).float() / HEAD)
        angles = torch.outer(torch.arange(length).float(), turns)
        cos, sin = angles.cos().bfloat16(), angles.sin().bfloat16()
        for layer in range(LAYERS):
            gains = [self.weights[f"blk.{layer}.{name}_norm.weight"] for name in ("attn", "ffn")]
            weights = [self.weights[f"blk.{layer}.{name}.weight"] for name in MATRICES]
            keys = [f"{layer}-{name}" for name in MATRICES]
            thin = [(self.wide[key], self.tall[key]) if key in self.wide else None for key in keys]
            values = self.block(values, cos, sin, gains, weights, thin)
        return norm(values, self.weights["output_norm.weight"])

    def loss(self, batch):
        """Cross entropy of the answers, and their number of tokens."""
        longest = max(len(prompt) + len(answer) for prompt, answer in batch) - 1
        ids = torch.full((len(batch), longest), END)
        wanted = torch.full((len(batch), longest), -1)
        for row, (prompt, answer) in enumerate(batch):
            ids[row, : len(prompt) + len(answer) - 1] = torch.tensor((prompt + answer)[:-1])
            wanted[row, len(prompt) - 1 : len(prompt) + len(answer) - 1] = torch.tensor(answer)
        counts = wanted >= 0
        logits = F.linear(self(ids)[counts], self.weights["token_embd.weight"]).float()
        return F.cross_entropy(logits, wanted[counts], reduction="sum"), int(counts.sum())


def batches(all_pairs, shuffled=True):
    """Batches of pairs of about the same length."""
    order = random.sample(all_pairs, len(all_pairs)) if shuffled else all_pairs
    made = []
    for start in range(0, len(order), 400):
        batch, longest = [], 0
        for pair in sorted(order[start : start + 400], key=lambda pair: len(pair[0]) + len(pair[1])):
            length = len(pair[0]) + len(pair[1])
            if batch and max(longest, length) * (len(batch) + 1) > TOKENS:
                made.append(batch)
                batch, longest = [], 0
            batch.append(pair)
            longest = max(longest, length)
        made.append(batch)
    return random.sample(made, len(made)) if shuffled else made


def measure(model, held_out):
    with torch.no_grad():
        losses = [model.loss(batch) for batch in batches(held_out, shuffled=False)]
    return sum(float(loss) for loss, _ in losses) / sum(count for _, count in losses)


def write(model, file):
    writer = gguf.GGUFWriter(file, "llama")
    writer.add_type("adapter")
    writer.add_string("adapter.type", "lora")
    writer.add_float32("adapter.lora.alpha", ALPHA)
    writer.add_name("Reader of notes")
    writer.add_license("apache-2.0")
    eight_bits = gguf.GGMLQuantizationType.Q8_0
    for key, wide in model.wide.items():
        layer, name = key.split("-")
        wide = gguf.quants.quantize(wide.detach().numpy(), eight_bits)
        writer.add_tensor(f"blk.{layer}.{name}.weight.lora_a", wide, raw_dtype=eight_bits)
        writer.add_tensor(f"blk.{layer}.{name}.weight.lora_b", model.tall[key].detach().numpy().astype(np.float16))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def main():
    torch.manual_seed(1)
    random.seed(1)
    base, to, minutes, *adapter = sys.argv[1:]
    reader = gguf.GGUFReader(base)
    tokens = tokenizer(reader)
    train, held_out = notes()
    held_out = [pair(tokens, note["field"], pieces(note)) for note in held_out]
    model = Model(reader)
    if adapter:
        model.go_on_from(gguf.GGUFReader(adapter[0]))
    optimizer = torch.optim.AdamW(model.parameters(), lr=RATE, weight_decay=0.0, betas=(0.9, 0.98))
    print(f"loss of forms that were held out: {measure(model, held_out):.4f}", flush=True)
    begun, step, steps = time.time(), 0, []
    total = count_all = 0
    while (done := (time.time() - begun) / 60 / float(minutes)) < 1:
        step, steps = step + 1, steps or batches(epoch(tokens, train))
        for group in optimizer.param_groups:
            group["lr"] = RATE * min(1, step / WARM_UP) * (0.03 + 0.485 * (1 + math.cos(math.pi * done)))
        loss, count = model.loss(steps.pop())
        (loss / count).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        total, count_all = total + loss.item(), count_all + count
        if step % 25 == 0:
            seen = f"held out {measure(model, held_out):.4f}, " if step % 200 == 0 else ""
            print(f"step {step}, loss {total / count_all:.3f}, {seen}{done:.0%} of the time", flush=True)
            total = count_all = 0
            write(model, to)
    print(f"loss of forms that were held out: {measure(model, held_out):.4f}")
    write(model, to)


if __name__ == "__main__":
    main()
