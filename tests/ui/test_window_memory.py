"""The memory in the window: measured, explained, and given back, with real engine processes."""

from __future__ import annotations

import msgspec
import psutil
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu

from doubles import engine_script as do
from doubles.pages import make_image, make_pdf
from doubles.scripted_nvml import (
    CUDA_13,
    GB,
    ScriptedGpu,
    ScriptedNvml,
    install_torch,
    without_nvml,
)
from textlift.content.page import PageState
from textlift.models.engine_memory import EngineMemory
from textlift.ui import memory_panel, theme
from textlift.ui.settings_dialog import SettingsDialog

NEVER = 0.0
SOON = 0.3 / 60
"""Minutes: long enough for a window to open, short enough to wait for."""


class HeldCard(ScriptedGpu):
    """A card of which a process of ours holds memory for as long as it lives."""

    holder: int = 0
    holds: int = 5 * GB

    @property
    def processes(self):
        return {self.holder: self.holds} if psutil.pid_exists(self.holder) else {}

    @processes.setter
    def processes(self, value):
        assert not value

    @property
    def used(self):
        return GB + sum(self.processes.values())

    @used.setter
    def used(self, value):
        assert value == GB


@pytest.fixture
def cards(monkeypatch):
    """Puts cards into the machine."""
    install_torch(monkeypatch, CUDA_13)

    def put(*gpus: ScriptedGpu) -> ScriptedNvml:
        return ScriptedNvml(*gpus).install(monkeypatch)

    return put


@pytest.fixture
def at_card(driver, cards, tmp_path):
    """A window whose model has read a page on a card and holds 5 GB of it."""
    card = HeldCard()
    cards(card)
    driver.script.engine("alpha", title="A large model", device="cuda:0")

    def start(**settings: object) -> HeldCard:
        driver.start(**{"idle_minutes": NEVER, **settings})
        driver.open(make_image(tmp_path / "a.png", 1))
        driver.wait_until_read()
        (engine,) = memory(driver).unloading.loaded
        card.holder = engine.pid
        driver.wait(lambda: display(driver).meters)
        memory(driver).sampler.measure_now()
        driver.wait(lambda: "Textlift 5.0 GB" in display(driver).meters[0].accessibleName())
        return card

    return start


def memory(driver):
    return driver.desktop.commands.memory


def display(driver):
    return driver.window.status.memory


def details(driver):
    """Opens the details, and waits until there is something in them."""
    driver.wait(lambda: display(driver).meters)
    driver.window.actions_["memory"].trigger()
    panel = memory(driver).panel
    assert panel.isVisible()
    driver.wait(lambda: panel.sections)
    return panel


def use_settings(driver, **changes: object) -> None:
    commands = driver.desktop.commands
    commands.use_settings(msgspec.structs.replace(commands.settings, **changes))


def model_of(section):
    (model,) = section.models.values()
    return model


def test_without_a_gpu_the_memory_of_the_computer_is_shown(driver, monkeypatch):
    without_nvml(monkeypatch)
    driver.script.engine("alpha")
    driver.start()
    panel = details(driver)
    (section,) = panel.sections.values()
    assert section.title.text() == "Memory of this computer"
    assert section.shares.accessibleName().startswith("Memory of this computer: Textlift ")
    assert section.graph.accessibleDescription().startswith("Textlift between ")
    (meter,) = display(driver).meters
    assert f"of {psutil.virtual_memory().total / 1e9:.1f} GB" in meter.accessibleName()
    ours = psutil.Process().memory_info().rss
    assert memory(driver).history.latest[0].ours > ours / 2


def test_two_cards_and_what_others_use(driver, cards):
    cards(
        ScriptedGpu(name="Card A", used=3 * GB, temperature=64, load=87),
        ScriptedGpu(name="Card B", total=16 * GB, used=9 * GB, temperature=None, load=None),
    )
    driver.script.engine("alpha")
    driver.start()
    panel = details(driver)
    assert [section.title.text() for section in panel.sections.values()] == [
        "GPU 0 · Card A", "GPU 1 · Card B", "Memory of this computer"
    ]  # fmt: skip
    first, second, _ = panel.sections.values()
    assert first.condition.text() == "64 °C · 87 % busy"
    assert second.condition.text() == ""
    assert first.shares.accessibleName() == (
        "Memory of Card A: Textlift 0 MB, Others 3.0 GB, Free 5.0 GB"
    )
    assert second.graph.accessibleDescription() == (
        "Textlift between 0 MB and 0 MB; at least 7.0 GB were free."
    )
    assert [meter.accessibleName() for meter in display(driver).meters] == [
        "GPU 0, Card A: Textlift 0 MB, others 3.0 GB, free 5.0 GB of 8.0 GB",
        "GPU 1, Card B: Textlift 0 MB, others 9.0 GB, free 7.0 GB of 16.0 GB",
    ]


