"""Trains the tiny Cyrillic recogniser: ``PYTHONPATH=tests python -m tiny_models.train_cyrillic``.

It goes on where it was stopped; what it keeps on the way lies in ``build/tiny_models``. It is
trained on made-up words and judged by real ones. Which typefaces it sees depends on the machine. It
needs the package ``onnx`` beside those of the lock file, to write what it has learned.

The checkpoint in the repository took ten minutes of one core. Its first 500 steps were taken with
``STEPS`` at 4500, which the learning rate falls along; the others as it stands here.
"""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from random import Random

import numpy as np
import torch
from torch.nn import functional

from textlift.engines.pp_ocr.alphabet import BLANK
from tiny_models.checkpoints import WORK
from tiny_models.cyrillic_lines import (
    CHARACTERS,
    LINE_HEIGHT,
    REAL,
    TRAINED,
    UNSEEN,
    Grey,
    Typeface,
    cut_line,
    random_line,
    worn_line,
)
from tiny_models.cyrillic_recogniser import CHECKPOINT, SIZE_LIMIT, TinyRecogniser, write_checkpoint
from tiny_models.scoring import character_error_rate

SEED = 1
STEPS = 2500
BATCH = 32
RATE = 3e-3
WARM_UP = 150
REPORT = 250
EASY = 400
"""Steps in which lines grow to their full length."""

WIDTHS = (160, 240, 320, 400, 480)


def main() -> None:
    torch.set_num_threads(1)
    torch.manual_seed(SEED)
    recogniser = TinyRecogniser()
    train(recogniser)
    recogniser.eval()
    write_checkpoint(recogniser)
    size = CHECKPOINT.stat().st_size
    print(f"{CHECKPOINT.name}: {size:,} bytes")
    for name, face in {**TRAINED, **UNSEEN}.items():
        kind = "never seen" if name in UNSEEN else "trained on"
        print(f"{name} ({kind}): CER {real_error_rate(recogniser, {name: face}):.2%}")
    if size > SIZE_LIMIT:
        raise SystemExit(f"It is larger than {SIZE_LIMIT:,} bytes.")


def train(recogniser: TinyRecogniser) -> None:
    state = WORK / "cyrillic.pt"
    optimizer = torch.optim.AdamW(recogniser.parameters(), lr=RATE, weight_decay=1e-2)
    done = 0
    if state.exists():
        kept = torch.load(state, weights_only=True)
        recogniser.load_state_dict(kept["model"])
        optimizer.load_state_dict(kept["optimizer"])
        done = kept["step"]
    started = time.monotonic()
    losses: list[float] = []
    for step in range(done, STEPS):
        recogniser.train()
        for group in optimizer.param_groups:
            group["lr"] = _rate_at(step)
        texts, lines = _draw(step)
        loss = _loss(recogniser(batch_of(lines)), texts)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(recogniser.parameters(), 5.0)
        optimizer.step()
        losses.append(loss.item())
        if (step + 1) % REPORT == 0 or step + 1 == STEPS:
            print(
                f"step {step + 1}: loss {sum(losses) / len(losses):.4f}, CER of real words "
                f"{real_error_rate(recogniser, TRAINED):.2%}, of a typeface never seen "
                f"{real_error_rate(recogniser, UNSEEN):.2%}, {time.monotonic() - started:.0f} s",
                flush=True,
            )
            losses.clear()
            WORK.mkdir(parents=True, exist_ok=True)
            torch.save(
                {
                    "model": recogniser.state_dict(),
                    "optimizer": optimizer.state_dict(),
                    "step": step + 1,
                },
                state,
            )


def batch_of(lines: Sequence[Grey]) -> torch.Tensor:
    """Lines side by side in one tensor, padded on the right as the engine pads them."""
    batch = np.zeros((len(lines), 1, LINE_HEIGHT, max(line.shape[1] for line in lines)), np.float32)
    for target, line in zip(batch, lines, strict=True):
        target[0, :, : line.shape[1]] = line.astype(np.float32) * 2 / 255 - 1
    return torch.from_numpy(batch)


@torch.inference_mode()
def real_error_rate(recogniser: TinyRecogniser, typefaces: Mapping[str, Typeface]) -> float:
    """Of lines of Russian, clean print with the margins that the detector leaves."""
    if not typefaces:
        return math.nan
    recogniser.eval()
    pairs = []
    for face in typefaces.values():
        lines = [cut_line(text, face, above=0.15, below=0.15, side=0.2) for text in REAL]
        for text, read in zip(REAL, recogniser(batch_of(lines)), strict=True):
            pairs.append((text, _decoded(read.argmax(1).tolist())))
    return character_error_rate(pairs)


def _decoded(best: Sequence[int]) -> str:
    signs = ["", *CHARACTERS, " "]
    fresh = [now for before, now in zip([BLANK, *best], best, strict=False) if now != before]
    return "".join(signs[index] for index in fresh)


def _draw(step: int) -> tuple[list[str], list[Grey]]:
    """A batch of lines that are about as wide; the same for the same step."""
    random = Random(f"{SEED} {step}")
    width = random.choice(WIDTHS[: 1 + round((len(WIDTHS) - 1) * min(1.0, step / EASY))])
    texts: list[str] = []
    lines: list[Grey] = []
    while len(lines) < BATCH:
        text = random_line(random, longest=max(4, width // 17))
        line = worn_line(text, random.choice(list(TRAINED.values())), random)
        if 0.6 * width <= line.shape[1] <= width:
            texts.append(text)
            lines.append(line)
    return texts, lines


def _loss(logits: torch.Tensor, texts: Sequence[str]) -> torch.Tensor:
    number = {sign: index for index, sign in enumerate(["", *CHARACTERS, " "])}
    wanted = torch.tensor([number[sign] for text in texts for sign in text])
    return functional.ctc_loss(
        logits.transpose(0, 1).log_softmax(2),
        wanted,
        torch.full((len(texts),), logits.shape[1]),
        torch.tensor([len(text) for text in texts]),
        blank=BLANK,
        zero_infinity=True,
    )


def _rate_at(step: int) -> float:
    if step < WARM_UP:
        return RATE * (step + 1) / WARM_UP
    share = (step - WARM_UP) / max(1, STEPS - WARM_UP)
    return RATE * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * min(1.0, share))))


if __name__ == "__main__":
    main()
