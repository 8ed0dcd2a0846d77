from __future__ import annotations

from collections import Counter

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeySequence, QPalette
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QTabWidget,
    QTextEdit,
    QToolButton,
    QWidget,
)

from doubles.pages import make_image, make_pdf
from textlift.ui import theme
from textlift.ui.actions import WORDS
from textlift.ui.help_dialogs import AboutDialog, ShortcutsDialog
from textlift.ui.reader_thread import PageKey

CONTROLS = (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QTabWidget,
    QTextEdit,
)


def has_label(widget: QWidget) -> bool:
    """Whether a form's label names the control, as screen readers then say it."""
    for form in widget.window().findChildren(QFormLayout):
        if form.labelForField(widget) is not None:
            return True
    return False


def nameless(root: QWidget) -> list[str]:
    """Controls that a screen reader has no name for; those inside other controls left out."""
    found = []
    for control in root.findChildren(QWidget):
        if not isinstance(control, CONTROLS) or control.objectName().startswith("qt_"):
            continue
        inside = control.parent()
        if isinstance(inside, (QComboBox, QAbstractSpinBox, QAbstractItemView, QLineEdit)):
            continue
        if inside is not None and isinstance(inside.parent(), QComboBox):
            continue  # The list that drops down is told by the box.
        if type(control).__name__ in {"QComboBoxListView", "QTabBar", "QToolBarExtension"}:
            continue
        text = control.text() if isinstance(control, QAbstractButton) else ""
        if not control.accessibleName() and not text and not has_label(control):
            found.append(f"{type(control).__name__} {control.objectName()} in {inside}")
    return found


def test_every_control_has_a_name(driver, tmp_path):
    driver.script.engine("alpha")
    driver.start()
    driver.open(make_image(tmp_path / "a.png", 1))
    driver.wait_until_read()
    assert nameless(driver.window) == []
    commands = driver.desktop.commands
    for show in (commands.open_settings, commands.text.export, commands.show_shortcuts):
        show()
        dialog = driver.dialog()
        assert nameless(dialog) == []
        dialog.reject()
        driver.wait(lambda dialog=dialog: not dialog.isVisible())


def test_every_action_is_in_a_menu_with_a_tooltip_and_no_shortcut_is_taken_twice(driver):
    driver.script.engine("alpha")
    driver.start()
    window = driver.window
    in_menus = {
        action
        for top in window.menuBar().actions()
        for action in top.menu().actions()
        if not action.isSeparator()
    }
    for name in WORDS:
        action = window.actions_[name]
        assert action in in_menus, name
        assert action.toolTip(), name
    keys = Counter(QKeySequence(words.shortcut).toString() for words in WORDS.values())
    del keys[""]
    assert [key for key, count in keys.items() if count > 1] == []


def test_all_that_can_be_done_without_a_document_is_enabled_and_nothing_else(driver):
    driver.script.engine("alpha")
    driver.start()
    enabled = {name for name in WORDS if driver.window.actions_[name].isEnabled()}
    assert enabled == {
        "open", "open-folder", "paste", "sample", "quit", "settings", "choose-model", "add-model",
        "show-documents", "show-text", "follow", "go-documents", "go-page", "go-text",
        "memory", "models", "problems", "save-report", "shortcuts", "about",
    }  # fmt: skip


def test_delete_removes_and_backwards(driver, tmp_path, qtbot):
    driver.script.engine("alpha")
    driver.start()
    driver.open(make_image(tmp_path / "a.png", 1))
    driver.wait_until_read()
    qtbot.keyClick(driver.window.tree, Qt.Key.Key_Delete)
    driver.press("Cancel")
    assert len(driver.desktop.workspace) == 1
    qtbot.keyClick(driver.window.tree, Qt.Key.Key_Delete)
    driver.press("Remove")
    driver.wait(lambda: len(driver.desktop.workspace) == 0)


def test_the_page_shown_last_is_shown_again(driver, tmp_path):
    driver.script.engine("alpha")
    driver.start()
    driver.open(make_pdf(tmp_path / "scan.pdf", 3))
    (document,) = driver.wait_for_documents(1)
    driver.wait_until_read()
    driver.window.tree.show_page(PageKey(document.id, 3))
    driver.close()
    driver.start()
    assert driver.window.current.key == PageKey(document.id, 3)


def test_the_window_turns_dark_with_the_system(driver, qapp, qtbot, monkeypatch):
    driver.script.engine("alpha")
    driver.start()
    window = driver.window
    light = window.palette().color(QPalette.ColorRole.Window)
    monkeypatch.setattr(theme, "is_dark", lambda: True)
    qapp.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Dark)
    dark = window.palette().color(QPalette.ColorRole.Window)
    words = QLabel("What explains")
    theme.set_tone(words, "muted")
    qtbot.addWidget(words)
    assert drawn_colour(words) == theme.DARK.muted
    assert light.lightness() > 200
    assert dark.lightness() < 60
    (more,) = window.findChildren(QToolButton, "qt_toolbar_ext_button")
    arrow = more.icon().pixmap(18, 18).toImage()
    pixels = [arrow.pixelColor(x, y) for x in range(18) for y in range(18)]
    assert max(pixel.lightness() for pixel in pixels if pixel.alpha() > 200) > 150
    monkeypatch.undo()
    qapp.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Light)
    assert window.palette().color(QPalette.ColorRole.Window) == light
    assert drawn_colour(words) == theme.LIGHT.muted
    theme.set_tone(words, "bad")
    assert drawn_colour(words) == theme.LIGHT.bad


def test_a_window_that_is_gone_follows_the_system_no_more(driver, qapp, qtbot, monkeypatch):
    driver.script.engine("alpha")
    gone = driver.start()
    with qtbot.waitSignal(gone.destroyed):
        driver.close()
    dressed = []

    def dress(self) -> None:
        dressed.append(self)

    monkeypatch.setattr(theme.Theme, "dress", dress)
    qapp.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Light)
    assert dressed == []


def drawn_colour(label: QLabel) -> str:
    """In which its words are drawn."""
    label.ensurePolished()
    return label.palette().color(QPalette.ColorRole.WindowText).name()


def test_help(driver, qtbot):
    driver.script.engine("alpha")
    driver.start()
    driver.window.actions_["shortcuts"].trigger()
    assert isinstance(driver.dialog(), ShortcutsDialog)
    driver.dialog().reject()
    driver.window.actions_["about"].trigger()
    driver.wait(lambda: isinstance(driver.dialog(), AboutDialog))
    driver.dialog().reject()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def test_the_tool_bar_has_what_the_design_shows(driver):
    driver.script.engine("alpha")
    driver.start()
    names = [
        button.accessibleName()
        for button in driver.window.findChildren(QToolButton)
        if button.parent().objectName() == "tools" and button.accessibleName()
    ]
    assert names == ["Open", "Paste", "Read", "Stop", "Copy page", "Export", "Find", "Settings"]


def test_the_window_fits_a_small_screen(driver):
    driver.script.engine("alpha")
    driver.start()
    assert driver.window.minimumSizeHint().width() <= 800
    assert driver.window.minimumSizeHint().height() <= 480
