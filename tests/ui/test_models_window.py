"""The window with the models: got, paused, killed, resumed, verified and removed from the hub."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import msgspec
import psutil
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QDesktopServices
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFormLayout, QLabel

from doubles import driven_download
from doubles.downloading import files_below, kill
from doubles.hub_faults import ALWAYS, Fault
from doubles.hub_repository import made_up_model
from doubles.listed_models import tiny_model, write_list
from doubles.pages import make_image
from textlift.downloads.download import Download, DownloadState
from textlift.downloads.messages import DownloadFailure, HubModel, Verified
from textlift.engines.registry import Registry, installed_engines
from textlift.models.catalogue import ModelEntry
from textlift.settings import Settings, load_settings, save_settings
from textlift.ui import theme
from textlift.ui.known_model_items import Shelf, ShownRole
from textlift.ui.known_models import Standing

# The offscreen platform has no windows to raise.
pytestmark = pytest.mark.qt_log_ignore("^This plugin does not support", extend=True)

NAME = "tiny-reader"
WEIGHTS = "model.safetensors"
SIZE = 3_000_000
HELD = 1_000_000
BOTH = (QFormLayout.ItemRole.LabelRole, QFormLayout.ItemRole.FieldRole)
PATIENCE = '{"tries": 2, "first_delay": 0.05, "read": 1.0, "connect": 2.0}'


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "models"


class Manager:
    """The window with the models, driven by its buttons."""

    def __init__(self, driver) -> None:
        self.driver = driver
        driver.window.actions_["models"].trigger()
        (self.window,) = driver.window.findChildren(_models_window())
        driver.wait(lambda: self.window.found.row_of(NAME).isValid())
        self.choose(NAME)

    @property
    def details(self):
        return self.window.details

    @property
    def standing(self) -> Standing:
        assert self.details.shown is not None
        return self.details.shown.standing

    @property
    def offered(self) -> set[str]:
        """What can be pressed."""
        buttons = self.details.buttons.buttons
        return {name for name, button in buttons.items() if not button.isHidden()}

    @property
    def titles(self) -> list[str]:
        found = self.window.found
        return [found.index(row, 0).data() for row in range(found.rowCount())]

    def choose(self, name: str) -> None:
        self.window.view.setCurrentIndex(self.window.found.row_of(name))
        assert self.window.current_name == name

    def press(self, name: str) -> None:
        assert name in self.offered, self.offered
        self.details.buttons.buttons[name].click()

    def wait_for(self, standing: Standing) -> None:
        self.driver.wait(lambda: self.standing is standing)

    def wait_for_bytes(self, count: int) -> None:
        downloads = self.driver.desktop.downloads
        self.driver.wait(
            lambda: (one := downloads.download(NAME)) is not None and one.have >= count
        )


def _models_window():
    from textlift.ui.models_window import ModelsWindow

    return ModelsWindow


@pytest.fixture
def open_models(driver, folders, hub, cache, monkeypatch):
    """Opens the program, whose list has a model of the loopback hub, and the window of models."""
    monkeypatch.setenv("TEXTLIFT_DOWNLOAD_PATIENCE", PATIENCE)
    driver.script.engine("alpha")

    def ours(settings: Settings) -> Registry:
        found = installed_engines(settings)
        return Registry([*driver.script.registry, *(one for one in found if one.card.name == NAME)])

    def start(*, entry: dict | None = None, engines=ours, **changes: object) -> Manager:
        write_list(folders.model_catalogue, "model", tiny_model(**(entry or {})))
        driver.engines = engines
        places = {"hub_endpoint": hub.url, "model_cache": str(cache)}
        driver.start(model="alpha", fallback=(), **places | changes)
        return Manager(driver)

    return start


def test_a_model_is_got_paused_killed_resumed_verified_and_removed(
    driver, hub, cache, folders, open_models
):
    repository = hub.add("tiny/reader", made_up_model(size=SIZE))
    hub.script(Fault(bytes_per_second=1_000_000), file=WEIGHTS, times=ALWAYS)
    write_list(folders.model_catalogue, "model", tiny_model())
    settings = Settings(hub_endpoint=hub.url, model_cache=str(cache))
    save_settings(settings, folders.settings_file)

    # The program is killed in the middle, and its processes with it.
    command = [sys.executable, driven_download.__file__, NAME]
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "TEXTLIFT_DOWNLOAD_PATIENCE": PATIENCE},
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if int(line.removeprefix("have ")) > SIZE // 2:
                break
        family = psutil.Process(process.pid).children(recursive=True)
        process.kill()
    psutil.wait_procs(family, timeout=10)
    hub.mend()
    hub.forget()

    # The next start shows it paused, and asks nobody.
    manager = open_models()
    manager.wait_for(Standing.PAUSED)
    assert manager.details.state.text().startswith("Paused at ")
    assert manager.details.bar.value() > 0
    assert not manager.details.bar.isHidden()
    assert manager.offered == {"resume", "cancel"}
    driver.wait(lambda: driver.window.status.downloads.text() == "1 download paused")
    assert hub.asked() == []
    assert not files_below(cache) & {f"snapshots/{WEIGHTS}"}

    # Resumed, paused, its process killed, resumed: only the rest comes.
    hub.script(Fault(bytes_per_second=400_000), file=WEIGHTS, times=ALWAYS)
    manager.press("resume")
    before = driver.desktop.downloads.download(NAME).have
    manager.wait_for_bytes(max(before, SIZE // 2) + 100_000)
    manager.press("pause")
    manager.wait_for(Standing.PAUSED)
    manager.press("resume")
    manager.wait_for_bytes(max(before, SIZE // 2) + 200_000)
    kill(driver.desktop.downloads.queue._downloads)
    hub.mend()
    manager.wait_for(Standing.HERE)
    assert hub.sent() < SIZE * 0.75
    assert manager.details.state.text() == "It is on this computer, whole and checked."
    driver.wait(lambda: manager.details.shown.use is not None)
    assert manager.details.shown.use.size == repository.size()
    assert driver.window.status.downloads.isHidden()
    driver.wait(lambda: NAME in driver.window.models.items.ready_names())

    # Verified without the network.
    hub.forget()
    manager.press("verify")
    driver.wait(lambda: manager.details.state.text() == "All 3 files are as published.")
    assert hub.asked() == []

    # Removed after a question.
    manager.press("remove")
    driver.press("Remove")
    manager.wait_for(Standing.MISSING)
    assert not {name for name in files_below(cache) if "blobs" in name or "snapshots" in name}
    assert manager.offered == {"get"}
    driver.wait(lambda: NAME not in driver.window.models.items.ready_names())


def test_a_damaged_file_is_named_and_got_again_alone(driver, hub, cache, open_models):
    hub.add("tiny/reader", made_up_model(size=SIZE, parts=3))
    manager = open_models()
    manager.press("get")
    manager.wait_for(Standing.HERE)
    part = next(cache.rglob("snapshots/*/model-00002-of-00003.safetensors")).resolve()
    content = bytearray(part.read_bytes())
    content[-1] ^= 1
    part.chmod(0o644)
    part.write_bytes(content)
    hub.forget()
    manager.press("verify")
    manager.wait_for(Standing.FAILED)
    assert "model-00002-of-00003.safetensors" in manager.details.state.text()
    assert "retry" in manager.offered
    manager.press("retry")
    manager.wait_for(Standing.HERE)
    assert {asked.file for asked in hub.asked(kind="bytes")} == {"model-00002-of-00003.safetensors"}


def test_what_was_fetched_is_given_up_after_a_question(driver, hub, cache, folders, open_models):
    hub.add("tiny/reader", made_up_model(size=SIZE))
    hub.script(Fault(bytes_per_second=500_000), file=WEIGHTS, times=ALWAYS)
    manager = open_models()
    manager.press("get")
    manager.wait_for_bytes(100_000)
    manager.press("cancel")
    driver.press("Keep it")
    assert manager.standing is Standing.GETTING
    manager.press("cancel")
    driver.press("Give it up")
    manager.wait_for(Standing.MISSING)
    assert not {name for name in files_below(cache) if "blobs" in name}
    driver.wait(lambda: files_below(folders.downloads) == set())


def test_a_failure_says_why_and_where_to_mend_it(driver, hub, open_models):
    hub.add("tiny/reader", made_up_model(size=SIZE), token="hf_right")
    manager = open_models()
    manager.press("get")
    manager.wait_for(Standing.FAILED)
    assert manager.offered == {"retry", "cancel", "page", "settings"}
    assert manager.details.state.text().endswith(".")
    driver.wait(lambda: driver.window.status.downloads.text() == "1 download failed")
    manager.press("settings")
    dialog = driver.dialog()
    assert dialog.tabs.currentWidget() is dialog.downloads
    dialog.reject()
    hub.add("tiny/reader", made_up_model(size=SIZE))
    manager.press("retry")
    manager.wait_for(Standing.HERE)


def test_nothing_is_asked_for_while_the_network_is_switched_off(driver, hub, open_models):
    hub.add("tiny/reader", made_up_model(size=SIZE))
    manager = open_models(offline=True)
    assert "switched off" in manager.window.strip.text()
    assert not manager.window.strip.isHidden()
    manager.press("get")
    manager.wait_for(Standing.FAILED)
    assert "switched off in the settings" in manager.details.state.text()
    manager.press("settings")
    dialog = driver.dialog()
    dialog.downloads.offline.setChecked(False)
    dialog.accept()
    assert hub.asked() == []
    manager.press("retry")
    manager.wait_for(Standing.HERE)


def test_a_licence_that_restricts_is_accepted_once(driver, hub, folders, open_models):
    hub.add("tiny/reader", made_up_model(size=SIZE))
    licence = {
        "licence": "Reading licence",
        "licence_note": "Not for <reading> at night.",
        "licence_restricts": True,
        "licence_url": "https://licence.example/text",
    }
    manager = open_models(entry=licence)
    manager.press("get")
    box = driver.dialog()
    assert "Not for &lt;reading&gt; at night." in box.informativeText()
    assert "https://licence.example/text" in box.informativeText()
    driver.press("Do not get it")
    assert manager.standing is Standing.MISSING
    assert hub.asked() == []
    manager.press("get")
    driver.press("Accept and get it")
    manager.wait_for(Standing.HERE)
    assert load_settings(folders.settings_file).accepted_licences == (NAME,)
    manager.press("remove")
    driver.press("Remove")
    manager.wait_for(Standing.MISSING)
    manager.press("get")
    manager.wait_for(Standing.HERE)


def test_closing_asks_while_something_is_downloaded(driver, hub, folders, open_models):
    hub.add("tiny/reader", made_up_model(size=SIZE))
    hub.script(Fault(bytes_per_second=300_000), file=WEIGHTS, times=ALWAYS)
    manager = open_models()
    manager.press("get")
    manager.wait_for_bytes(100_000)
    driver.window.actions_["quit"].trigger()
    assert driver.dialog().text() == "Tiny reader is being downloaded."
    driver.press("Keep going")
    assert driver.window.isVisible()
    assert manager.standing is Standing.GETTING
    driver.window.close()
    driver.press("Pause and close")
    driver.wait(lambda: not driver.window.isVisible())
    driver.close()
    assert len(list(folders.downloads.glob("*.json"))) == 1
    manager = open_models()
    manager.wait_for(Standing.PAUSED)
    driver.window.close()
    assert not driver.window.isVisible()


def test_closing_counts_downloads_and_not_checks(driver, hub, open_models, monkeypatch):
    hub.add("tiny/reader", made_up_model(size=SIZE))
    hub.script(Fault(bytes_per_second=300_000), file=WEIGHTS, times=ALWAYS)
    manager = open_models()
    queue = driver.desktop.downloads.queue
    held = threading.Event()
    monkeypatch.setattr(
        queue._downloads, "verify", lambda *_, **__: held.wait(30) and Verified(checked=1)
    )
    queue.verify("other", title="Other", wanted=HubModel(("tiny/other",)))
    manager.press("get")
    manager.wait_for_bytes(100_000)
    driver.window.actions_["quit"].trigger()
    assert driver.dialog().text() == "Tiny reader is being downloaded."
    driver.press("Keep going")
    held.set()
    # Once it is found not to be on this computer, nothing is said of it any more.
    done = {None, DownloadState.DONE}
    driver.wait(lambda: getattr(queue.download("other"), "state", None) in done)


def test_downloads_go_on_while_the_window_is_closed_and_the_status_bar_tells(
    driver, hub, open_models
):
    hub.add("tiny/reader", made_up_model(size=SIZE))
    hub.script(Fault(bytes_per_second=1_000_000), file=WEIGHTS, times=ALWAYS)
    manager = open_models()
    manager.press("get")
    QTest.keyClick(manager.window.view, Qt.Key.Key_Escape)
    assert not manager.window.isVisible()
    indicator = driver.window.status.downloads
    driver.wait(lambda: "Tiny reader " in indicator.text() and "%" in indicator.text())
    indicator.click()
    assert manager.window.isVisible()
    manager.wait_for(Standing.HERE)
    assert indicator.isHidden()


def test_a_model_that_is_loaded_is_unloaded_before_it_is_removed(
    driver, hub, cache, tmp_path, open_models
):
    driver.script.engine(NAME)

    def scripted(settings: Settings) -> Registry:
        model = ModelEntry(NAME, "Tiny reader", "qwen_vl", hub_id="tiny/reader")
        own = msgspec.structs.replace(driver.script.registry.entry(NAME), model=model)
        return Registry([driver.script.registry.entry("alpha"), own])

    hub.add("tiny/reader", made_up_model(size=SIZE))
    manager = open_models(engines=scripted)
    manager.press("get")
    manager.wait_for(Standing.HERE)
    manager.press("use")
    assert driver.desktop.commands.settings.model == NAME
    assert "use" not in manager.offered
    assert manager.details.state.text().endswith("Pages are read with it.")
    driver.open(make_image(tmp_path / "a.png", 1))
    driver.wait_until_read()
    (loaded,) = driver.window.reading.thread_.loaded()
    assert loaded.name == NAME
    manager.press("remove")
    assert driver.dialog().informativeText().endswith("It is the model that you read with now.")
    driver.press("Remove")
    manager.wait_for(Standing.MISSING)
    assert driver.window.reading.thread_.loaded() == ()
    assert not psutil.pid_exists(loaded.pid)


def test_what_another_program_removed_is_not_said_to_be_here(driver, hub, cache, open_models):
    hub.add("tiny/reader", made_up_model(size=SIZE))
    manager = open_models()
    manager.press("get")
    manager.wait_for(Standing.HERE)
    driver.wait(lambda: manager.details.shown.use is not None)
    shutil.rmtree(cache)
    driver.desktop.commands.downloads.open_models()
    manager.wait_for(Standing.MISSING)
    assert manager.offered == {"get"}


def test_a_download_of_a_model_that_is_in_no_list_any_more(driver, hub, cache, open_models):
    hub.add("tiny/reader", made_up_model(size=SIZE))
    hub.script(Fault(bytes_per_second=300_000), file=WEIGHTS, times=ALWAYS)
    manager = open_models()
    manager.press("get")
    manager.wait_for_bytes(100_000)
    driver.window.close_unasked()
    driver.close()
    hub.mend()
    manager = open_models(engines=lambda _: driver.script.registry)
    manager.wait_for(Standing.PAUSED)
    assert "no list of models" in manager.details.summary.text()
    manager.press("resume")
    driver.wait(lambda: list(cache.rglob(f"snapshots/*/{WEIGHTS}")))


def test_it_turns_dark_with_the_system_while_it_is_open(driver, qapp, open_models, monkeypatch):
    manager = open_models()
    details = manager.window.details
    for scheme, of in ((Qt.ColorScheme.Dark, theme.DARK), (Qt.ColorScheme.Light, theme.LIGHT)):
        monkeypatch.setattr(theme, "is_dark", lambda of=of: of is theme.DARK)
        qapp.styleHints().colorSchemeChanged.emit(scheme)
        qapp.processEvents()
        assert of.accent in details.bar.styleSheet()
        words = {label.palette().windowText().color().name() for label in facts(details)}
        assert words == {of.text, of.muted}


def facts(details) -> list[QLabel]:
    """The labels below the buttons: what they tell, and of what."""
    form = details._form
    items = (form.itemAt(row, role) for row in range(form.rowCount()) for role in BOTH)
    return [item.widget() for item in items]


def test_the_list_of_models_leads_to_the_window(driver, open_models):
    manager = open_models()
    manager.window.close()
    models = driver.window.models
    models.showPopup()
    models._popup.go_to(NAME)
    models._popup.manager_button.click()
    assert not models._popup.isVisible()
    assert manager.window.isVisible()
    assert manager.window.current_name == NAME
    driver.desktop.commands.downloads.open_models("alpha")  # Nothing to get, nothing to tell.
    assert manager.window.current_name == NAME


def test_they_are_found_by_words_and_by_how_they_stand(driver, hub, cache, open_models):
    hub.add("tiny/reader", made_up_model(size=SIZE))
    manager = open_models()
    window = manager.window
    driver.wait(lambda: "free" in window.disk.text())
    assert str(cache) in window.disk.text()
    assert window.strip.text().startswith("No large model is on this computer yet.")
    assert manager.titles[0] == "Models"
    assert any(title.startswith("Alphabets for") for title in manager.titles)
    window.search.setText("esperanto")
    assert manager.titles == ["Models", "Tiny reader"]
    window.search.setText("russian")
    assert "Tiny reader" not in manager.titles
    assert window.details.shown.known.alphabet is not None
    window.search.setText("klingon")
    assert manager.titles == []
    assert window.nothing.text() == "No model has all of these words."
    assert not window.details.title.isVisible()
    window.search.clear()
    window.shelves.setCurrentIndex(list(Shelf).index(Shelf.HERE))
    assert "press Get" in window.nothing.text()
    window.shelves.setCurrentIndex(list(Shelf).index(Shelf.ALL))
    manager.choose(NAME)
    manager.press("get")
    manager.wait_for(Standing.HERE)
    assert window.strip.isHidden()
    window.shelves.setCurrentIndex(list(Shelf).index(Shelf.HERE))
    assert manager.titles == ["Models", "Tiny reader"]
    driver.wait(lambda: "models take 3 MB" in window.disk.text())


def test_an_alphabet_is_got_verified_and_removed(driver, hub, folders, open_models, monkeypatch):
    content = b"a recogniser" * 1000
    url = hub.add_web_file("/alphabets/tiny.onnx", content)
    alphabet = {
        "name": "tiny-alphabet",
        "title": "Tiny alphabet",
        "scripts": ["Cyrl"],
        "languages": ["rus"],
        "url": url,
        "sha256": hashlib.sha256(content).hexdigest(),
        "size": len(content),
        "licence": "Apache-2.0",
    }
    write_list(folders.own_alphabets, "alphabet", alphabet)
    manager = open_models()
    manager.choose("tiny-alphabet")
    assert "Russian" in manager.details.summary.text()
    manager.press("get")
    manager.wait_for(Standing.HERE)
    assert (folders.alphabets / "tiny-alphabet.onnx").read_bytes() == content
    driver.wait(lambda: manager.details.shown.use is not None)
    assert "use" not in manager.offered
    opened = []
    monkeypatch.setattr(QDesktopServices, "openUrl", opened.append)
    manager.press("folder")
    assert [url.toLocalFile() for url in opened] == [str(folders.alphabets)]
    manager.press("verify")
    driver.wait(lambda: manager.details.state.text() == "The one file is as published.")
    manager.press("remove")
    driver.press("Remove")
    manager.wait_for(Standing.MISSING)
    assert not {name for name in files_below(folders.alphabets) if not name.endswith(".lock")}


def test_it_fits_a_small_screen_and_every_control_is_named(driver, open_models):
    manager = open_models()
    window = manager.window
    hint = window.minimumSizeHint()
    assert hint.width() <= 1000
    assert hint.height() <= 660
    row = window.found.row_of(NAME)
    assert row.data(ShownRole).known.title == "Tiny reader"
    assert row.data(Qt.ItemDataRole.AccessibleTextRole) == "Tiny reader"
    for button in manager.details.buttons.buttons.values():
        assert button.toolTip()


@pytest.mark.parametrize("failure", [DownloadFailure.NOT_ALLOWED, None])
def test_nothing_is_cut_off_where_the_window_is_smallest(driver, open_models, failure):
    manager = open_models()
    window, details = manager.window, manager.details
    window.resize(window.minimumSize())
    one = details.shown
    if failure is not None:
        # The failure with the most buttons.
        download = Download(NAME, "Reader", HubModel(()), DownloadState.FAILED, failure=failure)
        one = msgspec.structs.replace(one, standing=Standing.FAILED, download=download)
    long = "It reads one line after the other, and then the next one. " * 12
    model = msgspec.structs.replace(one.known.model, licence_note=long)
    known = msgspec.structs.replace(one.known, model=model)
    details.show_model(msgspec.structs.replace(one, known=known), None)
    driver.wait(lambda: details.widget().width() == details.viewport().width())
    for label in facts(details):
        assert label.height() >= label.heightForWidth(label.width()), label.text()
    shown = [one for one in details.buttons.buttons.values() if not one.isHidden()]
    assert all(one.width() >= one.sizeHint().width() for one in shown)


def test_escape_in_the_search_empties_it_before_it_closes_the_window(driver, open_models):
    manager = open_models()
    search = manager.window.search
    search.setFocus()
    driver.wait(search.hasFocus)
    QTest.keyClicks(search, "tiny")
    QTest.keyClick(search, Qt.Key.Key_Escape)
    assert search.text() == ""
    assert manager.window.isVisible()
    QTest.keyClick(search, Qt.Key.Key_Escape)
    assert not manager.window.isVisible()
