"""What the actions about warnings do, and when they can."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPointF
from PySide6.QtGui import QAction

if TYPE_CHECKING:
    from textlift.ui.main_window import MainWindow


class CheckingCommands(QObject):
    """Goes to what is to be checked and ticks it off, by menu, key and context menu."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.window_ = window
        actions, checking = window.actions_, window.checking
        actions["next-warning"].triggered.connect(lambda: checking.go(1))
        actions["previous-warning"].triggered.connect(lambda: checking.go(-1))
        actions["tick-warning"].triggered.connect(checking.toggle)
        actions["tick-page"].triggered.connect(checking.toggle_all)
        checking.changed.connect(self.refresh)

    def refresh(self) -> None:
        """Enables what can be done about the warnings of the page shown, and names it."""
        actions, checking = self.window_.actions_, self.window_.checking
        here = checking.any_here
        one, every = actions["tick-warning"], actions["tick-page"]
        one.setEnabled(here and checking.index is not None)
        one.setText("Check &again" if one.isEnabled() and checking.is_ticked else "&Looks right")
        every.setEnabled(here)
        every.setText(
            "&Everything on this page looks right"
            if checking.open_here or not here
            else "Ch&eck everything on this page again"
        )

    def at(self, point: QPointF) -> list[QAction]:
        """What the page's context menu offers about the warning there, which is made to stand out.

        Args:
            point: In pixels of the page.
        """
        index = self.window_.page_view.warning_at(point)
        if index is None:
            return []
        self.window_.checking.select(index)
        return [self.window_.actions_["tick-warning"], self.window_.actions_["tick-page"]]
