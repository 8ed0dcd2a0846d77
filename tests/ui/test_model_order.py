"""The order in which models are asked, and those that are never asked, as a person sets them."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QWidget

from doubles.engine_script import EngineScript
from textlift.settings import Settings
from textlift.ui.model_order import ModelOrder

SETTINGS = Settings(model="alpha", fallback=("beta", "gamma"), never=("delta",))


@pytest.fixture
def order(qtbot, script: EngineScript):
    for name in ("alpha", "beta", "gamma", "delta"):
        script.engine(name)
    return made(qtbot, script, SETTINGS)


def made(qtbot, script: EngineScript, settings: Settings) -> ModelOrder:
    window = QWidget()
    qtbot.addWidget(window)
    order = ModelOrder(settings, script.registry, QObject(window))
    window.setLayout(order.field)
    order.first.setParent(window)
    order.show_all.setParent(window)
    window.resize(400, 300)
    window.show()
    order.shown_in = window  # Kept alive: the list is the window's.
    return order


def mark(order: ModelOrder, name: str) -> None:
    order.others.setCurrentItem(order.others.row_of(name))


def rows(order: ModelOrder) -> list[str]:
    return [order.others.item(row).text() for row in range(order.others.count())]


def test_those_never_asked_lie_under_the_line(order):
    assert rows(order) == [
        *("Engine beta", "Engine gamma", "Engine alpha"),
        "Never use",
        "Engine delta",
    ]
    assert (order.fallback, order.never) == (("beta", "gamma"), ("delta",))


def test_moving_down_goes_across_the_line_and_back(order):
    mark(order, "gamma")
    for _ in range(2):
        order.others.move_current(1)
    assert (order.fallback, order.never) == (("beta",), ("gamma", "delta"))
    order.others.move_current(-1)
    assert (order.fallback, order.never) == (("beta", "gamma"), ("delta",))


def test_the_button_says_what_it_does(order):
    mark(order, "beta")
    assert order.never_button.text().replace("&", "") == "Never use"
    order.never_button.click()
    assert (order.fallback, order.never) == (("gamma",), ("beta", "delta"))
    assert order.never_button.text().replace("&", "") == "Use again"
    order.never_button.click()
    assert (order.fallback, order.never) == (("gamma", "beta"), ("delta",))


def test_the_keyboard_does_all_of_it(order, qtbot):
    others = order.others
    mark(order, "beta")
    qtbot.keyClick(others, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert order.fallback == ("gamma", "beta")
    qtbot.keyClick(others, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert order.fallback == ("beta", "gamma")
    qtbot.keyClick(others, Qt.Key.Key_Space)
    assert order.fallback == ("gamma",)
    qtbot.keyClick(others, Qt.Key.Key_Delete)
    assert order.never == ("beta", "delta")
    # The line itself is passed over.
    mark(order, "alpha")
    qtbot.keyClick(others, Qt.Key.Key_Down)
    assert others.currentItem() is others.row_of("beta")


def test_a_model_is_moved_by_the_list_itself_as_a_drag_does(order):
    """A drag of Qt's own cannot be played; what it does to the rows at its end can."""
    model = order.others.model()
    parent = order.others.rootIndex()
    assert model.moveRows(parent, 1, 1, parent, 5)
    order.others.dropEvent(_Dropped())
    assert (order.fallback, order.never) == (("beta",), ("delta", "gamma"))
    assert order.others.row_of("gamma").data(Qt.ItemDataRole.CheckStateRole) is None


class _Dropped(QDropEvent):
    """A drop from nowhere, of nothing."""

    def __init__(self) -> None:
        super().__init__(
            QPoint(0, 0),
            Qt.DropAction.IgnoreAction,
            None,
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
            QEvent.Type.Drop,
        )


def test_the_line_says_how_to_use_it_while_nothing_is_under_it(qtbot, script):
    script.engine("alpha")
    script.engine("beta")
    order = made(qtbot, script, Settings(model="alpha", fallback=("beta",)))
    assert rows(order)[-1] == "Never use: drag a model below this line"


def test_the_model_asked_first_cannot_be_one_that_is_never_asked(order):
    mark(order, "alpha")
    order.never_button.click()
    assert "alpha" not in order.never
    assert "Engine alpha is the model asked first" in order.note.text()
    order.first.setCurrentIndex(order.first.findData("delta"))
    order.first.activated.emit(order.first.currentIndex())
    assert order.never == ()
    assert order.note.text() == ""


def test_each_side_is_told_to_those_who_cannot_see(order):
    spoken = order.others.row_of("delta").data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "Engine delta, never used"
    assert order.never_button.accessibleDescription()
