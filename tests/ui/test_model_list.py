from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QListView, QMainWindow, QToolBar

from textlift.engines.contract import Availability, EngineCard, ReadingMode
from textlift.engines.registry import EngineEntry, Registry
from textlift.models.catalogue import ModelEntry
from textlift.ui.mode_box import ModeBox
from textlift.ui.model_items import (
    NOT_OFFERED,
    NOT_READY,
    CatchRole,
    CostRole,
    NameRole,
    ReadyRole,
    StateRole,
)
from textlift.ui.model_list import ModelList
from textlift.ui.model_popup import ModelPopup

# The offscreen platform has no windows to raise and no keyboard to grab for a list that drops.
pytestmark = pytest.mark.qt_log_ignore("^This plugin does not support", extend=True)

READY = Availability(ready=True, sentence="On disk, 4.0 GB.")
MISSING = Availability(
    ready=False, sentence="Its weights are not on this machine.", remedy="Type: hf download it"
)
CATALOGUE_MODELS = 22


def _entry(name: str, model: ModelEntry | None = None) -> EngineEntry:
    card = EngineCard(
        name=name,
        title=name.capitalize(),
        summary="Reads print and tables in many scripts, and the formulas between them.",
        needs="Nothing.",
    )
    return EngineEntry(
        card, availability=lambda options: READY, factory="nowhere:Engine", model=model
    )


def _model(name: str, **changes: object) -> ModelEntry:
    return ModelEntry(
        name=name,
        title=name.capitalize(),
        family="family",
        hub_id=f"somebody/{name}",
        size=4 * 10**9,
        licence="MIT",
        licence_note="Not for use on Sundays.",
        languages="Chinese and Tamil",
        **changes,
    )


@pytest.fixture
def registry() -> Registry:
    names = [f"model-{number}" for number in range(CATALOGUE_MODELS)]
    return Registry(
        [
            _entry("automatic"),
            _entry("tesseract"),
            *(_entry(name, _model(name)) for name in names),
        ],
        not_offered=[_model("deepseek", not_offered="Its code cannot be run here.")],
    )


STATES = {
    "automatic": READY,
    "tesseract": MISSING,
    **{f"model-{number}": MISSING for number in range(CATALOGUE_MODELS)},
    "model-3": READY,
}


@pytest.fixture
def window(qtbot) -> QMainWindow:
    window = QMainWindow()
    qtbot.addWidget(window)
    window.resize(1280, 720)
    return window


@pytest.fixture
def models(window, registry) -> ModelList:
    bar = QToolBar("Tools", window)
    models = ModelList(registry)
    bar.addWidget(models)
    window.addToolBar(bar)
    window.show()
    return models


@pytest.fixture
def popup(models) -> Callable[[], ModelPopup]:
    def opened() -> ModelPopup:
        models.showPopup()
        assert models._popup is not None
        return models._popup

    yield opened
    models.hidePopup()


def rows(model) -> list[str]:
    return [model.index(row, 0).data() for row in range(model.rowCount())]


def test_what_can_be_used_comes_first_and_the_rest_says_what_it_costs(models):
    models.show_states(STATES)
    titles = rows(models.items)
    assert titles[:4] == ["Automatic", "Model-3", NOT_READY, "Tesseract"]
    assert titles[-2:] == [NOT_OFFERED, "Deepseek"]
    missing = models.items.item(models.items.row_of("model-7"))
    assert missing.data(CostRole) == "4.0 GB · MIT"
    assert missing.data(CatchRole) == "Not for use on Sundays."
    assert missing.data(StateRole) == "Its weights are not on this machine. Type: hf download it"
    for words in ("4.0 GB", "Sundays", "hf download"):
        assert words in missing.data(Qt.ItemDataRole.AccessibleTextRole)
    ready = models.items.item(models.items.row_of("model-3"))
    assert ready.data(CostRole) == ""
    refused = models.items.item(models.items.row_of("deepseek"))
    assert refused.data(StateRole) == "Its code cannot be run here."
    assert not refused.isEnabled()


def test_before_the_states_are_known_only_what_comes_with_the_program_can_be_chosen(models):
    assert list(models.items.ready_names()) == ["automatic", "tesseract"]
    assert models.items.item(models.items.row_of("model-3")).data(ReadyRole) is False


def test_the_chosen_model_stays_chosen_when_the_rows_are_sorted_anew(models):
    models.choose("model-3")
    assert models.currentText() == "Model-3"
    models.show_states(STATES)
    assert (models.chosen, models.currentText()) == ("model-3", "Model-3")
    models.choose("nobody")
    assert models.chosen == "model-3"


def test_the_arrow_keys_on_the_box_pass_over_what_cannot_be_used(models, qtbot):
    models.show_states(STATES)
    models.choose("automatic")
    with qtbot.waitSignal(models.model_chosen) as chosen:
        QTest.keyClick(models, Qt.Key.Key_Down)
    assert chosen.args == ["model-3"]
    QTest.keyClick(models, Qt.Key.Key_Down)
    assert models.chosen == "model-3"


def test_the_list_lies_within_a_small_window(models, window, popup):
    models.show_states(STATES)
    opened = popup()
    room = window.geometry()
    assert opened.width() < room.width() // 2
    assert opened.geometry().bottom() <= room.bottom()
    assert opened.geometry().right() <= room.right()
    assert opened.view.verticalScrollBar().maximum() > 0
    for row in range(opened.found.rowCount()):
        hint = opened.view.sizeHintForIndex(opened.found.index(row, 0))
        assert hint.width() <= opened.view.viewport().width()


