"""The two bars over a second opinion: which one is shown, and its differences."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from textlift.ui.elided_label import ElidedLabel
from textlift.ui.listed_opinion import ListedOpinion
from textlift.ui.literal_text import literal
from textlift.ui.model_menu import ModelMenu
from textlift.ui.theme import SPACE, icon


class OpinionBar(QFrame):
    """Which second opinion is shown; asks another model; removes one.

    Signals:
        picked: Place of the opinion to show.
        removed: The one shown is to be removed, or stopped while it is being read.
    """

    picked = Signal(int)
    removed = Signal()

    def __init__(self, menu: ModelMenu, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("pageBar")
        self.choice = QComboBox()
        self.choice.setAccessibleName("Second opinion that is shown")
        self.choice.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.choice.setMinimumContentsLength(8)
        self.choice.setMaximumWidth(280)
        self.choice.activated.connect(self.picked)
        self.ask = QPushButton("Ask another")
        self.ask.setToolTip("Have another model read this page, beside its text")
        self.ask.setAccessibleName("Ask another model")
        self.ask.setMenu(menu)
        self.remove = QToolButton()
        self.offer_stop(False)
        self.remove.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.remove.setIconSize(QSize(16, 16))
        self.remove.clicked.connect(self.removed)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(SPACE, SPACE // 2, SPACE, SPACE // 2)
        layout.setSpacing(SPACE // 2)
        layout.addWidget(self.choice, 1)
        layout.addWidget(self.ask)
        layout.addStretch()
        layout.addWidget(self.remove)
        self._dress()

    def show_opinions(self, opinions: Sequence[ListedOpinion], shown: int) -> None:
        """Lists the opinions of a page and says which is shown."""
        self.choice.clear()
        for place, one in enumerate(opinions):
            self.choice.addItem(one.label)
            self.choice.setItemData(place, literal(one.tip), Qt.ItemDataRole.ToolTipRole)
        self.choice.setCurrentIndex(shown)
        tip = opinions[shown].tip if 0 <= shown < len(opinions) else ""
        self.choice.setToolTip(literal(tip))

    def offer_stop(self, stops: bool) -> None:
        """Says what the last button does: stop one that is being read, or remove one."""
        what = "Stop this second opinion" if stops else "Remove this second opinion"
        rest = "other pages are read on" if stops else "the page's text stays as it is"
        self.remove.setToolTip(f"{what}; {rest}")
        self.remove.setAccessibleName(what)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._dress()

    def _dress(self) -> None:
        self.remove.setIcon(icon("remove"))


class DifferenceBar(QFrame):
    """Which difference of how many is shown, and the way to the others.

    Signals:
        stepped: To the previous (-1) or next (1) difference.
        only_differences: Whether what both texts share is hidden.
        undone: The last choice is to be taken back.
    """

    stepped = Signal(int)
    only_differences = Signal(bool)
    undone = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("pageBar")
        self.previous = _tool("Previous difference (Shift+F4)", "Previous difference")
        self.previous.clicked.connect(lambda: self.stepped.emit(-1))
        self.next = _tool("Next difference (F4)", "Next difference")
        self.next.clicked.connect(lambda: self.stepped.emit(1))
        self.count = ElidedLabel()
        self.count.setAccessibleName("Differences")
        self.only = QCheckBox("Only &differences")
        self.only.setToolTip("Hide the passages that both texts have")
        self.only.toggled.connect(self.only_differences)
        self.undo = _tool("Take the last choice back (Ctrl+Z)", "Undo the last choice")
        self.undo.setText("Undo")
        self.undo.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.undo.clicked.connect(self.undone)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(SPACE, SPACE // 2, SPACE, SPACE // 2)
        layout.setSpacing(SPACE // 2)
        layout.addWidget(self.previous)
        layout.addWidget(self.next)
        layout.addWidget(self.count, 1)
        layout.addWidget(self.only)
        layout.addSpacing(SPACE // 2)
        layout.addWidget(self.undo)
        self._dress()
        self.show_place(None, 0)

    def show_place(self, current: int | None, total: int, *, reordered: bool = False) -> None:
        """Shows which difference of how many is gone to; None: none yet."""
        if not total:
            words = "Same words, in another order" if reordered else "Both texts say the same"
        elif current is None:
            words = f"{total:,} difference" + ("s" if total > 1 else "")
        else:
            words = f"{current + 1:,} of {total:,} difference" + ("s" if total > 1 else "")
        self.count.setText(words)
        for button in (self.previous, self.next):
            button.setEnabled(total > 0)
        self.only.setEnabled(total > 0)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._dress()

    def _dress(self) -> None:
        self.previous.setIcon(icon("up"))
        self.next.setIcon(icon("down"))
        self.undo.setIcon(icon("turn-left"))


class ColumnHead(QFrame):
    """Whose texts stand in the two columns, and taking all of one.

    Signals:
        all_wanted: Of the second (True) or of the first.
    """

    all_wanted = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("pageBar")
        self.titles = (ElidedLabel(), ElidedLabel())
        self.buttons = (_tool("", ""), _tool("", ""))
        self._layout = QHBoxLayout(self)
        self._layout.setSpacing(1)
        self.setMinimumHeight(4 * SPACE)
        for second, (title, button) in enumerate(zip(self.titles, self.buttons, strict=True)):
            font = title.font()
            font.setBold(True)
            title.setFont(font)
            button.setText("Take all")
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
            button.clicked.connect(lambda *_, second=bool(second): self.all_wanted.emit(second))
            half = QWidget()
            half.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
            row = QHBoxLayout(half)
            row.setContentsMargins(SPACE, 0, SPACE // 2, 0)
            row.setSpacing(SPACE // 2)
            row.addWidget(title, 1)
            row.addWidget(button)
            self._layout.addWidget(half, 1)
        self.leave_room(0)

    def leave_room(self, right: int) -> None:
        """Keeps the columns above those of a view with a scroll bar."""
        self._layout.setContentsMargins(0, SPACE // 4, right, SPACE // 4)

    def show_titles(self, first: str, second: str, *, tips: tuple[str, str] = ("", "")) -> None:
        """Names the columns."""
        for title, button, words, tip in zip(
            self.titles, self.buttons, (first, second), tips, strict=True
        ):
            title.setText(words)
            title.setToolTip(literal(tip or words))
            button.setToolTip(literal(f"Take all from {words}"))
            button.setAccessibleName(f"Take all from {words}")

    def offer(self, *, first: bool, second: bool) -> None:
        """Offers to take all of a column where that changes something."""
        for button, offered in zip(self.buttons, (first, second), strict=True):
            button.setEnabled(offered)

    def show_buttons(self, shown: bool) -> None:
        """Shows the buttons once there is something to choose."""
        for button in self.buttons:
            button.setVisible(shown)


def _tool(tip: str, name: str) -> QToolButton:
    button = QToolButton()
    button.setToolTip(tip)
    button.setAccessibleName(name)
    button.setIconSize(QSize(16, 16))
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button
