"""Which of two readings of a line is taken."""

from __future__ import annotations

import pytest

from engines.pp_ocr.test_pp_ocr_evidence import piece
from textlift.engines.pp_ocr.alphabet_evidence import (
    has_mixed_words,
    is_lossy,
    is_plainly_own,
    on_foreign_page,
    on_usual_page,
    strength,
)
from textlift.engines.pp_ocr.pieces import Piece

CYRILLIC = ("Cyrl",)
RUSSIAN = piece("Все люди рождаются свободными и равными в своём", score=0.96)
BLANKS = piece("  ,     ,     .", score=0.94)
ENGLISH = piece("What a line of English print looks like when read", score=0.97)


def test_readings_are_believed_that_are_sure_full_and_in_the_alphabets_own_letters():
    assert strength([RUSSIAN] * 4, CYRILLIC) > 0
    assert strength([RUSSIAN, RUSSIAN, RUSSIAN, BLANKS], CYRILLIC) > 0
    assert strength([RUSSIAN, BLANKS], CYRILLIC) == 0
    assert strength([ENGLISH] * 4, CYRILLIC) == 0
    assert strength([piece(RUSSIAN.read.text, score=0.6)] * 4, CYRILLIC) == 0
    assert strength([], CYRILLIC) == 0


def test_the_alphabet_that_makes_more_of_the_lines_is_stronger():
    less = piece("Все лди рождтся свобднми равн сво", score=0.85)
    assert strength([RUSSIAN] * 3, CYRILLIC) > strength([less] * 3, CYRILLIC)


@pytest.mark.parametrize(
    ("added", "bundled", "taken"),
    [
        (RUSSIAN, BLANKS, "added"),
        # Words that are spelled alike in both alphabets, on a page of Russian.
        (piece("НОТА СССР", length=200), piece("HOTA CCCP", score=0.99, length=200), "added"),
        (piece("ТhеquісkЬгоwn fох", score=0.8), piece("The quick brown fox"), "bundled"),
        (piece("Тhe quісk brоwn fох jumрs", score=0.97), ENGLISH, "bundled"),
        (piece("12.50   13.99", score=0.98), piece("12.50   13.99", score=0.97), "bundled"),
        (piece("Linux", length=150), piece("Linux", length=150), "bundled"),
    ],
)
def test_a_line_of_a_foreign_page(added: Piece, bundled: Piece, taken: str):
    expected = {"added": added, "bundled": bundled}[taken]
    assert on_foreign_page(added, bundled, CYRILLIC) is expected


@pytest.mark.parametrize(
    ("bundled", "added", "taken"),
    [
        (BLANKS, RUSSIAN, "added"),
        (piece("Python 3.12 Linux", length=700), piece("Курсы Python 3.12 и Linux дома"), "added"),
        (ENGLISH, piece("Шһат а line оf Еnglish print looks like when rеаd"), "bundled"),
        (BLANKS, piece("Все люди рождаются", score=0.5), "bundled"),
        (BLANKS, ENGLISH, "bundled"),
    ],
)
def test_a_line_of_a_usual_page(bundled: Piece, added: Piece, taken: str):
    expected = {"added": added, "bundled": bundled}[taken]
    assert on_usual_page(bundled, added, CYRILLIC) is expected


def test_a_recogniser_for_latin_letters_is_a_second_opinion_on_lines_that_lost_some():
    lossy = piece("Wrtn by ha", score=0.9)
    assert is_lossy(lossy)
    assert on_usual_page(lossy, ENGLISH, ("Latn",)) is ENGLISH
    assert on_usual_page(ENGLISH, piece(ENGLISH.read.text, score=0.99), ("Latn",)) is ENGLISH


def test_lines_that_need_a_second_opinion():
    assert is_plainly_own(RUSSIAN, CYRILLIC)
    assert not is_plainly_own(ENGLISH, CYRILLIC)
    assert not is_plainly_own(piece("12.50   13.99"), CYRILLIC)
    assert has_mixed_words("Рrivet")
    assert not has_mixed_words("Привет, world 2")


def test_lines_that_may_have_lost_letters():
    assert is_lossy(BLANKS)
    assert is_lossy(piece("Python 3.12"))
    assert not is_lossy(ENGLISH)
    assert not is_lossy(piece("在费与瘦客户端一样低的维护成本来使用强大的硬件方面", length=760))
