"""How much of a page stands out from its background."""

from __future__ import annotations

from PIL import Image, ImageChops, ImageFilter

SMALLEST_LEGIBLE = 6
"""Pixels: nothing can be read on a page that is narrower or lower."""

MEASURED_SIDE = 1200
"""Pixels of the longer side, about, at which ink is measured."""

_BACKGROUND_SIDE = 240
_WINDOW = 9
_FAINTEST = 16
"""Levels of 255 by which ink differs from its background, at least."""

_NOISE_AT_MOST = 60
_HARDLY_ANY = 1000
"""Pixels of ink: of a word or two."""

_INK = b"\xff"


def ink_share(image: Image.Image) -> float:
    """The share of the page that is ink, 0 to 1.

    The page is averaged down to about ``MEASURED_SIDE`` pixels. Its background is what is
    lightest within 2 % of the page's length around a pixel (darkest on a page that is mostly
    dark), so neither a light gradient nor the colour of the paper counts. Ink is what differs
    from it by more than 16 of 255 levels, or by more than five times the page's own noise.
    Where there is hardly any, specks smaller than ``SMALLEST_LEGIBLE`` are left out.
    A uniform page has exactly 0, and so has one with some dust on it. A full text page has
    0.05 to 0.2, one short word on A4 about 0.0002.

    Args:
        image: Mode ``L`` or ``RGB``.
    """
    mask = ink_mask(image)
    if mask is None:
        return 0.0
    ink = mask.histogram()[255]
    if ink <= _HARDLY_ANY:
        ink = _legible(mask, smallest=SMALLEST_LEGIBLE * max(mask.size) / max(image.size))
    return ink / (mask.width * mask.height)


def _legible(mask: Image.Image, *, smallest: float) -> int:
    """The pixels of ink in marks that are at least ``smallest`` pixels wide or high."""
    content = mask.tobytes()
    left: set[tuple[int, int]] = set()
    place = content.find(_INK)
    while place >= 0:
        left.add((place % mask.width, place // mask.width))
        place = content.find(_INK, place + 1)
    legible = 0
    while left:
        mark = _take_mark(left)
        columns, rows = [x for x, _ in mark], [y for _, y in mark]
        if max(max(columns) - min(columns), max(rows) - min(rows)) + 1 >= smallest:
            legible += len(mark)
    return legible


def _take_mark(left: set[tuple[int, int]]) -> list[tuple[int, int]]:
    """Takes out of ``left`` one pixel and all that hang together with it."""
    mark = [left.pop()]
    for x, y in mark:
        around = {(x + dx, y + dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1)} & left
        left -= around
        mark.extend(around)
    return mark


def ink_mask(image: Image.Image) -> Image.Image | None:
    """Where the ink is: mode ``L``, 255 for ink, else 0, averaged down; None when there is none."""
    if min(image.size) < SMALLEST_LEGIBLE or is_uniform(image):
        return None
    longer = max(image.size)
    grey = image.convert("L")
    step = round(longer / MEASURED_SIDE)
    if step > 1:
        # A page much longer than wide keeps its letters.
        step = min(step, max(2, min(image.size) // 400))
        grey = grey.reduce(step)
    dark_page = _is_dark(grey)
    background = _background(grey, dark_page=dark_page)
    difference = (
        ImageChops.subtract(grey, background)
        if dark_page
        else ImageChops.subtract(background, grey)
    )
    threshold = max(_FAINTEST, min(5 * _noise(grey), _NOISE_AT_MOST))
    return difference.point(lambda level: 255 if level > threshold else 0)


def is_uniform(image: Image.Image) -> bool:
    """Whether all pixels are the same."""
    extrema = image.getextrema()
    bands = extrema if isinstance(extrema[0], tuple) else (extrema,)
    return all(low == high for low, high in bands)


def _is_dark(grey: Image.Image) -> bool:
    """Whether the middle pixel in order of brightness is nearer to the darkest."""
    histogram = grey.histogram()
    pixels = grey.width * grey.height
    middle = _level_at(histogram, pixels * 0.5)
    return middle - _level_at(histogram, 0) < _level_at(histogram, pixels - 1) - middle


def _level_at(histogram: list[int], rank: float) -> int:
    seen = 0
    for level, pixels in enumerate(histogram):
        seen += pixels
        if seen > rank:
            return level
    return 255


def _background(grey: Image.Image, *, dark_page: bool) -> Image.Image:
    step = max(1, max(grey.size) // _BACKGROUND_SIDE)
    small = grey.reduce(step)
    extreme = ImageFilter.MinFilter(3) if dark_page else ImageFilter.MaxFilter(3)
    # As one filter of that size, three times as quick.
    for _ in range(_WINDOW // 2):
        small = small.filter(extreme)
    small = small.filter(ImageFilter.BoxBlur(2))
    return small.resize(grey.size, Image.Resampling.BILINEAR)


def _noise(grey: Image.Image) -> int:
    """Half of all neighbouring pixels differ by no more than this many levels."""
    shifted = ImageChops.offset(grey, 1, 0)
    histogram = ImageChops.difference(grey, shifted).histogram()
    return _level_at(histogram, grey.width * grey.height * 0.5)
