"""The table of languages."""

from __future__ import annotations

from textlift.content.languages import (
    LANGUAGES,
    code_of_tesseract_data,
    language_name,
    languages_of_script,
)
from textlift.content.scripts import script_name


def test_codes_have_the_form_of_iso_639_3() -> None:
    for code in LANGUAGES:
        base, _, script = code.partition("-")
        assert len(base) == 3
        assert base.isascii()
        assert base.islower()
        assert not script or (len(script) == 4 and script.istitle())


def test_no_two_languages_share_a_name_or_a_data_file() -> None:
    assert len({language.name for language in LANGUAGES.values()}) == len(LANGUAGES)
    assert len({language.tesseract for language in LANGUAGES.values()}) == len(LANGUAGES)


def test_every_script_has_a_name() -> None:
    nameless = {
        language.script
        for language in LANGUAGES.values()
        if script_name(language.script) == language.script
    }
    assert nameless <= {"Thai"}


def test_names() -> None:
    assert language_name("rus") == "Russian"
    assert language_name("tlh") == "tlh"


def test_data_files_lead_back_to_codes() -> None:
    assert LANGUAGES["zho"].tesseract == "chi_sim"
    assert code_of_tesseract_data("chi_sim") == "zho"
    assert code_of_tesseract_data("osd") is None


def test_languages_of_a_script() -> None:
    cyrillic = languages_of_script("Cyrl")
    assert "rus" in cyrillic
    assert "ukr" in cyrillic
    assert "eng" not in cyrillic
