"""Trains a tiny model through the family that will run it: the same prompts, the same pixels."""

from __future__ import annotations

import dataclasses
import math
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Any

import torch
from torch.nn import functional

from textlift.engines.vision_language.family import Family, Prepared, Request
from tiny_models.lines import ALPHABET, LONGEST, Line, draw_line, held_out_lines, random_text
from tiny_models.muon import Muon
from tiny_models.scoring import character_error_rate
from tiny_models.tower_lesson import TowerLesson
from tiny_models.typefaces import TYPEFACES

_MANY_PIXELS = 10**9

_RISE = 0.02
"""Of the level, from 0 for signs far apart in two typefaces to 1 for all there is to read."""

_LONG = 0.4
"""Level from which lines have all lengths; before, from single signs on, short ones."""

_FREE = 0.8
"""Level from which lines are set as they are printed, in all typefaces, anywhere on the image."""


@dataclasses.dataclass(frozen=True)
class Task:
    """One thing to learn.

    Attributes:
        mode: One of the family's modes; its prompt stands before the answer.
        answer: What is to be written about a line on an image that is seen in the given size.
        weight: How often, compared with the other tasks.
    """

    mode: str
    answer: Callable[[Line, tuple[int, int]], str]
    weight: float = 1.0


def text_of(line: Line, seen: tuple[int, int]) -> str:
    """The answer of a task that asks for the text alone."""
    return line.text


@dataclasses.dataclass(frozen=True)
class Plan:
    """How long and how fast.

    Attributes:
        unit: Side in pixels of what becomes one image token; images are two units high.
        steps: In all.
        capitals: Least and greatest height of the capitals in pixels, in the end.
        batch: Lines in each step.
        rate: The highest learning rate.
        warm_up: Steps to reach it; after them it falls along a cosine.
        mastered: Mean loss at which signs move closer, and typefaces and places become more.
        seed: Of everything that is drawn by chance.
        report: Steps between reports of loss and error rate.
    """

    unit: int
    steps: int
    capitals: tuple[float, float] = (15, 24)
    batch: int = 32
    rate: float = 2e-3
    warm_up: int = 200
    mastered: float = 1.1
    seed: int = 1
    report: int = 250

    def rate_at(self, step: int) -> float:
        if step < self.warm_up:
            return self.rate * (step + 1) / self.warm_up
        share = (step - self.warm_up) / max(1, self.steps - self.warm_up)
        return self.rate * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * min(1.0, share))))


def train(
    family: Family,
    plan: Plan,
    tasks: Sequence[Task],
    *,
    state: Path,
    tower: torch.nn.Module | None = None,
) -> None:
    """Trains ``family.model`` in place; goes on from ``state`` where an earlier run left off.

    Args:
        family: Loaded in float32, with fresh weights.
        plan: How long and how fast.
        tasks: What to learn.
        state: File that progress is kept in; not part of the repository.
        tower: What makes image tokens of pixels, a token for each cell. It is then told which
            signs lie where, besides, and needs no easy lines to begin with.
    """
    torch.set_num_threads(1)
    model = family.model.train()
    optimizer = optimizer_of(model)
    lesson = None
    if tower is not None:
        lesson = TowerLesson(tower, model.config.get_text_config().hidden_size, unit=plan.unit)
        optimizer.add_param_group({"params": list(lesson.parameters()), "share": 1.0})
    done = 0
    level = 0.0 if lesson is None else 1.0
    if state.exists():
        kept = torch.load(state, weights_only=True)
        model.load_state_dict(kept["model"])
        optimizer.load_state_dict(kept["optimizer"])
        if lesson is not None:
            lesson.load_state_dict(kept["lesson"])
        done, level = kept["step"], kept["level"]
    started = time.monotonic()
    losses: list[float] = []
    recent = math.log(len(ALPHABET))
    for step in range(done, plan.steps):
        for group in optimizer.param_groups:
            group["lr"] = plan.rate_at(step) * group["share"]
        lines, prepared, answers = _draw(family, plan, tasks, step, level)
        written = _loss(family, prepared, answers)
        loss = written
        if lesson is not None:
            loss = written + lesson.loss(lines, prepared[0].seen) * (1 - step / plan.steps)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        for group in optimizer.param_groups:
            torch.nn.utils.clip_grad_norm_(group["params"], 1.0)
        optimizer.step()
        losses.append(written.item())
        recent += 0.05 * (losses[-1] - recent)
        if recent < plan.mastered and level < 1.0:
            level, recent = min(1.0, level + _RISE), recent + 0.1
        if (step + 1) % plan.report == 0 or step + 1 == plan.steps:
            rate = held_out_error_rate(
                family, tasks[0], unit=plan.unit, count=80, capitals=plan.capitals
            )
            mean = sum(losses) / len(losses)
            print(
                f"step {step + 1}: level {level:.2f}, loss {mean:.4f}, held-out CER {rate:.2%}, "
                f"{time.monotonic() - started:.0f} s",
                flush=True,
            )
            losses.clear()
            _keep(
                state,
                {
                    "model": model.state_dict(),
                    "optimizer": optimizer.state_dict(),
                    "lesson": None if lesson is None else lesson.state_dict(),
                    "step": step + 1,
                    "level": level,
                },
            )
            model.train()
    model.eval()


