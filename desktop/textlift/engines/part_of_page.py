"""A part of a page read by an engine that reads whole pages: cut out, read, and put back."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
from PIL import Image, ImageOps

from textlift.content.attempt import FailureKind
from textlift.content.block import Block, Line
from textlift.content.geometry import Box
from textlift.content.page_image import PageImage
from textlift.content.reading import PageReading, PageWarning
from textlift.engines.contract import Engine, EngineError, OnProgress, ReadOptions, ReadProgress
from textlift.engines.opened_page import opened_page
from textlift.processes.cancellation import Cancellation

_MARGIN_INCHES = 0.02
"""Of the page around the part, so that a box drawn close to the letters cuts none of them."""
_USUAL_DPI = 200.0
_FRAME = 24
"""Pixels of empty paper around what was cut out: detectors miss letters that touch an edge."""


def part_on_page(box: Box, page: PageImage) -> Box:
    """As much of a box as lies on the page.

    Raises:
        EngineError: None of it does.
    """
    x0, x1 = max(box.x0, 0), min(box.x1, page.width)
    y0, y1 = max(box.y0, 0), min(box.y1, page.height)
    if x0 >= x1 or y0 >= y1:
        raise EngineError(
            FailureKind.NOT_AVAILABLE,
            f"The box lies outside the page, which has {page.width} x {page.height} pixels; "
            "draw another.",
        )
    return Box(x0, y0, x1, y1)


def read_part(
    engine: Engine,
    page: PageImage,
    options: ReadOptions,
    *,
    part: Box,
    on_progress: OnProgress,
    cancellation: Cancellation,
) -> PageReading:
    """Reads a part of a page as a page of its own.

    Args:
        engine: Reads whole pages.
        page: As rendered.
        options: Without a box.
        part: In pixels of the page.
        on_progress: Told of places on the page, as everybody else is.
        cancellation: For the engine.

    Returns:
        The reading with its places on the page; blocks without a place have that of the part.

    Raises:
        EngineError: The engine's, or the part cannot be cut out.
    """
    part = part_on_page(part, page)
    with _cut_out(page, part) as (image, left, top):
        back = _Back(page, part, left=left, top=top)

        def progressed(progress: ReadProgress) -> None:
            lines = tuple(map(back.line, progress.lines))
            on_progress(msgspec.structs.replace(progress, lines=lines))

        progressed(ReadProgress(pixels=_shown_pixels(image, options)))
        reading = engine.read(image, options, on_progress=progressed, cancellation=cancellation)
    return back.reading(reading)


def _shown_pixels(image: PageImage, options: ReadOptions) -> int:
    pixels = image.width * image.height
    return min(pixels, options.max_pixels) if options.max_pixels else pixels


@contextmanager
def _cut_out(page: PageImage, part: Box) -> Iterator[tuple[PageImage, int, int]]:
    """The part as an image on disk, and where its corner lies on the page."""
    margin = round((page.dpi or _USUAL_DPI) * _MARGIN_INCHES)
    left, top = max(int(part.x0) - margin, 0), max(int(part.y0) - margin, 0)
    right = min(int(-(-part.x1 // 1)) + margin, page.width)
    bottom = min(int(-(-part.y1 // 1)) + margin, page.height)
    with opened_page(page) as opened:
        cut = opened.crop((left, top, right, bottom))
    framed = ImageOps.expand(cut, border=_FRAME, fill=_paper(cut))
    with tempfile.TemporaryDirectory(prefix="textlift-part-", ignore_cleanup_errors=True) as folder:
        path = Path(folder) / "part.png"
        try:
            framed.save(path, compress_level=1)
        except OSError as error:
            raise EngineError(
                FailureKind.DOCUMENT,
                "The part of the page could not be cut out, for the disk is full or cannot be "
                "written to; make room and read it again.",
                details=str(error),
            ) from error
        image = msgspec.structs.replace(
            page, path=str(path), width=framed.width, height=framed.height
        )
        yield image, left - _FRAME, top - _FRAME


def _paper(image: Image.Image) -> int | tuple[int, ...]:
    """The colour most of an image's edge has, channel by channel: its median."""
    width, height = image.size
    edges = (
        (0, 0, width, 1),
        (0, height - 1, width, height),
        (0, 0, 1, height),
        (width - 1, 0, width, height),
    )
    bands = len(image.getbands())
    counts = [0] * (256 * bands)
    for edge in edges:
        for value, count in enumerate(image.crop(edge).histogram()):
            counts[value] += count
    medians = tuple(_median(counts[256 * band : 256 * (band + 1)]) for band in range(bands))
    return medians[0] if bands == 1 else medians


def _median(counts: list[int]) -> int:
    half = sum(counts) / 2
    seen = 0
    for value, count in enumerate(counts):
        seen += count
        if seen >= half:
            return value
    return 255


class _Back:
    """Puts what was found on a part back onto its page."""

    def __init__(self, page: PageImage, part: Box, *, left: int, top: int) -> None:
        self._page = page
        self._part = part
        self._left = left
        self._top = top

    def reading(self, reading: PageReading) -> PageReading:
        detected = reading.detected
        return msgspec.structs.replace(
            reading,
            blocks=tuple(map(self._block, reading.blocks)),
            warnings=tuple(map(self._warning, reading.warnings)),
            detected=None if detected is None else tuple(map(self.line, detected)),
            box=self._part,
        )

    def line(self, line: Line) -> Line:
        quad = line.quad
        if quad is not None:
            a, b, c, d = ((x + self._left, y + self._top) for x, y in quad)
            quad = (a, b, c, d)
        return msgspec.structs.replace(line, box=self._box(line.box), quad=quad)

    def _block(self, block: Block) -> Block:
        return msgspec.structs.replace(
            block,
            box=self._box(block.box) if block.box is not None else self._part,
            lines=tuple(map(self.line, block.lines)),
        )

    def _warning(self, warning: PageWarning) -> PageWarning:
        return msgspec.structs.replace(warning, box=self._box(warning.box))

    def _box(self, box: Box | None) -> Box | None:
        if box is None:
            return None
        width, height = self._page.width, self._page.height
        return Box(
            min(max(box.x0 + self._left, 0), width),
            min(max(box.y0 + self._top, 0), height),
            min(max(box.x1 + self._left, 0), width),
            min(max(box.y1 + self._top, 0), height),
        )
