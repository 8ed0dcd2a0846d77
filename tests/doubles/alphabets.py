"""Pages with Cyrillic print that every machine draws the same, and an alphabet that reads them."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from doubles.loopback_hub import LoopbackHub
from textlift.settings import user_folders
from tiny_models.checkpoints import CHECKPOINTS

TINY_CYRILLIC = CHECKPOINTS / "cyrillic" / "cyrillic.onnx"
"""Learned to read what ``printed`` prints, in some twenty typefaces; no real weights."""

RUSSIAN = (
    "Все люди рождаются свободными и равными",
    "в своём достоинстве и правах. Они наделены",
    "разумом и совестью и должны поступать",
    "в отношении друг друга в духе братства.",
)
ENGLISH = (
    "The quick brown fox jumps over the lazy dog",
    "while seven wizards mix a potion of thyme",
    "and every line of this page is upright print",
)


def printed(lines: tuple[str, ...], *, size: int = 28, width: int = 900) -> Image.Image:
    """A white page with lines of text in OpenCV's own typeface, which has Cyrillic letters."""
    pitch = round(size * 1.6)
    page = np.full((120 + pitch * len(lines), width, 3), 255, np.uint8)
    face = cv2.FontFace("sans")
    for index, line in enumerate(lines):
        cv2.putText(page, line, (60, 80 + index * pitch), (0, 0, 0), face, size, 400)
    return Image.fromarray(page)


def add_alphabet(name: str = "eslav") -> Path:
    """Puts the tiny recogniser where an alphabet of that name lies once it was got."""
    path = user_folders().alphabets / f"{name}.onnx"
    path.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(TINY_CYRILLIC, path)
    return path


def offer_alphabet(hub: LoopbackHub, name: str = "eslav") -> None:
    """Has a user's own list say that an alphabet is to be had from a hub of the test's own."""
    content = TINY_CYRILLIC.read_bytes()
    url = hub.add_web_file(f"/alphabets/{name}.onnx", content)
    own = user_folders().own_alphabets
    own.parent.mkdir(parents=True, exist_ok=True)
    own.write_text(
        f'[[alphabet]]\nname = "{name}"\ntitle = "East Slavic (Russian, Ukrainian, Belarusian)"\n'
        f'scripts = ["Cyrl", "Latn"]\nlanguages = ["rus", "ukr", "bel"]\nurl = "{url}"\n'
        f'sha256 = "{hashlib.sha256(content).hexdigest()}"\nsize = {len(content)}\n',
        encoding="utf-8",
    )
