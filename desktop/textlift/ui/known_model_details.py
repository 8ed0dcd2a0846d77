"""All that is known of a model or an alphabet, how far it is, and what can be done."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QFormLayout,
    QFrame,
    QLabel,
    QProgressBar,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from textlift.models.on_disk import shown_size
from textlift.ui.download_words import fraction
from textlift.ui.known_model_buttons import KnownModelButtons
from textlift.ui.known_model_delegate import bar_colour
from textlift.ui.known_models import KnownModel, Shown, Standing
from textlift.ui.theme import SPACE, colours, set_tone

if TYPE_CHECKING:
    from textlift.models.fit import Fit

_STEPS = 1000
_OF_TITLE = 1.5


class KnownModelDetails(QScrollArea):
    """Its upper part follows the download; the facts below change with the model only."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._one: Shown | None = None
        self._fit: Fit | None = None
        self.title = QLabel()
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        font = self.title.font()
        font.setPointSizeF(font.pointSizeF() * _OF_TITLE)
        font.setBold(True)
        self.title.setFont(font)
        self.title.setWordWrap(True)
        self.summary = _words()
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setRange(0, _STEPS)
        self.bar.setFixedHeight(8)
        self.bar.setAccessibleName("Progress of the download")
        self.state = _words()
        self.state.setAccessibleName("State")
        self.buttons = KnownModelButtons()
        self._form = QFormLayout()
        self._form.setHorizontalSpacing(2 * SPACE)
        self._form.setVerticalSpacing(SPACE)
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self._form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self._repaint = QTimer(self)
        self._repaint.setSingleShot(True)
        self._repaint.setInterval(0)
        self._repaint.timeout.connect(self._show_in_new_colours)
        self._inner = QWidget()
        layout = QVBoxLayout(self._inner)
        layout.setContentsMargins(3 * SPACE, 2 * SPACE, 3 * SPACE, 2 * SPACE)
        layout.setSpacing(SPACE)
        layout.addWidget(self.title)
        layout.addWidget(self.summary)
        layout.addSpacing(SPACE)
        layout.addWidget(self.bar)
        layout.addWidget(self.state)
        layout.addWidget(self.buttons)
        layout.addSpacing(SPACE)
        layout.addLayout(self._form)
        layout.addStretch()
        self.setWidget(self._inner)
        beside = layout.contentsMargins().left() + layout.contentsMargins().right()
        bar = self.verticalScrollBar().sizeHint().width()
        self.setMinimumWidth(self.buttons.width_needed() + beside + bar)

    @property
    def shown(self) -> Shown | None:
        """What is shown."""
        return self._one

    def show_model(self, one: Shown | None, fit: Fit | None) -> None:
        """Shows a model or an alphabet; None leaves the pane empty."""
        before, self._one = self._one, one
        self._inner.setVisible(one is not None)
        if one is None:
            return
        if before is None or one.known != before.known:
            self.title.setText(one.known.title)
            self.summary.setText(one.known.summary)
            self.verticalScrollBar().setValue(0)
        changed = before is None or (one.known, one.use) != (before.known, before.use)
        if changed or fit != self._fit:
            self._fit = fit
            self._fill(one, fit)
        share = fraction(one.download) if one.download is not None else None
        self.bar.setVisible(share is not None)
        if share is not None:
            self.bar.setValue(round(share * _STEPS))
        self.state.setText(one.words)
        self._colour_state(one)
        self.buttons.show_for(one)
        self._make_high_enough()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._make_high_enough()

    def _make_high_enough(self) -> None:
        """For words that are wrapped at this width: Qt asks at the width they would like."""
        layout = self._inner.layout()
        height = layout.heightForWidth(self.viewport().width()) if layout is not None else 0
        self._inner.setMinimumHeight(max(height, 0))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            # Not at once: Qt goes through all widgets now, and must find none that is gone.
            self._repaint.start()

    def _show_in_new_colours(self) -> None:
        if self._one is not None:
            self._colour_state(self._one)
            self._fill(self._one, self._fit)
            self._make_high_enough()

    def _colour_state(self, one: Shown) -> None:
        good = one.standing is Standing.HERE
        set_tone(self.state, "bad" if one.problem else "good" if good else "")
        chunk = f"QProgressBar::chunk {{ background: {bar_colour(one)}; }}"
        if self.bar.styleSheet() != chunk:
            self.bar.setStyleSheet(chunk)

    def _fill(self, one: Shown, fit: Fit | None) -> None:
        while self._form.rowCount():
            self._form.removeRow(0)
        for label, text in _facts(one, fit):
            name = QLabel(label)
            name.setAlignment(Qt.AlignmentFlag.AlignTop)
            set_tone(name, "muted")
            value = _words()
            value.setTextFormat(Qt.TextFormat.RichText)
            value.setOpenExternalLinks(True)
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextBrowserInteraction)
            value.setText(text)
            value.setAccessibleName(label)
            self._form.addRow(name, value)


def _facts(one: Shown, fit: Fit | None) -> list[tuple[str, str]]:
    """What is told of a model, as labels and rich text."""
    known, model, use = one.known, one.known.model, one.use
    facts = [("Languages", escape(known.languages)), ("Size", _size(one))]
    if model is not None:
        facts += [
            ("Memory", escape(fit.sentence) if fit is not None else ""),
            ("Reads", escape(" · ".join(known.modes))),
        ]
    facts.append(("Licence", _licence(known)))
    if model is not None:
        told = [
            f"{escape(score.benchmark)}: <b>{escape(score.value)}</b> "
            f"<span style='color:{colours().muted}'>({escape(score.source)})</span>"
            for score in model.scores
        ]
        facts.append(("Published scores", "<br>".join(told)))
    if use is not None:
        facts.append(("Folder", escape(use.path)))
        if use.commit and model is not None:
            facts.append(("Revision", f"{escape(model.revision)}, commit {use.commit[:12]}"))
    elif model is not None and not model.folder:
        facts.append(("Revision", escape(model.revision)))
    if known.page:
        facts.append(("Its page", _link(known.page)))
    return [(label, text) for label, text in facts if text]


def _size(one: Shown) -> str:
    told = []
    if one.use is not None:
        told.append(f"{shown_size(one.use.size)} on disk")
    elif one.known.size:
        told.append(f"{shown_size(one.known.size)} to get")
    model = one.known.model
    if model is not None and model.parameters:
        told.append(f"{model.parameters / 1e9:.1f} billion parameters")
    return ", ".join(told)


def _licence(known: KnownModel) -> str:
    model = known.model
    told = [escape(known.licence)] if known.licence else []
    if model is not None and model.licence_note:
        told.append(f"<span style='color:{colours().warning}'>{escape(model.licence_note)}</span>")
    if model is not None and model.licence_url:
        told.append(_link(model.licence_url))
    return "<br>".join(told)


def _link(address: str) -> str:
    here = escape(address, quote=True)
    return f"<a href='{here}'>{here}</a>"


def _words() -> QLabel:
    label = QLabel()
    label.setWordWrap(True)
    label.setAlignment(Qt.AlignmentFlag.AlignTop)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label
