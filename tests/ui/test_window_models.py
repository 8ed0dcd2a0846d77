"""Choosing a model and how it reads, and adding one's own, in a window that runs."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog

from doubles import engine_script as do
from doubles.pages import make_image, make_pdf
from doubles.zero_weights import zero_weights
from textlift.engines.contract import Availability, ReadingMode
from textlift.engines.registry import Registry
from textlift.models.catalogue import ModelEntry
from textlift.settings import load_settings
from textlift.ui.model_row import Section
from textlift.ui.reader_thread import PageKey

MODES = (
    ReadingMode("layout", "Layout and text", "blocks"),
    ReadingMode("text", "Plain text", "text"),
)


@pytest.fixture
def model_folder(tmp_path: Path) -> Path:
    """A folder that looks like a whole checkpoint from outside."""
    folder = tmp_path / "my-model"
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps({"model_type": "dots_ocr"}))
    (folder / "tokenizer.json").touch()
    (folder / "model.safetensors").write_bytes(zero_weights(1000))
    return folder


@pytest.fixture
def with_folders(driver):
    """The script's engine ``own`` is there once the settings name a folder."""

    def engines(settings) -> Registry:
        own = driver.script.registry.entry("own")
        entries = [entry for entry in driver.script.registry if entry.card.name != "own"]
        for folder in settings.model_folders:
            model = ModelEntry(name="own", title="Own", family="dots_ocr", folder=folder)
            entries.append(msgspec.structs.replace(own, model=model))
        return Registry(entries)

    driver.script.engine("own", modes=MODES)
    driver.engines = engines
    return driver


def choose(driver, monkeypatch, folder: Path) -> None:
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_, **__: str(folder))
    driver.window.actions_["add-model"].trigger()


def test_a_folder_is_added_chosen_and_read_with_at_once(
    with_folders, tmp_path, model_folder, monkeypatch
):
    driver = with_folders
    driver.script.engine("alpha")
    desktop = driver.start(model="alpha", fallback=())
    driver.open(make_image(tmp_path / "a.png", 1))
    driver.wait_until_read()
    choose(driver, monkeypatch, model_folder)
    models = driver.window.models
    assert models.chosen == "own"
    assert models.items.row_of("own") >= 0
    driver.wait(lambda: "own" in models.items.ready_names())
    titles = [models.items.item(row).text() for row in range(models.items.rowCount())]
    assert titles == ["Engine alpha", "Engine own"]
    assert load_settings(desktop.workspace.folders.settings_file).model_folders == (
        str(model_folder),
    )
    driver.window.actions_["read-page"].trigger()
    driver.wait(lambda: driver.window.text.current_text() == "Page 1 read by own.")
    assert driver.window.banner.isHidden()
    driver.window.read_with_menu.aboutToShow.emit()
    menu = [action.text() for action in driver.window.read_with_menu.actions()]
    assert menu == ["Engine alpha", "Engine own"]


def test_a_folder_added_while_pages_are_read(with_folders, tmp_path, model_folder, monkeypatch):
    driver = with_folders
    driver.script.engine("alpha", pages={1: do.gate(driver.script.make_gate("one"))})
    driver.start(model="alpha", fallback=())
    driver.open(make_pdf(tmp_path / "scan.pdf", 3))
    (document,) = driver.wait_for_documents(1)
    reading = driver.window.reading
    driver.wait(lambda: PageKey(document.id, 1) in reading.streams)
    choose(driver, monkeypatch, model_folder)
    driver.open(make_image(tmp_path / "b.png", 4))
    driver.wait(lambda: reading.progress.total == 4)
    driver.script.open_gate("one")
    driver.wait_until_read()
    asked = [(told.engine, told.page) for told in driver.script.told()]
    assert asked == [("alpha", 1), ("alpha", 2), ("alpha", 3), ("own", 4)]
    assert reading.progress.finished == 4


def test_a_folder_added_twice_is_listed_once(with_folders, model_folder, monkeypatch):
    driver = with_folders
    driver.script.engine("alpha")
    driver.start(model="alpha", fallback=())
    for _ in range(2):
        choose(driver, monkeypatch, model_folder)
    assert driver.desktop.commands.settings.model_folders == (str(model_folder),)
    assert driver.window.models.chosen == "own"


@pytest.fixture
def lost_folder(with_folders, model_folder):
    """A folder of the settings that is not there until it is made."""
    engines = with_folders.engines

    def those_there(settings) -> Registry:
        there = [one for one in settings.model_folders if Path(one).is_dir()]
        found = engines(msgspec.structs.replace(settings, model_folders=tuple(there)))
        lost = len(settings.model_folders) - len(there)
        return Registry(found, problems=["A folder is not there."] * lost)

    with_folders.engines = those_there
    away = model_folder.rename(model_folder.with_name("away"))
    return away, model_folder


def test_a_folder_that_is_back_can_be_added_again(with_folders, lost_folder, monkeypatch):
    driver = with_folders
    driver.script.engine("alpha")
    away, folder = lost_folder
    driver.start(model="own", fallback=(), model_folders=(str(folder),))
    assert driver.window.models.chosen == "alpha"
    away.rename(folder)
    choose(driver, monkeypatch, folder)
    assert driver.window.models.chosen == "own"
    assert driver.desktop.commands.settings.model_folders == (str(folder),)
    assert driver.window.banner.isHidden()
    driver.wait(lambda: "own" in driver.window.models.items.ready_names())


