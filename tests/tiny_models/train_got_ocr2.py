"""Trains the tiny GOT-OCR2: ``PYTHONPATH=tests python -m tiny_models.train_got_ocr2``.

It goes on where it was stopped; what it keeps on the way lies in ``build/tiny_models``.

The checkpoint in the repository came of several such runs: their number of steps was raised until
the error rate was low enough, and the first thousand steps had an easier start. A single run of
this length has not been tried.
"""

from __future__ import annotations

import math
import time
from pathlib import Path
from random import Random

import numpy as np
import torch
from PIL import Image
from torch.nn import functional

from textlift.engines.got_ocr2.card import FORMATTED, TEXT
from textlift.engines.got_ocr2.family import GotOcr2
from textlift.engines.vision_language.family import Placement, Request
from tiny_models.checkpoints import CHECKPOINTS, SIZE_LIMIT, WORK, folder_size
from tiny_models.got_ocr2_checkpoint import (
    DEVIATION,
    MEAN,
    NAME,
    SIDE,
    TITLE,
    fresh_model,
    got_tokenizer,
    held_out_strips,
    strip,
    tiny_config,
    write_checkpoint,
)
from tiny_models.lines import ALPHABET, LONGEST, SHORTEST, draw_line, random_text
from tiny_models.muon import muon_for
from tiny_models.scoring import character_error_rate
from tiny_models.typefaces import TYPEFACES

SEED = 1
STEPS = 8500
BATCH = 24
RATE = 2e-3
WARM_UP = 100
REPORT = 200

MASTERED = 1.8
"""Mean loss at which the lines become harder."""

RISE = 0.05
"""Of their level: from 0, signs in cells of their own in two typefaces, to 1, print in all."""

LENGTH_WEIGHTS = (2, 1, 1, 1, 1, 2, 4, 4)
"""How often there are lines of three signs, four, and so on to ten: the ends are hardest."""

CELL = 24
FORMATTED_SHARE = 0.2


class Pupil(GotOcr2):
    """The family, with all squares at once: they are small."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, Placement(torch.device("cpu"), torch.float32))
        self.model.model.vision_tower = self.model.model.vision_tower.tower
        page = Image.linear_gradient("L").convert("RGB")
        self.questions = {}
        for mode in (TEXT, FORMATTED):
            prepared = self.prepare(page, Request(mode, SIDE**2))
            self.questions[mode] = prepared.inputs["input_ids"]
        torch.testing.assert_close(prepared.inputs["pixel_values"], quick_pixels([page]))


def quick_pixels(images: list[Image.Image]) -> torch.Tensor:
    """The pixels of the family's image processing, by fewer copies."""
    squares = [image.resize((SIDE, SIDE), Image.Resampling.BICUBIC) for image in images]
    pixels = torch.from_numpy(np.stack([np.asarray(square) for square in squares])) / 255.0
    return ((pixels - torch.tensor(MEAN)) / torch.tensor(DEVIATION)).permute(0, 3, 1, 2)


def answer_of(text: str, mode: str) -> str:
    """A line alone on a page is its title: so the published model writes it with format."""
    return text.join(TITLE) if mode == FORMATTED else text


def draw_strips(random: Random, level: float) -> tuple[list[str], list[Image.Image]]:
    """A batch of lines, harder from level to level."""
    faces = sorted(TYPEFACES)[: max(2, round(len(TYPEFACES) * level))]
    texts, images = [], []
    for _ in range(BATCH):
        length = random.choices(range(SHORTEST, LONGEST + 1), LENGTH_WEIGHTS)[0]
        text = random_text(random, length=length)
        line = draw_line(
            text,
            random=random,
            size=(CELL * LONGEST, 2 * CELL),
            typeface=random.choice(faces),
            capitals=(20 - 5 * level, 20 + 4 * level),
            noise=6.0 * level,
            cell=CELL,
            looseness=1 - level,
        )
        texts.append(text)
        images.append(strip(line, random))
    return texts, images


def loss_of(pupil: Pupil, texts: list[str], images: list[Image.Image], mode: str) -> torch.Tensor:
    """Cross entropy of the answers, each token told all before it."""
    end = pupil.end_tokens[0]
    encode = pupil.tokenizer.encode
    answers = [
        [*encode(answer_of(text, mode), add_special_tokens=False).ids, end] for text in texts
    ]
    longest = max(map(len, answers))
    written = torch.tensor([ids + [pupil.pad_token] * (longest - len(ids)) for ids in answers])
    wanted = torch.tensor([ids + [-100] * (longest - len(ids)) for ids in answers])
    question = pupil.questions[mode].expand(len(texts), -1)
    ids = torch.cat([question, written], dim=1)
    logits = pupil.model(
        input_ids=ids, attention_mask=torch.ones_like(ids), pixel_values=quick_pixels(images)
    ).logits
    # What stands before a token says what it is.
    return functional.cross_entropy(logits[:, -longest - 1 : -1].flatten(0, 1), wanted.flatten())


