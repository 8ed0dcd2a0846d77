"""What the automatic choice says of itself before it is loaded."""

from __future__ import annotations

from textlift.engines.contract import Availability, EngineCard, EngineOptions
from textlift.engines.pp_ocr import card as pp_ocr
from textlift.engines.registry import EngineEntry
from textlift.engines.tesseract import card as tesseract

NAME = "automatic"


def availability(options: EngineOptions) -> Availability:
    """It works where PP-OCRv6 does; Tesseract widens what it can read."""
    bundled = pp_ocr.availability(options)
    if not bundled.ready:
        return bundled
    alphabets = pp_ocr.added_alphabets(options)
    added = f" with {', '.join(one.title for one in alphabets)} added" if alphabets else ""
    external = tesseract.availability(options)
    if external.ready:
        version, _, languages = external.sentence.removeprefix("Version ").partition(" with ")
        return Availability(
            ready=True, sentence=f"PP-OCRv6{added}, and Tesseract {version} with {languages}"
        )
    without = "" if "Cyrl" in pp_ocr.scripts_with(alphabets) else ", which reads no Cyrillic"
    return Availability(
        ready=True,
        sentence=f"PP-OCRv6{added} alone{without}: {external.sentence} {external.remedy}",
    )


ENTRY = EngineEntry(
    card=EngineCard(
        name=NAME,
        title="Automatic",
        summary="Looks at each page and reads it with PP-OCRv6 or Tesseract, "
        "whichever suits its script.",
        returns="blocks",
        needs="Nothing; with Tesseract installed it reads more scripts.",
        capacity=pp_ocr.CARD.capacity,
        page_deadline=pp_ocr.CARD.page_deadline + tesseract.PAGE_DEADLINE + 10,
        load_deadline=pp_ocr.CARD.load_deadline,
        memory_limit=pp_ocr.CARD.memory_limit and pp_ocr.CARD.memory_limit + 1_000_000_000,
        detects=True,
    ),
    availability=availability,
    factory="textlift.engines.automatic.engine:AutomaticEngine",
)
