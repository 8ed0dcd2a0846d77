from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QLabel, QLineEdit, QTabWidget

from doubles import file_keyring
from textlift.engines.contract import Availability, EngineCard, EngineOptions
from textlift.engines.registry import EngineEntry, Registry
from textlift.models.catalogue import ModelEntry
from textlift.models.devices import Device
from textlift.settings import Saving, Settings
from textlift.ui.downloads import DownloadsView
from textlift.ui.engine_states import EngineStates
from textlift.ui.model_items import RowRole
from textlift.ui.model_list import ModelList
from textlift.ui.model_row import Section
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


@pytest.fixture
def downloads(registry, folders, hub_cache):
    view = DownloadsView(folders, registry=registry, settings=Settings(), unload=lambda _: None)
    view.start()
    yield view
    view.close()


FULL = Settings(
    model="gamma",
    fallback=("beta", "alpha"),
    languages=("rus", "eng"),
    use_text_layer=True,
    check_pages=False,
    note_checks=False,
    output_folder="/tmp/out",
    device="cpu",
    threads=1,
    tesseract_path="/opt/tesseract",
    model_folders=("/models/own",),
    modes={"gamma": "text"},
    dtype="float16",
    max_pixels=3_211_264,
    token_limit=5000,
    page_seconds=100.0,
    idle_minutes=2.25,
)


@pytest.mark.parametrize(
    "settings",
    [
        FULL,
        Settings(model="alpha", fallback=()),
        Settings(model="alpha", fallback=("beta",), never=("gamma",)),
    ],
)
def test_what_is_not_touched_stays(qtbot, registry, states, settings, downloads):
    dialog = SettingsDialog(settings, registry=registry, states=states, downloads=downloads)
    qtbot.addWidget(dialog)
    assert dialog.settings() == settings


def test_the_order_of_fallback_is_changed(qtbot, registry, states, downloads):
    dialog = SettingsDialog(FULL, registry=registry, states=states, downloads=downloads)
    qtbot.addWidget(dialog)
    dialog.models.others.setCurrentRow(1)
    dialog.models.others.move_current(-1)
    assert dialog.settings().fallback == ("alpha", "beta")
    dialog.models.others.item(0).setCheckState(Qt.CheckState.Unchecked)
    assert dialog.settings().fallback == ("beta",)


def test_languages_are_found_and_ticked(qtbot, registry, states, downloads):
    dialog = SettingsDialog(
        Settings(model="alpha"), registry=registry, states=states, downloads=downloads
    )
    qtbot.addWidget(dialog)
    dialog.these_languages.setChecked(True)
    dialog.language_filter.setText("ukrain")
    rows = [dialog.languages.item(row) for row in range(dialog.languages.count())]
    (ukrainian,) = [item for item in rows if not item.isHidden()]
    ukrainian.setCheckState(Qt.CheckState.Checked)
    assert dialog.settings().languages == ("ukr",)
    dialog.find_language.setChecked(True)
    assert dialog.settings().languages == ()


def test_devices_are_listed_when_they_are_known(qtbot, registry, states, downloads):
    settings = msgspec.structs.replace(FULL, device="cuda:0")
    dialog = SettingsDialog(settings, registry=registry, states=states, downloads=downloads)
    qtbot.addWidget(dialog)
    states.devices_known.emit(
        (Device("cpu", "CPU", 8 * 10**9), Device("cuda:0", "A card", 10**10)), "cuda:0"
    )
    box = dialog.large_models.device.box
    titles = [box.itemText(row) for row in range(box.count())]
    assert titles == ["Automatic", "CPU (8.0 GB)", "A card (10.0 GB)"]
    assert dialog.settings().device == "cuda:0"


def test_the_dialog_grows_with_what_is_said_of_devices(qtbot, registry, states, downloads):
    settings = msgspec.structs.replace(FULL, savings={"gamma": Saving(weights="int8")})
    dialog = SettingsDialog(settings, registry=registry, states=states, downloads=downloads)
    qtbot.addWidget(dialog)
    dialog.tabs.setCurrentWidget(dialog.large_models)
    dialog.show()
    old = Device(
        "nvidia:1",
        "An old card",
        8 * 10**9,
        usable=False,
        problem="The installed PyTorch is made for newer GPUs than this one. " * 3,
        remedy="Type: pip install another one",
    )
    states.devices_known.emit((Device("cpu", "CPU", 8 * 10**9), old), "cpu")
    (problem,) = dialog.large_models.device.problems
    message = problem.message
    qtbot.waitUntil(
        lambda: (
            dialog.height() >= dialog.minimumSizeHint().height()
            and message.height() >= message.heightForWidth(message.width())
        )
    )
    assert dialog.height() <= 680
    assert dialog.settings() == settings


