"""The PP-OCRv6 engine: finds the lines of a page, reads them, puts them into reading order."""

from __future__ import annotations

import itertools
from collections.abc import Callable

from textlift.content.attempt import FailureKind
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
from textlift.engines.pp_ocr.card import NAME
from textlift.engines.pp_ocr.detection import Detector
from textlift.engines.pp_ocr.layout import found_line, make_blocks, read_line
from textlift.engines.pp_ocr.page import PageAnalysis, analyse_page
from textlift.engines.pp_ocr.pieces import Piece, read_pieces
from textlift.engines.pp_ocr.pixels import Pixels, load_pixels
from textlift.engines.pp_ocr.recognition import Recogniser
from textlift.engines.pp_ocr.script_evidence import is_speck, is_unread, judge_script
from textlift.engines.pp_ocr.script_failure import make_warnings, wrong_script
from textlift.engines.pp_ocr.weights import DETECTOR, RECOGNISER, load_network
from textlift.processes.cancellation import Cancellation

_NOTHING_READABLE = 0.2
"""Share of the sample below which the other lines of a foreign page need not be read."""


class PpOcrEngine(Engine):
    """PP-OCRv6 small, with rapidocr's weights."""

    device = "cpu"

    def __init__(self, options: EngineOptions) -> None:
        self._detector = Detector(load_network(DETECTOR, options))
        self._recogniser = Recogniser(load_network(RECOGNISER, options))

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
        image = load_pixels(page.path)
        on_progress(ReadProgress(stage="Finding lines"))
        analysis = self.analyse(image, rotation=options.rotation, cancellation=cancellation)
        return self.read_analysed(
            image, analysis, on_progress=on_progress, cancellation=cancellation
        )

    def analyse(
        self,
        image: Pixels,
        *,
        rotation: int | None = None,
        cancellation: Cancellation,
    ) -> PageAnalysis:
        """Finds the lines of a page and reads the ten longest to learn about it.

        Args:
            image: The page as rendered, from ``load_pixels``.
            rotation: Degrees clockwise that make the page upright, where they are known.
            cancellation: Looked at between steps.

        Raises:
            EngineError: Cancelled.
        """
        return analyse_page(
            image,
            detector=self._detector,
            recogniser=self._recogniser,
            rotation=rotation,
            check=_giving_up(cancellation),
        )

    def read_analysed(
        self,
        image: Pixels,
        analysis: PageAnalysis,
        *,
        on_progress: OnProgress,
        cancellation: Cancellation,
    ) -> PageReading:
        """Reads all lines of a page that ``analyse`` has seen.

        Raises:
            EngineError: The page is in a script the weights lack, or the run was cancelled.
        """
        on_progress(
            ReadProgress(
                stage="Reading lines",
                lines=tuple(found_line(quad, analysis) for quad in analysis.quads),
                fraction=0.0,
            )
        )
        if analysis.script.foreign and analysis.script.readable < _NOTHING_READABLE:
            raise wrong_script()
        pieces: list[Piece] = []
        known = {piece.quad: piece for piece in analysis.sample}
        rest = [quad for quad in analysis.quads if quad not in known]
        for batch in itertools.chain(
            [[known[quad] for quad in analysis.quads if quad in known]],
            read_pieces(image, rest, recogniser=self._recogniser, check=_giving_up(cancellation)),
        ):
            pieces.extend(batch)
            on_progress(
                ReadProgress(
                    stage="Reading lines",
                    lines=tuple(
                        read_line(piece, analysis) for piece in batch if piece.read.text.strip()
                    ),
                    fraction=min(1.0, len(pieces) / max(1, len(analysis.quads))),
                )
            )
        pieces = [piece for piece in pieces if not is_speck(piece)]
        evidence = judge_script(pieces)
        if evidence.foreign:
            raise wrong_script()
        readable = [piece for piece in pieces if not is_unread(piece)]
        unread = [piece for piece in pieces if is_unread(piece)]
        return PageReading(
            blocks=make_blocks(readable, analysis),
            read_by=NAME,
            rotation=analysis.rotation,
            skew=round(analysis.skew, 2),
            warnings=make_warnings(evidence, unread),
        )


def _giving_up(cancellation: Cancellation) -> Callable[[], None]:
    def check() -> None:
        if cancellation.cancelled:
            raise EngineError(FailureKind.CANCELLED, "Stopped.")

    return check