def optimizer_of(model: torch.nn.Module) -> Muon:
    """Muon for the matrices inside, Adam for embeddings, norms and filters.

    Adam moves every weight by the learning rate, whatever its gradient's size. A filter over a
    patch of paper adds up a thousand numbers that are all alike, so the same step would throw its
    answer about; it gets a small share of the rate.
    """
    filters, matrices, others = [], [], []
    head = model.get_output_embeddings()
    for module in model.modules():
        weights = list(module.parameters(recurse=False))
        if isinstance(module, torch.nn.Conv2d | torch.nn.Conv3d):
            filters.extend(weights)
        elif isinstance(module, torch.nn.Linear) and module is not head:
            matrices.extend(weight for weight in weights if weight.ndim == 2)
            others.extend(weight for weight in weights if weight.ndim != 2)
        else:
            others.extend(weights)
    return Muon(
        [
            {"params": matrices, "share": 2.5, "muon": True},
            {"params": filters, "share": 0.02},
            {"params": others, "share": 1.0},
        ]
    )


def held_out_error_rate(
    family: Family,
    task: Task,
    *,
    unit: int,
    count: int,
    capitals: tuple[float, float] = (15, 24),
) -> float:
    """Character error rate on lines that training never sees, on images 9 by 2 units large."""
    family.model.eval()
    size = (9 * unit, 2 * unit)
    lines = held_out_lines(count, size=size, capitals=capitals)
    read = read_lines(family, lines, mode=task.mode)
    return character_error_rate(
        (task.answer(line, size), answer) for line, answer in zip(lines, read, strict=True)
    )


@torch.inference_mode()
def read_lines(family: Family, lines: Sequence[Line], *, mode: str, limit: int = 96) -> list[str]:
    """What the model answers for images of equal size, all at once, greedily."""
    prepared = [family.prepare(line.image, Request(mode, _MANY_PIXELS)) for line in lines]
    inputs = _joined(prepared)
    output = family.model.generate(
        **inputs,
        max_new_tokens=limit,
        do_sample=False,
        eos_token_id=list(family.end_tokens),
        pad_token_id=family.pad_token,
    )
    answers = []
    for ids in output[:, inputs["input_ids"].shape[1] :].tolist():
        end = next((at for at, number in enumerate(ids) if number in family.end_tokens), len(ids))
        answers.append(family.tokenizer.decode(ids[:end]))
    return answers


