"""What the tabs of the settings are made of."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QFormLayout,
    QLabel,
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
        if isinstance(field, QLayout):
            # Qt does this by itself for single widgets only.
            words, first = form.labelForField(field), _first_widget(field)
            if isinstance(words, QLabel) and first is not None:
                words.setBuddy(first)


def _first_widget(layout: QLayout) -> QWidget | None:
    """The first one in a layout and those in it."""
    item = layout.itemAt(0)
    if item is None:
        return None
    inner = item.layout()
    return _first_widget(inner) if inner is not None else item.widget()


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
