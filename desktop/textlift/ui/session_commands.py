"""What a person can do when the session cannot be used: try again, or begin a new one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from textlift.ui.notices import Notice
from textlift.ui.questions import ask

if TYPE_CHECKING:
    from textlift.ui.main_window import MainWindow
    from textlift.ui.session_thread import SessionProblem

_SUBJECT = "session"


class SessionCommands(QObject):
    """Says in the banner what is wrong with the session, with what can be done about it."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._session = window.workspace.session
        self._news: Notice | None = None
        self._closes_soon = False
        self._session.unusable.connect(self._on_unusable)
        self._session.usable.connect(self._on_usable)
        window.workspace.session_problem.connect(
            lambda sentence: window.board.post(_SUBJECT, Notice(kind="error", text=sentence))
        )
        window.workspace.edits.settled.connect(self._on_settled)
        window.workspace.edits.stored.connect(lambda: window.board.withdraw(_SUBJECT))

    def say(self, notice: Notice) -> None:
        """Says something about the session."""
        self._window.board.post(_SUBJECT, notice)

    def may_close(self) -> bool:
        """Whether the window can be closed now; asks where changes would be lost with it."""
        edits = self._window.workspace.edits
        if edits.on_their_way:
            # A moment later it is known; then the window is closed, or it is asked.
            self._closes_soon = True
            return False
        pages = edits.pages
        if not pages:
            return True
        what = "a page" if pages == 1 else f"{pages} pages"
        ask(
            self._window,
            title="Changes that are not stored",
            text=f"Your changes to {what} could not be stored so far.",
            more="When you close Textlift now they are lost.",
            yes="&Close anyway",
            no="&Stay",
            then=self._window.close_unasked,
        )
        return False

    def _on_settled(self) -> None:
        if self._closes_soon:
            self._closes_soon = False
            self._window.close()

    def last_words(self) -> Notice | None:
        """After everything has ended: what the window that is to be opened anew says.

        None when none is to be opened.
        """
        if self._news is not None and self._session.lost:
            return Notice(kind="error", text=self._session.lost)
        return self._news

    def _on_unusable(self, problem: SessionProblem) -> None:
        actions = [("&Try again", lambda: self._try_again(set_aside=False))]
        if problem.in_the_way:
            actions.append(("Start a &new session", lambda: self._try_again(set_aside=True)))
        notice = Notice(kind="error", text=problem.sentence)
        self._window.board.post(_SUBJECT, notice, actions)

    def _try_again(self, *, set_aside: bool) -> None:
        self._window.status.say("Opening the session…")
        self._session.try_again(set_aside=set_aside)

    def _on_usable(self, kept: str) -> None:
        text = "The session can be used again."
        if kept:
            text = f"This is a new session. The file of the old one is kept as {kept}."
        self._news = Notice(kind="info", text=text)
        # The window is opened anew, since documents have other numbers in that session.
        self._window.close_unasked()
