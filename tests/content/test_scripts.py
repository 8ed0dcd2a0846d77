"""Scripts of characters and texts."""

from __future__ import annotations

import pytest

from textlift.content.scripts import dominant_script, script_counts, script_name, script_of


@pytest.mark.parametrize(
    ("char", "script"),
    [
        ("a", "Latn"),
        ("ß", "Latn"),
        ("ﬁ", "Latn"),
        ("Ａ", "Latn"),
        ("ж", "Cyrl"),
        ("Ї", "Cyrl"),
        ("λ", "Grek"),
        ("中", "Hani"),
        ("々", "Hani"),
        ("ひ", "Kana"),
        ("カ", "Kana"),
        ("ｶ", "Kana"),
        ("한", "Hang"),
        ("ع", "Arab"),
        ("٣", "Arab"),
        ("ש", "Hebr"),
        ("ท", "Thai"),
        ("\u0e31", "Thai"),
        ("ह", "Deva"),
        ("\u093f", "Deva"),
        ("Ա", "Armn"),
        ("ა", "Geor"),
        ("ᐃ", "Cans"),
    ],
)
def test_letters_belong_to_their_script(char: str, script: str) -> None:
    assert script_of(char) == script


@pytest.mark.parametrize(
    "char", ["1", " ", ".", "«", "—", "\u0301", "،", "。", "\n", "\ue000", "µ"]
)
def test_what_all_scripts_use_belongs_to_none(char: str) -> None:
    assert script_of(char) == "Zyyy"


def test_the_dominant_script_is_that_of_most_letters() -> None:
    assert dominant_script("Счёт № 15 от Acme GmbH оплачен") == "Cyrl"
    assert dominant_script("Acme GmbH, г. Бонн") == "Latn"
    assert dominant_script("2026-11-23: 15 %") is None
    assert dominant_script("") is None


def test_counts_leave_out_what_is_common() -> None:
    assert script_counts("да, yes yes 15") == {"Latn": 6, "Cyrl": 2}


def test_a_script_has_a_name_for_people() -> None:
    assert script_name("Cyrl") == "Cyrillic"
    assert script_name("Xsux") == "Xsux"
