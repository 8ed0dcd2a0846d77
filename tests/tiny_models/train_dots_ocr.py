"""Trains the tiny dots.ocr that reads lines: ``python tests/tiny_models/train_dots_ocr.py``.

It goes on where it was stopped. What is made on the way lies in ``build/``; what comes out of it,
when it is good, in ``tests/tiny_models/checkpoints/dots_ocr``.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import math
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any

import torch
from PIL import Image
from tokenizers import Tokenizer
from torch.nn import functional

sys.path.insert(0, str(Path(__file__).parents[1]))

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
from tiny_models.lines import LONGEST, Line, draw_line, held_out_lines, random_text
from tiny_models.scoring import character_error_rate
from tiny_models.training import read_lines
from tiny_models.typefaces import TYPEFACES, ink_of

NAME = "dots_ocr"
UNIT = 28
"""Side in pixels of an image token."""

SEED = 20
STEPS = 14000
BATCH = 32
PEAK_RATE = 1e-3
WARM_UP = 100
LEARNED = 0.5
"""Loss of a sign at which the lines become harder."""

HARDER = 0.01
"""Of the way from the easiest lines to the full range, at a time."""

_PATIENCE = 12
"""Steps with the same difficulty at least."""

_MANY_PIXELS = 10**9
_MARGIN = 3

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


def layout_answer(line: Line, seen: tuple[int, int]) -> str:
    """The layout of a page with one block, as the official models write it."""
    scale = (seen[0] / line.image.width, seen[1] / line.image.height) * 2
    box = [round(side * factor) for side, factor in zip(line.box, scale, strict=True)]
    return json.dumps([{"bbox": box, "category": "Text", "text": line.text}])


def placed_line(text: str, *, random: Random, size: tuple[int, int], freedom: float) -> Line:
    """A line that strays from the left edge and the middle only as far as it is free to.

    From lines in any place and size a network that knows places by rotation alone learns nothing
    for thousands of steps; from lines that begin in one place it learns the signs at once.

    Args:
        text: Digits and capitals.
        random: Of everything that is free.
        size: Of the image in pixels.
        freedom: From 0, one place, size and typeface, to 1, as ``draw_line`` draws.
    """
    faces = sorted(TYPEFACES)[: max(1, round(len(TYPEFACES) * freedom))]
    face = random.choice(faces)
    least, most = 22 - 7 * freedom, 22 + 2 * freedom
    if freedom >= 1:
        return draw_line(text, random=random, size=size, typeface=face)
    ink = ink_of(text, face)
    room = (size[0] - 2 * _MARGIN, size[1] - 2 * _MARGIN)
    scale = min(random.uniform(least, most) / ink.height, room[0] / ink.width, room[1] / ink.height)
    tight = (
        min(size[0], math.ceil(ink.width * scale) + 2 * _MARGIN),
        min(size[1], math.ceil(ink.height * scale) + 2 * _MARGIN),
    )
    capitals = (ink.height * scale, ink.height * scale)
    line = draw_line(
        text, random=random, size=tight, typeface=face, capitals=capitals, noise=6.0 * freedom
    )
    spare = (size[0] - tight[0], size[1] - tight[1])
    left = round(spare[0] * freedom * random.random())
    top = round(spare[1] * (0.5 + freedom * (random.random() - 0.5)))
    page = Image.new("RGB", size, line.image.getpixel((0, 0)))
    page.paste(line.image, (left, top))
    x0, y0, x1, y1 = line.box
    box = (x0 + left, y0 + top, x1 + left, y1 + top)
    return Line(text=text, image=page, box=box, typeface=face)


def lesson(step: int, freedom: float) -> tuple[str, list[Line]]:
    """The mode that is trained in a step, and lines on images of one size."""
    random = Random(f"{SEED} {step}")
    mode = "layout" if freedom > 0.3 and random.random() < 0.5 else "text"
    longest = 1 + round((LONGEST - 1) * min(1.0, 1.5 * freedom))
    length = random.randint(min(longest, 1 + round(2 * freedom)), longest)
    columns = math.ceil((2 * _MARGIN + 19 * length) / UNIT) + random.randint(0, 2)
    columns = min(12, max(2, columns, random.randint(4, 12) if freedom > 0.9 else 0))
    # Pages come in any size and are resized to whole units.
    swing = round(UNIT / 3 * max(0.0, 2 * freedom - 1))
    rows = 3 if freedom > 0.9 and random.random() < 0.15 else 2
    size = (
        columns * UNIT + random.randint(-swing, swing),
        rows * UNIT + random.randint(-swing, swing),
    )
    lines = [
        placed_line(
            random_text(random, length=random.randint(max(1, length - 2), length)),
            random=random,
            size=size,
            freedom=freedom,
        )
        for _ in range(BATCH)
    ]
    return mode, lines


def answer_losses(family: DotsOcr, mode: str, lines: Sequence[Line]) -> torch.Tensor:
    """The loss of each token of the answers; images must be of one size."""
    prepared = [family.prepare(line.image, Request(mode, _MANY_PIXELS)) for line in lines]
    end = family.end_tokens[-1]
    written = []
    for line, ready in zip(lines, prepared, strict=True):
        answer = layout_answer(line, ready.seen) if mode == "layout" else line.text
        written.append([*family.tokenizer.encode(answer, add_special_tokens=False).ids, end])
    longest = max(len(ids) for ids in written)
    padded = torch.tensor([ids + [family.pad_token] * (longest - len(ids)) for ids in written])
    wanted = torch.tensor([ids + [-100] * (longest - len(ids)) for ids in written])
    question = torch.cat([ready.inputs["input_ids"] for ready in prepared])
    logits = family.model(
        input_ids=torch.cat([question, padded], dim=1),
        pixel_values=torch.cat([ready.inputs["pixel_values"] for ready in prepared]),
        image_grid_thw=torch.cat([ready.inputs["image_grid_thw"] for ready in prepared]),
        use_cache=False,
    ).logits[:, -longest - 1 : -1]
    return functional.cross_entropy(logits.flatten(0, 1), wanted.flatten(), reduction="none")[
        wanted.flatten() != -100
    ]


def rate_at(step: int) -> float:
    """The learning rate: linear warm-up, then half a cosine down to nothing."""
    if step < WARM_UP:
        return PEAK_RATE * (step + 1) / WARM_UP
    return PEAK_RATE * 0.5 * (1 + math.cos(math.pi * (step - WARM_UP) / (STEPS - WARM_UP)))


@dataclasses.dataclass
class Progress:
    """How far the training is; kept with the weights."""

    step: int = 0
    freedom: float = 0.0
    loss: float = 4.0
    since: int = 0

    def learn(self, loss: float) -> None:
        """Takes the loss of a step's lines, and makes the next ones harder when it is low."""
        self.loss = 0.9 * self.loss + 0.1 * loss
        self.since += 1
        if self.loss < LEARNED and self.since >= _PATIENCE:
            self.freedom, self.since = min(1.0, self.freedom + HARDER), 0


