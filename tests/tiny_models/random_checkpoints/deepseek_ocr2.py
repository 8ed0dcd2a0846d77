"""A checkpoint of DeepSeek-OCR 2's architecture with random weights."""

from __future__ import annotations

from pathlib import Path

from transformers import DeepseekOcr2Config, DeepseekOcr2ForConditionalGeneration

from tiny_models.byte_tokenizers import byte_tokenizer, save_tokenizer
from tiny_models.random_checkpoint import save_checkpoint

BEGIN = "<｜begin▁of▁sentence｜>"
SPECIAL = (BEGIN, "<｜end▁of▁sentence｜>", "<image>", "<|grounding|>", "<|ref|>", "<|/ref|>")
SETTINGS = {
    "image_processor_type": "DeepseekOcr2ImageProcessor",
    "size": {"height": 1024, "width": 1024},
    "tile_size": 768,
    "min_patches": 2,
    "max_patches": 6,
    "image_mean": [0.5, 0.5, 0.5],
    "image_std": [0.5, 0.5, 0.5],
}


def make_checkpoint(folder: Path) -> None:
    """Writes it into ``folder``."""
    tokenizer = byte_tokenizer(special=SPECIAL)
    save_tokenizer(tokenizer, folder)
    config = DeepseekOcr2Config(
        vision_config={
            "sam_config": {
                "hidden_size": 16,
                "output_channels": 8,
                "num_hidden_layers": 2,
                "num_attention_heads": 1,
                "mlp_ratio": 2.0,
                "global_attn_indexes": [1],
                "downsample_channels": [12, 32],
            },
            "encoder_config": {
                "vocab_size": 10,
                "hidden_size": 32,
                "intermediate_size": 48,
                "num_hidden_layers": 1,
                "num_attention_heads": 2,
                "num_key_value_heads": 1,
            },
        },
        text_config={
            "vocab_size": 300,
            "hidden_size": 16,
            "intermediate_size": 32,
            "num_hidden_layers": 2,
            "num_attention_heads": 2,
            "num_key_value_heads": 2,
            "max_position_embeddings": 8192,
            "n_routed_experts": 4,
            "n_shared_experts": 1,
            "num_experts_per_tok": 2,
            "moe_intermediate_size": 16,
            "mlp_layer_types": ["dense", "sparse"],
        },
        image_token_id=tokenizer.token_to_id("<image>"),
    )
    save_checkpoint(folder, DeepseekOcr2ForConditionalGeneration, config, image_settings=SETTINGS)
