"""The shape of the network: a small Qwen2, so that every runtime that knows Qwen2 can run it."""

import math

import torch
from transformers import Qwen2Config, Qwen2ForCausalLM

VOCABULARY = 832
THETA = 1e6
PADDING, TURN_START, TURN_END = 829, 830, 831
EMBEDDING_SCALE = 0.06


def configuration():
    """1,735,616 parameters."""
    return Qwen2Config(
        vocab_size=VOCABULARY,
        hidden_size=192,
        intermediate_size=512,
        num_hidden_layers=4,
        num_attention_heads=6,
        num_key_value_heads=2,
        max_position_embeddings=2048,
        tie_word_embeddings=True,
        rope_theta=THETA,
        bos_token_id=PADDING,
        eos_token_id=TURN_END,
        initializer_range=0.02,
    )


@torch.no_grad()
def fresh():
    """A network with small embeddings and residual branches that begin by adding nothing."""
    network = Qwen2ForCausalLM(configuration())
    for name, weight in network.named_parameters():
        if "embed" in name:
            weight.normal_(0, EMBEDDING_SCALE)
        elif name.endswith(("o_proj.weight", "down_proj.weight")):
            weight.zero_()
        elif weight.ndim == 2:
            weight.normal_(0, 0.8 / math.sqrt(weight.shape[1]))
    return network
