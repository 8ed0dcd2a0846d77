"""What PP-OCRv6 says of itself before it is loaded."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable
from pathlib import Path

import msgspec

from textlift.engines.contract import Availability, EngineCard, EngineOptions
from textlift.engines.registry import EngineEntry
from textlift.engines.usable_cores import calls_at_once, pages_in_flight
from textlift.models.alphabets import Alphabet, load_alphabets
from textlift.settings import user_folders

NAME = "pp-ocrv6"

_MEMORY = 1_800_000_000
_MEMORY_OF_CALL = 700_000_000
"""More than a call of its networks was seen to take; the largest pages are among it."""

CARD = EngineCard(
    name=NAME,
    title="PP-OCRv6",
    summary="Reads print, screens, photographs and some handwriting in Latin, Chinese and "
    "Japanese letters, with nothing to download.",
    scripts=("Latn", "Hani", "Kana"),
    returns="lines",
    needs="Nothing: its weights come with Textlift.",
    capacity=pages_in_flight(),
    page_deadline=300.0,
    memory_limit=_MEMORY + calls_at_once() * _MEMORY_OF_CALL,
    detects=True,
)
"""Without any alphabet that was added."""


def availability(options: EngineOptions) -> Availability:
    """Looks for the packages it stands on, without importing them."""
    missing = [
        name
        for name in ("rapidocr", "onnxruntime", "cv2")
        if importlib.util.find_spec(name) is None
    ]
    if missing:
        return Availability(
            ready=False,
            sentence=f"The Python package {' and '.join(missing)} is not installed.",
            remedy="Install Textlift again: pip install textlift",
        )
    titles = [one.title for one in added_alphabets(options)]
    if not titles:
        return Availability(ready=True, sentence="Comes with Textlift.")
    which = "alphabet" if len(titles) == 1 else "alphabets"
    return Availability(
        ready=True, sentence=f"Comes with Textlift; {which} added: {', '.join(titles)}."
    )


def added_alphabets(options: EngineOptions) -> tuple[Alphabet, ...]:
    """Those that an engine loaded with these options has; no file of theirs is opened."""
    if not options.alphabets:
        return ()
    names = {Path(path).stem for path in options.alphabets}
    known = load_alphabets(user_folders().own_alphabets).alphabets
    return tuple(one for one in known if one.name in names)


def scripts_with(alphabets: Iterable[Alphabet]) -> tuple[str, ...]:
    """The scripts it reads with these alphabets added."""
    more = (script for one in alphabets for script in one.own_scripts)
    return tuple(dict.fromkeys((*CARD.scripts, *more)))


def entry(alphabets: Iterable[Alphabet] = ()) -> EngineEntry:
    """The engine as it can be chosen.

    Args:
        alphabets: Those that were added; the card names their scripts too.
    """
    return EngineEntry(
        card=msgspec.structs.replace(CARD, scripts=scripts_with(alphabets)),
        availability=availability,
        factory="textlift.engines.pp_ocr.engine:PpOcrEngine",
    )
