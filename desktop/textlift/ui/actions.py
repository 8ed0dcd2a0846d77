"""Every action of the window: its words, icon, shortcut, and place in the menus."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec
from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar, QWidget

from textlift.ui.theme import icon


class ActionWords(msgspec.Struct, frozen=True):
    """What an action is to a person.

    Attributes:
        text: In menus; ``&`` marks the letter to press.
        tip: One sentence for the tooltip and screen readers.
        icon: A name of ``resources/icons``; empty for none.
        shortcut: In Qt's portable form; empty for none.
        short: On its button, where the menu's words are too long.
        checkable: Whether it is on or off.
    """

    text: str
    tip: str
    icon: str = ""
    shortcut: str = ""
    short: str = ""
    checkable: bool = False


WORDS = {
    "open": ActionWords("&Open…", "Open scans, photos and PDF files", "open", "Ctrl+O", "Open"),
    "open-folder": ActionWords(
        "Open &folder…", "Open every document in a folder", "folder", "Ctrl+Shift+O"
    ),
    "paste": ActionWords(
        "&Paste", "Read the image or the files on the clipboard", "paste", "Ctrl+V"
    ),
    "sample": ActionWords("Open the &sample", "Try Textlift on a sample page", "sample"),
    "export": ActionWords(
        "&Export…", "Save the text as TXT, Markdown or JSON", "export", "Ctrl+E", "Export"
    ),
    "export-txt": ActionWords("As &plain text…", "Save the text as TXT", "export", "Ctrl+S"),
    "export-md": ActionWords("As &Markdown…", "Save the text as Markdown", "export"),
    "export-json": ActionWords(
        "As &JSON…", "Save text, boxes, scores and the record of every page as JSON", "export"
    ),
    "remove": ActionWords(
        "Re&move from the list", "Remove the document and its text from the list", "remove"
    ),
    "quit": ActionWords("&Quit", "Close Textlift", "quit", "Ctrl+Q"),
    "copy-page": ActionWords(
        "&Copy page", "Copy the text of this page", "copy", "Ctrl+Shift+C", "Copy"
    ),
    "copy-document": ActionWords(
        "Copy &document", "Copy the text of the whole document", "copy", "Ctrl+Alt+C"
    ),
    "copy-everything": ActionWords(
        "Copy e&verything", "Copy the text of all documents", "copy", "Ctrl+Alt+Shift+C"
    ),
    "find": ActionWords("&Find…", "Search in the text of all documents", "search", "Ctrl+F"),
    "find-next": ActionWords("Find &next", "Go to the next place found", "down", "F3"),
    "find-previous": ActionWords(
        "Find pre&vious", "Go to the previous place found", "up", "Shift+F3"
    ),
    "settings": ActionWords(
        "&Settings…", "Model, languages, output, machine", "settings", "Ctrl+,"
    ),
    "read": ActionWords("&Read", "Read every page that is not read yet", "read", "F5", "Read"),
    "stop": ActionWords("&Stop", "Stop reading", "stop", "Ctrl+.", "Stop"),
    "read-page": ActionWords(
        "Read page &again",
        "Read the selected pages again with the chosen model",
        "read-again",
        "Shift+F5",
    ),
    "read-document": ActionWords(
        "Read &document again",
        "Read the whole document again with the chosen model",
        "read-again",
        "Ctrl+Shift+F5",
    ),
    "second-opinion": ActionWords(
        "Second &opinion…",
        "See what another model reads on this page, beside its text",
        "second-opinion",
        "F6",
    ),
    "mark-part": ActionWords(
        "Read a &part of the page…",
        "Draw a box on the page and have what is in it read by a model of your choice",
        "mark-part",
        "Ctrl+B",
        checkable=True,
    ),
    "retry-failed": ActionWords(
        "Read &failed pages again", "Try every failed page again", "failed"
    ),
    "choose-model": ActionWords("Choose &model", "Go to the list of models", "", "Ctrl+M"),
    "choose-mode": ActionWords(
        "Choose &how it reads", "Go to the ways in which the model can read", "", "Ctrl+Shift+M"
    ),
    "add-model": ActionWords(
        "Add a model &folder…", "Add a folder on this computer that holds a model", "folder"
    ),
    "models": ActionWords(
        "&Get and remove models…",
        "See the models, what they are good at and what they need; get and remove them",
        "download",
        "F7",
    ),
    "previous-page": ActionWords(
        "&Previous page", "Go to the page before", "previous", "Ctrl+PgUp"
    ),
    "next-page": ActionWords("&Next page", "Go to the page after", "next", "Ctrl+PgDown"),
    "next-problem": ActionWords(
        "Next page wit&h a problem",
        "Go to the next page that failed, needed several tries, or has something to check",
        "failed",
        "Ctrl+Shift+PgDown",
    ),
    "next-warning": ActionWords(
        "&Next thing to check",
        "Go to the next warning that is not ticked off, on this page or a later one",
        "next-problem",
        "F8",
    ),
    "previous-warning": ActionWords(
        "&Previous thing to check",
        "Go to the warning before that is not ticked off",
        "up",
        "Shift+F8",
    ),
    "tick-warning": ActionWords(
        "&Looks right",
        "Tick off the warning that stands out, or take its tick away",
        "done",
        "Ctrl+F8",
    ),
    "tick-page": ActionWords(
        "&Everything on this page looks right",
        "Tick off all warnings of this page, or take all its ticks away",
        "done",
        "Ctrl+Shift+F8",
    ),
    "next-difference": ActionWords(
        "Next diff&erence", "Go to the next words on which the second opinion differs", "", "F4"
    ),
    "previous-difference": ActionWords(
        "Pre&vious difference", "Go to the words before on which it differs", "", "Shift+F4"
    ),
    "fit-page": ActionWords("Fit &page", "Show the whole page", "fit-page", "Ctrl+0"),
    "fit-width": ActionWords(
        "Fit &width", "Make the page as wide as its pane", "fit-width", "Ctrl+2"
    ),
    "actual-size": ActionWords(
        "&Actual size", "Show the page pixel by pixel", "actual-size", "Ctrl+1"
    ),
    "zoom-in": ActionWords("Zoom &in", "Make the page larger", "zoom-in", "Ctrl++"),
    "zoom-out": ActionWords("Zoom &out", "Make the page smaller", "zoom-out", "Ctrl+-"),
    "turn-left": ActionWords(
        "Turn &left",
        "Turn the page a quarter to the left; it is read that way",
        "turn-left",
        "Ctrl+Shift+L",
    ),
    "turn-right": ActionWords(
        "Turn &right",
        "Turn the page a quarter to the right; it is read that way",
        "turn-right",
        "Ctrl+Shift+R",
    ),
    "show-documents": ActionWords(
        "&Documents", "Show or hide the list of documents", "sidebar", "F9", checkable=True
    ),
    "show-text": ActionWords("&Text", "Show or hide the text", "text-panel", "F10", checkable=True),
    "follow": ActionWords(
        "&Follow reading",
        "Show each page as it is being read",
        "lines",
        "Ctrl+Shift+F",
        checkable=True,
    ),
    "memory": ActionWords(
        "&Memory", "Show what takes the memory, and unload models", "memory", "Alt+4"
    ),
    "problems": ActionWords(
        "Pro&blems",
        "List everything that went wrong, and see how each model has done",
        "failed",
        "Ctrl+Shift+E",
    ),
    "go-documents": ActionWords("Go to d&ocuments", "Put the keyboard on the list", "", "Alt+1"),
    "go-page": ActionWords("Go to the pa&ge", "Put the keyboard on the page", "", "Alt+2"),
    "go-text": ActionWords("Go to the te&xt", "Put the keyboard on the text", "", "Alt+3"),
    "shortcuts": ActionWords("&Keyboard shortcuts", "Every shortcut on one page", "keyboard", "F1"),
    "save-report": ActionWords(
        "Save a &report for a bug…",
        "Save versions, devices, settings and log, without text of your pages, for a bug report",
        "export",
    ),
    "about": ActionWords("&About Textlift", "Version, licence and folders", "info"),
}

MENUS: dict[str, tuple[str, ...]] = {
    "&File": (
        "open", "open-folder", "paste", "sample", "-", "export", "export-txt", "export-md",
        "export-json", "-", "remove", "-", "quit",
    ),
    "&Edit": (
        "copy-page", "copy-document", "copy-everything", "-", "find", "find-next",
        "find-previous", "-", "settings",
    ),
    "&Read": (
        "read", "stop", "-", "read-page", ">read-with", "read-document", ">read-document-with",
        "mark-part", "second-opinion", "retry-failed", "-", "choose-model", "choose-mode",
        "models", "add-model",
    ),
    "&View": (
        "previous-page", "next-page", "next-problem", "next-difference",
        "previous-difference", "-", "fit-page", "fit-width",
        "actual-size", "zoom-in", "zoom-out", "-", "turn-left", "turn-right", "-",
        "show-documents", "show-text", "follow", "-", "go-documents", "go-page", "go-text",
        "memory", "problems",
    ),
    "&Check": (
        "next-warning", "previous-warning", "-", "tick-warning", "tick-page",
    ),
    "&Help": ("shortcuts", "save-report", "about"),
}  # fmt: skip
"""Menus and what is in them; ``-`` is a separator, ``>name`` a menu filled by the window."""

TEXT_OF_DOCUMENTS = (
    "export", "export-txt", "export-md", "export-json", "copy-everything", "find", "find-next",
    "find-previous", "next-problem", "next-warning", "previous-warning",
)  # fmt: skip
"""Can be done when there are documents."""
PAGE_SHOWN = (
    "remove", "copy-page", "copy-document", "read-page", "read-document", "second-opinion",
    "mark-part", "fit-page", "fit-width",
    "actual-size", "zoom-in", "zoom-out", "turn-left", "turn-right",
)  # fmt: skip
"""Can be done when a page is shown."""
_NOT_YET = {"read", "stop", "retry-failed", *TEXT_OF_DOCUMENTS, *PAGE_SHOWN}
"""Cannot be done in a window that has just been opened."""


class Actions:
    """The window's actions by name; each is made when it is first asked for."""

    def __init__(self, parent: QObject) -> None:
        self._parent = parent
        self._actions: dict[str, QAction] = {}
        self._menus: dict[str, QMenu] = {}
        self._dressed: set[str] = set()

    def __getitem__(self, name: str) -> QAction:
        action = self._actions.get(name)
        if action is None:
            action = self._actions[name] = _make(WORDS[name], self._parent)
            action.setEnabled(name not in _NOT_YET)
        return action

    def __iter__(self) -> Iterator[str]:
        return iter(WORDS)

    def dress(self, *names: str) -> None:
        """Draws icons that are not drawn yet; all of them when none is named.

        Forty icons take as long as the rest of the window: those in menus wait for the menu.
        """
        for name in set(names or WORDS).difference(self._dressed):
            if WORDS[name].icon:
                self[name].setIcon(icon(WORDS[name].icon))
            self._dressed.add(name)

    def dress_anew(self) -> None:
        """Draws the icons drawn up to now again, in the colours in force."""
        names, self._dressed = self._dressed, set()
        if names:
            self.dress(*names)

    def enable(self, names: tuple[str, ...], enabled: bool) -> None:
        """Switches several actions on or off."""
        for name in names:
            self[name].setEnabled(enabled)

    def add_menus(self, bar: QMenuBar) -> None:
        """Makes the menus; what is in them comes with ``fill_menus``."""
        for title in MENUS:
            self._menus[title] = menu = bar.addMenu(title)
            menu.aboutToShow.connect(self.dress)

    def fill_menus(self, own: Mapping[str, QMenu]) -> None:
        """Fills the menus.

        Args:
            own: The menus that the window fills itself, by name.
        """
        for title, menu in self._menus.items():
            for name in MENUS[title]:
                if name == "-":
                    menu.addSeparator()
                elif name.startswith(">"):
                    menu.addMenu(own[name[1:]])
                else:
                    menu.addAction(self[name])


def _make(words: ActionWords, parent: QObject) -> QAction:
    action = QAction(words.text, parent)
    keys = QKeySequence(words.shortcut)
    action.setShortcut(keys)
    action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
    action.setCheckable(words.checkable)
    if words.short:
        action.setIconText(words.short)
    shown = keys.toString(QKeySequence.SequenceFormat.NativeText)
    action.setToolTip(f"{words.tip} ({shown})" if shown else words.tip)
    action.setWhatsThis(words.tip)
    return action


def shortcut_lines() -> list[tuple[str, str]]:
    """Every action with a shortcut: its words and its keys, for the page of shortcuts."""
    native = QKeySequence.SequenceFormat.NativeText
    return [
        (words.text.replace("&", "").rstrip("…"), QKeySequence(words.shortcut).toString(native))
        for words in WORDS.values()
        if words.shortcut
    ]


def name_control(widget: QWidget, name: str, description: str = "") -> None:
    """Gives a control what a screen reader says of it."""
    widget.setAccessibleName(name)
    if description:
        widget.setAccessibleDescription(description)
