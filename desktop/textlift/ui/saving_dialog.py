"""One choice for a model that fits only with a saving: which of them."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialog,
    QDialogButtonBox,
    QLabel,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from textlift.models.fit import Fit
from textlift.models.on_disk import shown_size
from textlift.settings import Saving
from textlift.ui.theme import SPACE, set_tone

_WIDTH = 460


class SavingDialog(QDialog):
    """The ways to make a model fit, that with the least loss chosen.

    Accepted: it is to be used so. Rejected: not at all; ``other_wanted`` says whether another
    model is to be chosen.

    Attributes:
        choices: A button for each way, in the order of ``Fit.ways``.
        use_button: Accepts.
        other_button: Leads to the list of models.
        other_wanted: It was pressed.
    """

    def __init__(self, title: str, fit: Fit, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        assert fit.ways
        self.setWindowTitle("Make it fit")
        self.setMinimumWidth(_WIDTH)
        self._ways = fit.ways
        self.other_wanted = False
        said = QLabel(
            f"{title} needs {shown_size(fit.need.total)} of memory to read a page, and "
            f"{shown_size(fit.free)} are free. It fits with one of these:"
        )
        said.setTextFormat(Qt.TextFormat.PlainText)
        said.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * SPACE, 2 * SPACE, 2 * SPACE, 2 * SPACE)
        layout.setSpacing(SPACE)
        layout.addWidget(said)
        group = QButtonGroup(self)
        self.choices: list[QRadioButton] = []
        for way in fit.ways:
            words = f"{way.title[:1].upper()}{way.title[1:]}"
            choice = QRadioButton(f"{words} ({shown_size(way.need.total)})")
            group.addButton(choice)
            layout.addWidget(choice)
            self.choices.append(choice)
        self.choices[0].setChecked(True)
        more = QLabel("It is used so from now on. Settings, Large models, takes it back.")
        more.setWordWrap(True)
        set_tone(more, "muted")
        layout.addWidget(more)
        layout.addSpacing(SPACE)
        buttons = QDialogButtonBox()
        self.use_button = QPushButton("&Use it so")
        self.other_button = QPushButton("&Choose another model")
        buttons.addButton(self.use_button, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.addButton(self.other_button, QDialogButtonBox.ButtonRole.RejectRole)
        self.use_button.setDefault(True)
        buttons.accepted.connect(self.accept)
        self.other_button.clicked.connect(self._on_other)
        layout.addWidget(buttons)
        self.choices[0].setFocus()

    @property
    def saving(self) -> Saving:
        """What the chosen way sets."""
        chosen = next(place for place, one in enumerate(self.choices) if one.isChecked())
        return self._ways[chosen].saving

    def _on_other(self) -> None:
        self.other_wanted = True
        self.reject()
