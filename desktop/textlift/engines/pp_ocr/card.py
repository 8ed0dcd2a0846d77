"""What PP-OCRv6 says of itself before it is loaded."""

from __future__ import annotations

import importlib.util

from textlift.engines.contract import Availability, EngineCard, EngineOptions
from textlift.engines.registry import EngineEntry

NAME = "pp-ocrv6"

CARD = EngineCard(
    name=NAME,
    title="PP-OCRv6",
    summary="Reads print, screens, photographs and some handwriting in Latin, Chinese and "
    "Japanese letters, with nothing to download.",
    scripts=("Latn", "Hani", "Kana"),
    returns="lines",
    needs="Nothing: its weights come with Textlift.",
    page_deadline=300.0,
    memory_limit=2_500_000_000,
)


def availability(options: EngineOptions) -> Availability:  # noqa: ARG001 - it needs none of them
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
    return Availability(ready=True, sentence="Comes with Textlift.")


ENTRY = EngineEntry(
    card=CARD, availability=availability, factory="textlift.engines.pp_ocr.engine:PpOcrEngine"
)
