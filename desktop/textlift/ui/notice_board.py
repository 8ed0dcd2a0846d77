"""Which of several notices the banner shows: the worst, and of those as bad the newest."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QObject, Signal

from textlift.ui.notices import Notice

if TYPE_CHECKING:
    from textlift.ui.banner import Banner

Action = tuple[str, Callable[[], None]]


_BADNESS = {"info": 0, "warning": 1, "error": 2}


class _Posted(msgspec.Struct, frozen=True):
    notice: Notice
    actions: tuple[Action, ...]


class NoticeBoard(QObject):
    """Notices by subject: a new one of the same subject takes the place of the old one.

    The banner shows the newest when it says that something is done, which a person has just
    asked for; else the worst, so that nothing covers what is worse. Closing it brings back the
    next.

    Signals:
        posted: Something is told: the subject, the ``Notice``.
        closed: The user has seen the notice of this subject and closed it.
    """

    posted = Signal(str, object)
    closed = Signal(str)

    def __init__(self, banner: Banner | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._banner: Banner | None = None
        self._posted: dict[str, _Posted] = {}
        self._closed: dict[str, _Posted] = {}
        self._shown: _Posted | None = None
        if banner is not None:
            self.show_in(banner)

    def show_in(self, banner: Banner) -> None:
        """Shows what is posted, from now on, in this banner."""
        self._banner = banner
        banner.closed.connect(self._on_closed)
        self._show()

    def post(self, subject: str, notice: Notice, actions: Sequence[Action] = ()) -> None:
        """Shows a notice. Its actions take it away when they are used."""
        self._posted.pop(subject, None)
        self._closed.pop(subject, None)
        wrapped = tuple((label, self._closing(subject, do)) for label, do in actions)
        self._posted[subject] = _Posted(notice, wrapped)
        self._show()
        self.posted.emit(subject, notice)

    def post_or_reword(self, subject: str, notice: Notice, actions: Sequence[Action] = ()) -> None:
        """Shows news of something that goes on: other words, where the rest is as it was.

        Unlike with ``post``, a notice that the user closed stays away until it is of another
        kind or offers something else, and what is shown of another subject stays in front.
        """
        before = self._posted.get(subject) or self._closed.get(subject)
        labels = [label for label, _ in actions]
        if before is None or _manner(before) != (notice.kind, labels):
            self.post(subject, notice, actions)
            return
        posted = msgspec.structs.replace(before, notice=notice)
        if subject not in self._posted:
            self._closed[subject] = posted
            return
        self._posted[subject] = posted
        if self._shown is before:
            self._shown = posted
            if self._banner is not None:
                self._banner.reword(notice.text)

    def withdraw(self, subject: str) -> None:
        """Takes the notice of a subject away."""
        self._closed.pop(subject, None)
        if self._posted.pop(subject, None) is not None:
            self._show()

    def withdraw_all(self, beginning: str) -> None:
        """Takes the notices away whose subjects begin so."""
        for subject in [*self._posted, *self._closed]:
            if subject.startswith(beginning):
                self.withdraw(subject)

    def standing(self) -> list[tuple[str, Notice]]:
        """What is posted, by subject, the oldest first."""
        return [(subject, posted.notice) for subject, posted in self._posted.items()]

    def notice(self, subject: str) -> Notice | None:
        """What is posted of a subject."""
        posted = self._posted.get(subject)
        return posted.notice if posted is not None else None

    def _closing(self, subject: str, do: Callable[[], None]) -> Callable[[], None]:
        def act() -> None:
            self.withdraw(subject)
            do()

        return act

    def _front(self) -> str | None:
        """The subject of the notice that is shown."""
        newest = next(reversed(self._posted), None)
        if newest is None or self._posted[newest].notice.kind == "info":
            return newest
        # ``max`` takes the first of several.
        return max(reversed(self._posted), key=self._badness)

    def _badness(self, subject: str) -> int:
        return _BADNESS[self._posted[subject].notice.kind]

    def _show(self) -> None:
        if self._banner is None:
            return
        front = self._front()
        posted = self._posted[front] if front is not None else None
        if posted is self._shown:
            return
        self._shown = posted
        if posted is None:
            self._banner.clear()
            return
        self._banner.show_message(
            posted.notice.text,
            kind=posted.notice.kind,
            actions=posted.actions,
            details=posted.notice.details,
        )

    def _on_closed(self) -> None:
        subject = self._front()
        if subject is not None:
            self._closed[subject] = self._posted.pop(subject)
            self._show()
            self.closed.emit(subject)


def _manner(posted: _Posted) -> tuple[str, list[str]]:
    return posted.notice.kind, [label for label, _ in posted.actions]