def test_the_closed_box_is_narrow_whatever_the_titles(models, registry):
    long_title = _entry("model-with-a-very-long-name-that-nobody-can-remember-0.9b", _model("x"))
    models.show_registry(Registry([*registry, long_title]))
    models.choose(long_title.card.name)
    assert models.sizeHint().width() <= 208 or models.maximumWidth() <= 208
    assert not models.grab().isNull()


def test_words_that_are_typed_find_models(models, popup):
    models.show_states(STATES)
    opened = popup()
    QTest.keyClicks(opened.field, "TAMIL model-12")
    assert rows(opened.found) == [NOT_READY, "Model-12"]
    assert opened.current == "model-12"
    QTest.keyClicks(opened.field, " nonsense")
    assert opened.found.rowCount() == 0
    assert opened.nothing.isVisible()
    opened.field.clear()
    assert opened.found.rowCount() == models.items.rowCount()


def test_the_keyboard_goes_through_the_list_and_chooses(models, popup, qtbot):
    models.show_states(STATES)
    models.choose("automatic")
    opened = popup()
    assert opened.current == "automatic"
    QTest.keyClick(opened.field, Qt.Key.Key_Down)
    assert opened.current == "model-3"
    with qtbot.waitSignal(models.model_chosen) as chosen:
        QTest.keyClick(opened.field, Qt.Key.Key_Return)
    assert chosen.args == ["model-3"]
    assert not opened.isVisible()


def test_what_is_not_ready_can_be_looked_at_and_not_chosen(models, popup, qtbot):
    models.show_states(STATES)
    models.choose("model-3")
    opened = popup()
    QTest.keyClick(opened.field, Qt.Key.Key_Down)
    assert opened.current == "tesseract", "the heading is passed over"
    with qtbot.assertNotEmitted(models.model_chosen):
        QTest.keyClick(opened.field, Qt.Key.Key_Return)
    assert opened.isVisible()
    assert models.chosen == "model-3"


def test_a_click_chooses(models, popup, qtbot):
    models.show_states(STATES)
    opened = popup()
    place = opened.found.row_of("model-3")
    opened.view.scrollTo(place)
    with qtbot.waitSignal(models.model_chosen) as chosen:
        QTest.mouseClick(
            opened.view.viewport(),
            Qt.MouseButton.LeftButton,
            pos=opened.view.visualRect(place).center(),
        )
    assert chosen.args == ["model-3"]


def test_escape_closes_and_chooses_nothing(models, popup, qtbot):
    opened = popup()
    with qtbot.assertNotEmitted(models.model_chosen), qtbot.waitSignal(opened.closed):
        QTest.keyClick(opened, Qt.Key.Key_Escape)
    assert not opened.isVisible()


def test_states_that_become_known_do_not_move_the_mark(models, popup):
    opened = popup()
    QTest.keyClick(opened.field, Qt.Key.Key_Down)
    assert opened.current == "tesseract"
    models.show_states(STATES)
    assert opened.current == "tesseract"


def test_the_last_thing_in_the_list_adds_a_folder(models, popup, qtbot):
    opened = popup()
    with qtbot.waitSignal(models.folder_wanted):
        QTest.mouseClick(opened.add_button, Qt.MouseButton.LeftButton)
    assert not opened.isVisible()


def test_turning_the_wheel_over_the_box_chooses_nothing(models, qtbot):
    models.choose("automatic")
    event = QWheelEvent(
        QPointF(5, 5),
        QPointF(5, 5),
        QPoint(0, 0),
        QPoint(0, -120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,  # noqa: FBT003
    )
    QApplication.sendEvent(models, event)
    assert models.chosen == "automatic"
    assert models.currentIndex() == 0


def test_every_row_is_drawn(models, popup):
    models.show_states(STATES)
    opened = popup()
    view: QListView = opened.view
    for row in (0, view.model().rowCount() - 1):
        view.scrollTo(view.model().index(row, 0))
        assert not view.grab().isNull()
    heading = opened.found.index(2, 0)
    assert heading.data(NameRole) is None
    assert view.visualRect(heading).height() < view.visualRect(opened.found.index(0, 0)).height()


MODES = (
    ReadingMode("layout", "Layout and text", "blocks"),
    ReadingMode("text", "Plain text", "text"),
    ReadingMode("boxed", "Text inside a box", "text", needs_box=True),
)


def test_modes_that_need_no_box_are_offered(qtbot):
    box = ModeBox()
    qtbot.addWidget(box)
    box.show_modes(MODES, chosen="text")
    assert [box.itemText(row) for row in range(box.count())] == ["Layout and text", "Plain text"]
    assert box.currentData() == "text"
    assert "without places" in box.toolTip()
    with qtbot.waitSignal(box.mode_chosen) as chosen:
        QTest.keyClick(box, Qt.Key.Key_Up)
    assert chosen.args == ["layout"]
    box.show_modes(MODES, chosen="a mode of another version")
    assert box.currentData() == "layout"
    assert box.has_choice
    box.show_modes(MODES[1:], chosen="")
    assert not box.has_choice
