"""The PP-OCRv6 engine: finds the lines of a page, reads them, puts them into reading order."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractContextManager

import cv2
import msgspec

from textlift.content.attempt import FailureKind
from textlift.content.geometry import Quad
from textlift.content.page_image import PageImage
from textlift.content.reading import PageReading
from textlift.engines.contract import (
    Engine,
    EngineError,
    EngineOptions,
    OnProgress,
    ReadOptions,
    ReadProgress,
)
from textlift.engines.pp_ocr.added_alphabets import AddedAlphabets
from textlift.engines.pp_ocr.alphabet_lines import LineReader
from textlift.engines.pp_ocr.card import NAME
from textlift.engines.pp_ocr.cores import Cores, PageWork
from textlift.engines.pp_ocr.detection import Detector, load_detector
from textlift.engines.pp_ocr.layout import found_lines, make_blocks, read_line
from textlift.engines.pp_ocr.line_network import load_recogniser
from textlift.engines.pp_ocr.page import PageAnalysis, analyse_page
from textlift.engines.pp_ocr.pieces import Piece, read_pieces
from textlift.engines.pp_ocr.pixels import Pixels, load_pixels
from textlift.engines.pp_ocr.recognition import Recogniser
from textlift.engines.pp_ocr.script_evidence import is_speck, is_unread, judge_script
from textlift.engines.pp_ocr.script_failure import make_warnings, wrong_script
from textlift.engines.usable_cores import calls_at_once
from textlift.processes.cancellation import Cancellation

_NOTHING_READABLE = 0.2
"""Share of the sample below which the other lines of a foreign page need not be read."""


class PpOcrEngine(Engine):
    """PP-OCRv6 small, with rapidocr's weights, and the alphabets that were added to it.

    Attributes:
        added: The alphabets.
    """

    device = "cpu"

    def __init__(self, options: EngineOptions) -> None:
        self._cores = Cores(options.threads or calls_at_once())
        # OpenCV's threads, which it would start for a single line, take the cores of other pages.
        cv2.setNumThreads(1)
        # Each of the pages in flight has a core: there is nothing for a second thread to do.
        options = msgspec.structs.replace(options, threads=1)
        self._detector = Detector(load_detector(options))
        self._recogniser = Recogniser(load_recogniser())
        self.added = AddedAlphabets(options)

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
            EngineError: The page is in a script the weights lack, or the run was cancelled.
        """
        with self.work(cancellation) as work:
            image = load_pixels(page.path)
            on_progress(ReadProgress(stage="Finding lines"))
            analysis = self.analyse(
                image, rotation=options.rotation, languages=options.languages, work=work
            )
            return self.read_analysed(image, analysis, on_progress=on_progress, work=work)

    def work(self, cancellation: Cancellation) -> AbstractContextManager[PageWork]:
        """What one page has done on the cores; what is cancelled raises ``EngineError``."""
        return self._cores.page(_giving_up(cancellation))

    def analyse(
        self,
        image: Pixels,
        *,
        rotation: int | None = None,
        languages: Collection[str] = (),
        work: PageWork,
    ) -> PageAnalysis:
        """Finds the lines of a page and reads the ten longest to learn about it.

        Args:
            image: The page as rendered, from ``load_pixels``.
            rotation: Degrees clockwise that make the page upright, where they are known.
            languages: ISO 639-3 codes the user chose.
            work: Of this page.

        Raises:
            EngineError: Cancelled.
        """
        return analyse_page(
            image,
            detector=self._detector,
            recogniser=self._recogniser,
            rotation=rotation,
            asked_for=self.added.for_languages(languages),
            added=self.added,
            work=work,
        )

    def read_analysed(
        self,
        image: Pixels,
        analysis: PageAnalysis,
        *,
        on_progress: OnProgress,
        work: PageWork,
    ) -> PageReading:
        """Reads all lines of a page that ``analyse`` has seen.

        Raises:
            EngineError: The page is in a script the weights lack, or the run was cancelled.
        """
        on_progress(
            ReadProgress(
                stage="Reading lines",
                lines=found_lines(analysis),
                fraction=0.0,
            )
        )
        if analysis.script.foreign and analysis.script.readable < _NOTHING_READABLE:
            raise wrong_script(analysis.sample, self.added)
        lines = LineReader(image, self._recogniser, work)
        pieces: list[Piece] = []
        for batch in self._batches(lines, analysis):
            pieces.extend(batch)
            on_progress(_lines_read(batch, analysis, len(pieces)))
        specks = {piece.quad for piece in pieces if is_speck(piece)}
        pieces = [piece for piece in pieces if piece.quad not in specks]
        if analysis.alphabet is None:
            added = lines.with_added(pieces, self.added)
            if added:
                on_progress(_lines_read(list(added.values()), analysis, len(pieces)))
                pieces = [added.get(piece.quad, piece) for piece in pieces]
        evidence = judge_script(pieces)
        if evidence.foreign:
            raise wrong_script(pieces, self.added)
        readable = [piece for piece in pieces if not is_unread(piece)]
        unread = [piece for piece in pieces if is_unread(piece)]
        return PageReading(
            blocks=make_blocks(readable, analysis),
            read_by=NAME,
            why=_alphabets_used(readable, self.added),
            rotation=analysis.rotation,
            skew=round(analysis.skew, 2),
            warnings=make_warnings(evidence, unread),
            detected=found_lines(analysis, besides=specks),
        )

    def read_quads(self, image: Pixels, quads: Sequence[Quad], *, work: PageWork) -> list[Piece]:
        """What the bundled weights make of some lines, whatever the page is written in.

        Raises:
            EngineError: Cancelled.
        """
        batches = read_pieces(image, quads, recogniser=self._recogniser, work=work)
        return [piece for batch in batches for piece in batch]

    def _batches(self, lines: LineReader, analysis: PageAnalysis) -> Iterator[list[Piece]]:
        """All lines of a page, those first that were read to learn about it."""
        known = {piece.quad: piece for piece in analysis.sample}
        rest = [quad for quad in analysis.quads if quad not in known]
        read = [known[quad] for quad in analysis.quads if quad in known]
        if analysis.alphabet is not None:
            yield lines.with_second_opinion(read, analysis.alphabet)
            yield from lines.read_with(rest, analysis.alphabet)
            return
        yield read
        yield from read_pieces(lines.image, rest, recogniser=self._recogniser, work=lines.work)


def _lines_read(batch: list[Piece], analysis: PageAnalysis, done: int) -> ReadProgress:
    return ReadProgress(
        stage="Reading lines",
        lines=tuple(read_line(piece, analysis) for piece in batch if piece.read.text.strip()),
        fraction=min(1.0, done / max(1, len(analysis.quads))),
    )


def _alphabets_used(pieces: list[Piece], added: AddedAlphabets) -> str:
    """Which alphabets read lines beside the bundled one, as a sentence; empty for none."""
    used = {piece.alphabet for piece in pieces}
    if used <= {""}:
        return ""
    which = "all lines" if "" not in used else "some lines"
    return f"The alphabet you added read {which}: {' and '.join(added.titles(used))}."


def _giving_up(cancellation: Cancellation) -> Callable[[], None]:
    def check() -> None:
        if cancellation.cancelled:
            raise EngineError(FailureKind.CANCELLED, "Stopped.")

    return check
