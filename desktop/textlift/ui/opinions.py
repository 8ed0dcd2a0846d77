"""Second opinions that the user asks for: put into the run, followed, and told."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QObject, Signal

from textlift.content.geometry import Box
from textlift.engines.contract import ReadProgress
from textlift.recognition.events import (
    AttemptFailed,
    Event,
    OpinionFinished,
    PageProgressed,
    PageStarted,
)
from textlift.recognition.tasks import PageTask
from textlift.ui.progress import joined_progress
from textlift.ui.reader_thread import PageKey
from textlift.ui.recognition_thread import RecognitionThread
from textlift.ui.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textlift.sessions.store import SessionStore
    from textlift.settings import Settings


class OpinionWish(msgspec.Struct, frozen=True):
    """A second opinion that was asked for.

    Attributes:
        key: The page.
        engine: Name of the engine that is asked; no other reads when it fails.
        box: The part to read, in pixels of the rendered page; None: all of it.
    """

    key: PageKey
    engine: str
    box: Box | None = None


class Opinions(QObject):
    """Asks for second opinions and follows them until they are read, or lost.

    Signals:
        asked: An ``OpinionWish`` waits now.
        started: An ``OpinionWish`` is in hand.
        progressed: ``OpinionWish``, the ``ReadProgress`` since the last one.
        voided: What was streamed of an ``OpinionWish`` does not count; it is tried again, or is
            finished next.
        finished: ``OpinionWish``, ``Opinion`` as it is kept. Its reading is None when the engine
            failed; its attempts say why.
        dropped: An ``OpinionWish`` that nobody will read: it was stopped, its document is gone,
            or the run could not go on.

    Attributes:
        streams: What has been read so far, of those that wait and those in hand.
    """

    asked = Signal(object)
    started = Signal(object)
    progressed = Signal(object, object)
    voided = Signal(object)
    finished = Signal(object, object)
    dropped = Signal(object)

    def __init__(
        self,
        workspace: Workspace,
        *,
        thread: RecognitionThread,
        settings: Settings,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._thread = thread
        self._settings = settings
        self.streams: dict[OpinionWish, ReadProgress] = {}
        self._tasks: dict[OpinionWish, PageTask] = {}
        self._modes: dict[OpinionWish, str] = {}
        workspace.removed.connect(self._on_document_removed)

    def use_settings(self, settings: Settings) -> None:
        """Asks for the next ones under other settings."""
        self._settings = settings

    def ask(
        self, key: PageKey, engine: str, *, mode: str = "", box: Box | None = None
    ) -> OpinionWish:
        """Has a page, or a part of it, read by another engine; nothing of the page changes.

        It is read before the pages that wait. One that waits already is asked for anew.

        Args:
            key: The page.
            engine: Name of the engine; no other is asked when it fails.
            mode: How it is to read; empty: for a page as the settings say, for a part in the
                mode that is made for parts, where there is one.
            box: The part, in pixels of the rendered page.
        """
        wish = OpinionWish(key=key, engine=engine, box=box)
        self._modes[wish] = mode
        # One that is in hand is not what is asked for now.
        self._tasks.pop(wish, None)
        self.streams[wish] = ReadProgress()
        self.asked.emit(wish)
        document = self._workspace.get(key.document_id)
        if document is None:
            self._drop(wish)
        else:
            self._workspace.unlock(document, partial(self._on_unlocked, wish, mode))
        return wish

    def mode_of(self, wish: OpinionWish) -> str:
        """The mode that was asked for last since the window was opened; empty: none was named."""
        return self._modes.get(wish, "")

    def stop(self, wish: OpinionWish) -> None:
        """Nobody wants this one any more; all else is read on."""
        task = self._tasks.get(wish)
        if task is not None:
            self._thread.stop_opinion(task)
        self._drop(wish)

    def _on_unlocked(self, wish: OpinionWish, mode: str, can: bool) -> None:
        if can:
            self._workspace.session.ask(partial(_rotation, wish), partial(self._submit, wish, mode))
        else:
            self._drop(wish)

    def _submit(self, wish: OpinionWish, mode: str, rotation: int | None) -> None:
        document = self._workspace.get(wish.key.document_id)
        if document is None or wish not in self.streams:
            return
        if wish.box is None:
            mode = mode or self._settings.modes.get(wish.engine, "")
        task = self._tasks[wish] = PageTask(
            document_id=document.id,
            document=document.info,
            page=wish.key.page,
            order=(wish.engine,),
            languages=self._settings.languages,
            rotation=rotation,
            password=document.password,
            modes=((wish.engine, mode),) if mode else (),
            box=wish.box,
            opinion=True,
        )
        self._thread.submit([task])

    def on_event(self, event: Event) -> None:
        """Follows what a run tells of a second opinion.

        One that was finished before it could be stopped is kept, and so it is told.
        """
        if isinstance(event, OpinionFinished):
            wish = _wish(event.task)
            if self._tasks.get(wish) is event.task:
                self._forget(wish)
            self.finished.emit(wish, event.opinion)
            return
        if not isinstance(event, PageStarted | PageProgressed | AttemptFailed):
            return
        wish = _wish(event.task)
        before = self.streams.get(wish)
        if before is None:
            return  # It was stopped just now.
        if isinstance(event, PageStarted):
            self.streams[wish] = ReadProgress()
            self.started.emit(wish)
        elif isinstance(event, PageProgressed):
            self.streams[wish] = joined_progress(before, event.progress)
            self.progressed.emit(wish, event.progress)
        else:
            self.streams[wish] = ReadProgress()
            self.voided.emit(wish)

    def stream_of(self, task: PageTask) -> ReadProgress | None:
        """What has been read so far; None of one that is finished."""
        return self.streams.get(_wish(task))

    def drop(self, tasks: Iterable[PageTask]) -> None:
        """Nobody will read these any more."""
        for task in tasks:
            self._drop(_wish(task))

    def _on_document_removed(self, document_id: int) -> None:
        for wish in [one for one in self.streams if one.key.document_id == document_id]:
            self.stop(wish)

    def _drop(self, wish: OpinionWish) -> None:
        if self._forget(wish):
            self.dropped.emit(wish)

    def _forget(self, wish: OpinionWish) -> bool:
        """Follows it no longer; False when it was not followed."""
        self._tasks.pop(wish, None)
        return self.streams.pop(wish, None) is not None


def _wish(task: PageTask) -> OpinionWish:
    return OpinionWish(key=PageKey(*task.key), engine=task.order[0], box=task.box)


def _rotation(wish: OpinionWish, store: SessionStore) -> int | None:
    """How the page is turned: as the user says, and for a part of it as its reading says.

    A few words do not tell an engine which way is up; a whole page does, and may contradict.
    """
    record = store.page(wish.key.document_id, wish.key.page)
    if record.rotation is not None or wish.box is None:
        return record.rotation
    return record.reading.rotation if record.reading is not None else None
