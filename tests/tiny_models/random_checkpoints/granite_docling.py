"""A checkpoint of Granite Docling's architecture with random weights."""

from __future__ import annotations

from pathlib import Path

from transformers import Idefics3Config, Idefics3ForConditionalGeneration

from tiny_models.byte_tokenizers import byte_tokenizer, save_tokenizer
from tiny_models.random_checkpoint import save_checkpoint

TILE = 64
SPECIAL = (
    *("<|end_of_text|>", "<|start_of_role|>", "<|end_of_role|>", "<image>"),
    *("<fake_token_around_image>", "<global-img>", "<end_of_utterance>", "<text>", "</text>"),
    *(f"<row_{row}_col_{column}>" for row in range(1, 5) for column in range(1, 5)),
)
SETTINGS = {
    "image_processor_type": "Idefics3ImageProcessor",
    "size": {"longest_edge": 4 * TILE},
    "max_image_size": {"longest_edge": TILE},
    "image_mean": [0.5, 0.5, 0.5],
    "image_std": [0.5, 0.5, 0.5],
}


def make_checkpoint(folder: Path) -> None:
    """Writes it into ``folder``."""
    tokenizer = byte_tokenizer(special=SPECIAL)
    save_tokenizer(tokenizer, folder)
    config = Idefics3Config(
        text_config={
            "model_type": "llama",
            "vocab_size": 300,
            "hidden_size": 16,
            "intermediate_size": 32,
            "num_hidden_layers": 2,
            "num_attention_heads": 2,
            "num_key_value_heads": 1,
            "pad_token_id": tokenizer.token_to_id("<|end_of_text|>"),
        },
        vision_config={
            "hidden_size": 32,
            "intermediate_size": 48,
            "num_hidden_layers": 2,
            "num_attention_heads": 2,
            "image_size": TILE,
            "patch_size": 8,
        },
        scale_factor=4,
        image_token_id=tokenizer.token_to_id("<image>"),
    )
    save_checkpoint(folder, Idefics3ForConditionalGeneration, config, image_settings=SETTINGS)
