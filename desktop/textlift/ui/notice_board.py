"""Which of several notices the banner shows: the newest; closing it brings back the one before."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec
from PySide6.QtCore import QObject, Signal

from textlift.ui.banner import Banner
from textlift.ui.notices import Notice

Action = tuple[str, Callable[[], None]]


class _Posted(msgspec.Struct, frozen=True):
    notice: Notice
    actions: tuple[Action, ...]


class NoticeBoard(QObject):
    """Notices by subject: a new one of the same subject takes the place of the old one.

    Signals:
        posted: Something is told: the subject, the ``Notice``.
        closed: The user has seen the notice of this subject and closed it.
    """

    posted = Signal(str, object)
    closed = Signal(str)

    def __init__(self, banner: Banner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._banner = banner
        self._posted: dict[str, _Posted] = {}
        self._closed: dict[str, _Posted] = {}
        banner.closed.connect(self._on_closed)

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
        if next(reversed(self._posted)) == subject:
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

    def notice(self, subject: str) -> Notice | None:
        """What is posted of a subject."""
        posted = self._posted.get(subject)
        return posted.notice if posted is not None else None

    def _closing(self, subject: str, do: Callable[[], None]) -> Callable[[], None]:
        def act() -> None:
            self.withdraw(subject)
            do()

        return act

    def _show(self) -> None:
        if not self._posted:
            self._banner.clear()
            return
        posted = self._posted[next(reversed(self._posted))]
        self._banner.show_message(
            posted.notice.text,
            kind=posted.notice.kind,
            actions=posted.actions,
            details=posted.notice.details,
        )

    def _on_closed(self) -> None:
        if self._posted:
            subject, posted = self._posted.popitem()
            self._closed[subject] = posted
            self._show()
            self.closed.emit(subject)


def _manner(posted: _Posted) -> tuple[str, list[str]]:
    return posted.notice.kind, [label for label, _ in posted.actions]
