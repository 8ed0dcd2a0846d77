"""What is known of a page before it is read: where its lines are, which way up, which script.

The automatic engine decides on this; ``PpOcrEngine.read`` starts from it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable

import msgspec

from textlift.content.geometry import Point, Quad, turned_back
from textlift.engines.pp_ocr.added_alphabets import AddedAlphabet
from textlift.engines.pp_ocr.alphabet_evidence import strength
from textlift.engines.pp_ocr.cores import PageWork
from textlift.engines.pp_ocr.detection import Detector
from textlift.engines.pp_ocr.orientation import (
    Verdict,
    Vote,
    are_plainly_upright,
    decide,
    is_settled,
    lies_on_its_side,
    skew_of,
    turned_quad,
    voters,
)
from textlift.engines.pp_ocr.pieces import Piece, read_pieces, start_of
from textlift.engines.pp_ocr.pixels import Pixels, turned
from textlift.engines.pp_ocr.recognition import Recogniser
from textlift.engines.pp_ocr.script_evidence import ScriptEvidence, judge_script

_FIRST_VOTERS = 4


class PageAnalysis(msgspec.Struct, frozen=True):
    """A page before it is read.

    Attributes:
        width: Of the page as rendered, in pixels.
        height: Likewise.
        quads: Around each line, in pixels of the page as rendered; the first corner is the top
            left one of the text, so that a turned page needs no turning to be read.
        rotation: Degrees (0, 90, 180, 270) clockwise that make the page upright.
        certain: The rotation was given, or enough could be read to tell it. In a script that
            cannot be read it is a guess, and 90 stands for 90 or 270.
        skew: Degrees the lines run off the horizontal after that turn, clockwise positive.
        sample: The longest lines, read the right way up; of a very long one only the start.
        script: Whether the sample can be in a script that is known: to ``alphabet`` where there
            is one, else to PP-OCRv6.
        alphabet: That was added, if it is what makes sense of the sample.
    """

    width: int
    height: int
    quads: tuple[Quad, ...]
    rotation: int
    certain: bool
    skew: float
    sample: tuple[Piece, ...]
    script: ScriptEvidence
    alphabet: AddedAlphabet | None = None

    def straight(self, point: Point) -> Point:
        """A point of the page as rendered on the page made upright and straight."""
        upright = _upright(point, rotation=self.rotation, width=self.width, height=self.height)
        return levelled(upright, skew=self.skew)


def analyse_page(
    image: Pixels,
    *,
    detector: Detector,
    recogniser: Recogniser,
    rotation: int | None = None,
    asked_for: Iterable[AddedAlphabet] = (),
    added: Iterable[AddedAlphabet] = (),
    work: PageWork,
) -> PageAnalysis:
    """Finds the lines of a page and reads at most ten of them.

    Alphabets are tried where they were asked for, and where the recogniser makes no sense of the
    lines; a page that it can read costs no more for all that was added.

    Args:
        image: The page as rendered.
        detector: Finds the lines.
        recogniser: Reads some of them, both ways up.
        rotation: Degrees clockwise that make the page upright, where they are known.
        asked_for: Alphabets that fit the languages the user chose.
        added: All alphabets there are beside the recogniser's own.
        work: Has each step done when it is its turn.
    """
    height, width = image.shape[:2]
    quads, quarter = work.one(
        lambda: find_lines(image, detector=detector, rotation=rotation, check=work.check)
    )
    chosen = voters(quads)

    def look_with(reader: Recogniser) -> _Look:
        return _look(image, chosen, reader, rotation=rotation, work=work)

    alphabet, look = _best(asked_for, look_with)
    if look is None:
        look = look_with(recogniser)
        if judge_script(look.sample).foreign:
            alphabet, better = _best(added, look_with)
            look = better or look
    if look.verdict.upside_down:
        quads = [_half_turned(quad) for quad in quads]
    found = (quarter + (180 if look.verdict.upside_down else 0)) % 360
    upright = [
        turned_quad(
            quad, lambda p: _upright(p, rotation=found, width=width, height=height), first=0
        )
        for quad in quads
    ]
    return PageAnalysis(
        width=width,
        height=height,
        quads=tuple(quads),
        rotation=found,
        certain=look.verdict.certain,
        skew=skew_of(upright),
        sample=look.sample,
        script=judge_script(look.sample),
        alphabet=alphabet,
    )


def find_lines(
    image: Pixels,
    *,
    detector: Detector,
    rotation: int | None = None,
    check: Callable[[], None] = lambda: None,
) -> tuple[list[Quad], int]:
    """The lines of a page, also of one that lies on its side.

    Args:
        image: The page as rendered.
        detector: Finds the lines.
        rotation: Degrees clockwise that make the page upright, where they are known.
        check: Called between steps; raises to give up.

    Returns:
        Quads in pixels of the page as rendered, and the quarter turn (0, 90 or 270 degrees
        clockwise) after which they are level; where it was not known 90 stands for 270 too.
    """
    quads = detector.find(image, check=check)
    if rotation not in {90, 270} and (rotation is not None or not lies_on_its_side(quads)):
        return quads, 0
    quarter = 90 if rotation is None else rotation
    return _found_sideways(image, quarter, detector, check), quarter


class _Look(msgspec.Struct, frozen=True):
    """The longest lines, read the right way up by one recogniser, and which way that is."""

    sample: tuple[Piece, ...]
    verdict: Verdict


def _best(
    alphabets: Iterable[AddedAlphabet], look_with: Callable[[Recogniser], _Look]
) -> tuple[AddedAlphabet | None, _Look | None]:
    """The alphabet that makes most sense of the longest lines; none where none does."""
    best: tuple[float, AddedAlphabet | None, _Look | None] = (0.0, None, None)
    for alphabet in alphabets:
        look = look_with(alphabet.recogniser)
        sense = strength(look.sample, alphabet.about.own_scripts)
        if sense > best[0]:
            best = (sense, alphabet, look)
    return best[1], best[2]


def _look(
    image: Pixels,
    quads: list[Quad],
    recogniser: Recogniser,
    *,
    rotation: int | None,
    work: PageWork,
) -> _Look:
    sample = _read(image, quads, recogniser, work)
    verdict = Verdict(upside_down=rotation == 180, certain=True)
    if rotation is None:
        verdict = _vote(image, sample, recogniser, work)
    if verdict.upside_down:
        sample = _read(image, [_half_turned(quad) for quad in quads], recogniser, work)
    return _Look(tuple(sample), verdict)


def _vote(image: Pixels, sample: list[Piece], recogniser: Recogniser, work: PageWork) -> Verdict:
    """Reads the sample upside down too, where that can be; a few lines are enough if they agree."""
    if are_plainly_upright([line.read for line in sample[:_FIRST_VOTERS]]):
        return Verdict(upside_down=False, certain=True)
    votes: list[Vote] = []
    for some in (sample[:_FIRST_VOTERS], sample[_FIRST_VOTERS:]):
        turned_over = _read(image, [_half_turned(line.quad) for line in some], recogniser, work)
        votes.extend(
            Vote(first=line.read, second=other.read)
            for line, other in zip(some, turned_over, strict=True)
        )
        if is_settled(votes):
            break
    return decide(votes)


def _found_sideways(
    image: Pixels, rotation: int, detector: Detector, check: Callable[[], None]
) -> list[Quad]:
    """Lines of a page that lies on its side: the detector is better at upright ones."""
    height, width = image.shape[:2]
    return [
        turned_quad(
            quad,
            lambda point: turned_back(point, rotation=rotation, width=width, height=height),
            first=0,
        )
        for quad in detector.find(turned(image, rotation), check=check)
    ]


def levelled(point: Point, *, skew: float) -> Point:
    """A point of a page that is skewed by so many degrees, clockwise, on the page made level."""
    x, y = point
    angle = math.radians(-skew)
    return (
        x * math.cos(angle) - y * math.sin(angle),
        x * math.sin(angle) + y * math.cos(angle),
    )


def _upright(point: Point, *, rotation: int, width: int, height: int) -> Point:
    x, y = point
    if rotation == 90:
        return (height - y, x)
    if rotation == 180:
        return (width - x, height - y)
    if rotation == 270:
        return (y, width - x)
    return point


def _half_turned(quad: Quad) -> Quad:
    return (quad[2], quad[3], quad[0], quad[1])


def _read(image: Pixels, quads: list[Quad], recogniser: Recogniser, work: PageWork) -> list[Piece]:
    """Reads one piece for each quad, in their order; only the start of a very long one."""
    starts = [start_of(quad) for quad in quads]
    pieces = {
        piece.quad: piece
        for batch in read_pieces(image, starts, recogniser=recogniser, work=work)
        for piece in batch
    }
    return [pieces[start] for start in starts]
