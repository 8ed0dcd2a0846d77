"""Colours of the window, light and dark, and icons in them."""

from __future__ import annotations

import math
from functools import cache, lru_cache
from typing import Literal

import msgspec
from PySide6.QtCore import QByteArray, QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QPainter, QPalette, QPixmap
from PySide6.QtWidgets import QApplication, QLabel

from textlift.content.page import PageState
from textlift.shipped import shipped_file

_STYLE = "Fusion"
SPACE = 8
"""The grid, in device-independent pixels: every margin and gap is a half, one or two of it."""


Tone = Literal["", "muted", "good", "warning", "bad"]
"""What words say by their colour; empty: nothing."""


class Colours(msgspec.Struct, frozen=True):
    """The named colours of one appearance, as ``#rrggbb``.

    Attributes:
        window: Behind tool bars, side panes and dialogs.
        base: Behind text and lists.
        desk: Behind the page.
        raised: Buttons and fields that stand out from the window.
        line: Borders and separators.
        text: Of everything that matters.
        muted: Of what explains.
        faint: Of what is disabled, and of empty tracks.
        accent: Selection, focus, progress.
        on_accent: Text on the accent.
        good: Done.
        warning: Done with warnings.
        bad: Failed.
        differs: Words that two readings of a page do not share.
    """

    window: str
    base: str
    desk: str
    raised: str
    line: str
    text: str
    muted: str
    faint: str
    accent: str
    on_accent: str
    good: str
    warning: str
    bad: str
    differs: str


LIGHT = Colours(
    window="#f6f6f4",
    base="#ffffff",
    desk="#e6e6e3",
    raised="#ffffff",
    line="#d9d9d5",
    text="#1f2225",
    muted="#64696e",
    faint="#a9adb0",
    accent="#1f7079",
    on_accent="#ffffff",
    good="#2e7d4f",
    warning="#9a6500",
    bad="#b3372c",
    differs="#6a46b5",
)
DARK = Colours(
    window="#202326",
    base="#191b1e",
    desk="#121416",
    raised="#2b2f33",
    line="#383d42",
    text="#e6e8ea",
    muted="#9aa1a8",
    faint="#5d646b",
    accent="#3f9aa4",
    on_accent="#ffffff",
    good="#5cb883",
    warning="#dba640",
    bad="#ee7a6d",
    differs="#b59df2",
)


@cache
def _system_is_dark() -> bool:
    """Whether the palette that the system gave at the start is dark."""
    return QGuiApplication.palette().color(QPalette.ColorRole.Window).lightness() < 128


def is_dark() -> bool:
    """Whether the system asks for a dark window."""
    scheme = QGuiApplication.styleHints().colorScheme()
    if scheme == Qt.ColorScheme.Unknown:
        return _system_is_dark()
    return scheme == Qt.ColorScheme.Dark


def colours() -> Colours:
    """The colours in force."""
    return DARK if is_dark() else LIGHT


def state_colour(state: PageState) -> str:
    """The colour of a page state's mark."""
    now = colours()
    return {
        PageState.UNREAD: now.faint,
        PageState.QUEUED: now.accent,
        PageState.DONE: now.good,
        PageState.WARNED: now.warning,
        PageState.FAILED: now.bad,
    }[state]


STATE_ICONS = {
    PageState.UNREAD: "unread",
    PageState.QUEUED: "waiting",
    PageState.DONE: "done",
    PageState.WARNED: "warned",
    PageState.FAILED: "failed",
}


def palette(of: Colours) -> QPalette:
    """Qt's palette made of the named colours."""
    result = QPalette()
    roles = {
        QPalette.ColorRole.Window: of.window,
        QPalette.ColorRole.WindowText: of.text,
        QPalette.ColorRole.Base: of.base,
        QPalette.ColorRole.AlternateBase: of.window,
        QPalette.ColorRole.Text: of.text,
        QPalette.ColorRole.PlaceholderText: of.muted,
        QPalette.ColorRole.Button: of.raised,
        QPalette.ColorRole.ButtonText: of.text,
        QPalette.ColorRole.BrightText: of.on_accent,
        QPalette.ColorRole.ToolTipBase: of.raised,
        QPalette.ColorRole.ToolTipText: of.text,
        QPalette.ColorRole.Highlight: of.accent,
        QPalette.ColorRole.HighlightedText: of.on_accent,
        QPalette.ColorRole.Accent: of.accent,
        QPalette.ColorRole.Link: of.accent,
        QPalette.ColorRole.LinkVisited: of.accent,
        QPalette.ColorRole.Light: of.raised,
        QPalette.ColorRole.Midlight: of.line,
        QPalette.ColorRole.Mid: of.line,
        QPalette.ColorRole.Dark: of.faint,
        QPalette.ColorRole.Shadow: of.faint,
    }
    for role, name in roles.items():
        result.setColor(role, QColor(name))
    disabled = QPalette.ColorGroup.Disabled
    for role in (
        QPalette.ColorRole.WindowText,
        QPalette.ColorRole.Text,
        QPalette.ColorRole.ButtonText,
    ):
        result.setColor(disabled, role, QColor(of.faint))
    result.setColor(disabled, QPalette.ColorRole.Highlight, QColor(of.line))
    return result