def _draw(
    family: Family, plan: Plan, tasks: Sequence[Task], step: int, level: float
) -> tuple[list[Line], list[Prepared], list[str]]:
    """A batch of equal-sized lines with their answers; the same for the same step."""
    random = Random(f"{plan.seed} {step}")
    task = random.choices(tasks, [task.weight for task in tasks])[0]
    free = min(1.0, max(0.0, (level - _LONG / 2) / (_FREE - _LONG / 2)))
    longest = 1 + round((LONGEST - 1) * min(1.0, level / _LONG))
    length = random.randint(min(4, longest), longest)
    least, greatest = plan.capitals
    middle = (least + greatest) / 2
    printed = math.ceil((20 + 0.87 * middle * length) / plan.unit) + random.randint(0, 2)
    columns = math.ceil((1 - free) * LONGEST + free * random.choice((printed, 9)))
    rows = 2 if random.random() < free else 1
    swing = round(free * plan.unit / 3)
    size = (
        min(12, max(4, columns)) * plan.unit + random.randint(-swing, swing),
        rows * plan.unit + random.randint(-swing, swing) * (rows - 1),
    )
    faces = sorted(TYPEFACES)[: max(2, round(len(TYPEFACES) * free))]
    lines = []
    prepared = []
    answers = []
    for _ in range(plan.batch):
        text = random_text(random, length=random.randint(max(1, length - 3), length))
        line = draw_line(
            text,
            random=random,
            size=size,
            typeface=random.choice(faces),
            capitals=(middle + (least - middle) * free, middle + (greatest - middle) * free),
            noise=6.0 * level,
            freedom=free,
            cell=plan.unit,
            looseness=1 - free,
        )
        ready = family.prepare(line.image, Request(task.mode, _MANY_PIXELS))
        lines.append(line)
        prepared.append(ready)
        answers.append(task.answer(line, ready.seen))
    return lines, prepared, answers


def _joined(prepared: Sequence[Prepared]) -> dict[str, torch.Tensor]:
    """A batch of inputs, from images of equal size."""
    names = prepared[0].inputs.keys()
    return {name: torch.cat([one.inputs[name] for one in prepared]) for name in names}


def _loss(family: Family, prepared: Sequence[Prepared], answers: Sequence[str]) -> torch.Tensor:
    """Cross entropy of the answers, each token told all before it."""
    inputs = _joined(prepared)
    end = family.end_tokens[0]
    written = [
        [*family.tokenizer.encode(answer, add_special_tokens=False).ids, end] for answer in answers
    ]
    longest = max(len(ids) for ids in written)
    padded = torch.tensor([ids + [family.pad_token] * (longest - len(ids)) for ids in written])
    wanted = torch.tensor([ids + [-100] * (longest - len(ids)) for ids in written])
    logits = family.model(**_with_answers(inputs, padded)).logits
    # What stands before a token says what it is.
    answering = logits[:, -longest - 1 : -1]
    return functional.cross_entropy(answering.flatten(0, 1).float(), wanted.flatten())


def _with_answers(
    inputs: Mapping[str, torch.Tensor], answers: torch.Tensor
) -> dict[str, torch.Tensor]:
    """Inputs of question and answer; padding comes last, where nothing before it can see it."""
    prompt = inputs["input_ids"].shape
    result = {}
    for name, tensor in inputs.items():
        if name == "input_ids":
            result[name] = torch.cat([tensor, answers], dim=1)
        elif name == "attention_mask":
            result[name] = torch.cat([tensor, torch.ones_like(answers)], dim=1)
        elif tensor.shape == prompt:  # the kind of each token; an answer's are text
            result[name] = torch.cat([tensor, torch.zeros_like(answers).to(tensor.dtype)], dim=1)
        else:
            result[name] = tensor
    return result


def _keep(state: Path, content: dict[str, Any]) -> None:
    state.parent.mkdir(parents=True, exist_ok=True)
    fresh = state.with_suffix(".new")
    torch.save(content, fresh)
    fresh.replace(state)
