"""Which language data Tesseract reads a page with."""

from __future__ import annotations

import pytest

from textlift.content.attempt import FailureKind
from textlift.engines.contract import EngineError
from textlift.engines.tesseract import choice
from textlift.engines.tesseract.choice import (
    codes_of_data,
    data_for_first_reading,
    data_for_languages,
    data_for_script,
    scripts_of_data,
)


@pytest.fixture(autouse=True)
def english_system(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choice.locale, "getlocale", lambda: ("en_GB", "UTF-8"))


def test_russian_pages_have_english_words() -> None:
    assert data_for_languages(["rus"], ["eng", "osd", "rus"]) == ("rus", "eng")
    assert data_for_languages(["rus"], ["rus"]) == ("rus",)


def test_languages_are_taken_in_the_users_order() -> None:
    assert data_for_languages(["deu", "eng"], ["eng", "deu"]) == ("deu", "eng")
    assert data_for_languages(["deu"], ["eng", "deu"]) == ("deu",)
    assert data_for_languages(["zho"], ["chi_sim"]) == ("chi_sim",)
    assert data_for_languages([], ["eng"]) == ()


def test_data_of_the_users_own_can_be_asked_for() -> None:
    assert data_for_languages(["mydata"], ["eng", "mydata"]) == ("mydata",)


def test_a_language_that_is_not_there_is_named_with_its_remedy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setattr("shutil.which", lambda name: name if name == "apt-get" else None)
    with pytest.raises(EngineError) as caught:
        data_for_languages(["zho", "eng"], ["eng"])
    assert caught.value.failure is FailureKind.WRONG_SCRIPT
    assert "Chinese" in caught.value.sentence
    assert "sudo apt install tesseract-ocr-chi-sim" in caught.value.sentence


def test_a_script_is_read_with_what_is_there_for_it() -> None:
    assert data_for_script("Cyrl", ["eng", "osd", "rus"]) == ("rus", "eng")
    assert data_for_script("Cyrl", ["bul", "eng", "rus", "ukr"]) == ("rus", "ukr", "eng")
    assert data_for_script("Latn", ["eng", "osd", "rus"]) == ("eng",)
    assert data_for_script("Latn", ["ces", "deu", "eng", "yor"]) == ("eng", "deu", "ces")


def test_the_users_own_language_comes_early(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choice.locale, "getlocale", lambda: ("cs_CZ", "UTF-8"))
    assert data_for_script("Latn", ["ces", "deu", "eng", "fra"]) == ("eng", "ces", "deu")


def test_data_for_a_whole_script_is_best() -> None:
    assert data_for_script("Latn", ["deu", "eng", "script/Latin"]) == ("script/Latin",)
    assert data_for_script("Cyrl", ["eng", "rus", "script/Cyrillic"]) == ("script/Cyrillic", "eng")


def test_a_script_without_data_is_refused() -> None:
    with pytest.raises(EngineError, match="Cyrillic script") as caught:
        data_for_script("Cyrl", ["eng", "osd"])
    assert caught.value.failure is FailureKind.WRONG_SCRIPT


def test_the_first_reading_covers_several_scripts() -> None:
    assert data_for_first_reading(["deu", "eng", "osd", "rus", "ukr"]) == ("eng", "rus")
    assert data_for_first_reading(["tha", "osd"]) == ("tha",)


def test_data_leads_back_to_languages_and_scripts() -> None:
    assert codes_of_data(["chi_sim", "osd", "script/Latin"]) == ("zho",)
    assert scripts_of_data(["eng", "rus"]) == {"Latn", "Cyrl"}
    assert scripts_of_data(["script/HanS"]) == {"Hani"}