def test_what_large_models_may_use_is_set(qtbot, registry, states, downloads):
    dialog = SettingsDialog(
        Settings(model="alpha"), registry=registry, states=states, downloads=downloads
    )
    qtbot.addWidget(dialog)
    tab = dialog.large_models
    assert (tab.pixels.text(), tab.minutes.text()) == ("Automatic", "Automatic")
    assert tab.tokens.text() == "The model's own limit"
    tab.dtype.setCurrentIndex(tab.dtype.findData("bfloat16"))
    tab.pixels.setValue(2.5)
    tab.tokens.setValue(4096)
    tab.minutes.setValue(1.5)
    chosen = dialog.settings()
    assert (chosen.dtype, chosen.max_pixels) == ("bfloat16", 2_500_000)
    assert (chosen.token_limit, chosen.page_seconds) == (4096, 90.0)


def test_when_an_idle_model_is_unloaded_is_set(qtbot, registry, states, downloads):
    dialog = SettingsDialog(
        Settings(model="alpha"), registry=registry, states=states, downloads=downloads
    )
    qtbot.addWidget(dialog)
    tab = dialog.large_models
    assert tab.idle.text() == "10 idle minutes"
    dialog.go_to_idle_minutes()
    assert dialog.tabs.currentWidget() is tab
    tab.idle.setValue(2.5)
    assert tab.idle.text() == "2.5 idle minutes"
    assert dialog.settings().idle_minutes == 2.5
    tab.idle.setValue(0)
    assert tab.idle.text() == "Never"
    assert dialog.settings().idle_minutes == 0


@pytest.fixture
def catalogue(registry) -> Registry:
    """The script's engines and twenty models that are not on disk."""
    names = [f"model-{number}" for number in range(20)]
    missing = Availability(ready=False, sentence="Not on disk.")
    return Registry(
        [
            *registry,
            *(
                EngineEntry(
                    EngineCard(name=name, title=name, summary=""),
                    availability=lambda _: missing,
                    factory="nowhere:Engine",
                    model=ModelEntry(name=name, title=name, family="f", folder=f"/models/{name}"),
                )
                for name in names
            ),
        ]
    )


def offered(dialog: SettingsDialog) -> tuple[list[str], list[str]]:
    """Titles in the list of the first model and in that of the others."""
    first, others = dialog.models.first, dialog.models.others
    return (
        [first.itemText(row) for row in range(first.count())],
        [item.text() for item in others.models()],
    )


def test_models_that_are_not_ready_are_listed_when_they_are_used_or_asked_for(
    qtbot,
    catalogue,
    states,
    downloads,
):
    settings = Settings(model="model-7", fallback=("alpha", "model-3"))
    dialog = SettingsDialog(settings, registry=catalogue, states=states, downloads=downloads)
    qtbot.addWidget(dialog)
    assert offered(dialog) == (
        ["Engine alpha", "Engine gamma", "model-7"],
        ["Engine alpha", "model-3", "Engine gamma"],
    )
    dialog.models.show_all.setChecked(True)
    assert [len(titles) for titles in offered(dialog)] == [23, 23]
    dialog.models.others.item(5).setCheckState(Qt.CheckState.Checked)
    added = dialog.models.others.item(5).text()
    dialog.models.show_all.setChecked(False)
    assert offered(dialog)[1] == ["Engine alpha", "model-3", "Engine gamma", added]
    assert dialog.settings() == msgspec.structs.replace(
        settings, fallback=("alpha", "model-3", added)
    )


def test_a_folder_is_listed_once_it_holds_a_model(qtbot, registry, states, tmp_path, downloads):
    dialog = SettingsDialog(
        Settings(model="alpha"), registry=registry, states=states, downloads=downloads
    )
    qtbot.addWidget(dialog)
    dialog.show()
    tab = dialog.large_models
    dialog.findChild(QTabWidget).setCurrentWidget(tab)
    tab.add_folder(tmp_path)
    assert tab.problem.isVisible()
    assert "has no config.json" in tab.problem.text()
    (tmp_path / "config.json").write_text('{"model_type": "dots_ocr"}')
    (tmp_path / "tokenizer.json").touch()
    (tmp_path / "model.safetensors").write_bytes((2).to_bytes(8, "little") + b"{}")
    for _ in range(2):
        tab.add_folder(tmp_path)
    assert not tab.problem.isVisible()
    assert dialog.settings().model_folders == (str(tmp_path),)


def test_a_folder_that_is_removed_takes_its_model_out_of_the_settings(
    qtbot, catalogue, states, downloads
):
    settings = Settings(
        model="model-7",
        fallback=("model-7", "alpha"),
        modes={"model-7": "text"},
        model_folders=("/models/model-7",),
    )
    dialog = SettingsDialog(settings, registry=catalogue, states=states, downloads=downloads)
    qtbot.addWidget(dialog)
    dialog.large_models.folders.setCurrentRow(0)
    dialog.large_models.remove_button.click()
    assert dialog.settings() == Settings(fallback=("alpha",))


