from __future__ import annotations

import msgspec
import pytest
from PySide6.QtCore import Qt

from textlift.engines.contract import Availability, EngineOptions
from textlift.models.devices import Device
from textlift.settings import Settings
from textlift.ui.engine_states import EngineStates
from textlift.ui.model_items import NOT_READY, ReadyRole, StateRole
from textlift.ui.model_list import ModelList
from textlift.ui.password_dialog import PasswordDialog
from textlift.ui.settings_dialog import SettingsDialog


@pytest.fixture
def registry(script):
    missing = Availability(ready=False, sentence="It is not installed.", remedy="apt install it")
    script.engine("alpha")
    script.engine("beta", available=missing)
    script.engine("gamma")
    return script.registry


@pytest.fixture
def states(registry, qtbot):
    states = EngineStates(registry, EngineOptions())
    with qtbot.waitSignal(states.known):
        states.start()
    yield states
    states.close()


FULL = Settings(
    model="gamma",
    fallback=("beta", "alpha"),
    languages=("rus", "eng"),
    use_text_layer=True,
    output_folder="/tmp/out",
    device="cpu",
    threads=1,
    tesseract_path="/opt/tesseract",
)


@pytest.mark.parametrize("settings", [FULL, Settings(model="alpha", fallback=())])
def test_what_is_not_touched_stays(qtbot, registry, states, settings):
    dialog = SettingsDialog(settings, registry=registry, states=states)
    qtbot.addWidget(dialog)
    assert dialog.settings() == settings


def test_the_order_of_fallback_is_changed(qtbot, registry, states):
    dialog = SettingsDialog(FULL, registry=registry, states=states)
    qtbot.addWidget(dialog)
    dialog.order.setCurrentRow(1)
    dialog._move(-1)
    assert dialog.settings().fallback == ("alpha", "beta")
    dialog.order.item(0).setCheckState(Qt.CheckState.Unchecked)
    assert dialog.settings().fallback == ("beta",)


def test_languages_are_found_and_ticked(qtbot, registry, states):
    dialog = SettingsDialog(Settings(model="alpha"), registry=registry, states=states)
    qtbot.addWidget(dialog)
    dialog.these_languages.setChecked(True)
    dialog.language_filter.setText("ukrain")
    rows = [dialog.languages.item(row) for row in range(dialog.languages.count())]
    (ukrainian,) = [item for item in rows if not item.isHidden()]
    ukrainian.setCheckState(Qt.CheckState.Checked)
    assert dialog.settings().languages == ("ukr",)
    dialog.find_language.setChecked(True)
    assert dialog.settings().languages == ()


def test_devices_are_listed_when_they_are_known(qtbot, registry, states):
    settings = msgspec.structs.replace(FULL, device="cuda:0")
    dialog = SettingsDialog(settings, registry=registry, states=states)
    qtbot.addWidget(dialog)
    states.devices_known.emit((Device("cpu", "CPU", 8 * 10**9), Device("cuda:0", "A card", 10**10)))
    titles = [dialog.device.itemText(row) for row in range(dialog.device.count())]
    assert titles == ["Automatic", "CPU (8 GB)", "A card (10 GB)"]
    assert dialog.settings().device == "cuda:0"


def test_the_model_list_says_what_is_missing_and_does_not_offer_it(qtbot, registry, states):
    models = ModelList(registry)
    qtbot.addWidget(models)
    models.show_states(states.states)
    titles = [models.model().index(row, 0).data() for row in range(models.model().rowCount())]
    assert titles == ["Engine alpha", "Engine gamma", NOT_READY, "Engine beta"]
    index = models.model().index(3, 0)
    assert index.data(StateRole) == "It is not installed. apt install it"
    assert index.data(ReadyRole) is False
    assert not index.flags() & Qt.ItemFlag.ItemIsEnabled
    assert models.model().index(0, 0).flags() & Qt.ItemFlag.ItemIsEnabled


def test_choosing_a_model_with_the_keyboard(qtbot, registry, states):
    models = ModelList(registry)
    qtbot.addWidget(models)
    models.show_states(states.states)
    models.choose("alpha")
    with qtbot.waitSignal(models.model_chosen) as chosen:
        qtbot.keyClick(models, Qt.Key.Key_Down)
    assert chosen.args == ["gamma"], "the one that is missing is passed over"


def test_a_model_chosen_in_the_tool_bar_is_kept(driver):
    for name in ("alpha", "beta"):
        driver.script.engine(name)
    desktop = driver.start()
    driver.window.models.setCurrentIndex(1)
    driver.window.models.activated.emit(1)
    assert desktop.commands.settings.model == "beta"
    assert b"beta" in desktop.workspace.folders.settings_file.read_bytes()


def test_the_password_dialog(qtbot):
    dialog = PasswordDialog("secret.pdf", wrong=True)
    qtbot.addWidget(dialog)
    dialog.show()
    assert dialog.problem.isVisible()
    assert not dialog._open.isEnabled()
    qtbot.keyClicks(dialog.field, "pass word")
    assert dialog._open.isEnabled()
    assert dialog.password == "pass word"
