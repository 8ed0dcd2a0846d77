"""A checkpoint of LightOnOCR's architecture with random weights."""

from __future__ import annotations

from pathlib import Path

from transformers import LightOnOcrConfig, LightOnOcrForConditionalGeneration

from tiny_models.byte_tokenizers import byte_tokenizer, save_tokenizer
from tiny_models.random_checkpoint import save_checkpoint

SPECIAL = ("<|endoftext|>", "<|im_start|>", "<|im_end|>", "<|image_pad|>")
SETTINGS = {
    "image_processor_type": "PixtralImageProcessor",
    "size": {"longest_edge": 560},
    "patch_size": {"height": 14, "width": 14},
    "image_mean": [0.5, 0.4, 0.3],
    "image_std": [0.2, 0.3, 0.4],
}


def make_checkpoint(folder: Path) -> None:
    """Writes it into ``folder``."""
    tokenizer = byte_tokenizer(special=SPECIAL)
    save_tokenizer(tokenizer, folder)
    config = LightOnOcrConfig(
        text_config={
            "model_type": "qwen3",
            "vocab_size": 300,
            "hidden_size": 16,
            "intermediate_size": 32,
            "num_hidden_layers": 2,
            "num_attention_heads": 2,
            "num_key_value_heads": 1,
            "head_dim": 8,
        },
        vision_config={
            "model_type": "pixtral",
            "hidden_size": 32,
            "intermediate_size": 48,
            "num_hidden_layers": 2,
            "num_attention_heads": 2,
            "head_dim": 16,
            "image_size": 560,
            "patch_size": 14,
        },
        image_token_id=tokenizer.token_to_id("<|image_pad|>"),
    )
    save_checkpoint(folder, LightOnOcrForConditionalGeneration, config, image_settings=SETTINGS)