def report(family: DotsOcr, count: int) -> float:
    """Prints how lines are read that were never trained on; returns the worse error rate."""
    lines = held_out_lines(count, size=(11 * UNIT, 2 * UNIT))
    size = lines[0].image.size
    truth = [line.text for line in lines]
    texts = read_lines(family, lines, mode="text")
    text_rate = character_error_rate(zip(truth, texts, strict=True))
    request = Request("layout", _MANY_PIXELS)
    answers, overlaps = [], []
    for line, answer in zip(lines, read_lines(family, lines, mode="layout"), strict=True):
        prepared = family.prepare(line.image, request)
        blocks = family.parse(answer, line.image, request, prepared).blocks
        answers.append(" ".join(block.text for block in blocks))
        overlaps.append(overlap(blocks[0].box, Box(*line.box)) if blocks else 0.0)
    layout_rate = character_error_rate(zip(truth, answers, strict=True))
    print(
        f"  held out, {count} lines of {size}: CER {text_rate:.2%} as text, "
        f"{layout_rate:.2%} in the layout, mean IoU {sum(overlaps) / count:.2f}; "
        f"{truth[3]}: {texts[3]!r} {answers[3]!r}",
        flush=True,
    )
    return max(text_rate, layout_rate)


def overlap(box: Box | None, truth: Box) -> float:
    """Intersection over union."""
    if box is None:
        return 0.0
    shared = box.intersection_area(truth)
    return shared / (box.area + truth.area - shared)


