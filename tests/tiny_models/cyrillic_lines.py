"""Lines of Cyrillic print for a tiny recogniser: what they say, and how they look cut out."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from random import Random

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

CYRILLIC = "абвгдежзийклмнопрстуфхцчшщъыьэюяёіїєґў"
LATIN = "abcdefghijklmnopqrstuvwxyz"
SIGNS = "0123456789.,:;!?-–—«»„“”\"'()[]/%№+=*&@#"
CHARACTERS = CYRILLIC + CYRILLIC.upper() + LATIN + LATIN.upper() + SIGNS
"""In the order of the network's outputs, after its blank and before its space."""

LINE_HEIGHT = 48

_USUAL = "оооооееееааааиииинннтттсссррввллкккммддппууяыьгзбчйхжшюцщэфъёіїєґў"
"""Letters about as often as Russian has them, the rare ones more often."""

_SIZE = 40
"""Of the type as it is drawn."""

_MARGIN = 30

Grey = npt.NDArray[np.uint8]
Typeface = Callable[[str], Grey]


def _with_opencv(face: str, weight: int) -> Typeface:
    def draw(text: str) -> Grey:
        canvas = np.full((3 * _SIZE, 2 * _SIZE * len(text) + 2 * _MARGIN, 3), 255, np.uint8)
        origin = (_MARGIN, 2 * _SIZE)
        cv2.putText(canvas, text, origin, (0, 0, 0), cv2.FontFace(face), _SIZE, weight)
        return canvas[:, :, 0]

    return draw


def _from_file(name: str) -> Typeface:
    def draw(text: str) -> Grey:
        font = _font(name)
        canvas = Image.new("L", (round(font.getlength(text)) + 2 * _MARGIN, 3 * _SIZE), 255)
        ImageDraw.Draw(canvas).text((_MARGIN, _SIZE), text, fill=0, font=font)
        return np.asarray(canvas)

    return draw


@functools.cache
def _font(name: str) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(_FOLDER / name), _SIZE)


RUBIK: dict[str, Typeface] = {
    "rubik": _with_opencv("sans", 400),
    "rubik-bold": _with_opencv("sans", 700),
    "rubik-italic": _with_opencv("italic", 400),
}
"""OpenCV's own, which every machine has."""

_FOLDER = Path("/usr/share/fonts")
_FILES = (
    "truetype/dejavu/DejaVuSans.ttf",
    "truetype/dejavu/DejaVuSans-Bold.ttf",
    "truetype/dejavu/DejaVuSans-Oblique.ttf",
    "truetype/dejavu/DejaVuSansCondensed.ttf",
    "truetype/dejavu/DejaVuSerif.ttf",
    "truetype/dejavu/DejaVuSerif-Bold.ttf",
    "truetype/dejavu/DejaVuSansMono.ttf",
    "opentype/urw-base35/NimbusSans-Regular.otf",
    "opentype/urw-base35/NimbusSans-Bold.otf",
    "opentype/urw-base35/NimbusRoman-Regular.otf",
    "opentype/urw-base35/NimbusRoman-Bold.otf",
    "opentype/urw-base35/NimbusMonoPS-Regular.otf",
    "opentype/urw-base35/NimbusSansNarrow-Regular.otf",
    "opentype/urw-base35/P052-Roman.otf",
    "opentype/urw-base35/URWBookman-Light.otf",
    "opentype/urw-base35/URWGothic-Book.otf",
)
_HELD_OUT_FILE = "opentype/urw-base35/C059-Roman.otf"

TRAINED = {
    **RUBIK,
    **{Path(name).stem: _from_file(name) for name in _FILES if (_FOLDER / name).is_file()},
}
"""Those of this machine."""

UNSEEN = {
    Path(name).stem: _from_file(name) for name in (_HELD_OUT_FILE,) if (_FOLDER / name).is_file()
}
"""A typeface to try the recogniser on that it never saw."""


REAL = (
    "Съешь ещё этих мягких французских булок",
    "да выпей чаю. Широкая электрификация южных",
    "губерний даст мощный толчок подъёму",
    "сельского хозяйства. В чащах юга жил был",
    "цитрус? Да, но фальшивый экземпляр!",
    "Объявление о собрании 17 апреля 2026 года",
    "ОБЩЕСТВО С ОГРАНИЧЕННОЙ ОТВЕТСТВЕННОСТЬЮ",
    "Заявку подают до 9:30 (кабинет № 48)",
)
"""What nobody made up, to judge by."""


