"""A checkpoint of Kosmos-2.5's architecture with random weights."""

from __future__ import annotations

from pathlib import Path

from transformers import Kosmos2_5Config, Kosmos2_5ForConditionalGeneration

from tiny_models.byte_tokenizers import byte_tokenizer, save_tokenizer
from tiny_models.random_checkpoint import save_checkpoint

ROWS = 16
SPECIAL = ("<s>", "<pad>", "</s>", "<image>", "</image>", "<ocr>", "<md>")
# As published: the size and number of the patches are the processor's own.
SETTINGS = {
    "image_processor_type": "Kosmos2_5ImageProcessor",
    "processor_class": "Kosmos2_5Processor",
}


def make_checkpoint(folder: Path) -> None:
    """Writes it into ``folder``."""
    tokenizer = byte_tokenizer(special=SPECIAL, whole=("<bbox>", "</bbox>"))
    save_tokenizer(tokenizer, folder)
    config = Kosmos2_5Config(
        text_config={
            "vocab_size": 300,
            "embed_dim": 16,
            "layers": 2,
            "ffn_dim": 32,
            "attention_heads": 2,
            "bos_token_id": tokenizer.token_to_id("<s>"),
            "pad_token_id": tokenizer.token_to_id("<pad>"),
            "eos_token_id": tokenizer.token_to_id("</s>"),
        },
        vision_config={
            "hidden_size": 16,
            "intermediate_size": 24,
            "head_dim": 8,
            "num_hidden_layers": 2,
            "num_attention_heads": 2,
        },
        latent_query_num=ROWS,
    )
    save_checkpoint(folder, Kosmos2_5ForConditionalGeneration, config, image_settings=SETTINGS)
