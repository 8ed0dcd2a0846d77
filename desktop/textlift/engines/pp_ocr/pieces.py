"""Reading the pieces of text of a page: found lines cut from the full page, long ones in parts."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence

import cv2
import msgspec
import numpy as np

from textlift.content.geometry import Point, Quad
from textlift.engines.pp_ocr.cores import PageWork
from textlift.engines.pp_ocr.orientation import length_and_height
from textlift.engines.pp_ocr.pixels import Pixels, cut_out
from textlift.engines.pp_ocr.recognition import (
    LINE_HEIGHT,
    LONGEST,
    ReadText,
    Recogniser,
    batches,
)

_CUT_HEIGHT = 2 * LINE_HEIGHT
_GAP_SEARCH = 3.0


class Piece(msgspec.Struct, frozen=True):
    """A found piece of text and what it says.

    Attributes:
        quad: In pixels of the page as rendered.
        read: What the recogniser makes of it.
        alphabet: Name of the recogniser, if it is one that was added.
    """

    quad: Quad
    read: ReadText
    alphabet: str = ""


def read_pieces(
    image: Pixels,
    quads: Sequence[Quad],
    *,
    recogniser: Recogniser,
    work: PageWork,
) -> Iterator[list[Piece]]:
    """Reads the text in ``quads`` a batch at a time, long pieces first.

    A very long line comes as several pieces, cut between words where it can be.

    Args:
        image: The page as rendered.
        quads: With the top left corner of the text first.
        recogniser: Reads the lines.
        work: Has each batch read when it is its turn, several at once where cores are free.
    """
    parts = [part for quad in quads for part in _parts(image, quad)]
    yield from read_parts(image, parts, recogniser=recogniser, work=work)


def read_parts(
    image: Pixels,
    quads: Sequence[Quad],
    *,
    recogniser: Recogniser,
    work: PageWork,
) -> Iterator[list[Piece]]:
    """Reads what ``read_pieces`` made of lines, once more; none of them is cut again."""
    aspects = [length / max(height, 1.0) for length, height in map(length_and_height, quads)]

    def read(batch: list[int]) -> list[Piece]:
        return [
            Piece(
                quad=quads[index],
                read=recogniser.read(cut_out(image, quads[index], max_height=_CUT_HEIGHT)),
                alphabet=recogniser.name,
            )
            for index in batch
        ]

    # Those that take longest first: what is left for the last core to do is short.
    yield from work.each(read, list(batches(aspects))[::-1])


def start_of(quad: Quad) -> Quad:
    """The quad, or as much of its start as is read in one piece."""
    length, height = length_and_height(quad)
    longest = 0.98 * LONGEST * max(height, 1.0)
    return quad if length <= longest else _part(quad, 0.0, longest / length)


def _parts(image: Pixels, quad: Quad) -> list[Quad]:
    length, height = length_and_height(quad)
    count = math.ceil(length / max(height, 1.0) / LONGEST)
    if count <= 1:
        return [quad]
    reach = _GAP_SEARCH * height / length
    cuts = [0.0, *(_gap_near(image, quad, k / count, reach) for k in range(1, count)), 1.0]
    return [_part(quad, start, end) for start, end in itertools.pairwise(cuts)]


def _gap_near(image: Pixels, quad: Quad, share: float, reach: float) -> float:
    """Where near ``share`` of the quad's length the least ink is."""
    window = cut_out(image, _part(quad, share - reach, share + reach), max_height=LINE_HEIGHT)
    grey = cv2.cvtColor(window, cv2.COLOR_BGR2GRAY).astype(np.float32)
    busy = cv2.blur(grey.std(axis=0, keepdims=True), (LINE_HEIGHT // 6, 1))[0]
    return share + reach * (2 * (int(busy.argmin()) + 0.5) / len(busy) - 1)


def _part(quad: Quad, start: float, end: float) -> Quad:
    """The part of a quad between two shares of its length."""
    return (
        _between(quad[0], quad[1], start),
        _between(quad[0], quad[1], end),
        _between(quad[3], quad[2], end),
        _between(quad[3], quad[2], start),
    )


def _between(a: Point, b: Point, share: float) -> Point:
    return (a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share)
