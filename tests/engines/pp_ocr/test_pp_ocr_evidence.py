"""Telling text in an unknown script, and the way up, from what was read."""

from __future__ import annotations

import pytest

from textlift.content.geometry import Quad
from textlift.content.reading import WarningKind
from textlift.engines.pp_ocr.orientation import (
    Vote,
    are_plainly_upright,
    decide,
    lies_on_its_side,
    skew_of,
)
from textlift.engines.pp_ocr.pieces import Piece
from textlift.engines.pp_ocr.recognition import ReadText
from textlift.engines.pp_ocr.script_evidence import is_speck, is_unread, judge_script
from textlift.engines.pp_ocr.script_failure import make_warnings


def piece(text: str, *, score: float = 0.95, length: float = 900) -> Piece:
    quad: Quad = ((0, 0), (length, 0), (length, 30), (0, 30))
    return Piece(quad=quad, read=ReadText(text=text, score=score))


ENGLISH = [piece("What a line of English print looks like when it is read well")] * 6


def test_russian_comes_out_as_spaces_and_punctuation():
    lines = [piece("  ,     ,     .", score=0.94), piece("', !   15  3 '", score=0.939)]
    evidence = judge_script(lines)
    assert evidence.foreign
    assert evidence.readable == 0


@pytest.mark.parametrize(
    "text",
    [
        "I am",
        "在费与瘦客户端一样低的维护成本来使用强大的硬件方面",
        "* * * * * * * * * * * * * * * * * * * *",
        "12.50   13.99   1,204.00   0.00",
        "Wszyscy ludzie rodzą się wolni i równi",
    ],
)
def test_readable_lines(text: str):
    assert not judge_script([piece(text, length=20 * len(text))] * 3).foreign


def test_unsure_words_of_letters_and_digits_are_no_language():
    hebrew = piece("uICu Λ4Iua 4tuIr xiA tLΛu1 cLIU A4 xuIIU 4C4 xLa uc4 14CauIl", score=0.62)
    assert judge_script([hebrew] * 3).foreign


def test_unsure_handwriting_is_not_refused_but_warned_of():
    letter = piece("plan mas Jrustald. nalf napechid What", score=0.7)
    evidence = judge_script([letter] * 4)
    assert not evidence.foreign
    assert [warning.kind for warning in make_warnings(evidence, [])] == [WarningKind.UNCERTAIN]


def test_one_unread_line_does_not_condemn_a_page():
    evidence = judge_script([*ENGLISH, piece("  ,    .")])
    assert not evidence.foreign
    assert evidence.readable == pytest.approx(6 / 7)


def test_vietnamese_loses_its_accents():
    evidence = judge_script([piece("ngưi đu đưc t do và bình đng v nhân phm", score=0.98)] * 2)
    assert not evidence.foreign
    assert evidence.losing_accents


def test_nothing_found_is_not_foreign():
    assert not judge_script([]).foreign


def test_specks():
    assert is_speck(piece("如能", score=0.1, length=100))
    assert not is_speck(piece("I", score=0.9, length=40))
    assert not is_speck(piece("scrawl over a line", score=0.4))


def test_short_pieces_are_never_unread():
    assert not is_unread(piece("", score=0.0, length=40))
    assert is_unread(piece("", score=0.0, length=400))


def test_many_unread_lines_are_one_warning():
    evidence = judge_script([*ENGLISH, piece("  ,    .")])
    assert len(make_warnings(evidence, [piece(" , ")] * 3)) == 3
    assert len(make_warnings(evidence, [piece(" , ")] * 9)) == 1


def test_page_upside_down():
    good, bad = ReadText(text="plain English words", score=0.98), ReadText(text="sp oM", score=0.6)
    assert decide([Vote(first=bad, second=good)] * 5).upside_down
    upright = decide([Vote(first=good, second=bad)] * 5)
    assert (upright.upside_down, upright.certain) == (False, True)


def test_nonsense_both_ways_turns_nothing():
    first, second = ReadText(text="   . ", score=0.9), ReadText(text="CO  OM eO", score=0.75)
    verdict = decide([Vote(first=first, second=second)] * 5)
    assert (verdict.upside_down, verdict.certain) == (False, False)


def test_no_lines_give_no_certainty():
    verdict = decide([])
    assert (verdict.upside_down, verdict.certain) == (False, False)


def test_side_and_skew():
    level: Quad = ((0, 0), (500, 0), (500, 30), (0, 30))
    upright: Quad = ((0, 0), (30, 0), (30, 500), (0, 500))
    assert lies_on_its_side([upright, upright, level])
    assert not lies_on_its_side([upright, level, level])
    falling: Quad = ((0, 0), (500, 17.5), (499, 47), (-1, 30))
    assert skew_of([falling] * 3) == pytest.approx(2.0, abs=0.1)
    assert skew_of([upright]) == 0


def test_lines_that_read_well_need_not_be_read_upside_down():
    well = ReadText(text="and every line of this page", score=0.97)
    assert are_plainly_upright([well] * 4)
    assert are_plainly_upright([well] * 2)


@pytest.mark.parametrize(
    "doubtful",
    [
        ReadText(text="and every line of this page", score=0.82),
        ReadText(text="1690 8961 0689 1996 8008 6116", score=0.99),
        ReadText(text="NO SWIMS", score=0.99),
    ],
)
def test_one_line_that_may_be_upside_down_is_a_reason_to_look(doubtful):
    well = ReadText(text="and every line of this page", score=0.97)
    assert not are_plainly_upright([well, well, doubtful, well])


def test_a_single_line_is_looked_at_both_ways():
    assert not are_plainly_upright([ReadText(text="and every line of this page", score=0.97)])
