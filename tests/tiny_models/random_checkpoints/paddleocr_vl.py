"""A checkpoint of PaddleOCR-VL's architecture with random weights."""

from __future__ import annotations

from pathlib import Path

from transformers import PaddleOCRVLConfig, PaddleOCRVLForConditionalGeneration

from tiny_models.byte_tokenizers import byte_tokenizer, save_tokenizer
from tiny_models.random_checkpoint import save_checkpoint

SPECIAL = (
    *("<unk>", "<s>", "</s>", "<|begin_of_sentence|>"),
    *("<|IMAGE_START|>", "<|IMAGE_PLACEHOLDER|>", "<|IMAGE_END|>"),
)
SETTINGS = {
    "image_processor_type": "PaddleOCRVLImageProcessor",
    "min_pixels": 4 * 28 * 28,
    "max_pixels": 60 * 28 * 28,
    "image_mean": [0.5, 0.5, 0.5],
    "image_std": [0.5, 0.5, 0.5],
    "patch_size": 14,
    "temporal_patch_size": 1,
    "merge_size": 2,
}


def make_checkpoint(folder: Path) -> None:
    """Writes it into ``folder``."""
    tokenizer = byte_tokenizer(special=SPECIAL)
    save_tokenizer(tokenizer, folder)
    config = PaddleOCRVLConfig(
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
                "rope_theta": 500000.0,
                "mrope_section": [1, 1, 2],
            },
        },
        vision_config={
            "hidden_size": 32,
            "intermediate_size": 48,
            "num_hidden_layers": 2,
            "num_attention_heads": 2,
            "image_size": 56,
            "patch_size": 14,
        },
        image_token_id=tokenizer.token_to_id("<|IMAGE_PLACEHOLDER|>"),
        vision_start_token_id=tokenizer.token_to_id("<|IMAGE_START|>"),
        vision_end_token_id=tokenizer.token_to_id("<|IMAGE_END|>"),
    )
    save_checkpoint(folder, PaddleOCRVLForConditionalGeneration, config, image_settings=SETTINGS)
