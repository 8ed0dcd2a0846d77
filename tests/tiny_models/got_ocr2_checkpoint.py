"""What the tiny GOT-OCR2 is made of: its tokens, its numbers, its files."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from random import Random

import torch
from PIL import Image
from tokenizers import Tokenizer
from transformers import GotOcr2Config, GotOcr2ForConditionalGeneration

from textlift.engines.got_ocr2.card import FAMILY
from textlift.engines.got_ocr2.prompts import (
    END_TOKEN,
    IMAGE_TOKEN,
    TEXT_END_TOKEN,
    prompt_text,
)
from tiny_models.byte_tokenizers import byte_tokenizer
from tiny_models.checkpoints import fresh_weights
from tiny_models.lines import Line, held_out_lines

NAME = "got_ocr2"
SIDE = 192
PATCH = 12

SPECIAL = (TEXT_END_TOKEN, "<|im_start|>", END_TOKEN, "<img>", "</img>", IMAGE_TOKEN)
TITLE = ("\\title{\n", "\n}")
"""Around a heading in the published model's answers; a token each, for one so small."""

MEAN = (0.48145466, 0.4578275, 0.40821073)
DEVIATION = (0.26862954, 0.26130258, 0.27577711)
PREPROCESSOR = {
    "image_processor_type": "GotOcr2ImageProcessor",
    "processor_class": "GotOcr2Processor",
    "do_resize": True,
    "size": {"height": SIDE, "width": SIDE},
    "resample": 3,
    "do_rescale": True,
    "rescale_factor": 1 / 255,
    "do_normalize": True,
    "image_mean": list(MEAN),
    "image_std": list(DEVIATION),
    "do_convert_rgb": True,
}

_POSITION_DEVIATION = 0.1
_ANY_BOX = (1, 2, 3, 4)
_LINE_SIZE = (216, 48)
_MARGINS = (2, 9)


def got_tokenizer() -> Tokenizer:
    """Bytes, the model's own marks, and what stands on either side of the image as one token."""
    frames = [prompt_text(mode.name, placeholders="\0") for mode in FAMILY.modes]
    placed = [
        prompt_text(mode.name, placeholders="\0", box=_ANY_BOX).split(str(list(_ANY_BOX)))
        for mode in FAMILY.modes
        if mode.needs_box
    ]
    head = frames[0].partition("\0")[0]
    tails = sorted({frame.partition("\0")[2] for frame in frames})
    before = placed[0][0].partition("\0")[2]
    after = sorted({parts[1] for parts in placed})
    return byte_tokenizer(special=SPECIAL, whole=[head, *tails, before, *after, *TITLE])


def tiny_config(tokenizer: Tokenizer) -> GotOcr2Config:
    """The published layout with small numbers: one layer in windows, one across the image."""
    return GotOcr2Config(
        text_config={
            "model_type": "qwen2",
            "vocab_size": tokenizer.get_vocab_size(),
            "hidden_size": 96,
            "intermediate_size": 256,
            "num_hidden_layers": 3,
            "num_attention_heads": 4,
            "num_key_value_heads": 4,
            "max_position_embeddings": 4096,
            "rope_theta": 10000.0,
            "tie_word_embeddings": True,
            # As in the published files: not the token that ends an answer.
            "bos_token_id": tokenizer.token_to_id(TEXT_END_TOKEN),
            "eos_token_id": tokenizer.token_to_id(TEXT_END_TOKEN),
        },
        vision_config={
            "hidden_size": 64,
            "output_channels": 64,
            "num_hidden_layers": 2,
            "num_attention_heads": 2,
            "image_size": SIDE,
            "patch_size": PATCH,
            "window_size": 8,
            "global_attn_indexes": [1],
            "mlp_dim": 128,
        },
        image_token_index=tokenizer.token_to_id(IMAGE_TOKEN),
        tie_word_embeddings=True,
    )


def fresh_model(config: GotOcr2Config, *, seed: int) -> GotOcr2ForConditionalGeneration:
    """With weights to learn from; its positions too, which are all zero in the library."""
    model = GotOcr2ForConditionalGeneration(config)
    fresh_weights(model, seed=seed)
    filters = model.model.vision_tower.patch_embed.projection.weight
    with torch.no_grad():
        filters.normal_(std=filters[0].numel() ** -0.5)
        for name, weight in model.named_parameters():
            if "rel_pos" in name or "pos_embed" in name:
                weight.normal_(std=_POSITION_DEVIATION)
    return model.eval()


def write_checkpoint(
    folder: Path,
    model: GotOcr2ForConditionalGeneration,
    tokenizer: Tokenizer,
    *,
    dtype: torch.dtype = torch.float32,
) -> None:
    """Writes a folder as it is published, without the output weights, which are the input's."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    stored = GotOcr2ForConditionalGeneration(model.config)
    stored.load_state_dict(model.state_dict())
    stored.to(dtype).save_pretrained(folder)
    text = json.dumps(PREPROCESSOR, indent=1)
    (folder / "preprocessor_config.json").write_text(text + "\n", encoding="utf-8")
    tokenizer.save(str(folder / "tokenizer.json"))


def strip(line: Line, random: Random) -> Image.Image:
    """The line cut out of its image with a margin: in a whole square it would be too small."""
    x0, y0, x1, y1 = line.box
    left, top, right, bottom = (random.randint(*_MARGINS) for _ in range(4))
    return line.image.crop(
        (
            max(0, x0 - left),
            max(0, y0 - top),
            min(line.image.width, x1 + right),
            min(line.image.height, y1 + bottom),
        )
    )


def held_out_strips(count: int, *, seed: int = 5) -> list[tuple[str, Image.Image]]:
    """Lines that training never saw, each cut out, with what they say; always the same."""
    random = Random(seed)
    lines = held_out_lines(count, size=_LINE_SIZE)
    return [(line.text, strip(line, random)) for line in lines]
