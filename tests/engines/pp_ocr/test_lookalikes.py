"""Words that were read as a mixture of letters that look alike."""

from __future__ import annotations

import pytest

from textlift.content.scripts import script_of
from textlift.engines.pp_ocr.lookalikes import with_words_of_one_script


def scripts(text: str) -> set[str]:
    return {script_of(letter) for letter in text if letter.isalpha()}


@pytest.mark.parametrize(
    ("read", "script"),
    [
        ("Dеbіаn", "Latn"),
        ("/hоmе", "Latn"),
        ("cравниваются", "Cyrl"),
        ("ВАЖHО", "Cyrl"),
        # Nothing tells but the number of letters.
        ("CОСНА", "Cyrl"),
        ("COPЕ", "Latn"),
        ("ΚΑΙ", "Grek"),
        ("KAΛA", "Grek"),
        # All of one script already, whatever it looks like.
        ("CCCP", "Latn"),
        ("СССР", "Cyrl"),
    ],
)
def test_a_word_gets_the_script_that_all_its_letters_can_be_of(read: str, script: str):
    result = with_words_of_one_script(read)
    assert scripts(result) == {script}
    assert len(result) == len(read)


def test_each_word_of_a_line_for_itself():
    assert with_words_of_one_script("Курсы Рythоn 3.12 и Lіnuх") == "Курсы Python 3.12 и Linux"


@pytest.mark.parametrize("text", ["Руthон", "DЕВиА", "日本 abc", "", "3D а", "naïve"])
def test_what_can_be_of_no_one_script_is_left(text: str):
    assert with_words_of_one_script(text) == text
