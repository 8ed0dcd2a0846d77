"""Trains the tiny dots.ocr: ``PYTHONPATH=tests python -m tiny_models.train_dots_ocr``.

The checkpoint that is kept came of a run that was stopped and resumed: its first half with another
optimizer and without the lesson about columns. A run from the start to the end was not made.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Sequence
from pathlib import Path
from random import Random

import torch
from tokenizers import Tokenizer
from torch import nn
from torch.nn import functional

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
from tiny_models.column_lesson import ColumnLesson
from tiny_models.lines import LONGEST, SHORTEST, Line, draw_line, held_out_lines, random_text
from tiny_models.scoring import character_error_rate
from tiny_models.tower_lesson import TowerLesson
from tiny_models.training import Plan, optimizer_of, read_lines

NAME = "dots_ocr"
UNIT = 28
HELD_OUT_SIZE = (11 * UNIT, 2 * UNIT)

_LAYOUT_SHARE = 0.4
"""Of the steps; the others train the plain text."""

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


def train(family: DotsOcr, plan: Plan, *, state: Path) -> None:
    """Trains in place; goes on from ``state`` where an earlier run left off."""
    torch.set_num_threads(1)
    model = family.model
    tower, width = model.vision_tower, model.config.hidden_size
    signs = TowerLesson(tower, width, unit=plan.unit)
    columns = ColumnLesson(tower, width, unit=plan.unit)
    lessons = nn.ModuleList([signs, columns])
    optimizer = optimizer_of(model)
    optimizer.add_param_group({"params": list(lessons.parameters()), "share": 1.0})
    done = 0
    if state.exists():
        kept = torch.load(state, weights_only=True)
        model.load_state_dict(kept["model"])
        lessons.load_state_dict(kept["lessons"])
        optimizer.load_state_dict(kept["optimizer"])
        done = kept["step"]
    started = time.monotonic()
    means = torch.zeros(3)
    for step in range(done, plan.steps):
        model.train()
        for group in optimizer.param_groups:
            group["lr"] = plan.rate_at(step) * group["share"]
        mode, lines = drawn_lines(plan, step)
        written, seen = answer_loss(family, mode, lines)
        named, placed = signs.loss(lines, seen), columns.loss(len(lines), seen)
        # Towards the end only what the model writes counts.
        loss = written + (named + 0.5 * placed) * (1 - step / plan.steps)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_([*model.parameters(), *lessons.parameters()], 1.0)
        optimizer.step()
        means += 0.03 * (torch.tensor([written.item(), named.item(), placed.item()]) - means)
        if (step + 1) % 100 == 0:
            losses = f"written {means[0]:.3f}, signs {means[1]:.3f}, columns {means[2]:.3f}"
            print(f"step {step + 1}: {losses}, {time.monotonic() - started:.0f} s", flush=True)
        if (step + 1) % plan.report == 0 or step + 1 == plan.steps:
            state.parent.mkdir(parents=True, exist_ok=True)
            fresh = state.with_suffix(".new")
            content = {
                "model": model.state_dict(),
                "lessons": lessons.state_dict(),
                "optimizer": optimizer.state_dict(),
                "step": step + 1,
            }
            torch.save(content, fresh)
            fresh.replace(state)
            model.eval()
            report(family, 60)
    model.eval()


def drawn_lines(plan: Plan, step: int) -> tuple[str, list[Line]]:
    """The mode that is trained in a step, and lines on images of one size."""
    random = Random(f"{plan.seed} {step}")
    mode = "layout" if random.random() < _LAYOUT_SHARE else "text"
    length = random.randint(SHORTEST, LONGEST)
    columns = math.ceil((12 + 17 * length) / plan.unit) + random.randint(0, 3)
    # Pages come in any size and are resized to whole units.
    swing = plan.unit // 3
    size = (
        min(12, max(3, columns)) * plan.unit + random.randint(-swing, swing),
        2 * plan.unit + random.randint(-swing, swing),
    )
    texts = [
        random_text(random, length=random.randint(max(SHORTEST, length - 2), length))
        for _ in range(plan.batch)
    ]
    return mode, [draw_line(text, random=random, size=size) for text in texts]


def answer_loss(
    family: DotsOcr, mode: str, lines: Sequence[Line]
) -> tuple[torch.Tensor, tuple[int, int]]:
    """The mean loss of the answers' tokens, and the size at which the images are seen."""
    ready = [
        family.prepare(line.image, Request(mode, line.image.width * line.image.height * 2))
        for line in lines
    ]
    seen = ready[0].seen
    end = family.end_tokens[-1]
    answers = [layout_of(line, seen) if mode == "layout" else line.text for line in lines]
    written = [
        [*family.tokenizer.encode(answer, add_special_tokens=False).ids, end] for answer in answers
    ]
    longest = max(map(len, written))
    padded = torch.tensor([ids + [family.pad_token] * (longest - len(ids)) for ids in written])
    wanted = torch.tensor([ids + [-100] * (longest - len(ids)) for ids in written])
    question = torch.cat([one.inputs["input_ids"] for one in ready])
    logits = family.model(
        input_ids=torch.cat([question, padded], dim=1),
        pixel_values=torch.cat([one.inputs["pixel_values"] for one in ready]),
        image_grid_thw=torch.cat([one.inputs["image_grid_thw"] for one in ready]),
        use_cache=False,
        logits_to_keep=longest + 1,
    ).logits[:, :-1]
    return functional.cross_entropy(logits.flatten(0, 1), wanted.flatten()), seen


def report(family: DotsOcr, count: int) -> float:
    """Prints how lines are read that training never sees; returns the worse error rate."""
    lines = held_out_lines(count, size=HELD_OUT_SIZE)
    read = read_lines(family, lines, mode="text")
    rate = character_error_rate(zip((line.text for line in lines), read, strict=True))
    layout_rate, iou = layout_scores(family, lines)
    print(
        f"held out, {count} lines: CER {rate:.2%} as text, {layout_rate:.2%} in the layout, "
        f"mean IoU {iou:.2f}; {lines[3].text} is read as {read[3]!r}",
        flush=True,
    )
    return max(rate, layout_rate)


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
    plan = Plan(unit=UNIT, steps=10000, batch=32, report=500)
    model = DotsOCRForCausalLM(tiny_config(tokenizer))
    print(f"{sum(p.numel() for p in model.parameters()):,} parameters", flush=True)
    fresh_weights(model, seed=plan.seed)
    write_checkpoint(WORK / NAME / "fresh", model, tokenizer=tokenizer, files=files)
    family = load(WORK / NAME / "fresh")
    train(family, plan, state=WORK / NAME / "state.pt")
    # In bfloat16, as the official checkpoints are.
    kept = WORK / NAME / "trained"
    write_checkpoint(kept, family.model, tokenizer=tokenizer, files=files, dtype=torch.bfloat16)
    rate = report(load(kept), 400)
    size = folder_size(kept)
    print(f"{size:,} bytes", flush=True)
    if rate < 0.05 and size <= SIZE_LIMIT:
        write_checkpoint(
            CHECKPOINTS / NAME, family.model, tokenizer=tokenizer, files=files, dtype=torch.bfloat16
        )


if __name__ == "__main__":
    main()
