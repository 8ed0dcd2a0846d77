"""A checkpoint of HunyuanOCR's architecture with random weights."""

from __future__ import annotations

from pathlib import Path

from transformers import HunYuanVLConfig, HunYuanVLForConditionalGeneration

from tiny_models.byte_tokenizers import byte_tokenizer, save_tokenizer
from tiny_models.random_checkpoint import save_checkpoint

IMAGE = "<｜hy_place▁holder▁no▁102｜>"
START = "<｜hy_place▁holder▁no▁100｜>"
STOP = "<｜hy_place▁holder▁no▁101｜>"
SPECIAL = (
    *("<｜hy_begin▁of▁sentence｜>", "<｜hy_place▁holder▁no▁2｜>", "<｜hy_place▁holder▁no▁3｜>"),
    *("<｜hy_User｜>", "<｜hy_Assistant｜>", START, STOP, IMAGE),
)
SETTINGS = {
    "image_processor_type": "HunYuanVLImageProcessor",
    "min_pixels": 4 * 32 * 32,
    "max_pixels": 60 * 32 * 32,
    "patch_size": 16,
    "temporal_patch_size": 1,
    "merge_size": 2,
}


def make_checkpoint(folder: Path) -> None:
    """Writes it into ``folder``."""
    tokenizer = byte_tokenizer(special=SPECIAL)
    save_tokenizer(tokenizer, folder)
    config = HunYuanVLConfig(
        text_config={
            "vocab_size": 300,
            "hidden_size": 32,
            "intermediate_size": 48,
            "num_hidden_layers": 2,
            "num_attention_heads": 2,
            "num_key_value_heads": 1,
            "head_dim": 16,
            "max_position_embeddings": 4096,
            "rope_parameters": {
                "rope_type": "default",
                "rope_theta": 10000.0,
                "mrope_section": [2, 2, 2, 2],
            },
        },
        vision_config={
            "hidden_size": 32,
            "intermediate_size": 48,
            "out_hidden_size": 32,
            "text_hidden_size": 32,
            "num_hidden_layers": 2,
            "num_attention_heads": 2,
            "patch_size": 16,
            "max_image_size": 256,
        },
        image_token_id=tokenizer.token_to_id(IMAGE),
        im_start_id=tokenizer.token_to_id(START),
        im_end_id=tokenizer.token_to_id(STOP),
    )
    save_checkpoint(folder, HunYuanVLForConditionalGeneration, config, image_settings=SETTINGS)
