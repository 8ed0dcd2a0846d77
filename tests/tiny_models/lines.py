"""Lines of digits and capitals for tiny models: what they say, and how they look on paper."""

from __future__ import annotations

import dataclasses
import hashlib
import string
from random import Random

import numpy as np
from PIL import Image

from tiny_models.typefaces import TYPEFACES, ink_of, loose_ink

ALPHABET = string.digits + string.ascii_uppercase
SHORTEST = 3
LONGEST = 10

_HELD_OUT_SHARE = 16
"""One in so many strings is never trained on."""

_MARGIN = 3


@dataclasses.dataclass(frozen=True)
class Line:
    """A drawn line: its text, the RGB image, and the ink's box in pixels (x0, y0, x1, y1)."""

    text: str
    image: Image.Image
    box: tuple[int, int, int, int]
    typeface: str


def is_held_out(text: str) -> bool:
    """Whether training must never see this string; by its hash, so that all scripts agree."""
    return hashlib.sha256(text.encode()).digest()[0] % _HELD_OUT_SHARE == 0


def random_text(random: Random, *, length: int, held_out: bool = False) -> str:
    """A string that training may see, or one that it may not."""
    while True:
        text = "".join(random.choices(ALPHABET, k=length))
        if is_held_out(text) is held_out:
            return text


def draw_line(
    text: str,
    *,
    random: Random,
    size: tuple[int, int],
    typeface: str = "",
    capitals: tuple[float, float] = (15, 24),
    noise: float = 6.0,
    freedom: float = 1.0,
    cell: int = 0,
    looseness: float = 0.0,
) -> Line:
    """Draws a line somewhere on a small white image.

    Args:
        text: Digits and capitals.
        random: Of the place, the size, the greys and the noise.
        size: Width and height of the image.
        typeface: One of ``TYPEFACES``; empty: any.
        capitals: Least and greatest height of the capitals; less where they do not fit.
        noise: Greatest standard deviation of the paper's grain, of 255.
        freedom: How far the place is a matter of chance; 0: at the top left.
        cell: Width in pixels of the cells that loose signs stand in, for learners.
        looseness: 1: each sign in the middle of its own cell; 0: as it is printed.
    """
    typeface = typeface or random.choice(sorted(TYPEFACES))
    room = (size[0] - 2 * _MARGIN, size[1] - 2 * _MARGIN)
    height = min(random.uniform(*capitals), room[1])
    if looseness > 0:
        ink = loose_ink(text, typeface, height=height, cell=cell, looseness=looseness)
    else:
        ink = ink_of(text, typeface)
    scale = min(height / ink.height, room[0] / ink.width)
    if scale != 1.0:
        ink = ink.resize(
            (max(1, int(ink.width * scale)), max(1, int(ink.height * scale))),
            Image.Resampling.BICUBIC,
            reducing_gap=3.0,
        )
    left = _MARGIN + round(random.random() * freedom * (room[0] - ink.width))
    top = _MARGIN + round(random.random() * freedom * (room[1] - ink.height))
    paper, black = random.randint(235, 255), random.randint(0, 70)
    page = np.full((size[1], size[0]), float(paper), np.float32)
    print_ = np.asarray(ink, np.float32) / 255.0
    page[top : top + ink.height, left : left + ink.width] = black + (paper - black) * print_
    grain = np.random.default_rng(random.getrandbits(32))
    page += grain.normal(0.0, random.uniform(0.0, noise), page.shape).astype(np.float32)
    grey = Image.fromarray(page.clip(0, 255).astype(np.uint8))
    box = (left, top, left + ink.width, top + ink.height)
    return Line(text=text, image=grey.convert("RGB"), box=box, typeface=typeface)


def held_out_lines(
    count: int,
    *,
    size: tuple[int, int],
    seed: int = 2026,
    capitals: tuple[float, float] = (15, 24),
) -> list[Line]:
    """Lines that no tiny model was trained on, of all lengths and typefaces, always the same."""
    random = Random(seed)
    faces = sorted(TYPEFACES)
    lines = []
    for index in range(count):
        length = SHORTEST + index % (LONGEST - SHORTEST + 1)
        text = random_text(random, length=length, held_out=True)
        face = faces[index % len(faces)]
        lines.append(draw_line(text, random=random, size=size, typeface=face, capitals=capitals))
    return lines
