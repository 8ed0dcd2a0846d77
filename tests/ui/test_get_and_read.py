"""One click from a model that is not on this computer to the page that it has read."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QListView

from doubles import engine_script as do
from doubles.downloading import files_below
from doubles.hub_faults import ALWAYS, Fault
from doubles.hub_repository import checkpoint_files
from doubles.pages import make_image, make_pdf
from textlift.content.page import PageState
from textlift.engines.registry import Registry, installed_engines
from textlift.models.on_disk import shown_size
from textlift.settings import load_settings
from textlift.ui.model_row import GettingPhase, RowAction
from textlift.ui.reader_thread import PageKey
from tiny_models.checkpoints import CHECKPOINTS, folder_size
from tiny_models.reading_matter import unseen_lines

pytestmark = [
    pytest.mark.real_engine,
    # The offscreen platform has no windows to raise and no keyboard to grab for a list.
    pytest.mark.qt_log_ignore("^This plugin does not support", extend=True),
]

KIND = "qwen3_vl"
HUB_ID = "tiny/reader"
NAME = "tiny_reader"
OTHER = "tiny_other"
WEIGHTS = "model.safetensors"


def write_catalogue(path: Path, changes: list[dict]) -> None:
    """A catalogue of the user's own with models of the loopback hub."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(table(one) for one in changes))


def table(changes: dict) -> str:
    """The tiny reader's entry with some of it changed."""
    entry = {
        "name": NAME,
        "title": "Tiny reader",
        "family": "qwen_vl",
        "hub_id": HUB_ID,
        "summary": "Reads one line.",
        "modes": ["text"],
        "size": folder_size(CHECKPOINTS / KIND),
        "licence": "MIT",
        **changes,
    }
    lines = [f"{key} = {json.dumps(value)}" for key, value in entry.items()]
    return "\n".join(["[[model]]", *lines])


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "models"


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The download process gives up soon."""
    patience = {"tries": 2, "first_delay": 0.05, "read": 2.0, "connect": 2.0}
    monkeypatch.setenv("TEXTLIFT_DOWNLOAD_PATIENCE", json.dumps(patience))


@pytest.fixture
def getting(driver, folders, hub, cache, impatient):
    """Opens a window whose first model is scripted, with a model of the hub in its list."""
    hub.add(HUB_ID, checkpoint_files(KIND))
    driver.script.engine("alpha")
    alpha = driver.script.registry
    for name in (NAME, OTHER):
        driver.script.engine(name)
    scripted = driver.script.registry

    def engines(settings, *, really_read: bool) -> Registry:
        found = [one for one in installed_engines(settings) if one.card.name.startswith("tiny_")]
        if not really_read:
            # The models of the hub, read with by scripted engines: libraries take long to load.
            found = [
                msgspec.structs.replace(one, factory=scripted.entry(one.card.name).factory)
                for one in found
            ]
        return Registry([*alpha, *found])

    def start(
        *,
        really_read: bool = False,
        entry: dict | None = None,
        others: list[dict] | None = None,
        to_get: bool = True,
        **changes: object,
    ):
        write_catalogue(folders.model_catalogue, [entry or {}, *(others or [])])
        driver.engines = partial(engines, really_read=really_read)
        settings = {"hub_endpoint": hub.url, "model_cache": str(cache), "threads": 1, **changes}
        driver.start(model="alpha", fallback=(), **settings)
        driver.wait(lambda: not to_get or RowAction.GET in row(driver).actions)
        return driver

    return start


def row(driver, name: str = NAME):
    found = driver.window.models.items.model_row(name)
    assert found is not None
    return found


def click_row(driver) -> None:
    """Opens the list and clicks the model's row once."""
    models = driver.window.models
    models.showPopup()
    popup = models._popup
    index = popup.found.row_of(NAME)
    popup.view.scrollTo(index, QListView.ScrollHint.PositionAtCenter)
    place = popup.view.visualRect(index).topLeft() + QPoint(24, 14)
    QTest.mouseClick(popup.view.viewport(), Qt.MouseButton.LeftButton, pos=place)


def draw_line(path: Path, number: int = 0) -> tuple[Path, str]:
    text, image = unseen_lines(KIND, number + 1)[number]
    image.save(path)
    return path, text


def banner(driver) -> str:
    return driver.window.banner.message.text() if driver.window.banner.isVisible() else ""


def press_banner(driver, label: str) -> None:
    (button,) = (one for one in driver.window.banner.action_buttons if one.text() == label)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def test_one_click_leads_through_the_download_to_the_page_being_read(
    getting, hub, tmp_path, folders
):
    driver = getting(really_read=True)
    path, text = draw_line(tmp_path / "line.png")
    driver.open(path)
    driver.wait_until_read()
    (document,) = driver.wait_for_documents(1)
    assert driver.window.text.current_text().endswith("read by alpha.")
    assert hub.asked() == [], "nothing is asked of the network before the click"
    size = shown_size(folder_size(CHECKPOINTS / KIND))
    assert row(driver).cost == f"{size} · MIT"

    click_row(driver)
    driver.wait(lambda: driver.desktop.commands.settings.model == NAME)
    driver.wait(lambda: not driver.window.reading.active)
    driver.wait(lambda: driver.window.current.record.reading.read_by == NAME)
    assert driver.window.text.current_text() == text
    assert driver.window.models.chosen == NAME
    assert document.summary(1).state is PageState.DONE
    assert banner(driver) == ""
    assert load_settings(folders.settings_file).model == NAME
    assert hub.sent(WEIGHTS) == len(checkpoint_files(KIND)[WEIGHTS])
    driver.wait(lambda: row(driver).ready)