def train(family: DotsOcr, *, minutes: float) -> Progress:
    """Trains in place, from where an earlier run left off."""
    state = WORK / NAME / "state.pt"
    model = family.model
    optimizer = torch.optim.AdamW(
        model.parameters(), lr=PEAK_RATE, betas=(0.9, 0.98), weight_decay=0.01
    )
    progress = Progress()
    if state.is_file():
        kept: dict[str, Any] = torch.load(state, weights_only=True)
        model.load_state_dict(kept["model"])
        optimizer.load_state_dict(kept["optimizer"])
        progress = Progress(**kept["progress"])
    started = time.monotonic()
    while progress.step < STEPS and time.monotonic() - started < 60 * minutes:
        model.train()
        for group in optimizer.param_groups:
            group["lr"] = rate_at(progress.step)
        mode, lines = lesson(progress.step, progress.freedom)
        losses = answer_losses(family, mode, lines)
        losses.mean().backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        progress.step += 1
        if mode == "text":
            signs = sum(len(line.text) for line in lines)
            progress.learn(losses.sum().item() / signs)
        if progress.step % 100 == 0:
            print(
                f"{progress.step:6} freedom {progress.freedom:.2f} loss {progress.loss:.3f} "
                f"{time.monotonic() - started:.0f} s",
                flush=True,
            )
        if progress.step % 1000 == 0 or progress.step == STEPS:
            fresh = state.with_suffix(".new")
            content = {
                "model": model.state_dict(),
                "optimizer": optimizer.state_dict(),
                "progress": dataclasses.asdict(progress),
            }
            torch.save(content, fresh)
            fresh.replace(state)
            model.eval()
            report(family, 48)
    return progress


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=240.0, help="stop after so many minutes")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    tokenizer = tiny_tokenizer()
    ends = [tokenizer.token_to_id(token) for token in prompts.END_TOKENS]
    files = {
        "preprocessor_config.json": PREPROCESSOR,
        "generation_config.json": {"max_length": 4096, "eos_token_id": ends},
    }
    model = DotsOCRForCausalLM(tiny_config(tokenizer))
    print(f"{sum(p.numel() for p in model.parameters()):,} parameters", flush=True)
    fresh_weights(model, seed=SEED)
    write_checkpoint(WORK / NAME / "fresh", model, tokenizer=tokenizer, files=files)
    placement = Placement(torch.device("cpu"), torch.float32)
    family = DotsOcr(WORK / NAME / "fresh", placement)
    progress = train(family, minutes=arguments.minutes)
    # In bfloat16, as the official checkpoints are.
    kept = WORK / NAME / "trained"
    write_checkpoint(kept, family.model, tokenizer=tokenizer, files=files, dtype=torch.bfloat16)
    rate = report(DotsOcr(kept, placement), 240)
    size = folder_size(kept)
    print(f"{progress.step} steps, CER {rate:.2%} as kept, {size:,} bytes", flush=True)
    if rate < 0.05 and size <= SIZE_LIMIT:
        write_checkpoint(
            CHECKPOINTS / NAME, family.model, tokenizer=tokenizer, files=files, dtype=torch.bfloat16
        )


if __name__ == "__main__":
    main()
