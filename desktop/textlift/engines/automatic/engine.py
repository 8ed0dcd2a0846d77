"""The automatic engine: PP-OCRv6 looks at the page, and it or Tesseract reads it."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from textlift.content.attempt import FailureKind
from textlift.content.page_image import PageImage
from textlift.content.reading import PageReading
from textlift.engines.automatic.evidence import (
    LEAST_SURE,
    choose,
    foreign_script,
    is_doubtful,
    is_for_tesseract,
    is_out_of_reach,
    names_of,
    scripts_out_of_reach,
    sure_share,
)
from textlift.engines.automatic.left_out import are_figures, quads_left_out, with_lines
from textlift.engines.contract import (
    Engine,
    EngineError,
    EngineOptions,
    OnProgress,
    ReadOptions,
    ReadProgress,
)
from textlift.engines.pp_ocr.added_alphabets import AddedAlphabet
from textlift.engines.pp_ocr.cores import PageWork
from textlift.engines.pp_ocr.engine import PpOcrEngine
from textlift.engines.pp_ocr.layout import found_lines, read_line
from textlift.engines.pp_ocr.page import PageAnalysis
from textlift.engines.pp_ocr.pixels import Pixels, load_pixels
from textlift.engines.pp_ocr.script_evidence import guessed_scripts
from textlift.engines.tesseract.engine import TesseractEngine
from textlift.engines.tesseract.orientation import Orientation
from textlift.processes.cancellation import Cancellation

_UNREADABLE = "PP-OCRv6 cannot read the letters of this page"


class AutomaticEngine(Engine):
    """Both engines in one process; the page is opened and looked at once."""

    def __init__(self, options: EngineOptions) -> None:
        self._pp_ocr = PpOcrEngine(options)
        self.device = self._pp_ocr.device
        self._tesseract: TesseractEngine | None = None
        self._absence = ""
        try:
            self._tesseract = TesseractEngine(options)
        except EngineError as error:
            # A page that needs it will say so; the others do not.
            self._absence = error.sentence

    def read(
        self,
        page: PageImage,
        options: ReadOptions,
        *,
        on_progress: OnProgress,
        cancellation: Cancellation,
    ) -> PageReading:
        """Reads a page; ``read_by`` names the engine that did, ``why`` the reason.

        Raises:
            EngineError: WRONG_SCRIPT when neither can read it, with what to install; otherwise
                as the chosen engine does.
        """
        with self._pp_ocr.work(cancellation) as work:
            pixels = load_pixels(page.path)
            return self._read(_Page(pixels, options, on_progress, cancellation, work))

    def _read(self, job: _Page) -> PageReading:
        options = job.options
        if is_for_tesseract(options.languages) and self._is_tesseracts_turn(options.languages):
            why = f"{names_of(options.languages)} was asked for, which PP-OCRv6 cannot read."
            if self._has_alphabet(options.languages):
                why = f"{names_of(options.languages)} was asked for, which Tesseract reads best."
            return msgspec.structs.replace(
                self._ask_tesseract(job, Orientation(rotation=options.rotation or 0)), why=why
            )
        job.on_progress(ReadProgress(stage="Finding lines"))
        analysis = self._pp_ocr.analyse(
            job.pixels,
            rotation=options.rotation,
            languages=options.languages,
            work=job.work,
        )
        if analysis.script.foreign:
            return self._read_foreign(job, analysis)
        if analysis.alphabet is not None:
            return self._read_added(job, analysis, analysis.alphabet)
        try:
            reading = self._pp_ocr.read_analysed(
                job.pixels, analysis, on_progress=job.on_progress, work=job.work
            )
        except EngineError as error:
            if error.failure is FailureKind.WRONG_SCRIPT:
                return self._read_foreign(job, analysis)
            raise
        if is_doubtful(reading):
            return self._second_opinion(job, analysis, reading)
        return msgspec.structs.replace(
            reading, why="The page is in letters that PP-OCRv6 knows, and it is sure of them."
        )

    def _has_alphabet(self, languages: Sequence[str]) -> bool:
        """Whether an alphabet was added that was made for one of these languages."""
        return next(self._pp_ocr.added.for_languages(languages), None) is not None

    def _is_tesseracts_turn(self, languages: Sequence[str]) -> bool:
        """Whether it is to be asked for languages that PP-OCRv6 lacks letters of."""
        if not self._has_alphabet(languages):
            return self._tesseract is not None or is_out_of_reach(languages)
        return self._tesseract is not None and self._tesseract.has_data_for(languages)

    def _read_added(
        self, job: _Page, analysis: PageAnalysis, alphabet: AddedAlphabet
    ) -> PageReading:
        """Reads a page that PP-OCRv6 reads with an alphabet that was added.

        Where Tesseract has data for the script it is asked first: of the two it makes fewer
        errors on print.
        """
        if self._tesseract is not None and self._tesseract.scripts & set(
            alphabet.about.own_scripts
        ):
            try:
                return self._read_foreign(job, analysis)
            except EngineError as error:
                if error.failure is not FailureKind.WRONG_SCRIPT:
                    raise
        reading = self._pp_ocr.read_analysed(
            job.pixels, analysis, on_progress=job.on_progress, work=job.work
        )
        return msgspec.structs.replace(
            reading, why=f"PP-OCRv6 has the letters of this page: {alphabet.about.title}."
        )

    def _read_foreign(self, job: _Page, analysis: PageAnalysis) -> PageReading:
        """Reads a page that PP-OCRv6 cannot.

        Raises:
            EngineError: WRONG_SCRIPT when Tesseract makes nothing of it either.
        """
        # The languages that the user named are languages PP-OCRv6 knows: not those of the page.
        options = msgspec.structs.replace(job.options, languages=())
        job = msgspec.structs.replace(
            job, options=options, scripts=guessed_scripts(analysis.sample)
        )
        reading = self._ask_tesseract_after(job, analysis)
        if sure_share(reading) < LEAST_SURE:
            raise EngineError(
                FailureKind.WRONG_SCRIPT,
                f"{_UNREADABLE}, and Tesseract makes no sense of it with the languages it has "
                f"here: {names_of(reading.languages)}. Install the page's language for it, or "
                "add its alphabet to PP-OCRv6 in the list of models.",
            )
        script = foreign_script(reading)
        why = f"The page is in {script} letters, which PP-OCRv6 cannot read." if script else ""
        return self._with_figures(
            job, analysis, reading, why=why or f"{_UNREADABLE}; Tesseract can."
        )

    def _second_opinion(
        self, job: _Page, analysis: PageAnalysis, reading: PageReading
    ) -> PageReading:
        if self._tesseract is None:
            why = f"PP-OCRv6 was in doubt, but there is no second opinion: {self._absence}"
            return msgspec.structs.replace(reading, why=why)
        try:
            other = self._ask_tesseract_after(job, analysis)
        except EngineError as error:
            if error.failure is FailureKind.CANCELLED:
                raise
            why = f"PP-OCRv6 was in doubt, but Tesseract gave nothing: {error.sentence}"
            return msgspec.structs.replace(reading, why=why)
        verdict = choose(reading, other)
        if verdict.reading is other:
            return self._with_figures(job, analysis, other, why=verdict.why)
        return msgspec.structs.replace(reading, why=verdict.why)

    def _ask_tesseract_after(self, job: _Page, analysis: PageAnalysis) -> PageReading:
        """Tesseract's reading of a page whose lines were found before."""
        reading = self._ask_tesseract(job, Orientation(rotation=analysis.rotation))
        return msgspec.structs.replace(reading, detected=found_lines(analysis))

    def _with_figures(
        self, job: _Page, analysis: PageAnalysis, reading: PageReading, *, why: str
    ) -> PageReading:
        """Tesseract's reading with the figures that it left out, and the reason for both."""
        quads = quads_left_out(analysis.quads, reading)
        pieces = self._pp_ocr.read_quads(job.pixels, quads, work=job.work)
        figures = [read_line(piece, analysis) for piece in pieces if are_figures(piece)]
        if figures:
            why += " PP-OCRv6 read figures that Tesseract left out."
        reading = with_lines(reading, figures, straight=analysis.straight)
        return msgspec.structs.replace(reading, why=why)

    def _ask_tesseract(self, job: _Page, assumed: Orientation) -> PageReading:
        tesseract = self._tesseract
        if tesseract is None:
            raise EngineError(
                FailureKind.WRONG_SCRIPT,
                f"{_UNREADABLE}; it may be Cyrillic or another script that Tesseract reads, or "
                "that can be added to PP-OCRv6 in the list of models. "
                f"{self._absence}",
                scripts=job.scripts or scripts_out_of_reach(job.options.languages),
            )
        return job.work.one(
            lambda: tesseract.read_pixels(
                job.pixels,
                job.options,
                assumed=assumed,
                on_progress=job.on_progress,
                cancellation=job.cancellation,
            )
        )


class _Page(msgspec.Struct, frozen=True):
    """A page to read and how; ``scripts`` are those it may be in, where that is known."""

    pixels: Pixels
    options: ReadOptions
    on_progress: OnProgress
    cancellation: Cancellation
    work: PageWork
    scripts: tuple[str, ...] = ()