def read_by(driver) -> str:
    """Who read the page shown."""
    record = driver.window.current.record
    return record.reading.read_by if record is not None and record.reading is not None else ""


def test_a_download_is_paused_in_the_banner_gone_on_with_in_the_row_and_then_reads(
    getting, hub, tmp_path
):
    fault = hub.script(Fault(hold_after=100_000), file=WEIGHTS)
    driver = getting()
    driver.open(draw_line(tmp_path / "line.png")[0])
    driver.wait_until_read()
    click_row(driver)
    driver.wait(lambda: hub.sent(WEIGHTS) >= 100_000)
    driver.wait(lambda: "Tiny reader reads as soon as it is here." in banner(driver))
    getting_now = row(driver).getting
    assert getting_now.phase is GettingPhase.RUNNING
    assert row(driver).actions == (RowAction.PAUSE, RowAction.CANCEL)

    press_banner(driver, "Pause")
    driver.wait(lambda: row(driver).getting.phase is GettingPhase.PAUSED)
    driver.wait(lambda: "Paused" in banner(driver))
    driver.open(make_image(tmp_path / "b.png", 2))
    driver.wait_until_read()
    driver.wait(lambda: read_by(driver) == "alpha")
    assert driver.desktop.commands.settings.model == "alpha", "which reads meanwhile"

    fault.release.set()
    driver.window.models.action_wanted.emit(NAME, RowAction.GO_ON)
    driver.wait(lambda: driver.desktop.commands.settings.model == NAME)
    driver.wait(lambda: not driver.window.reading.active)
    ranges = [asked.range for asked in hub.asked(kind="bytes", file=WEIGHTS)]
    assert len(ranges) == 2
    assert ranges[1].startswith("bytes="), "it was gone on with"
    first = next(iter(driver.desktop.workspace))
    driver.window.tree.show_page(PageKey(first.id, 1))
    driver.wait(lambda: read_by(driver) == NAME)


def test_a_download_is_cancelled_and_nothing_is_left(getting, hub, tmp_path, cache):
    hub.script(Fault(hold_after=100_000), file=WEIGHTS)
    driver = getting()
    driver.open(make_image(tmp_path / "a.png", 1))
    driver.wait_until_read()
    click_row(driver)
    driver.wait(lambda: hub.sent(WEIGHTS) >= 100_000)
    driver.wait(lambda: "Cancel" in [one.text() for one in driver.window.banner.action_buttons])
    press_banner(driver, "Cancel")
    driver.wait(lambda: row(driver).actions == (RowAction.GET,))
    assert banner(driver) == ""
    assert not [path for path in files_below(cache) if "blobs/" in path]
    assert driver.desktop.commands.settings.model == "alpha"


def test_a_failed_download_says_why_and_is_tried_again(getting, hub, tmp_path):
    hub.script(Fault(status=503), file=WEIGHTS, times=ALWAYS)
    driver = getting()
    driver.open(draw_line(tmp_path / "line.png")[0])
    driver.wait_until_read()
    click_row(driver)
    driver.wait(lambda: "Tiny reader could not be downloaded." in banner(driver))
    assert row(driver).getting.phase is GettingPhase.FAILED
    assert row(driver).getting.words in banner(driver)
    hub.mend()
    press_banner(driver, "Try again")
    driver.wait(lambda: driver.desktop.commands.settings.model == NAME)
    driver.wait(lambda: read_by(driver) == NAME)


@pytest.mark.parametrize("accepted", [True, False])
def test_a_licence_that_restricts_is_asked_about_before_anything_is_asked_of_the_hub(
    getting, hub, tmp_path, accepted
):
    driver = getting(entry={"licence_restricts": True, "licence_note": "Not for sale."})
    driver.open(draw_line(tmp_path / "line.png")[0])
    driver.wait_until_read()
    assert row(driver).catch == "Not for sale."
    click_row(driver)
    driver.dialog()
    assert hub.asked() == []
    driver.press("Accept and get it" if accepted else "Do not get it")
    if not accepted:
        assert row(driver).actions == (RowAction.GET,)
        assert hub.asked() == []
        return
    driver.wait(lambda: read_by(driver) == NAME)
    assert driver.desktop.commands.settings.accepted_licences == (NAME,)