@torch.inference_mode()
def error_rate(pupil: Pupil, mode: str, *, count: int) -> float:
    """Character error rate on lines that training never sees."""
    pupil.model.eval()
    lines = held_out_strips(count)
    question = pupil.questions[mode].expand(len(lines), -1)
    output = pupil.model.generate(
        input_ids=question,
        attention_mask=torch.ones_like(question),
        pixel_values=quick_pixels([image for _, image in lines]),
        max_new_tokens=LONGEST + 4,
        do_sample=False,
        eos_token_id=list(pupil.end_tokens),
        pad_token_id=pupil.pad_token,
    )
    answers = pupil.tokenizer.decode_batch(output[:, question.shape[1] :].tolist())
    pupil.model.train()
    bare = [answer.removeprefix(TITLE[0]).removesuffix(TITLE[1]) for answer in answers]
    return character_error_rate(zip([text for text, _ in lines], bare, strict=True))


def rate_at(step: int) -> float:
    """Linear warm-up, then half a cosine down to a hundredth."""
    if step < WARM_UP:
        return RATE * (step + 1) / WARM_UP
    share = (step - WARM_UP) / (STEPS - WARM_UP)
    return RATE * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * share)))


def train(pupil: Pupil, state: Path) -> None:
    """Trains the pupil; goes on from ``state`` where an earlier run left off."""
    torch.set_num_threads(1)
    model = pupil.model.train()
    optimizer = muon_for(model, filters=(model.model.vision_tower.patch_embed.projection,))
    done, level = 0, 0.0
    if state.exists():
        kept = torch.load(state, weights_only=True)
        model.load_state_dict(kept["model"])
        optimizer.load_state_dict(kept["optimizer"])
        done, level = kept["step"], kept["level"]
    recent = math.log(len(ALPHABET))
    started = time.monotonic()
    for step in range(done, STEPS):
        random = Random(f"{SEED} {step}")
        mode = FORMATTED if random.random() < FORMATTED_SHARE else TEXT
        loss = loss_of(pupil, *draw_strips(random, level), mode)
        for group in optimizer.param_groups:
            group["lr"] = rate_at(step) * group["share"]
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        for group in optimizer.param_groups:
            torch.nn.utils.clip_grad_norm_(group["params"], 1.0)
        optimizer.step()
        recent += 0.05 * (loss.item() - recent)
        if recent < MASTERED and level < 1.0:
            level, recent = min(1.0, level + RISE), recent + 0.1
        if (step + 1) % REPORT == 0 or step + 1 == STEPS:
            rate = error_rate(pupil, TEXT, count=80)
            seconds = time.monotonic() - started
            print(
                f"step {step + 1}: level {level:.2f}, loss {recent:.4f}, held-out CER {rate:.2%}, "
                f"{seconds:.0f} s",
                flush=True,
            )
            fresh = state.with_suffix(".new")
            torch.save(
                {
                    "model": model.state_dict(),
                    "optimizer": optimizer.state_dict(),
                    "step": step + 1,
                    "level": level,
                },
                fresh,
            )
            fresh.replace(state)
    model.eval()


def main() -> None:
    folder = WORK / NAME
    tokenizer = got_tokenizer()
    model = fresh_model(tiny_config(tokenizer), seed=SEED)
    print(f"{NAME}: {sum(p.numel() for p in model.parameters()):,} parameters", flush=True)
    write_checkpoint(folder / "fresh", model, tokenizer)
    pupil = Pupil(folder / "fresh")
    train(pupil, folder / "state.pt")
    write_checkpoint(folder / "trained", pupil.model, tokenizer, dtype=torch.float16)
    stored = Pupil(folder / "trained")
    rates = [error_rate(stored, mode, count=400) for mode in (TEXT, FORMATTED)]
    size = folder_size(folder / "trained")
    print(f"{NAME}: held-out CER {rates} as kept, {size:,} bytes", flush=True)
    if max(rates) < 0.05 and size <= SIZE_LIMIT:
        write_checkpoint(CHECKPOINTS / NAME, pupil.model, tokenizer, dtype=torch.float16)


if __name__ == "__main__":
    main()