def test_where_models_come_from_is_set(qtbot, registry, states, downloads):
    dialog = SettingsDialog(
        Settings(model="alpha"), registry=registry, states=states, downloads=downloads
    )
    qtbot.addWidget(dialog)
    tab = dialog.downloads
    tab.folder.setText(" /models ")
    tab.endpoint.setText("mirror.example")
    assert "Mirror of the hub" in tab.problem.text()
    assert not tab.problem.isHidden()
    tab.endpoint.setText("https://mirror.example/hub")
    tab.proxy.setText("http://127.0.0.1:3128")
    assert tab.problem.isHidden()
    tab.offline.setChecked(True)
    settings = dialog.settings()
    assert settings.model_cache == "/models"
    assert settings.hub_endpoint == "https://mirror.example/hub"
    assert settings.proxy == "http://127.0.0.1:3128"
    assert settings.offline


@pytest.fixture
def keyring_file(tmp_path, monkeypatch):
    """A keyring of the download process that is a file."""
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", file_keyring.NAME)
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[1]))
    path = tmp_path / "keyring.json"
    monkeypatch.setenv(file_keyring.VARIABLE, str(path))
    return path


def test_the_token_goes_to_the_keyring_and_is_never_shown(
    qtbot, registry, states, downloads, keyring_file
):
    settings = Settings(model="alpha")
    dialog = SettingsDialog(settings, registry=registry, states=states, downloads=downloads)
    qtbot.addWidget(dialog)
    tab = dialog.downloads
    with qtbot.waitSignal(downloads.token_known, timeout=20_000):
        dialog.show()
        dialog.go_to_downloads()
    assert "no token" in tab.token_state.text()
    assert not tab.remove.isEnabled()
    assert tab.token.echoMode() is QLineEdit.EchoMode.Password
    tab.token.setText("hf_secret")
    with qtbot.waitSignal(downloads.token_known, timeout=20_000):
        tab.save.click()
    assert "keyring" in tab.token_state.text()
    assert tab.token.text() == ""
    assert "hf_secret" in keyring_file.read_text()
    assert "hf_secret" not in repr(dialog.settings())
    with qtbot.waitSignal(downloads.token_known, timeout=20_000):
        tab.remove.click()
    assert "no token" in tab.token_state.text()
    assert "hf_secret" not in keyring_file.read_text()


def test_a_system_without_a_keyring_says_so(qtbot, registry, states, downloads):
    dialog = SettingsDialog(Settings(), registry=registry, states=states, downloads=downloads)
    qtbot.addWidget(dialog)
    tab = dialog.downloads
    with qtbot.waitSignal(downloads.token_known, timeout=20_000):
        dialog.show()
        dialog.go_to_downloads()
    assert not tab.token.isEnabled()
    assert not tab.save.isEnabled()
    assert "keyring" in tab.token_state.text()


def test_the_settings_fit_a_small_screen(qtbot, catalogue, states, downloads):
    dialog = SettingsDialog(FULL, registry=catalogue, states=states, downloads=downloads)
    qtbot.addWidget(dialog)
    dialog.show()
    assert dialog.minimumSizeHint().height() <= 640
    assert dialog.width() <= 720
    for field in (dialog.models.first, dialog.large_models.device):
        assert field.minimumSizeHint().width() < 400


def test_the_model_list_says_what_is_missing_and_does_not_offer_it(qtbot, registry, states):
    models = ModelList(registry)
    qtbot.addWidget(models)
    models.show_states(states.states)
    titles = [models.model().index(row, 0).data() for row in range(models.model().rowCount())]
    assert titles == ["Engine alpha", "Engine gamma", Section.NOT_USABLE.value, "Engine beta"]
    index = models.model().index(3, 0)
    assert index.data(RowRole).state == "It is not installed. apt install it"
    assert not index.data(RowRole).ready
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


def test_no_two_fields_of_a_tab_share_a_key(qtbot, registry, states, downloads):
    dialog = SettingsDialog(
        Settings(model="alpha"), registry=registry, states=states, downloads=downloads
    )
    qtbot.addWidget(dialog)
    tabs = [dialog.tabs.tabText(place) for place in range(dialog.tabs.count())]
    for tab in (dialog.large_models, dialog.downloads):
        labels = [label for label in tab.findChildren(QLabel) if _key(label.text())]
        assert all(label.buddy() is not None for label in labels)
        words = [*tabs, *(one.text() for one in (*labels, *tab.findChildren(QAbstractButton)))]
        keys = [key for key in map(_key, words) if key]
        assert len(keys) == len(set(keys)), sorted(keys)
    (token,) = (one for one in dialog.downloads.findChildren(QLabel) if "oken of" in one.text())
    assert token.buddy() is dialog.downloads.token


def _key(words: str) -> str:
    _, _, after = words.partition("&")
    return after[:1].casefold()
