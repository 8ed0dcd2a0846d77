"""Reads the lines of a page with the bundled recogniser and the alphabets that were added."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from textlift.content.geometry import Quad
from textlift.engines.pp_ocr.added_alphabets import AddedAlphabet
from textlift.engines.pp_ocr.alphabet_evidence import (
    is_lossy,
    is_plainly_own,
    on_foreign_page,
    on_usual_page,
    weight,
)
from textlift.engines.pp_ocr.cores import PageWork
from textlift.engines.pp_ocr.orientation import length_and_height
from textlift.engines.pp_ocr.pieces import Piece, read_parts, read_pieces
from textlift.engines.pp_ocr.pixels import Pixels
from textlift.engines.pp_ocr.recognition import Recogniser

_SAMPLE = 6
"""Lines that an alphabet is tried on before it reads all that are in doubt."""


class LineReader(msgspec.Struct, frozen=True):
    """What reads the lines of one page.

    Attributes:
        image: The page as rendered.
        bundled: The recogniser that comes with Textlift.
        work: Has them read.
    """

    image: Pixels
    bundled: Recogniser
    work: PageWork

    def read_with(self, quads: Sequence[Quad], alphabet: AddedAlphabet) -> Iterator[list[Piece]]:
        """The lines of a page that is in an added alphabet, each by whichever reads it better."""
        batches = read_pieces(self.image, quads, recogniser=alphabet.recogniser, work=self.work)
        for batch in batches:
            yield self.with_second_opinion(batch, alphabet)

    def with_second_opinion(self, pieces: Sequence[Piece], alphabet: AddedAlphabet) -> list[Piece]:
        """Lines that an added alphabet read; the bundled recogniser's reading where it is better.

        Args:
            pieces: In any order, which is kept.
            alphabet: That read them.
        """
        scripts = alphabet.about.own_scripts
        doubtful = [piece.quad for piece in pieces if not is_plainly_own(piece, scripts)]
        others = self._parts(doubtful, self.bundled)
        return [
            on_foreign_page(piece, others[piece.quad], scripts) if piece.quad in others else piece
            for piece in pieces
        ]

    def with_added(
        self, pieces: Sequence[Piece], alphabets: Iterable[AddedAlphabet]
    ) -> dict[Quad, Piece]:
        """Lines of a page in known letters of which the bundled recogniser lost some.

        Args:
            pieces: All that it read.
            alphabets: That may know more.

        Returns:
            By their quads, those that an added alphabet reads better.
        """
        lossy = {piece.quad: piece for piece in pieces if is_lossy(piece)}
        if not lossy:
            return {}
        longest = sorted(lossy, key=lambda quad: -length_and_height(quad)[0])[:_SAMPLE]
        better: dict[Quad, Piece] = {}
        for alphabet in alphabets:
            if not self._improved(lossy, longest, alphabet):
                continue
            for quad, piece in self._improved(lossy, list(lossy), alphabet).items():
                if quad not in better or weight(piece.read) > weight(better[quad].read):
                    better[quad] = piece
        return better

    def _improved(
        self, bundled: dict[Quad, Piece], quads: Sequence[Quad], alphabet: AddedAlphabet
    ) -> dict[Quad, Piece]:
        read = self._parts(quads, alphabet.recogniser)
        scripts = alphabet.about.own_scripts
        return {
            quad: piece
            for quad, piece in read.items()
            if on_usual_page(bundled[quad], piece, scripts) is piece
        }

    def _parts(self, quads: Sequence[Quad], recogniser: Recogniser) -> dict[Quad, Piece]:
        batches = read_parts(self.image, quads, recogniser=recogniser, work=self.work)
        return {piece.quad: piece for batch in batches for piece in batch}
