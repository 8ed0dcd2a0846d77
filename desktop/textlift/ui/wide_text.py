"""Gives the text panel room for two columns, and takes it back."""

from __future__ import annotations

from PySide6.QtWidgets import QSplitter, QWidget

_TWO_COLUMNS = 620
_NARROWEST_PAGE = 320
_NARROWEST_TREE = 160


class WideText:
    """Widens a pane of a splitter at the cost of those before it, until it is told otherwise.

    What the user does to the splitter meanwhile stays.
    """

    def __init__(self, splitter: QSplitter, pane: QWidget) -> None:
        self._splitter = splitter
        self._pane = pane
        self._before: list[int] | None = None
        self._after: list[int] | None = None

    def set_wide(self, wide: bool) -> None:
        """Makes the pane wide enough for two columns, or as it was before."""
        if wide and self._before is None:
            self._widen()
        elif not wide:
            if self._before is not None and self._splitter.sizes() == self._after:
                self._splitter.setSizes(self._before)
            self._before = self._after = None

    def _widen(self) -> None:
        sizes = self._splitter.sizes()
        text = self._splitter.indexOf(self._pane)
        lacking = _TWO_COLUMNS - sizes[text]
        if lacking <= 0 or text != 2 or not any(sizes):
            return
        before = list(sizes)
        for pane, least in ((1, _NARROWEST_PAGE), (0, _NARROWEST_TREE)):
            widget = self._splitter.widget(pane)
            assert widget is not None
            narrowest = max(least, widget.minimumSizeHint().width(), widget.minimumWidth())
            given = max(min(lacking, sizes[pane] - narrowest), 0)
            sizes[pane] -= given
            sizes[text] += given
            lacking -= given
        if sizes == before:
            return
        self._splitter.setSizes(sizes)
        self._before, self._after = before, self._splitter.sizes()