def _style_sheet(of: Colours) -> str:
    # Only what a palette cannot say; everything else is the Fusion style. That draws outlines
    # darker than the window, which on a dark window nobody sees: hence fields and ticks here.
    tick = shipped_file("icons/tick.svg").as_posix()
    return f"""
    QLineEdit, QDialog QListWidget, QDialog QTableWidget, QDialog QPlainTextEdit {{
        background: {of.base}; border: 1px solid {of.line}; border-radius: 4px;
    }}
    QDialog QListWidget::item, QDialog QTableWidget::item {{ min-height: 22px; padding: 0 4px; }}
    QLineEdit {{ padding: 3px 6px; selection-background-color: {of.accent}; }}
    QLineEdit:focus, QDialog QListWidget:focus {{ border-color: {of.accent}; }}
    QLineEdit:disabled {{ color: {of.faint}; background: {of.window}; }}
    QCheckBox::indicator, QRadioButton::indicator, QListView::indicator {{
        width: 14px; height: 14px; border: 1px solid {of.faint}; background: {of.base};
    }}
    QCheckBox::indicator, QListView::indicator {{ border-radius: 3px; }}
    QRadioButton::indicator {{ border-radius: 8px; }}
    QCheckBox::indicator:checked, QListView::indicator:checked {{
        background: {of.accent}; border-color: {of.accent}; image: url("{tick}");
    }}
    QRadioButton::indicator:checked {{
        width: 6px; height: 6px; border: 5px solid {of.accent}; background: {of.on_accent};
    }}
    QCheckBox::indicator:focus, QRadioButton::indicator:focus {{ border-color: {of.accent}; }}
    QCheckBox::indicator:disabled, QRadioButton::indicator:disabled,
    QListView::indicator:disabled {{ border-color: {of.line}; background: {of.window}; }}
    QLabel[tone="muted"] {{ color: {of.muted}; }}
    QLabel[tone="good"] {{ color: {of.good}; }}
    QLabel[tone="warning"] {{ color: {of.warning}; }}
    QLabel[tone="bad"] {{ color: {of.bad}; }}
    QToolTip {{
        color: {of.text}; background: {of.raised};
        border: 1px solid {of.line}; padding: 4px 6px;
    }}
    QToolBar {{ background: {of.window}; border: none; padding: 4px 8px; spacing: 4px; }}
    QToolBar::separator {{ width: 1px; background: {of.line}; margin: 6px 4px; }}
    QToolBar QToolButton, QFrame#pageBar QToolButton {{
        border: 1px solid transparent; border-radius: 5px; padding: 4px 7px;
    }}
    QToolBar QToolButton:hover, QFrame#pageBar QToolButton:hover {{
        background: {of.raised}; border-color: {of.line};
    }}
    QToolBar QToolButton:pressed, QToolBar QToolButton:checked,
    QFrame#pageBar QToolButton:pressed, QFrame#pageBar QToolButton:checked {{
        background: {of.line};
    }}
    QToolBar QToolButton:focus, QFrame#pageBar QToolButton:focus {{ border-color: {of.accent}; }}
    QToolBar QToolButton[popupMode="1"] {{ padding-right: 20px; }}
    QToolBar QToolButton::menu-button {{
        border: none; border-left: 1px solid transparent; width: 16px; margin: 4px 2px;
    }}
    QToolBar QToolButton::menu-button:hover {{ border-left-color: {of.line}; }}
    QToolBar QToolButton#qt_toolbar_ext_button {{ padding: 0; }}
    QToolBar QComboBox {{ min-height: 22px; }}
    QDialog QAbstractSpinBox {{ min-height: 20px; }}
    QMenuBar {{ background: {of.window}; padding: 2px 8px 0 8px; }}
    QMenuBar::item {{ padding: 4px 8px; border-radius: 4px; background: transparent; }}
    QMenuBar::item:selected {{ background: {of.line}; }}
    QSplitter::handle {{ background: {of.line}; }}
    QSplitter::handle:horizontal {{ width: 1px; }}
    QStatusBar {{ background: {of.window}; border-top: 1px solid {of.line}; }}
    QStatusBar::item {{ border: none; }}
    QDialogButtonBox {{ dialogbuttonbox-buttons-have-icons: 0; }}
    QProgressBar {{ border: none; border-radius: 4px; background: {of.line}; }}
    QProgressBar::chunk {{ border-radius: 4px; background: {of.accent}; }}
    QScrollBar {{ background: transparent; border: none; margin: 0; }}
    QScrollBar:vertical {{ width: 12px; }}
    QScrollBar:horizontal {{ height: 12px; }}
    QScrollBar::handle {{ background: {of.faint}; border-radius: 4px; margin: 2px; }}
    QScrollBar::handle:vertical {{ min-height: 32px; }}
    QScrollBar::handle:horizontal {{ min-width: 32px; }}
    QScrollBar::handle:hover {{ background: {of.muted}; }}
    QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
    QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
    QFrame#topLine {{ background: {of.line}; border: none; }}
    QFrame#pageBar {{ background: {of.window}; border: none; border-bottom: 1px solid {of.line}; }}
    QFrame#warningBar {{ background: {of.window}; border: none; border-top: 1px solid {of.line}; }}
    QTreeView#documents {{ background: {of.window}; border: none; outline: none; }}
    """