def test_a_card_is_lost_while_a_page_is_read(driver, cards, tmp_path):
    card = ScriptedGpu(name="Card A")
    cards(card)
    gate = driver.script.make_gate("gate")
    driver.script.engine("alpha", pages={1: do.gate(gate)})
    driver.start()
    driver.open(make_image(tmp_path / "a.png", 1))
    driver.wait(lambda: driver.script.told("alpha"))
    panel = details(driver)
    card.lost = True
    section = next(iter(panel.sections.values()))
    driver.wait(section.lost.isVisible)
    assert section.lost.text() == (
        "Card A does not answer any more. Textlift reads on without it; if it does not come "
        "back, restart the computer."
    )
    assert section.title.text() == "GPU · Card A"
    assert not section.shares.isVisible()
    names = [meter.accessibleName() for meter in display(driver).meters]
    assert names[0] == "GPU, Card A: does not answer any more"
    assert names[1].startswith("Memory of this computer")
    driver.script.open_gate(gate)
    driver.wait_until_read()
    card.lost = False
    driver.wait(section.shares.isVisible)


def test_a_model_is_unloaded_and_its_memory_is_back(driver, at_card, tmp_path):
    card = at_card()
    panel = details(driver)
    section = next(iter(panel.sections.values()))
    driver.wait(lambda: section.models)
    model = model_of(section)
    assert model.title.text() == "A large model"
    assert model.state.text() == "Idle for less than a minute"
    assert model.button.accessibleName() == "Unload now: A large model"
    assert section.peak.text() == ""
    model.button.click()
    driver.wait(lambda: "holds nothing" in section.report.text())
    assert not psutil.pid_exists(card.holder)
    assert "A large model was unloaded and gave 5.0 GB back" in section.report.text()
    assert section.models == {}
    assert "Textlift 0 MB" in display(driver).meters[0].accessibleName()
    assert driver.window.status.words.text() == "A large model was unloaded and gave 5.0 GB back."
    assert driver.window.focusWidget() is panel
    driver.open(make_image(tmp_path / "b.png", 2))
    driver.wait_for_documents(2)
    driver.wait_until_read()
    assert driver.script.loads("alpha") == 2
    driver.wait(lambda: section.models)
    driver.wait(lambda: not section.report.isVisible())


def test_memory_that_does_not_come_back_is_said(driver, at_card):
    card = at_card()
    section = next(iter(details(driver).sections.values()))
    driver.wait(lambda: section.models)
    model_of(section).button.click()
    driver.wait(lambda: not memory(driver).unloading.loaded)
    # As if the engine had left a process of its own behind that the driver counts as ours.
    card.holder, card.holds = psutil.Process().pid, 2 * GB
    driver.wait(lambda: "no model explains" in section.report.text())
    assert "Textlift still holds 2.0 GB here" in section.report.text()
    assert section.report.objectName() == "bad"


def test_while_pages_are_read_it_is_unloaded_afterwards(driver, cards, tmp_path):
    cards(ScriptedGpu())
    gate = driver.script.make_gate("gate")
    driver.script.engine("alpha", device="cuda:0", default=do.gate(gate))
    driver.start(idle_minutes=NEVER)
    driver.open(make_pdf(tmp_path / "scan.pdf", 2))
    driver.wait(lambda: driver.script.told("alpha"))
    section = next(iter(details(driver).sections.values()))
    driver.wait(lambda: section.models and model_of(section).state.text() == "Reads a page")
    model = model_of(section)
    assert model.button.text() == "Unload after reading"
    model.button.click()
    assert (model.state.text(), model.button.text()) == ("Is unloaded when reading ends", "Keep it")
    model.button.click()
    assert model.button.text() == "Unload after reading"
    model.button.click()
    (engine,) = memory(driver).unloading.loaded
    driver.script.open_gate(gate)
    (document,) = driver.desktop.workspace
    driver.wait(lambda: document.count(PageState.DONE) == 1)
    assert psutil.pid_exists(engine.pid)
    driver.script.open_gate(gate)
    driver.wait_until_read()
    driver.wait(lambda: not psutil.pid_exists(engine.pid))
    assert document.count(PageState.DONE) == 2
    assert driver.script.loads("alpha") == 1


