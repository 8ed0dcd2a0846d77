"""Tesseract as an engine: orientation, language, reading, and back to the page's pixels."""

from __future__ import annotations

import time

from textlift.content.attempt import FailureKind
from textlift.content.page_image import PageImage
from textlift.content.reading import PageReading
from textlift.content.scripts import dominant_script
from textlift.engines.contract import (
    Engine,
    EngineError,
    EngineOptions,
    OnProgress,
    ReadOptions,
    ReadProgress,
)
from textlift.engines.tesseract.card import NAME, PAGE_DEADLINE
from textlift.engines.tesseract.choice import (
    codes_of_data,
    data_for_first_reading,
    data_for_languages,
    data_for_script,
    scripts_of_data,
)
from textlift.engines.tesseract.installing import install_program_remedy
from textlift.engines.tesseract.orientation import DATA as ORIENTATION_DATA
from textlift.engines.tesseract.orientation import Orientation, find_orientation
from textlift.engines.tesseract.program import ProgramError, ask_program
from textlift.engines.tesseract.tsv import Word, make_blocks
from textlift.engines.tesseract.upright import (
    Pixels,
    UprightPage,
    load_page,
    make_upright,
    reading_scale,
)
from textlift.engines.tesseract.words import Budget, encode_image, read_words
from textlift.processes.cancellation import Cancellation

_SURE_WORD = 0.6
"""Confidence from which a word of a first reading says something about the script."""


class TesseractEngine(Engine):
    """Reads pages with the Tesseract program of this machine."""

    def __init__(self, options: EngineOptions) -> None:
        try:
            self.program = ask_program(options.tesseract_path)
        except ProgramError as error:
            raise EngineError(
                FailureKind.NOT_AVAILABLE, f"{error} {install_program_remedy()}"
            ) from error
        self._threads = options.threads

    def read(
        self,
        page: PageImage,
        options: ReadOptions,
        *,
        on_progress: OnProgress,
        cancellation: Cancellation,
    ) -> PageReading:
        """Reads a page.

        Raises:
            EngineError: WRONG_SCRIPT when the data for the page's language is not installed;
                CANCELLED, TIMED_OUT, CRASHED, MALFORMED or DOCUMENT.
        """
        budget = Budget(
            ends_at=time.monotonic() + PAGE_DEADLINE,
            threads=self._threads,
            cancellation=cancellation,
        )
        chosen = data_for_languages(options.languages, self.program.data)
        pixels = load_page(page.path)
        on_progress(ReadProgress(stage="Looking at the page"))
        orientation = self._orientation(pixels, options, budget, script_known=bool(chosen))
        upright = make_upright(
            pixels, rotation=orientation.rotation, scale=_scale(pixels, options.max_pixels)
        )
        on_progress(ReadProgress(stage="Reading", fraction=0.2))
        words, data = self._words(upright, chosen, orientation.script, budget)
        return make_reading(words, upright, data=data)

    def _orientation(
        self, pixels: Pixels, options: ReadOptions, budget: Budget, *, script_known: bool
    ) -> Orientation:
        rotation = options.rotation
        known = Orientation(rotation=rotation or 0)
        if ORIENTATION_DATA not in self.program.data or (rotation is not None and script_known):
            return known
        turned = make_upright(pixels, rotation=rotation or 0, skew=0.0)
        found = find_orientation(
            self.program,
            encode_image(turned.image),
            deadline=budget.seconds_left,
            cancellation=budget.cancellation,
        )
        if found is None:
            return known
        return found if rotation is None else Orientation(rotation=rotation, script=found.script)

    def _words(
        self,
        upright: UprightPage,
        chosen: tuple[str, ...],
        script: str | None,
        budget: Budget,
    ) -> tuple[list[Word], tuple[str, ...]]:
        """The words, and the data they were read with."""
        image = encode_image(upright.image)
        if chosen:
            return read_words(self.program, image, chosen, budget=budget), chosen
        if script is not None:
            data = data_for_script(script, self.program.data)
            return read_words(self.program, image, data, budget=budget), data
        data = data_for_first_reading(self.program.data)
        words = read_words(self.program, image, data, budget=budget)
        script = dominant_script(
            "".join(word.text for word in words if word.confidence >= _SURE_WORD)
        )
        if script is None or scripts_of_data(data) == {script}:
            return words, data
        better = data_for_script(script, self.program.data)
        if set(better) == set(data):
            return words, data
        return read_words(self.program, image, better, budget=budget), better


def make_reading(words: list[Word], upright: UprightPage, *, data: tuple[str, ...]) -> PageReading:
    """The reading of a page from the words found on the upright image of it."""
    return PageReading(
        blocks=tuple(make_blocks(words, page_quad=upright.page_quad)),
        read_by=NAME,
        languages=codes_of_data(data),
        rotation=upright.rotation,
        skew=upright.skew,
    )


def _scale(pixels: Pixels, max_pixels: int) -> float:
    size = pixels.shape[0] * pixels.shape[1]
    if max_pixels and size > max_pixels:
        return float((max_pixels / size) ** 0.5)
    return reading_scale(pixels)
