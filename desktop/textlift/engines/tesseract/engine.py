"""Tesseract as an engine: orientation, language, reading, and back to the page's pixels."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence

import msgspec

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
from textlift.engines.tesseract.tsv import Word, make_blocks, mean_confidence
from textlift.engines.tesseract.upright import (
    Pixels,
    UprightPage,
    load_page,
    make_upright,
    reading_scale,
)
from textlift.engines.tesseract.words import Budget, encode_image, read_words
from textlift.engines.usable_cores import usable_cores
from textlift.processes.cancellation import Cancellation

_SURE_WORD = 0.6
"""Confidence from which a word says something about the page's script and orientation."""
_SURE_PAGE = 0.6
"""Mean confidence from which a page was the right way up; upside down it is under 0.4."""


class TesseractEngine(Engine):
    """Reads pages with the Tesseract program of this machine."""

    def __init__(self, options: EngineOptions) -> None:
        try:
            self.program = ask_program(options.tesseract_path)
        except ProgramError as error:
            raise EngineError(
                FailureKind.NOT_AVAILABLE, f"{error} {install_program_remedy()}"
            ) from error
        # A program for each core, and a thread for each program.
        self._programs = threading.BoundedSemaphore(options.threads or usable_cores())

    @property
    def scripts(self) -> frozenset[str]:
        """The scripts that it has data for (ISO 15924)."""
        return scripts_of_data(self.program.data)

    def has_data_for(self, languages: Sequence[str]) -> bool:
        """Whether it has data for all of these languages (ISO 639-3)."""
        try:
            data_for_languages(languages, self.program.data)
        except EngineError:
            return False
        return True

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
        pixels = load_page(page.path)
        with self._programs:
            return self.read_pixels(
                pixels,
                options,
                assumed=Orientation(),
                on_progress=on_progress,
                cancellation=cancellation,
            )

    def read_pixels(
        self,
        pixels: Pixels,
        options: ReadOptions,
        *,
        assumed: Orientation,
        on_progress: OnProgress,
        cancellation: Cancellation,
    ) -> PageReading:
        """Reads a page that is already in memory.

        Args:
            pixels: The page as rendered.
            options: As for ``read``.
            assumed: What to believe where Tesseract's own detector is not sure.
            on_progress: As for ``read``.
            cancellation: As for ``read``.

        Raises:
            EngineError: As ``read`` does, but not DOCUMENT.
        """
        budget = Budget(
            ends_at=time.monotonic() + PAGE_DEADLINE,
            cancellation=cancellation,
        )
        chosen = data_for_languages(options.languages, self.program.data)
        on_progress(ReadProgress(stage="Looking at the page"))
        scale = _scale(pixels, options.max_pixels)
        readings: list[_Reading] = []
        for orientation in self._orientations(pixels, options, assumed, scale, budget):
            on_progress(ReadProgress(stage="Reading", fraction=0.2))
            upright = make_upright(pixels, rotation=orientation.rotation, scale=scale)
            words, data = self._words(upright, chosen, orientation.script, budget)
            readings.append(_Reading(words, data, upright))
            if mean_confidence(words) >= _SURE_PAGE:
                break
        best = max(readings, key=lambda reading: reading.sure_letters)
        return PageReading(
            blocks=tuple(make_blocks(best.words, page_quad=best.upright.page_quad)),
            read_by=NAME,
            languages=codes_of_data(best.data),
            rotation=best.upright.rotation,
            skew=best.upright.skew,
        )

    def _orientations(
        self,
        pixels: Pixels,
        options: ReadOptions,
        assumed: Orientation,
        scale: float,
        budget: Budget,
    ) -> list[Orientation]:
        """What the orientation and script may be, likeliest first; the next if that reads badly."""
        rotation = options.rotation
        if rotation is not None:
            assumed = Orientation(rotation=rotation, script=assumed.script)
        nothing_to_ask = rotation is not None and (options.languages or assumed.script)
        if ORIENTATION_DATA not in self.program.data or nothing_to_ask:
            return [assumed]
        turned = make_upright(pixels, rotation=rotation or 0, skew=0.0, scale=scale)
        found = find_orientation(
            self.program,
            encode_image(turned.image),
            deadline=budget.seconds_left,
            cancellation=budget.cancellation,
        )
        if found is None:
            return [assumed]
        found = Orientation(
            rotation=found.rotation if rotation is None else rotation,
            script=found.script or assumed.script,
            sure=found.sure,
        )
        both = [found, assumed] if found.sure else [assumed, found]
        if found.rotation == assumed.rotation and (options.languages or not found.script):
            return both[:1]
        return both

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


class _Reading(msgspec.Struct, frozen=True):
    """The words of a page made upright in one way, and the data they were read with."""

    words: list[Word]
    data: tuple[str, ...]
    upright: UprightPage

    @property
    def sure_letters(self) -> int:
        return sum(len(word.text) for word in self.words if word.confidence >= _SURE_WORD)


def _scale(pixels: Pixels, max_pixels: int) -> float:
    size = pixels.shape[0] * pixels.shape[1]
    if max_pixels and size > max_pixels:
        return float((max_pixels / size) ** 0.5)
    return reading_scale(pixels)
