"""A small language model with random weights, whose answers wander: no two questions are alike."""

from __future__ import annotations

import torch
from transformers import GenerationConfig, Qwen2Config, Qwen2ForCausalLM

CPU = torch.device("cpu")

VOCABULARY = 211


def small_writer() -> Qwen2ForCausalLM:
    """The model; always the same."""
    config = Qwen2Config(
        vocab_size=VOCABULARY, hidden_size=48, intermediate_size=64, num_hidden_layers=2,
        num_attention_heads=6, num_key_value_heads=2, max_position_embeddings=4096,
        attn_implementation="sdpa",
    )  # fmt: skip
    torch.manual_seed(3)
    model = Qwen2ForCausalLM(config).eval()
    # Larger than the library's, with which an answer soon is one token again and again.
    for weight in model.parameters():
        if weight.ndim == 2:
            torch.nn.init.normal_(weight, std=0.35)
    return model


def question(length: int, *, seed: int = 0) -> dict[str, torch.Tensor]:
    """A question of so many tokens."""
    generator = torch.Generator().manual_seed(1000 * seed + length)
    ids = torch.randint(0, VOCABULARY, (1, length), generator=generator)
    return {"input_ids": ids, "attention_mask": torch.ones_like(ids)}


def library_answer(
    model: Qwen2ForCausalLM, inputs: dict[str, torch.Tensor], tokens: int
) -> list[int]:
    """What the library's own loop writes, greedily."""
    with torch.inference_mode():
        output = model.generate(
            **inputs,
            generation_config=GenerationConfig(
                max_new_tokens=tokens, do_sample=False, eos_token_id=None, pad_token_id=0
            ),
        )
    return output[0, inputs["input_ids"].shape[1] :].tolist()
