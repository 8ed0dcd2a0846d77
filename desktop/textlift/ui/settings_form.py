"""What the tabs of the settings are made of."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QFormLayout,
    QLayout,
    QListWidget,
    QListWidgetItem,
    QToolButton,
    QWidget,
)

from textlift.ui.theme import SPACE, icon


def fill_form(tab: QWidget, *rows: tuple[str, QWidget | QLayout]) -> None:
    """Lays out labels and fields, one row for each."""
    form = QFormLayout(tab)
    form.setContentsMargins(2 * SPACE, 2 * SPACE, 2 * SPACE, 2 * SPACE)
    form.setHorizontalSpacing(2 * SPACE)
    form.setVerticalSpacing(SPACE + SPACE // 2)
    form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
    form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
    for label, field in rows:
        form.addRow(label, field)


def arrow_button(name: str, tip: str) -> QToolButton:
    """A small button with an icon."""
    button = QToolButton()
    button.setIcon(icon(name))
    button.setToolTip(tip)
    button.setAccessibleName(tip)
    return button


def list_items(widget: QListWidget) -> list[QListWidgetItem]:
    """The items from top to bottom."""
    return [widget.item(row) for row in range(widget.count())]


def is_ticked(item: QListWidgetItem) -> bool:
    """Whether the item's box is ticked."""
    return item.checkState() == Qt.CheckState.Checked
