"""A checkpoint of GLM-OCR's architecture with random weights."""

from __future__ import annotations

from pathlib import Path

from transformers import GlmOcrConfig, GlmOcrForConditionalGeneration

from tiny_models.byte_tokenizers import byte_tokenizer, save_tokenizer
from tiny_models.random_checkpoint import save_checkpoint

SPECIAL = (
    *("<|endoftext|>", "[gMASK]", "<sop>", "<|user|>", "<|assistant|>"),
    *("<|begin_of_image|>", "<|end_of_image|>", "<|image|>"),
)
SETTINGS = {
    "image_processor_type": "Glm46VImageProcessor",
    "size": {"shortest_edge": 4 * 28 * 28, "longest_edge": 2 * 60 * 28 * 28},
    "patch_size": 14,
    "temporal_patch_size": 2,
    "merge_size": 2,
}


def make_checkpoint(folder: Path) -> None:
    """Writes it into ``folder``."""
    tokenizer = byte_tokenizer(special=SPECIAL)
    save_tokenizer(tokenizer, folder)
    config = GlmOcrConfig(
        text_config={
            "vocab_size": 300,
            "hidden_size": 16,
            "intermediate_size": 32,
            "num_hidden_layers": 2,
            "num_attention_heads": 2,
            "num_key_value_heads": 1,
            "head_dim": 8,
            "rope_parameters": {
                "rope_type": "default",
                "rope_theta": 10000.0,
                "mrope_section": [1, 1, 2],
            },
        },
        vision_config={
            "hidden_size": 32,
            "intermediate_size": 48,
            "out_hidden_size": 16,
            "depth": 2,
            "num_heads": 2,
        },
        image_token_id=tokenizer.token_to_id("<|image|>"),
        image_start_token_id=tokenizer.token_to_id("<|begin_of_image|>"),
        image_end_token_id=tokenizer.token_to_id("<|end_of_image|>"),
    )
    save_checkpoint(folder, GlmOcrForConditionalGeneration, config, image_settings=SETTINGS)
