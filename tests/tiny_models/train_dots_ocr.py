"""Trains the tiny dots.ocr: ``PYTHONPATH=tests python -m tiny_models.train_dots_ocr``."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import torch
from tokenizers import Tokenizer

from textlift.content.geometry import Box
from textlift.engines.dots_ocr import prompts
from textlift.engines.dots_ocr.configuration import DotsOCRConfig
from textlift.engines.dots_ocr.family import DotsOcr
from textlift.engines.dots_ocr.model import DotsOCRForCausalLM
from textlift.engines.vision_language.family import Placement, Request
from tiny_models.byte_tokenizers import byte_tokenizer
from tiny_models.checkpoints import (
    CHECKPOINTS,
    SIZE_LIMIT,
    WORK,
    folder_size,
    fresh_weights,
    write_checkpoint,
)
from tiny_models.lines import Line, held_out_lines
from tiny_models.scoring import character_error_rate
from tiny_models.training import Plan, Task, read_lines, text_of, train

NAME = "dots_ocr"
UNIT = 28
HELD_OUT_SIZE = (11 * UNIT, 2 * UNIT)

SPECIAL = (
    "<|endoftext|>",
    "<|imgpad|>",
    "<|img|>",
    "<|endofimg|>",
    "<|systemprompt|>",
    "<|endofsystemprompt|>",
    "<|user|>",
    "<|endofuser|>",
    "<|assistant|>",
    "<|endofassistant|>",
)
JSON_PIECES = ('[{"bbox": [', ", ", '], "category": "Text", "text": "', '"}]')
"""What every layout answer is made of, a token each: so narrow a network has better to do."""

PREPROCESSOR = {
    "min_pixels": 3136,
    "max_pixels": 11289600,
    "patch_size": 14,
    "temporal_patch_size": 1,
    "merge_size": 2,
    "image_mean": [0.48145466, 0.4578275, 0.40821073],
    "image_std": [0.26862954, 0.26130258, 0.27577711],
    "image_processor_type": "Qwen2VLImageProcessor",
    "processor_class": "DotsVLProcessor",
}


def tiny_tokenizer() -> Tokenizer:
    """Bytes, the marks of dots.ocr, and each official prompt as one token."""
    return byte_tokenizer(special=SPECIAL, whole=(*prompts.PROMPTS.values(), *JSON_PIECES))


def tiny_config(tokenizer: Tokenizer) -> DotsOCRConfig:
    """The official layout of the configuration with small numbers."""
    return DotsOCRConfig.from_dict(
        {
            "vocab_size": tokenizer.get_vocab_size(),
            "hidden_size": 96,
            "intermediate_size": 224,
            "num_hidden_layers": 3,
            "num_attention_heads": 3,
            "num_key_value_heads": 1,
            "max_position_embeddings": 4096,
            "rope_theta": 1000000,
            "tie_word_embeddings": False,
            "image_token_id": tokenizer.token_to_id(prompts.IMAGE_TOKEN),
            "video_token_id": None,
            "vision_config": {
                "embed_dim": 96,
                "hidden_size": 96,
                "intermediate_size": 224,
                "num_hidden_layers": 3,
                "num_attention_heads": 3,
            },
        }
    )


def layout_of(line: Line, seen: tuple[int, int]) -> str:
    """The layout of a page with one block, as the official models write it."""
    scale = (seen[0] / line.image.width, seen[1] / line.image.height) * 2
    box = [round(side * factor) for side, factor in zip(line.box, scale, strict=True)]
    return json.dumps([{"bbox": box, "category": "Text", "text": line.text}])


def layout_scores(family: DotsOcr, lines: Sequence[Line]) -> tuple[float, float]:
    """How lines are read in the mode ``layout``.

    Returns:
        The character error rate, and the mean intersection over union of the boxes.
    """
    read = []
    overlaps = []
    for line, answer in zip(lines, read_lines(family, lines, mode="layout"), strict=True):
        request = Request("layout", line.image.width * line.image.height)
        prepared = family.prepare(line.image, request)
        blocks = family.parse(answer, line.image, request, prepared).blocks
        read.append((line.text, "\n".join(block.text for block in blocks)))
        overlaps.append(overlap(blocks[0].box, Box(*line.box)) if blocks else 0.0)
    return character_error_rate(read), sum(overlaps) / len(overlaps)


def overlap(box: Box | None, truth: Box) -> float:
    """Intersection over union."""
    if box is None:
        return 0.0
    shared = box.intersection_area(truth)
    return shared / (box.area + truth.area - shared)


def load(folder: Path) -> DotsOcr:
    """The model as the program would load it on a CPU."""
    return DotsOcr(folder, Placement(torch.device("cpu"), torch.float32))


def main() -> None:
    tokenizer = tiny_tokenizer()
    ends = [tokenizer.token_to_id(token) for token in prompts.END_TOKENS]
    files = {
        "preprocessor_config.json": PREPROCESSOR,
        "generation_config.json": {"max_length": 4096, "eos_token_id": ends},
    }
    plan = Plan(unit=UNIT, steps=8000, batch=32)
    model = DotsOCRForCausalLM(tiny_config(tokenizer))
    print(f"{sum(p.numel() for p in model.parameters()):,} parameters", flush=True)
    fresh_weights(model, seed=plan.seed)
    write_checkpoint(WORK / NAME / "fresh", model, tokenizer=tokenizer, files=files)
    family = load(WORK / NAME / "fresh")
    tasks = [Task("text", text_of), Task("layout", layout_of)]
    train(family, plan, tasks, state=WORK / NAME / "state.pt")
    # In bfloat16, as the official checkpoints are.
    kept = WORK / NAME / "trained"
    write_checkpoint(kept, family.model, tokenizer=tokenizer, files=files, dtype=torch.bfloat16)
    family = load(kept)
    lines = held_out_lines(400, size=HELD_OUT_SIZE)
    read = read_lines(family, lines, mode="text")
    rate = character_error_rate(zip((line.text for line in lines), read, strict=True))
    layout_rate, iou = layout_scores(family, lines)
    size = folder_size(kept)
    print(
        f"held-out CER {rate:.2%} as text, {layout_rate:.2%} in the layout, mean IoU {iou:.2f}, "
        f"{size:,} bytes",
        flush=True,
    )
    if max(rate, layout_rate) < 0.05 and size <= SIZE_LIMIT:
        write_checkpoint(
            CHECKPOINTS / NAME, family.model, tokenizer=tokenizer, files=files, dtype=torch.bfloat16
        )


if __name__ == "__main__":
    main()
