"""A checkpoint of Qianfan-OCR's architecture with random weights."""

from __future__ import annotations

from pathlib import Path

from transformers import QianfanOCRConfig, QianfanOCRForConditionalGeneration

from tiny_models.byte_tokenizers import byte_tokenizer, save_tokenizer
from tiny_models.random_checkpoint import save_checkpoint

TILE = 56
SPECIAL = ("<|endoftext|>", "<|im_start|>", "<|im_end|>", "<img>", "</img>", "<IMG_CONTEXT>")
SETTINGS = {
    "image_processor_type": "GotOcr2ImageProcessor",
    "size": {"height": TILE, "width": TILE},
    "crop_to_patches": True,
    "min_patches": 1,
    "max_patches": 6,
    "image_mean": [0.4, 0.5, 0.6],
    "image_std": [0.2, 0.2, 0.3],
}


def make_checkpoint(folder: Path) -> None:
    """Writes it into ``folder``."""
    tokenizer = byte_tokenizer(special=SPECIAL)
    save_tokenizer(tokenizer, folder)
    config = QianfanOCRConfig(
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
            "hidden_size": 32,
            "intermediate_size": 48,
            "num_hidden_layers": 2,
            "num_attention_heads": 2,
            "image_size": [TILE, TILE],
            "patch_size": [14, 14],
        },
        image_token_id=tokenizer.token_to_id("<IMG_CONTEXT>"),
        image_seq_length=4,
    )
    save_checkpoint(folder, QianfanOCRForConditionalGeneration, config, image_settings=SETTINGS)
