"""What a person can do when the session cannot be used: try again, or begin a new one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from textlift.ui.notices import Notice

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
        self._session.unusable.connect(self._on_unusable)
        self._session.usable.connect(self._on_usable)
        window.workspace.session_problem.connect(
            lambda sentence: window.board.post(_SUBJECT, Notice(kind="error", text=sentence))
        )

    def say(self, notice: Notice) -> None:
        """Says something about the session."""
        self._window.board.post(_SUBJECT, notice)

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
