"""Makes the network that training begins with: random weights into which a circuit for copying is put by hand.

    python graft.py initial

Letters copy names from the prompt. Trained from random weights alone, a network of this size took many
millions of tokens and still had not found out how to copy; with the circuit it can from the start, and training
keeps and refines it. Everything is ordinary weights; nothing has to know about it afterwards.

The circuit ("induction heads"): a head in layer 0 of each key-value group tells each place which token came
before it; a head in layers 1 and 2 looks for places whose previous token is the current one, and copies what
stands there.
"""

import argparse
import math

import numpy as np
import torch

from model import THETA, fresh

EMBEDDING_SCALE = 0.06
# Score of the one place that the first head should look at, before the softmax.
SHARPNESS = 8.0
# Rotary frequencies that tell neighbouring places apart.
FAST_FREQUENCIES = 4
# Rotary dimensions that turn too fast to compare tokens over a distance.
FIRST_SLOW = 5
# Scale of the matching scores and of what is copied.
MATCH_SCALE = 10.0
COPY_SCALE = 0.3
SAMPLES = 60


def reinitialise(network):
    """Small embeddings; residual branches that begin by adding nothing."""
    for name, weight in network.named_parameters():
        if "norm" in name:
            weight.fill_(1)
        elif name.endswith("bias"):
            weight.zero_()
        elif "embed" in name:
            weight.normal_(0, EMBEDDING_SCALE)
        elif name.endswith(("o_proj.weight", "down_proj.weight")):
            weight.zero_()
        else:
            weight.normal_(0, 0.8 / math.sqrt(weight.shape[1]))


def graft_previous_token_heads(network, basis, centre):
    """Layer 0: attend to the place before, through the biases alone, and write a projection of its token."""
    shape = network.config
    width = shape.hidden_size // shape.num_attention_heads
    half = width // 2
    frequencies = THETA ** (-np.arange(half) / half)
    attention = network.model.layers[0].self_attn
    norm = network.model.layers[0].input_layernorm.weight
    scale = max(0.05, network.model.embed_tokens.weight.pow(2).mean().sqrt().item())
    for group in range(shape.num_key_value_heads):
        keys = slice(group * width, (group + 1) * width)
        attention.k_proj.bias[keys] = 0
        attention.k_proj.weight[keys] *= 0.3
        attention.k_proj.bias[group * width : group * width + FAST_FREQUENCIES] = SHARPNESS
        queries = first_query_head(shape, group, width)
        attention.q_proj.weight[queries] = 0
        bias = torch.zeros(width)
        for i in range(FAST_FREQUENCIES):
            bias[i] = SHARPNESS * math.cos(-frequencies[i])
            bias[half + i] = SHARPNESS * math.sin(-frequencies[i])
        attention.q_proj.bias[queries] = bias
        read = basis[:, keys].t()
        attention.v_proj.weight[keys] = read / norm
        attention.v_proj.bias[keys] = -(read @ centre)
        write = basis[:, (2 + group) * width : (3 + group) * width]
        attention.o_proj.weight[:, queries] = write * scale * 1.5


def first_query_head(shape, group, width):
    """Rows of the first query head of a key-value group."""
    head = group * (shape.num_attention_heads // shape.num_key_value_heads)
    return slice(head * width, (head + 1) * width)


def normed_inputs(network, layer, sequences):
    """What the attention of a layer sees, without the first place of each sequence."""
    seen = []
    hook = network.model.layers[layer].input_layernorm.register_forward_hook(
        lambda _module, _inputs, output: seen.append(output[0, 1:].clone())
    )
    for sequence in sequences:
        network(input_ids=sequence[None])
    hook.remove()
    return torch.cat(seen)


def ridge(inputs, targets, weights, damping=1e-2):
    """Weight, bias and R2 of a weighted linear fit."""
    inputs = torch.cat([inputs, torch.ones(len(inputs), 1)], 1)
    weighted = inputs * weights[:, None]
    normal = weighted.t() @ inputs
    normal += damping * normal.diagonal().mean() * torch.eye(len(normal))
    solution = torch.linalg.solve(normal, weighted.t() @ targets)
    left = ((inputs @ solution - targets).pow(2) * weights[:, None]).sum()
    total = ((targets - targets.mean(0)).pow(2) * weights[:, None]).sum()
    return solution[:-1].t(), solution[-1], (1 - left / total).item()


def graft_matching_heads(network, layer, basis, sequences, embeddings):
    """Layers 1 and 2: queries are a code of the own token, keys the same code of the token before."""
    shape = network.config
    width = shape.hidden_size // shape.num_attention_heads
    slow = [i for i in range(width) if i % (width // 2) >= FIRST_SLOW]
    token = torch.cat([sequence[1:] for sequence in sequences])
    before = torch.cat([sequence[:-1] for sequence in sequences])
    count = torch.bincount(token, minlength=shape.vocab_size).float()
    # Rare tokens, such as the pieces of names, matter as much as common ones.
    weight = (1 / count[token].clamp(min=1)).sqrt()
    weight_before = (1 / count[before].clamp(min=1)).sqrt()
    inputs = normed_inputs(network, layer, sequences)
    attention = network.model.layers[layer].self_attn
    for group in range(shape.num_key_value_heads):
        rows = slice(group * width, (group + 1) * width)
        rotation = torch.linalg.qr(torch.randn(width, width))[0]
        code = embeddings @ (basis[:, rows] @ rotation[:, : len(slow)])
        code = code / code.norm(dim=1, keepdim=True)
        queries = first_query_head(shape, group, width)
        fits = []
        for projection, place, targets, importance in (
            (attention.q_proj, queries, code[token], weight),
            (attention.k_proj, rows, code[before], weight_before),
        ):
            fitted, bias, quality = ridge(inputs, targets, importance)
            matrix, offset = torch.zeros(width, shape.hidden_size), torch.zeros(width)
            matrix[slow], offset[slow] = fitted * MATCH_SCALE, bias * MATCH_SCALE
            projection.weight[place], projection.bias[place] = matrix, offset
            fits.append(round(quality, 3))
        # Each of the four heads copies another part of the embedding.
        part = [4, 5, 0, 1][(layer - 1) * shape.num_key_value_heads + group]
        copied = basis[:, part * width : (part + 1) * width]
        fitted, bias, quality = ridge(inputs, embeddings[token] @ copied, weight)
        attention.v_proj.weight[rows], attention.v_proj.bias[rows] = fitted, bias
        attention.o_proj.weight[:, queries] = copied * COPY_SCALE
        print(f"layer {layer} group {group}: R2 of query, key {fits}, value {quality:.3f}")


@torch.no_grad()
def main():
    """Writes the checkpoint."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    network = fresh().eval()
    torch.manual_seed(0)
    reinitialise(network)
    embedding = network.model.embed_tokens.weight
    unit = embedding / embedding.pow(2).mean(1, keepdim=True).sqrt()
    centre = unit.mean(0)
    basis, _ = torch.linalg.qr(torch.randn(network.config.hidden_size, network.config.hidden_size))
    graft_previous_token_heads(network, basis, centre)
    data = np.load("train.npz")
    bounds = data["offsets"][: SAMPLES + 1]
    sequences = [
        torch.from_numpy(data["ids"][start:end].astype(np.int64))
        for start, end in zip(bounds[:-1], bounds[1:], strict=True)
    ]
    for layer in (1, 2):
        graft_matching_heads(network, layer, basis, sequences, unit - centre)
    network.save_pretrained(arguments.out)


if __name__ == "__main__":
    main()
