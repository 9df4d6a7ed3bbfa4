"""The shape of the network: a small Qwen2, so that every runtime that knows Qwen2 can run it."""

from transformers import Qwen2Config, Qwen2ForCausalLM

VOCABULARY = 4096
THETA = 1e6
PADDING, TURN_START, TURN_END = 4093, 4094, 4095


def configuration():
    """2,362,304 parameters."""
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


def fresh():
    """A network with the library's random weights."""
    return Qwen2ForCausalLM(configuration())
