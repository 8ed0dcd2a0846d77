from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QListView,
    QMainWindow,
    QStyleOptionViewItem,
    QToolBar,
)

from textlift.engines.contract import Availability, EngineCard, ReadingMode
from textlift.engines.registry import EngineEntry, Registry
from textlift.models.catalogue import ModelEntry
from textlift.models.fit import Answer, Fit, Way
from textlift.models.memory_need import MemoryNeed
from textlift.settings import Saving
from textlift.ui.mode_box import ModeBox
from textlift.ui.model_items import NameRole, RowRole
from textlift.ui.model_list import ModelList
from textlift.ui.model_popup import ModelPopup
from textlift.ui.model_row import Getting, GettingPhase, ModelRow, RowAction, Section

# The offscreen platform has no windows to raise and no keyboard to grab for a list that drops.
pytestmark = pytest.mark.qt_log_ignore("^This plugin does not support", extend=True)

READY = Availability(ready=True, sentence="On disk, 4.0 GB.")
TO_GET = Availability(
    ready=False,
    sentence="Its weights are not on this machine.",
    remedy="Type: textlift models get it",
    can_be_got=True,
)
MISSING = Availability(ready=False, sentence="It is not installed.", remedy="Type: apt install it")
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
    **{f"model-{number}": TO_GET for number in range(CATALOGUE_MODELS)},
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


def shown(models: ModelList, name: str) -> ModelRow:
    return models.items.item(models.items.row_of(name)).data(RowRole)


def test_what_can_be_used_comes_first_and_the_rest_says_what_it_costs(models):
    models.show_states(STATES)
    titles = rows(models.items)
    assert titles[:4] == ["Automatic", "Model-3", Section.TO_GET.value, "Model-0"]
    assert titles[-3:] == [Section.NOT_USABLE.value, "Tesseract", "Deepseek"]
    item = models.items.item(models.items.row_of("model-7"))
    to_get = shown(models, "model-7")
    assert (to_get.cost, to_get.catch) == ("4.0 GB · MIT", "Not for use on Sundays.")
    assert to_get.actions == (RowAction.GET,)
    spoken = item.data(Qt.ItemDataRole.AccessibleTextRole)
    for words in ("4.0 GB", "Sundays", "Enter: Get and read."):
        assert words in spoken
    assert "textlift models get" not in spoken, "a click does it"
    ready = shown(models, "model-3")
    assert (ready.state, ready.cost, ready.actions) == ("On disk, 4.0 GB.", "", ())
    missing = shown(models, "tesseract")
    assert missing.state == "It is not installed. Type: apt install it"
    assert missing.actions == ()
    refused = shown(models, "deepseek")
    assert refused.state == "Its code cannot be run here."
    assert not models.items.item(models.items.row_of("deepseek")).isEnabled()


NEED = MemoryNeed(weights=6 * 10**9, cache=10**9, activations=10**9, overhead=5 * 10**8)


def fit(answer: Answer, sentence: str, **more: object) -> Fit:
    return Fit(
        answer=answer, need=NEED, free=6_900_000_000, device="cuda:0", sentence=sentence, **more
    )


def test_what_fits_comes_before_what_does_not_and_the_nearest_that_does_is_named(models):
    no = "Does not fit: needs 8.5 GB, 6.9 GB are free on the GPU. Model-5 would fit."
    way = Way(Saving(weights="int8"), NEED, "8-bit weights: a little less exact")
    fits = {
        "model-0": fit(Answer.DOES_NOT_FIT, no, instead="model-5"),
        "model-1": fit(Answer.FITS_WITH, "Needs 8.5 GB.", ways=(way,)),
        "model-2": fit(Answer.FITS, "Fits: needs 3.0 GB, 6.9 GB are free on the GPU."),
        "model-3": fit(Answer.DOES_NOT_FIT, no),
        "model-4": fit(Answer.UNKNOWN, "Nobody knows."),
        "model-5": fit(Answer.FITS, "Fits with 4-bit weights.", saving=Saving(weights="int4")),
    }
    models.show_states(STATES, fits)
    titles = rows(models.items)
    assert titles[:2] == ["Automatic", "Model-3"], "on disk, it can be tried all the same"
    at = {title: place for place, title in enumerate(titles)}
    assert at["Model-2"] < at["Model-21"] < at["Model-1"] < at["Model-0"] < at["Tesseract"]
    assert shown(models, "model-0").fit == (
        "Does not fit: needs 8.5 GB, 6.9 GB are free. Model-5 would fit"
    )
    assert shown(models, "model-1").fit == (
        "Fits with 8-bit weights: needs 8.5 GB, 6.9 GB are free"
    )
    assert shown(models, "model-2").fit == "Fits: needs 8.5 GB, 6.9 GB are free"
    assert shown(models, "model-5").fit == (
        "Fits with 4-bit weights: needs 8.5 GB, 6.9 GB are free"
    )
    assert shown(models, "model-4").fit == ""
    assert no in models.items.item(models.items.row_of("model-0")).toolTip()


