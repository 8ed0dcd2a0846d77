"""The list of models that opens below its box: searched by typing, gone through with the keys."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListView,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from textlift.ui.document_model import Index
from textlift.ui.found_models import FoundModels
from textlift.ui.model_delegate import ModelDelegate
from textlift.ui.model_items import ModelItems, NameRole, RowRole
from textlift.ui.model_row import RowAction
from textlift.ui.theme import SPACE

_WIDTH = 560
_AROUND = 26
"""Margins, borders and scroll bar beside the rows."""
_LEAST_HEIGHT, _MOST_HEIGHT = 220, 580
_MOVES = (
    Qt.Key.Key_Up,
    Qt.Key.Key_Down,
    Qt.Key.Key_PageUp,
    Qt.Key.Key_PageDown,
)
_STYLE = """
    QFrame#models { background: palette(base); border: 1px solid palette(mid); }
    QListView { border: none; background: palette(base); outline: none; }
    QLabel { color: palette(placeholder-text); padding: 8px; }
    QPushButton {
        background: transparent; border: 1px solid transparent; border-radius: 4px;
        text-align: left; padding: 6px 8px;
    }
    QPushButton:hover { background: palette(window); }
    QPushButton:focus { border-color: palette(highlight); }
"""


class ModelPopup(QFrame):
    """A field to search in, the models, and the way to one's own.

    Signals:
        chosen: The name of a model that can be used.
        action_wanted: The name of another one, and the ``RowAction`` to do with it.
        folder_wanted: The user wants to add a folder with a model.
        manager_wanted: The user wants to see all about the models: the name of the marked one.
        closed: It is gone.
    """

    chosen = Signal(str)
    action_wanted = Signal(str, object)
    folder_wanted = Signal()
    manager_wanted = Signal(str)
    closed = Signal()

    def __init__(self, items: ModelItems, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("models")
        # A press on the box closes the list; handed on, it would open it again.
        self.setAttribute(Qt.WidgetAttribute.WA_NoMouseReplay)
        self.field = QLineEdit()
        self.field.setPlaceholderText("Search models")
        self.field.setAccessibleName("Search models")
        self.field.setClearButtonEnabled(True)
        self.found = FoundModels(items, self)
        self.view = QListView()
        self.view.setAccessibleName("Models")
        self.view.setModel(self.found)
        delegate = ModelDelegate(_WIDTH - _AROUND, self.view)
        self.view.setItemDelegate(delegate)
        self.view.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.view.setMouseTracking(True)
        self.view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.nothing = QLabel("No model has all of these words.")
        self.add_button = QPushButton("Add a model folder…")
        self.add_button.setToolTip("Add a folder on this computer that holds a model")
        self.add_button.setAutoDefault(False)
        self.manager_button = QPushButton("All about the models…")
        self.manager_button.setToolTip(
            "See, get, verify and remove models in a window of their own"
        )
        self.manager_button.setAutoDefault(False)
        buttons = QHBoxLayout()
        buttons.addWidget(self.manager_button)
        buttons.addWidget(self.add_button)
        buttons.addStretch()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE // 2, SPACE // 2, SPACE // 2, SPACE // 2)
        layout.setSpacing(SPACE // 2)
        layout.addWidget(self.field)
        layout.addWidget(self.view, 1)
        layout.addWidget(self.nothing)
        layout.addLayout(buttons)
        self.setStyleSheet(_STYLE)
        self.setFixedWidth(_WIDTH)
        self.field.textChanged.connect(self._on_search)
        self.field.installEventFilter(self)
        delegate.clicked.connect(self._on_clicked)
        delegate.action_wanted.connect(self._do)
        self.view.entered.connect(self.view.setCurrentIndex)
        self.add_button.clicked.connect(self._on_add)
        self.manager_button.clicked.connect(self._on_manager)
        self._on_search("")

    def open_below(self, box: QWidget, *, current: str) -> None:
        """Opens below its box, within the window where there is room for it.

        Args:
            box: The widget it belongs to.
            current: Name of the model to begin at.
        """
        self.field.clear()
        self.setGeometry(self._place(box))
        self.show()
        self.field.setFocus(Qt.FocusReason.PopupFocusReason)
        self.go_to(current)

    def go_to(self, name: str) -> None:
        """Marks a model and brings it into view."""
        place = self.found.row_of(name)
        if place.isValid():
            self.view.setCurrentIndex(place)
            self.view.scrollTo(place, QAbstractItemView.ScrollHint.PositionAtCenter)

    @property
    def current(self) -> str:
        """Name of the marked model."""
        return self.view.currentIndex().data(NameRole) or ""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.field and isinstance(event, QKeyEvent):
            if event.type() == QEvent.Type.KeyPress and event.key() in _MOVES:
                QApplication.sendEvent(self.view, event)
                return True
            if event.type() == QEvent.Type.KeyPress and self._on_key(event.key()):
                return True
        return super().eventFilter(watched, event)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.closed.emit()

    def _place(self, box: QWidget) -> QRect:
        window = box.window()
        room = QRect(window.mapToGlobal(QPoint(0, 0)), window.size())
        below = box.mapToGlobal(QPoint(0, box.height()))
        around = self.sizeHint().height() - self.view.sizeHint().height()
        wanted = min(around + self._list_height(), _MOST_HEIGHT)
        height = min(wanted, room.bottom() - below.y() - SPACE)
        height = max(height, min(wanted, _LEAST_HEIGHT))
        screen = box.screen().availableGeometry()
        left = min(below.x(), max(room.right(), room.left() + _WIDTH) - _WIDTH)
        left = max(min(left, screen.right() - _WIDTH), screen.left())
        top = max(min(below.y(), screen.bottom() - height), screen.top())
        return QRect(left, top, _WIDTH, height)

    def _list_height(self) -> int:
        return 2 + sum(self.view.sizeHintForRow(row) for row in range(self.found.rowCount()))

    def _on_search(self, text: str) -> None:
        marked = self.current
        self.found.search(text)
        self.nothing.setVisible(self.found.rowCount() == 0)
        self.view.setVisible(self.found.rowCount() > 0)
        if self.found.row_of(marked).isValid():
            self.go_to(marked)
        elif self.found.rowCount():
            heading = not self.found.index(0, 0).data(NameRole)
            self.view.setCurrentIndex(self.found.index(1 if heading else 0, 0))

    def _on_clicked(self, index: Index) -> None:
        row = index.data(RowRole) if index.isValid() else None
        if row is not None and row.ready:
            self.hide()
            self.chosen.emit(row.name)
        elif row is not None and row.actions:
            # A click beside the buttons says what is wanted in the end, however far it is.
            self._do(row.name, RowAction.GET)

    def _on_key(self, key: int) -> bool:
        """The keyboard's way to the buttons of the marked row; False where it is no key of it."""
        index = self.view.currentIndex()
        row = index.data(RowRole) if index.isValid() else None
        if key in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            if row is not None and row.getting is not None and row.actions:
                self._do(row.name, row.actions[0])
            else:
                self._on_clicked(index)
            return True
        at_end = self.field.cursorPosition() == len(self.field.text())
        if key == Qt.Key.Key_Delete and at_end and not self.field.hasSelectedText():
            if row is not None and RowAction.CANCEL in row.actions:
                self._do(row.name, RowAction.CANCEL)
            return True
        return False

    def _do(self, name: str, action: RowAction) -> None:
        if action is RowAction.GET:
            self.hide()
        self.action_wanted.emit(name, action)

    def _on_add(self) -> None:
        self.hide()
        self.folder_wanted.emit()

    def _on_manager(self) -> None:
        self.hide()
        self.manager_wanted.emit(self.current)