def test_nothing_is_told_any_more_of_a_lost_folder_that_was_taken_away(with_folders, lost_folder):
    driver = with_folders
    driver.script.engine("alpha")
    driver.start(model="alpha", fallback=(), model_folders=(str(lost_folder[1]),))
    assert driver.window.banner.message.text() == "A folder is not there."
    commands = driver.desktop.commands
    commands.use_settings(msgspec.structs.replace(commands.settings, model_folders=()))
    assert driver.window.banner.isHidden()


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda folder: (folder / "config.json").unlink(), "has no config.json"),
        (lambda folder: (folder / "config.json").write_text("{"), "is damaged"),
        (lambda folder: (folder / "model.safetensors").unlink(), "lacks model.safetensors"),
        (
            lambda folder: (folder / "config.json").write_text('{"model_type": "bert"}'),
            "of the kind “bert”",
        ),
    ],
)
def test_a_folder_that_will_not_do_is_told_in_a_sentence(
    with_folders, model_folder, monkeypatch, spoil, sentence
):
    driver = with_folders
    driver.script.engine("alpha")
    driver.start(model="alpha", fallback=())
    spoil(model_folder)
    choose(driver, monkeypatch, model_folder)
    assert sentence in driver.window.banner.message.text()
    assert driver.window.models.chosen == "alpha"
    assert driver.desktop.commands.settings.model_folders == ()


def test_a_model_that_is_gone_is_told_and_the_first_one_reads(driver, tmp_path):
    driver.script.engine("alpha", modes=MODES)
    driver.start(model="lost", fallback=())
    assert driver.window.banner.message.text() == (
        "The model “lost” is not here any more; Engine alpha reads."
    )
    assert driver.window.models.chosen == "alpha"
    assert driver.window.modes.isVisible()
    driver.open(make_image(tmp_path / "a.png", 1))
    driver.wait_until_read()
    driver.wait(lambda: driver.window.text.current_text() == "Page 1 read by alpha.")


def test_what_is_wrong_with_the_catalogue_is_told(driver):
    driver.script.engine("alpha")
    registry = Registry(driver.script.registry, problems=["The catalogue is damaged.", "Twice."])
    driver.engines = lambda _: registry
    driver.start()
    assert driver.window.banner.message.text() == "The catalogue is damaged. And 1 more."


def test_the_way_of_reading_is_chosen_used_and_remembered(driver, tmp_path):
    driver.script.engine("alpha", modes=MODES)
    driver.script.engine("beta")
    desktop = driver.start(model="alpha")
    window = driver.window
    assert window.modes.isVisible()
    assert window.modes.currentData() == "layout"
    driver.open(make_image(tmp_path / "a.png", 1))
    driver.wait_until_read()
    window.modes.setFocus()
    QTest.keyClick(window.modes, Qt.Key.Key_Down)
    window.actions_["read-page"].trigger()
    driver.wait(lambda: len(driver.script.told("alpha")) == 2)
    assert [told.mode for told in driver.script.told("alpha")] == ["layout", "text"]
    driver.wait_until_read()

    window.models.choose("beta")
    window.models.model_chosen.emit("beta")
    driver.wait(lambda: not window.modes.isVisible())
    assert not window.actions_["choose-mode"].isEnabled()
    settings = load_settings(desktop.workspace.folders.settings_file)
    assert (settings.model, settings.modes) == ("beta", {"alpha": "text"})
    driver.close()
    driver.start(model="alpha", modes=settings.modes)
    assert driver.window.modes.currentData() == "text"


def test_the_menu_offers_models_that_are_ready_and_says_why_others_are_not(driver):
    driver.script.engine("alpha")
    driver.script.engine("beta", available=Availability(ready=False, sentence="It is not here."))
    driver.start()
    models = driver.window.models
    driver.wait(lambda: models.items.item(1).text() == Section.NOT_USABLE.value)
    driver.window.read_with_menu.aboutToShow.emit()
    alpha, _line, beta = driver.window.read_with_menu.actions()
    assert (alpha.text(), alpha.isEnabled()) == ("Engine alpha", True)
    assert (beta.text(), beta.isEnabled()) == ("Engine beta: It is not here.", False)


@pytest.mark.qt_log_ignore("^This plugin does not support", extend=True)
def test_a_model_that_has_come_is_ready_once_the_list_is_opened(driver):
    states = {"beta": Availability(ready=False, sentence="It is not here.")}
    driver.script.engine("alpha")
    driver.script.engine("beta")

    def engines(_) -> Registry:
        alpha, beta = driver.script.registry
        return Registry(
            [alpha, msgspec.structs.replace(beta, availability=lambda _: states["beta"])]
        )

    driver.engines = engines
    driver.start()
    items = driver.window.models.items
    driver.wait(lambda: items.item(1).text() == Section.NOT_USABLE.value)
    states["beta"] = Availability(ready=True, sentence="It is here.")
    driver.window.models.showPopup()
    driver.wait(lambda: list(items.ready_names()) == ["alpha", "beta"])
    driver.window.models.hidePopup()


def test_the_list_opens_with_the_keyboard_and_leads_to_a_folder(
    with_folders, model_folder, monkeypatch
):
    driver = with_folders
    driver.script.engine("alpha")
    driver.start(model="alpha", fallback=())
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_, **__: str(model_folder))
    driver.window.models.folder_wanted.emit()
    assert driver.window.models.chosen == "own"


def test_no_folder_is_added_when_the_dialog_is_cancelled(with_folders, monkeypatch):
    driver = with_folders
    driver.script.engine("alpha")
    driver.start(model="alpha", fallback=())
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_, **__: "")
    driver.window.actions_["add-model"].trigger()
    assert driver.window.models.chosen == "alpha"
    assert driver.window.banner.isHidden()