def test_a_model_that_another_reads_in_place_of_is_unloaded_at_once(driver, cards, tmp_path):
    cards(ScriptedGpu())
    gate = driver.script.make_gate("gate")
    driver.script.engine("alpha", pages={2: do.gate(gate)})
    driver.script.engine("beta", device="cuda:0")
    driver.start(model="beta", fallback=(), idle_minutes=NEVER)
    driver.open(make_image(tmp_path / "a.png", 1))
    driver.wait_until_read()
    use_settings(driver, model="alpha")
    driver.open(make_image(tmp_path / "b.png", 2))
    driver.wait(lambda: driver.script.told("alpha"))
    section = next(iter(details(driver).sections.values()))
    driver.wait(lambda: section.models)
    model = model_of(section)
    assert model.button.text() == "Unload now"
    model.button.click()
    driver.wait(lambda: [one.name for one in memory(driver).unloading.loaded] == ["alpha"])
    assert driver.window.reading.active
    driver.script.open_gate(gate)
    driver.wait_until_read()


def test_an_idle_model_is_unloaded_by_itself(driver, at_card, tmp_path):
    card = at_card()
    assert memory(driver).unloading.loaded
    use_settings(driver, idle_minutes=SOON)
    driver.wait(lambda: not psutil.pid_exists(card.holder))
    driver.wait(lambda: "Textlift 0 MB" in display(driver).meters[0].accessibleName())
    driver.wait(lambda: "gave 5.0 GB back" in driver.window.status.words.text())
    driver.open(make_image(tmp_path / "b.png", 2))
    driver.wait_for_documents(2)
    driver.wait_until_read()
    driver.wait(lambda: not memory(driver).unloading.loaded)
    assert driver.script.loads("alpha") == 2


def test_a_model_that_reads_is_not_idle(driver, tmp_path, monkeypatch):
    without_nvml(monkeypatch)
    gate = driver.script.make_gate("gate")
    driver.script.engine("alpha", pages={1: do.gate(gate)})
    driver.start(idle_minutes=SOON)
    driver.open(make_image(tmp_path / "a.png", 1))
    driver.wait(lambda: driver.script.told("alpha"))
    (engine,) = memory(driver).unloading.loaded
    assert memory(driver).unloading.seconds_left(engine) is None
    memory(driver).unloading.use_idle_minutes(1e-6)
    memory(driver).unloading._unload_idle()
    driver.script.open_gate(gate)
    driver.wait_until_read()
    assert driver.script.loads("alpha") == 1
    driver.wait(lambda: not memory(driver).unloading.loaded)


def test_never_is_never(driver, at_card):
    at_card()
    unloading = memory(driver).unloading
    (engine,) = unloading.loaded
    assert unloading.seconds_left(engine) is None
    assert not unloading._timer.isActive()
    panel = details(driver)
    assert panel.idle.text() == "Idle models stay loaded."
    unloading.use_idle_minutes(10)
    assert 590 < unloading.seconds_left(engine) <= 600
    assert 590_000 < unloading._timer.remainingTime() <= 600_001
    memory(driver).sampler.measure_now()
    driver.wait(lambda: panel.idle.text() == "Idle models are unloaded after 10 min.")
    section = next(iter(panel.sections.values()))
    assert model_of(section).state.text() == "Idle for less than a minute, unloaded in 10 min"