def set_tone(label: QLabel, tone: Tone) -> None:
    """Gives words the colour of what they say, in light and dark."""
    if label.property("tone") != tone:
        label.setProperty("tone", tone)
        style = label.style()
        style.unpolish(label)
        style.polish(label)


@lru_cache(maxsize=256)
def _recoloured(name: str, colour: str, width: int, *, other: str) -> QPixmap:
    """The same in another colour: icons have one, and drawing their lines again takes longer."""
    pixmap = _pixmap(name, colour, width).copy()
    painter = QPainter(pixmap)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceIn)
    # Not ``fillRect``: it takes gradients too, and PySide makes the names of all 180.
    painter.setBackground(QColor(other))
    painter.eraseRect(pixmap.rect())
    painter.end()
    return pixmap


@lru_cache(maxsize=256)
def _pixmap(name: str, colour: str, width: int) -> QPixmap:
    from PySide6.QtSvg import QSvgRenderer

    source = shipped_file(f"icons/{name}.svg").read_bytes()
    renderer = QSvgRenderer(QByteArray(source.replace(b"currentColor", colour.encode())))
    pixmap = QPixmap(width, width)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    renderer.render(painter, QRectF(0, 0, width, width))
    painter.end()
    return pixmap


def icon_pixmap(name: str, colour: str, *, size: int = 18, ratio: float = 1.0) -> QPixmap:
    """An icon of ``resources/icons`` in a colour, ``size`` wide at a device pixel ratio."""
    pixmap = _pixmap(name, colour, round(size * ratio)).copy()
    pixmap.setDevicePixelRatio(ratio)
    return pixmap


def icon(name: str, *, colour: str = "", size: int = 18) -> QIcon:
    """An icon in the text's colour (or another), greyed out where it is disabled."""
    now = colours()
    result = QIcon()
    application = QGuiApplication.instance()
    ratio = application.devicePixelRatio() if isinstance(application, QGuiApplication) else 1.0
    for scale in {1, math.ceil(ratio)}:
        own = colour or now.text
        result.addPixmap(_pixmap(name, own, size * scale))
        disabled = _recoloured(name, own, size * scale, other=now.faint)
        result.addPixmap(disabled, QIcon.Mode.Disabled)
    return result


def application_icon() -> QIcon:
    """The program's own icon."""
    from PySide6.QtSvg import QSvgRenderer

    renderer = QSvgRenderer(str(shipped_file("textlift.svg")))
    result = QIcon()
    for width in (16, 32, 48, 128):
        pixmap = QPixmap(QSize(width, width))
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        renderer.render(painter)
        painter.end()
        result.addPixmap(pixmap)
    return result


def make_application(program: str) -> QApplication:
    """The application in the style of the window, which a ``Theme`` then need not set.

    Set later, it comes back as an object, and PySide makes a thousand names for that.
    """
    application = QApplication([program, "-style", _STYLE])
    application.setProperty(_STYLE, True)
    return application


class Theme(QObject):
    """Dresses the application, and again whenever the system turns light or dark.

    Signals:
        changed: The colours are others now; icons must be made anew.
    """

    changed = Signal()

    def __init__(self, application: QApplication, parent: QObject) -> None:
        """Until the parent is destroyed; else every window there ever was would dress them all."""
        super().__init__(parent)
        self._application = application
        if application.property(_STYLE) is None:
            application.setStyle(_STYLE)
        application.setPalette(palette(colours()))
        application.styleHints().colorSchemeChanged.connect(self._on_scheme_changed)

    def dress(self) -> None:
        """Dresses every widget there is; once the window is built, so that it is done once."""
        now = colours()
        self._application.setPalette(palette(now))
        self._application.setStyleSheet(_style_sheet(now))

    def _on_scheme_changed(self) -> None:
        self.dress()
        self.changed.emit()
