"""A part of the page shown: drawn or picked, and read by a model of choice."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, QPointF, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from textlift.content.geometry import Box, union_box
from textlift.content.reading import PageReading, block_lines
from textlift.ui.line_index import line_box
from textlift.ui.model_menu import ModelMenu, modes_for_parts, offers_of
from textlift.ui.part_tool import PartTool

if TYPE_CHECKING:
    from textlift.ui.main_window import MainWindow
    from textlift.ui.model_commands import ModelCommands

_HEADING = "Read this part with"


class PartCommands(QObject):
    """The tool that draws a part, the menu of models for it, and the page's context menu.

    Signals:
        opinion_wanted: ``PageKey``, the name of a model, that of the way it is to read (empty:
            the usual one), and the part, a ``Box`` in pixels of the page.

    Attributes:
        tool: Draws.
        menu: The models, for what was drawn.
        block_menu: Likewise, for the block that the context menu is about.
        page_menu: The page's context menu.
        more: Gives what else can be done at a point of the page, for its context menu.
    """

    opinion_wanted = Signal(object, str, str, object)

    def __init__(self, window: MainWindow, models: ModelCommands) -> None:
        super().__init__(window)
        self.window_ = window
        self._models = models
        self._part: Box | None = None
        self.tool = PartTool(window.page_view)
        self.menu = ModelMenu(window)
        self.block_menu = ModelMenu(window)
        self.block_menu.setTitle("Read this &block with")
        self.page_menu = QMenu(window)
        self.more: list[Callable[[QPointF], list[QAction]]] = []
        self.page_menu.aboutToShow.connect(window.actions_.dress)
        for menu in (self.menu, self.page_menu):
            menu.aboutToHide.connect(lambda: self.tool.show_part(None))
        for menu in (self.menu, self.block_menu):
            menu.chosen.connect(self._on_chosen)
        self.tool.drawn.connect(self._on_drawn)
        self.tool.ended.connect(self._on_ended)
        window.actions_["mark-part"].toggled.connect(self._on_toggled)
        window.page_view.menu_wanted.connect(self.show_page_menu)
        window.tree.page_chosen.connect(self.tool.leave)

    # Drawing

    def _on_toggled(self, on: bool) -> None:
        if not on:
            self.tool.leave()
            return
        self.tool.begin()
        if self.tool.active:
            self.window_.status.say(
                "Draw a box around what is to be read: with the mouse, or with the arrow keys "
                "and Enter. Escape leaves."
            )
        else:
            self._on_ended()

    def _on_ended(self) -> None:
        self.window_.actions_["mark-part"].setChecked(False)

    def _on_drawn(self, part: Box) -> None:
        self._on_ended()
        self._part = part
        self._fill(self.menu, heading=_HEADING)
        self.menu.popup(self.tool.corner())

    # The context menu

    def show_page_menu(self, place: QPoint, point: QPointF) -> None:
        """Shows what can be done with the page, and with the block at a point of it.

        Args:
            place: On the screen.
            point: In pixels of the page.
        """
        self.tool.leave()
        actions, menu = self.window_.actions_, self.page_menu
        menu.clear()
        self._part = self._block_at(point)
        if self._part is not None:
            # To be seen: it is not always what was pointed at.
            self.tool.show_part(self._part)
            self._fill(self.block_menu)
            menu.addMenu(self.block_menu)
        for more in self.more:
            menu.addActions(more(point))
        menu.addAction(actions["mark-part"])
        menu.addSeparator()
        menu.addAction(actions["read-page"])
        menu.addMenu(self.window_.read_with_menu)
        menu.addSeparator()
        menu.addAction(actions["copy-page"])
        menu.popup(place)

    def _block_at(self, point: QPointF) -> Box | None:
        record = self.window_.current.record
        reading = record.reading if record is not None else None
        if reading is None:
            return None
        line = self.window_.page_view.line_at(point)
        if line is not None:
            return block_of_line(reading, line)
        boxes = [block.box for block in reading.blocks if block.box is not None]
        around = [box for box in boxes if box.contains(point.x(), point.y())]
        return min(around, key=lambda box: box.area, default=None)

    # Reading

    def _fill(self, menu: ModelMenu, *, heading: str = "") -> None:
        registry = self._models.registry
        offers = offers_of(self.window_.models.items.model_rows())
        menu.show_offers(
            [
                offer.with_modes(modes_for_parts(registry.entry(offer.name).card.modes))
                for offer in offers
                if offer.name in registry
            ],
            heading=heading,
        )

    def _on_chosen(self, name: str, mode: str) -> None:
        key, part = self.window_.current.key, self._part
        if key is None or part is None:
            return
        self._models.gate.let_through(
            name, lambda: self.opinion_wanted.emit(key, name, mode, part), anyway="Read anyway"
        )


def block_of_line(reading: PageReading, line: int) -> Box | None:
    """The place of the block that a line is in; None when nobody knows it.

    Args:
        reading: Of the page.
        line: Index into ``PageReading.lines``.
    """
    for block in reading.blocks:
        lines = block_lines(block)
        if line < len(lines):
            boxes = [box for one in lines if (box := line_box(one)) is not None]
            return block.box or (union_box(boxes) if boxes else None)
        line -= len(lines)
    return None
