"""Gives the text panel room for two columns, and takes it back."""

from __future__ import annotations

from PySide6.QtWidgets import QSplitter, QWidget

_TWO_COLUMNS = 620
_NARROWEST_PAGE = 320
_NARROWEST_TREE = 160


class WideText:
    """Widens a pane of a splitter at the cost of those before it, until it is told otherwise.

    What the user does to the splitter meanwhile stays. A window that was made larger or smaller
    meanwhile gets the same number of pixels back.
    """

    def __init__(self, splitter: QSplitter, pane: QWidget) -> None:
        self._splitter = splitter
        self._pane = pane
        self._is_wide = False
        self._taken: list[int] = []
        splitter.splitterMoved.connect(self._taken.clear)

    def set_wide(self, wide: bool) -> None:
        """Makes the pane wide enough for two columns, or as it was before."""
        if wide and not self._is_wide:
            self._widen()
        elif not wide and self._taken:
            self._splitter.setSizes(
                [
                    size + taken
                    for size, taken in zip(self._splitter.sizes(), self._taken, strict=True)
                ]
            )
            self._taken.clear()
        self._is_wide = wide

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
        self._splitter.setSizes(sizes)
        self._taken[:] = [
            was - now for was, now in zip(before, self._splitter.sizes(), strict=True)
        ]
