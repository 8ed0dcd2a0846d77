"""Which way up a page is and in which script, as Tesseract's own detector sees it."""

from __future__ import annotations

import re

import msgspec

from textlift.content.attempt import FailureKind
from textlift.engines.contract import EngineError
from textlift.engines.tesseract.program import TesseractProgram, run_program
from textlift.processes.cancellation import Cancellation

DATA = "osd"
LEAST_CONFIDENCE = 5.0
"""Of the orientation. Below it the detector is wrong about as often as right, the script too;
above it, it was right on all of 44 pages."""
LEAST_SCRIPT_CONFIDENCE = 1.0

_SCRIPTS = {
    "Arabic": "Arab",
    "Armenian": "Armn",
    "Bengali": "Beng",
    "Cherokee": "Cher",
    "Cyrillic": "Cyrl",
    "Devanagari": "Deva",
    "Ethiopic": "Ethi",
    "Fraktur": "Latn",
    "Georgian": "Geor",
    "Greek": "Grek",
    "Gujarati": "Gujr",
    "Gurmukhi": "Guru",
    "Han": "Hani",
    "Hangul": "Hang",
    "Hebrew": "Hebr",
    "Hiragana": "Kana",
    "Japanese": "Kana",
    "Kannada": "Knda",
    "Katakana": "Kana",
    "Khmer": "Khmr",
    "Korean": "Hang",
    "Lao": "Laoo",
    "Latin": "Latn",
    "Malayalam": "Mlym",
    "Myanmar": "Mymr",
    "Oriya": "Orya",
    "Sinhala": "Sinh",
    "Syriac": "Syrc",
    "Tamil": "Taml",
    "Telugu": "Telu",
    "Thaana": "Thaa",
    "Thai": "Thai",
    "Tibetan": "Tibt",
}


class Orientation(msgspec.Struct, frozen=True):
    """What was found out.

    Attributes:
        rotation: Degrees clockwise that make the page upright.
        script: ISO 15924 code, or None when it is not clear.
        sure: The rotation is more than a guess.
    """

    rotation: int = 0
    script: str | None = None
    sure: bool = False


def find_orientation(
    program: TesseractProgram,
    image: bytes,
    *,
    deadline: float,
    cancellation: Cancellation,
) -> Orientation | None:
    """Asks the detector; None when it has too little text to go by.

    Args:
        program: To ask.
        image: Of the page, encoded; small print enlarged, or it is sure of what is wrong.
        deadline: Seconds it may take.
        cancellation: Stops it.

    Raises:
        EngineError: The program was cancelled or took too long.
    """
    try:
        output = run_program(
            program,
            ["--psm", "0", "-l", DATA],
            image=image,
            deadline=deadline,
            cancellation=cancellation,
        )
    except EngineError as error:
        # On a page with few letters the detector ends with an error.
        if error.failure is FailureKind.CRASHED:
            return None
        raise
    return parse_orientation(output)


def parse_orientation(output: str) -> Orientation | None:
    """What the detector printed, or None when it found nothing out."""
    found = dict(re.findall(r"^([A-Z][\w ]+): (\S+)$", output, flags=re.MULTILINE))
    try:
        rotation = int(found["Rotate"]) % 360
        confidence = float(found["Orientation confidence"])
        script_confidence = float(found["Script confidence"])
    except (KeyError, ValueError):
        return None
    if confidence < LEAST_CONFIDENCE:
        return Orientation(rotation=rotation)
    script = _SCRIPTS.get(found.get("Script", ""))
    return Orientation(
        rotation=rotation,
        script=script if script_confidence >= LEAST_SCRIPT_CONFIDENCE else None,
        sure=True,
    )
