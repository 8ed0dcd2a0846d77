"""What Tesseract says of itself, and whether it is on this machine."""

from __future__ import annotations

from textlift.engines.contract import Availability, EngineCard, EngineOptions
from textlift.engines.registry import EngineEntry
from textlift.engines.usable_cores import usable_cores

NAME = "tesseract"
TITLE = "Tesseract"
PAGE_DEADLINE = 120.0

_MOST_NAMES = 6


def availability(options: EngineOptions) -> Availability:
    """Looks for the program and asks for its version and languages."""
    # Here, and not before: the window is up sooner without what runs programs.
    from textlift.content.languages import language_name
    from textlift.engines.tesseract.choice import codes_of_data
    from textlift.engines.tesseract.program import ProgramError, ask_program

    try:
        program = ask_program(options.tesseract_path)
    except ProgramError as error:
        return Availability(ready=False, sentence=str(error), remedy=_remedy(options))
    names = sorted(language_name(code) for code in codes_of_data(program.data))
    # Data that the user trained has no name here, but can be asked for.
    names = names or [name for name in program.data if name != "osd"]
    return Availability(ready=True, sentence=f"Version {program.version} with {_listed(names)}.")


def _remedy(options: EngineOptions) -> str:
    from textlift.engines.tesseract.installing import (
        install_language_remedy,
        install_program_remedy,
    )
    from textlift.engines.tesseract.program import ProgramError, find_program

    try:
        find_program(options.tesseract_path)
    except ProgramError:
        if options.tesseract_path:
            return "Correct the path in the settings, or clear it to have Tesseract looked up."
        return install_program_remedy()
    return install_language_remedy(["eng"])


def _listed(names: list[str]) -> str:
    if len(names) <= _MOST_NAMES:
        return ", ".join(names)
    return f"{', '.join(names[:_MOST_NAMES])} and {len(names) - _MOST_NAMES} more languages"


ENTRY = EngineEntry(
    card=EngineCard(
        name=NAME,
        title=TITLE,
        summary="Reads clean print in the languages installed for it, Cyrillic among them; "
        "weaker on photographs and handwriting.",
        returns="blocks",
        needs="The Tesseract program, version 5, and its data for each language.",
        # A program with one thread for each.
        capacity=usable_cores(),
        # A margin over the deadline that the engine itself gives the program.
        page_deadline=PAGE_DEADLINE + 10,
        load_deadline=30.0,
    ),
    availability=availability,
    factory="textlift.engines.tesseract.engine:TesseractEngine",
)
