"""The list of models on machines with no, one and two GPUs, as other programs use them."""

from __future__ import annotations

import msgspec
import pytest

from doubles.pages import make_image
from doubles.scripted_nvml import (
    CUDA_13,
    GB,
    ScriptedGpu,
    ScriptedNvml,
    install_torch,
    without_nvml,
)
from textlift.engines.registry import Registry, installed_engines
from textlift.engines.vision_language import fitting
from textlift.models.fit import Answer

# The offscreen platform has no windows to raise and no keyboard to grab for a list that drops.
pytestmark = pytest.mark.qt_log_ignore("^This plugin does not support", extend=True)

LARGE, SMALL = "dots.ocr", "granite-docling-258m"


@pytest.fixture
def machine(driver, monkeypatch):
    """Opens a window with the models of the catalogue on a machine with these cards."""
    install_torch(monkeypatch, CUDA_13)
    monkeypatch.setattr(fitting, "quantization_installed", lambda: True)
    driver.script.engine("alpha", device="cuda:0")

    def engines(settings) -> Registry:
        models = [entry for entry in installed_engines(settings) if entry.model is not None]
        return Registry([*driver.script.registry, *models])

    def start(*cards: ScriptedGpu, **changes: object):
        if cards:
            ScriptedNvml(*cards).install(monkeypatch)
        else:
            without_nvml(monkeypatch)
        driver.engines = engines
        driver.start(model="alpha", fallback=(), **changes)
        driver.wait(lambda: row(driver, SMALL).fit_told)
        return driver

    return start


def look(driver) -> None:
    """Opens the list, for which everything is found out anew."""
    driver.window.models.showPopup()
    driver.window.models.hidePopup()


def row(driver, name: str):
    return driver.window.models.items.model_row(name)


def device(driver, name: str) -> str:
    return driver.desktop.states.fits[name].device


def test_without_a_gpu_models_are_judged_by_the_memory_of_the_machine(machine):
    driver = machine()
    assert device(driver, LARGE) == "cpu"
    told = row(driver, SMALL).fit_told
    assert told.endswith("on this machine.")
    assert "are free" in row(driver, SMALL).fit


def test_on_a_small_card_it_is_said_what_fits_and_with_what(machine):
    driver = machine(ScriptedGpu(total=8 * GB, used=GB))
    assert row(driver, SMALL).fit.startswith("Fits: needs")
    assert row(driver, SMALL).fit.endswith("7.0 GB are free")
    assert "RTX 3070" in row(driver, SMALL).fit_told
    assert row(driver, LARGE).answer is Answer.FITS_WITH
    assert row(driver, LARGE).fit.startswith("Fits with 8-bit weights: needs")


def test_what_other_programs_take_is_seen_when_the_list_is_opened(machine):
    card = ScriptedGpu(total=8 * GB, used=GB)
    driver = machine(card)
    assert row(driver, SMALL).answer is Answer.FITS
    card.used, card.processes = 6 * GB, {1: 6 * GB}
    look(driver)
    driver.wait(lambda: row(driver, SMALL).fit.endswith("2.0 GB are free"))
    assert row(driver, LARGE).answer is Answer.DOES_NOT_FIT
    assert row(driver, LARGE).fit.endswith(" would fit")


def test_what_unloading_gives_back_counts_as_free(machine, tmp_path):
    card = ScriptedGpu(total=8 * GB, used=GB)
    driver = machine(card)
    driver.open(make_image(tmp_path / "a.png", 1))
    driver.wait_until_read()
    (loaded,) = driver.window.reading.thread_.loaded()
    card.used, card.processes = 7 * GB, {loaded.pid: 5 * GB}
    look(driver)
    driver.wait(lambda: row(driver, SMALL).fit.endswith("6.0 GB are free"))


def test_of_two_cards_the_emptier_one_is_judged_and_the_other_when_it_is_lost(machine):
    busy = ScriptedGpu(name="Busy card", total=8 * GB, used=3 * GB)
    empty = ScriptedGpu(name="Empty card", total=24 * GB, used=GB)
    driver = machine(busy, empty)
    assert device(driver, LARGE) == "cuda:1"
    assert row(driver, LARGE).answer is Answer.FITS
    assert "Empty card" in row(driver, LARGE).fit_told
    empty.lost = True
    look(driver)
    driver.wait(lambda: "Busy card" in row(driver, LARGE).fit_told)
    assert device(driver, LARGE) == "cuda:0"
    assert "5.0 GB are free" in row(driver, LARGE).fit


def test_the_card_of_the_settings_is_judged(machine):
    cards = [ScriptedGpu(name=name, total=8 * GB, used=GB) for name in ("First", "Second")]
    driver = machine(*cards, device="cuda:1")
    assert "Second" in row(driver, SMALL).fit_told
    commands = driver.desktop.commands
    commands.use_settings(msgspec.structs.replace(commands.settings, device="cuda:0"))
    driver.wait(lambda: "First" in row(driver, SMALL).fit_told)