def test_before_the_states_are_known_only_what_comes_with_the_program_can_be_chosen(models):
    assert list(models.items.ready_names()) == ["automatic", "tesseract"]
    assert not shown(models, "model-3").ready
    assert shown(models, "model-3").actions == ()


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
    assert rows(opened.found) == [Section.TO_GET.value, "Model-12"]
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
    QTest.keyClicks(opened.field, "tesseract")
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


def click(view: QListView, place: QPoint) -> None:
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)


def button(opened: ModelPopup, name: str, action: RowAction) -> QPoint:
    """The middle of a button in the row of a model, once that is in view."""
    index = opened.found.row_of(name)
    opened.view.scrollTo(index, QListView.ScrollHint.PositionAtCenter)
    option = QStyleOptionViewItem()
    opened.view.initViewItemOption(option)
    option.rect = opened.view.visualRect(index)
    delegate = opened.view.itemDelegate()
    for x in range(option.rect.left(), option.rect.right(), 4):
        for y in range(option.rect.top(), option.rect.bottom(), 4):
            if delegate.action_at(QPoint(x, y), option, index) is action:
                return QPoint(x + 8, y + 8)
    raise AssertionError(f"no button {action} in the row of {name}")


def test_one_click_on_a_row_that_is_not_here_wants_it_to_be_got_and_read(models, popup, qtbot):
    models.show_states(STATES)
    opened = popup()
    index = opened.found.row_of("model-0")
    opened.view.scrollTo(index)
    with qtbot.waitSignal(models.action_wanted) as wanted:
        click(opened.view, opened.view.visualRect(index).topLeft() + QPoint(30, 12))
    assert wanted.args == ["model-0", RowAction.GET]
    assert not opened.isVisible()
    assert models.chosen == "automatic", "until it is here the other one reads"
    opened = popup()
    with qtbot.waitSignal(models.action_wanted) as wanted:
        click(opened.view, button(opened, "model-4", RowAction.GET))
    assert wanted.args == ["model-4", RowAction.GET]


def test_enter_gets_what_is_not_here(models, popup, qtbot):
    models.show_states(STATES)
    opened = popup()
    QTest.keyClicks(opened.field, "model-12")
    with qtbot.waitSignal(models.action_wanted) as wanted:
        QTest.keyClick(opened.field, Qt.Key.Key_Return)
    assert wanted.args == ["model-12", RowAction.GET]


GETTING = Getting(GettingPhase.RUNNING, share=0.42, words="42 %, 31 MB/s, about 2 min left")


@pytest.mark.parametrize(
    ("getting", "actions"),
    [
        (GETTING, (RowAction.PAUSE, RowAction.CANCEL)),
        (Getting(GettingPhase.WAITING, words="Waits"), (RowAction.PAUSE, RowAction.CANCEL)),
        (Getting(GettingPhase.PAUSED, share=0.5), (RowAction.GO_ON, RowAction.CANCEL)),
        (Getting(GettingPhase.FAILED, words="No."), (RowAction.TRY_AGAIN, RowAction.CANCEL)),
        (Getting(GettingPhase.REMOVING, words="Being removed…"), ()),
    ],
)
def test_a_model_on_its_way_has_its_buttons(models, popup, qtbot, getting, actions):
    models.show_states(STATES)
    models.show_gettings({"model-1": getting})
    opened = popup()
    assert shown(models, "model-1").actions == actions
    for action in actions:
        with qtbot.waitSignal(models.action_wanted) as wanted:
            click(opened.view, button(opened, "model-1", action))
        assert wanted.args == ["model-1", action]
        assert opened.isVisible(), "one goes on looking"
    QTest.keyClicks(opened.field, "model-1")
    opened.go_to("model-1")
    keys = (Qt.Key.Key_Return, Qt.Key.Key_Delete)
    if not actions:
        with qtbot.assertNotEmitted(models.action_wanted):
            for key in keys:
                QTest.keyClick(opened.field, key)
        assert not opened.view.grab().isNull()
    for key, action in zip(keys, actions, strict=False):
        with qtbot.waitSignal(models.action_wanted) as wanted:
            QTest.keyClick(opened.field, key)
        assert wanted.args == ["model-1", action]
    assert opened.field.text() == "model-1"


def test_news_of_a_download_moves_no_row(models, popup):
    models.show_states(STATES)
    opened = popup()
    before = rows(models.items)
    opened.go_to("model-9")
    for share in (0.1, 0.2, 1.0):
        models.show_gettings({"model-1": Getting(GettingPhase.RUNNING, share, f"{share:.0%}")})
        assert shown(models, "model-1").getting.share == share
    assert rows(models.items) == before
    assert opened.current == "model-9"
    assert not opened.view.grab().isNull()
    models.show_gettings({})
    assert shown(models, "model-1").actions == (RowAction.GET,)


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