def test_what_is_far_larger_than_announced_is_asked_about(getting, hub, tmp_path, monkeypatch):
    monkeypatch.setattr("textlift.ui.get_and_read._LITTLE", 1000)
    driver = getting(entry={"size": 10_000})
    driver.open(draw_line(tmp_path / "line.png")[0])
    driver.wait_until_read()
    hub.script(Fault(hold_after=1000), file=WEIGHTS)
    click_row(driver)
    driver.wait(lambda: "Get it all the same?" in banner(driver))
    assert row(driver).getting.phase is GettingPhase.PAUSED
    assert "and not 10 kB" in banner(driver)
    hub.mend()
    press_banner(driver, "Get it")
    driver.wait(lambda: read_by(driver) == NAME)


def test_pages_that_another_model_reads_meanwhile_are_finished_first(getting, hub, tmp_path):
    driver = getting()
    gate = driver.script.make_gate("one")
    driver.script.engine("alpha", pages={1: do.gate(gate)})
    driver.open(make_pdf(tmp_path / "scan.pdf", 3))
    (document,) = driver.wait_for_documents(1)
    reading = driver.window.reading
    driver.wait(lambda: PageKey(document.id, 1) in reading.streams)
    driver.wait(lambda: driver.window.current.key == PageKey(document.id, 1))
    click_row(driver)
    driver.wait(lambda: driver.desktop.commands.settings.model == NAME)
    driver.wait(lambda: reading.progress.total == 4)
    assert reading.active, "the page shown is read again, the others as planned"
    driver.script.open_gate("one")
    driver.wait_until_read()
    assert [told.page for told in driver.script.told("alpha")] == [1, 2, 3]
    driver.wait(lambda: read_by(driver) == NAME)


def go_on(driver) -> None:
    """Presses the button of the model's row."""
    driver.window.models.action_wanted.emit(NAME, RowAction.GO_ON)


@pytest.mark.parametrize("go_on", [click_row, go_on])
def test_a_download_that_the_end_of_the_program_paused_is_gone_on_with_by_one_click(
    getting, hub, tmp_path, go_on
):
    hub.script(Fault(hold_after=100_000), file=WEIGHTS)
    driver = getting()
    driver.open(draw_line(tmp_path / "line.png")[0])
    driver.wait_until_read()
    click_row(driver)
    driver.wait(lambda: hub.sent(WEIGHTS) >= 100_000)
    driver.wait(lambda: row(driver).getting is not None)
    driver.window.close_unasked()
    driver.close()
    hub.mend()
    hub.forget()

    driver = getting(to_get=False)
    driver.wait(lambda: row(driver).actions == (RowAction.GO_ON, RowAction.CANCEL))
    assert hub.asked() == [], "nothing is asked of the network before the click"
    driver.wait(lambda: driver.window.current.key is not None)
    go_on(driver)
    driver.wait(lambda: read_by(driver) == NAME)
    assert hub.sent(WEIGHTS) < len(checkpoint_files(KIND)[WEIGHTS])


def test_what_was_got_without_a_wish_to_read_is_not_read_with_after_a_restart(
    getting, hub, tmp_path
):
    hub.script(Fault(hold_after=100_000), file=WEIGHTS)
    driver = getting()
    driver.open(draw_line(tmp_path / "line.png")[0])
    driver.wait_until_read()
    driver.desktop.downloads.get(NAME)
    driver.wait(lambda: hub.sent(WEIGHTS) >= 100_000)
    driver.wait(lambda: row(driver).getting is not None)
    driver.window.close_unasked()
    driver.close()
    hub.mend()

    driver = getting(to_get=False)
    driver.wait(lambda: row(driver).actions == (RowAction.GO_ON, RowAction.CANCEL))
    driver.wait(lambda: driver.window.current.key is not None)
    go_on(driver)
    driver.wait(lambda: row(driver).ready)
    assert banner(driver) == ""
    assert driver.desktop.commands.settings.model == "alpha"
    assert read_by(driver) == "alpha"


def test_of_two_models_the_one_chosen_last_reads(getting, hub, tmp_path, folders):
    fault = hub.script(Fault(hold_after=1000), file=WEIGHTS)
    hub.add("tiny/other", checkpoint_files("qwen2_5_vl"))
    other = {"name": OTHER, "hub_id": "tiny/other", "licence_restricts": True}
    driver = getting(others=[other])
    driver.open(draw_line(tmp_path / "line.png")[0])
    driver.wait_until_read()
    click_row(driver)
    driver.wait(lambda: hub.sent(WEIGHTS) >= 1000)
    driver.window.models.action_wanted.emit(OTHER, RowAction.GET)
    driver.press("Do not get it")
    driver.wait(lambda: "Tiny reader reads as soon as it is here." in banner(driver))
    driver.window.models.action_wanted.emit(OTHER, RowAction.GET)
    driver.press("Accept and get it")
    driver.wait(lambda: row(driver, OTHER).getting is not None)
    fault.release.set()
    driver.wait(lambda: read_by(driver) == OTHER)
    assert row(driver).ready
    assert driver.desktop.commands.settings.model == OTHER