def test_what_a_model_takes_is_shown_in_parts(driver, at_card):
    at_card()
    panel = details(driver)
    told = EngineMemory("cuda:0", weights=3 * GB, cache=GB, rest=GB // 2, peak=6 * GB)
    driver.window.reading.memory_told.emit("alpha", told)
    section = next(iter(panel.sections.values()))
    driver.wait(lambda: section.models and model_of(section).shares.isVisible())
    assert model_of(section).shares.accessibleName() == (
        "Memory of A large model: Weights 3.0 GB, Cache 1.0 GB, Rest 0.5 GB"
    )


def test_the_peak_of_the_last_page(driver, at_card, tmp_path):
    gate = driver.script.make_gate("gate")
    driver.script.engine("alpha", title="A large model", device="cuda:0", pages={2: do.gate(gate)})
    card = at_card()
    driver.open(make_image(tmp_path / "b.png", 2))
    driver.wait(lambda: driver.script.told("alpha", 2))
    card.holds = 6 * GB
    driver.wait(lambda: "Textlift 6.0 GB" in display(driver).meters[0].accessibleName())
    card.holds = 2 * GB
    driver.wait(lambda: "Textlift 2.0 GB" in display(driver).meters[0].accessibleName())
    driver.script.open_gate(gate)
    driver.wait_until_read()
    section = next(iter(details(driver).sections.values()))
    driver.wait(section.peak.isVisible)
    assert section.peak.text() == "While the last page was read, Textlift took 6.0 GB at most."


def test_it_is_opened_and_closed_with_the_keyboard(driver, qtbot, monkeypatch):
    without_nvml(monkeypatch)
    driver.script.engine("alpha")
    driver.start()
    driver.wait(lambda: display(driver).meters)
    driver.wait(lambda: display(driver).width() == display(driver).sizeHint().width())
    assert "Alt+4" in display(driver).toolTip()
    display(driver).setFocus()
    qtbot.keyClick(display(driver), Qt.Key.Key_Return)
    panel = memory(driver).panel
    assert panel.isVisible()
    assert display(driver).isChecked()
    assert driver.window.focusWidget() is panel
    qtbot.keyClick(panel, Qt.Key.Key_Escape)
    assert not panel.isVisible()
    assert not display(driver).isChecked()
    assert driver.window.focusWidget() is display(driver)
    qtbot.mouseClick(display(driver), Qt.MouseButton.LeftButton)
    assert panel.isVisible()
    qtbot.mouseClick(display(driver), Qt.MouseButton.LeftButton)
    assert not panel.isVisible()
    assert not display(driver).isChecked()


def test_it_is_in_the_view_menu(driver):
    driver.script.engine("alpha")
    driver.start()
    (view,) = (
        menu for menu in driver.window.menuBar().findChildren(QMenu) if menu.title() == "&View"
    )
    assert driver.window.actions_["memory"] in view.actions()


def test_the_idle_setting_is_one_click_away(driver, monkeypatch):
    without_nvml(monkeypatch)
    driver.script.engine("alpha")
    driver.start()
    details(driver).idle_button.click()
    dialog = driver.dialog()
    assert isinstance(dialog, SettingsDialog)
    assert dialog.tabs.currentWidget() is dialog.large_models
    dialog.large_models.idle.setValue(3)
    dialog.accept()
    assert memory(driver).unloading.idle_minutes == 3
    panel = memory(driver).panel
    assert panel.idle.text() == "Idle models are unloaded after 3 min."


@pytest.mark.parametrize("size", [(1280, 720), (800, 480)])
def test_the_details_stay_inside_the_window(driver, cards, size):
    cards(ScriptedGpu(), ScriptedGpu())
    driver.script.engine("alpha")
    driver.start()
    panel = details(driver)
    driver.window.resize(*size)
    driver.wait(lambda: driver.window.rect().contains(panel.geometry()))
    assert panel.geometry().bottom() < driver.window.status.geometry().top()
    assert panel.idle_button.visibleRegion().boundingRect().size() == panel.idle_button.size()


def test_the_details_change_colour_with_the_window(driver, monkeypatch):
    without_nvml(monkeypatch)
    driver.script.engine("alpha")
    driver.start()
    panel = details(driver)
    light = panel.styleSheet()
    monkeypatch.setattr(memory_panel, "colours", lambda: theme.DARK)
    driver.window.theme.changed.emit()
    assert panel.styleSheet() != light
    assert theme.DARK.window in panel.styleSheet()


def test_closing_the_window_in_the_middle_of_unloading_leaves_nothing(driver, at_card):
    card = at_card()
    section = next(iter(details(driver).sections.values()))
    driver.wait(lambda: section.models)
    model_of(section).button.click()
    driver.close()
    assert not psutil.pid_exists(card.holder)


def test_a_window_that_nobody_sees_measures_seldom(driver, monkeypatch):
    without_nvml(monkeypatch)
    driver.script.engine("alpha")
    driver.start()
    sampler = memory(driver).sampler
    driver.wait(lambda: display(driver).meters)
    often = sampler.interval
    driver.window.showMinimized()
    driver.wait(lambda: sampler.interval > often)
    driver.window.showNormal()
    driver.wait(lambda: sampler.interval == often)
