"""From a page that nothing here can read, with one click, to the page that was read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from doubles.alphabets import (
    RUSSIAN,
    TINY_CYRILLIC,
    add_alphabet,
    offer_alphabet,
    printed,
)
from doubles.hub_faults import Fault
from textlift.content.page import PageState
from textlift.engines.registry import Registry, installed_engines
from textlift.models.on_disk import shown_size
from textlift.settings import user_folders
from textlift.ui import alphabet_offer
from textlift.ui.notices import Notice
from tiny_models.scoring import character_error_rate

pytestmark = [
    pytest.mark.real_engine,
    # The offscreen platform has no windows to raise.
    pytest.mark.qt_log_ignore("^This plugin does not support", extend=True),
]

OFFER = f"Get the East Slavic alphabet ({shown_size(TINY_CYRILLIC.stat().st_size)})"
CHOOSE = "Choose an alphabet…"


def small_engines(settings) -> Registry:
    names = {"automatic", "pp-ocrv6"}
    return Registry(entry for entry in installed_engines(settings) if entry.card.name in names)


@pytest.fixture
def refused(driver, hub, tmp_path, hub_cache) -> Callable[..., Path]:
    """Opens a window on a page of Russian that PP-OCRv6 alone cannot read."""

    def start(**changes: object) -> Path:
        offer_alphabet(hub)
        path = tmp_path / "Права.png"
        printed(RUSSIAN).save(path)
        driver.script.engine("alpha")
        driver.engines = small_engines
        settings = {"model": "pp-ocrv6", "fallback": (), "threads": 1, **changes}
        driver.start(**settings)
        driver.open(path)
        driver.wait_until_read()
        assert driver.window.current.record.state is PageState.FAILED
        assert hub.asked() == [], "nothing is asked of the network before the click"
        return path

    return start


def offers(driver) -> list[str]:
    return [button.text() for button in driver.window.banner.action_buttons]


def press(driver, label: str) -> None:
    (button,) = (one for one in driver.window.banner.action_buttons if one.text() == label)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def wait_until_read_with_the_alphabet(driver) -> None:
    driver.wait(lambda: driver.window.current.record.state is not PageState.FAILED)
    driver.wait_until_read()
    record = driver.window.current.record
    assert record.state is PageState.DONE
    assert record.reading.read_by == "pp-ocrv6"
    found = driver.window.text.current_text().splitlines()
    pairs = [(a.lower(), b.lower()) for a, b in zip(RUSSIAN, found, strict=True)]
    assert character_error_rate(pairs) < 0.08, found


def test_one_click_gets_the_alphabet_of_the_page_and_reads_it(driver, hub, refused):
    refused(languages=("rus",))
    assert offers(driver) == [OFFER, "Show", "Try again"]
    press(driver, OFFER)
    wait_until_read_with_the_alphabet(driver)
    assert (user_folders().alphabets / "eslav.onnx").read_bytes() == TINY_CYRILLIC.read_bytes()
    assert {asked.file for asked in hub.asked()} == {"eslav.onnx"}
    assert "Cyrl" in driver.desktop.commands.models.registry.entry("pp-ocrv6").card.scripts
    assert not driver.window.banner.isVisible()


@pytest.mark.slow  # On the command line it does with every run of the tests.
def test_automatic_reads_with_it_where_tesseract_has_no_russian(driver, refused, tmp_path):
    refused(languages=("rus",), model="automatic", tesseract_path=str(tmp_path / "none"))
    press(driver, OFFER)
    wait_until_read_with_the_alphabet(driver)


def test_where_nobody_knows_the_script_the_list_of_alphabets_is_one_click_away(driver, refused):
    refused()
    assert offers(driver)[-3:] == [CHOOSE, "Show", "Try again"]
    press(driver, CHOOSE)
    manager = driver.desktop.commands.downloads.open_models()
    assert manager.isVisible()
    assert driver.desktop.downloads.gettables[manager.current_name].alphabet is not None
    # What is got there now is for the page that could not be read.
    driver.desktop.downloads.get("eslav")
    wait_until_read_with_the_alphabet(driver)


def test_an_alphabet_that_comes_by_another_way_is_used_at_once(driver, refused):
    refused()
    driver.desktop.downloads.get("eslav")
    models = driver.desktop.commands.models
    driver.wait(lambda: "Cyrl" in models.registry.entry("pp-ocrv6").card.scripts)
    press(driver, "Try again")
    wait_until_read_with_the_alphabet(driver)


def test_a_download_that_fails_can_be_tried_again(driver, hub, refused):
    refused(languages=("rus",))
    hub.script(Fault(status=404), file="eslav.onnx")
    press(driver, OFFER)
    driver.wait(lambda: "could not be downloaded" in driver.window.banner.message.text())
    assert not list(user_folders().alphabets.glob("*.onnx"))
    press(driver, "Try again")
    wait_until_read_with_the_alphabet(driver)


def test_what_is_offered_depends_on_what_is_known_and_what_is_here(driver):
    driver.script.engine("alpha")
    driver.start(languages=("bul",))
    alphabets = driver.desktop.commands.alphabets

    def labels(scripts: tuple[str, ...] | None) -> list[str]:
        notice = Notice(kind="error", text="It could not be read.", unreadable_scripts=scripts)
        return [label for label, _ in alphabets.actions(notice)]

    cyrillic = "Get the Cyrillic alphabet (8 MB)"
    assert labels(None) == []
    assert labels(("Hang",)) == ["Get the Korean alphabet (13 MB)"]
    assert labels(("Geor",)) == []
    assert labels(("Cyrl",)) == [cyrillic], "of the languages in the settings"
    assert labels(()) == [cyrillic, CHOOSE]
    add_alphabet("cyrillic")
    assert labels(("Cyrl",)) == ["Get the East Slavic alphabet (8 MB)"]
    add_alphabet("eslav")
    assert labels(("Cyrl",)) == []
    assert labels(())[-1:] == [CHOOSE]


def test_where_nobody_knows_the_script_that_of_the_systems_language_is_likely(
    driver, monkeypatch: pytest.MonkeyPatch
):
    driver.script.engine("alpha")
    driver.start()
    notice = Notice(kind="error", text="It could not be read.", unreadable_scripts=())
    offered = driver.desktop.commands.alphabets.actions
    for language, likely in (("ell", ["Get the Greek alphabet (8 MB)"]), ("eng", []), ("", [])):
        monkeypatch.setattr(alphabet_offer, "_language_of_the_system", lambda it=language: it)
        assert [label for label, _ in offered(notice)] == [*likely, CHOOSE]


def test_a_script_that_no_alphabet_knows_offers_nothing(driver, refused):
    refused(languages=("kat",))
    assert offers(driver) == ["Show", "Try again"]