def random_line(random: Random, *, longest: int) -> str:
    """Made-up words: whoever learns them cannot learn to guess real ones.

    Words of Cyrillic and of Latin letters look alike, so most lines have one kind only.
    """
    chance = random.random()
    latin_share = 0.0 if chance < 0.85 else 1.0 if chance < 0.95 else 0.4
    words: list[str] = []
    length = random.randint(3, longest)
    while sum(map(len, words)) + len(words) < length:
        words.append(_word(random, latin=random.random() < latin_share))
    return " ".join(words)[:longest].strip() or "и"


def _word(random: Random, *, latin: bool) -> str:
    if random.random() < 0.12:
        word = "".join(random.choices(SIGNS[:10], k=random.randint(1, 5)))
    else:
        letters = LATIN if latin else _USUAL if random.random() < 0.7 else CYRILLIC
        word = "".join(random.choices(letters, k=random.randint(1 if not latin else 4, 10)))
        case = random.random()
        word = word.capitalize() if case < 0.2 else word.upper() if case < 0.32 else word
    ornament = random.random()
    if ornament < 0.2:
        word += random.choice(".,,,:;!?")
    elif ornament < 0.3:
        before, after = random.choice(("«»", "()", '""', "„“", "[]", "“”", "''"))
        word = f"{before}{word}{after}"
    elif ornament < 0.36:
        word += random.choice(SIGNS[10:])
    return word


def cut_line(text: str, typeface: Typeface, *, above: float, below: float, side: float) -> Grey:
    """A printed line as the engine cuts it out of a page.

    Args:
        text: What it says.
        typeface: That draws it.
        above: White above the ink, in heights of it.
        below: Likewise.
        side: White left and right of it, likewise.

    Returns:
        (48, width), black on white.
    """
    canvas = typeface(text)
    rows = np.flatnonzero((canvas < 190).any(axis=1))
    columns = np.flatnonzero((canvas < 190).any(axis=0))
    if not len(rows):
        raise ValueError(f"The typeface drew nothing for “{text}”.")
    ink = canvas[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    high = max(len(ink), _SIZE // 2)
    margins = [round(share * high) for share in (above, below, side, side)]
    line = cv2.copyMakeBorder(ink, *margins, cv2.BORDER_CONSTANT, value=255)
    width = max(8, round(line.shape[1] * LINE_HEIGHT / line.shape[0]))
    small = cv2.resize(line, (width, LINE_HEIGHT), interpolation=cv2.INTER_AREA)
    return np.asarray(small, dtype=np.uint8)


def worn_line(text: str, typeface: Typeface, random: Random) -> Grey:
    """A printed line with margins, greys, grain, blur and a slant by chance."""
    line = cut_line(
        text,
        typeface,
        above=random.uniform(0.05, 0.35),
        below=random.uniform(0.05, 0.35),
        side=random.uniform(0.05, 0.4),
    ).astype(np.float32)
    if random.random() < 0.4:
        line = _coarsened(line, random.uniform(0.35, 0.9))
    if random.random() < 0.4:
        rise = random.uniform(-0.012, 0.012)
        matrix = np.float32(
            [[1, random.uniform(-0.12, 0.12), 0], [rise, 1, -rise * line.shape[1] / 2]]
        )
        line = cv2.warpAffine(line, matrix, line.shape[::-1], borderMode=cv2.BORDER_REPLICATE)
    paper, black = random.uniform(190, 255), random.uniform(0, 90)
    line = black + (paper - black) * line / 255
    grain = np.random.default_rng(random.getrandbits(32))
    line += grain.normal(0.0, random.uniform(0.0, 10.0), line.shape).astype(np.float32)
    return line.clip(0, 255).astype(np.uint8)


def _coarsened(line: npt.NDArray[np.float32], share: float) -> npt.NDArray[np.float32]:
    """As from a page of fewer pixels."""
    size = (max(4, round(line.shape[1] * share)), max(4, round(line.shape[0] * share)))
    small = cv2.resize(line, size, interpolation=cv2.INTER_AREA)
    return cv2.resize(small, line.shape[::-1], interpolation=cv2.INTER_LINEAR)
