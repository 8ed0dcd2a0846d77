"""What the window does to read: plans pages, follows the run, tells what came of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QObject, Signal

from textlift.content.geometry import Box
from textlift.content.page import PageState
from textlift.engines.contract import ReadProgress
from textlift.engines.options import engine_options
from textlift.recognition.events import (
    AttemptFailed,
    EngineLoaded,
    EngineLoading,
    EngineSkipped,
    Event,
    PageFinished,
    PageProgressed,
    PageStarted,
    TaskEvent,
)
from textlift.recognition.tasks import PageTask
from textlift.sessions.stored import QueuedPage, QueuedPlan
from textlift.settings import asked_order
from textlift.ui.notices import LACKS_MEMORY, Notice
from textlift.ui.opinions import Opinions, OpinionWish
from textlift.ui.outcomes import Outcomes
from textlift.ui.progress import (
    ReadingProgress,
    activity_words,
    joined_progress,
    opinion_words,
)
from textlift.ui.reader_thread import PageKey
from textlift.ui.recognition_thread import RecognitionThread, RunEnded
from textlift.ui.workspace import Workspace

if TYPE_CHECKING:
    from textlift.engines.registry import Registry
    from textlift.sessions.store import SessionStore
    from textlift.settings import Settings
    from textlift.ui.listed_document import ListedDocument

_NOT_READ = (PageState.UNREAD, PageState.FAILED)


class _Stored(msgspec.Struct, frozen=True):
    """What the session knows of pages that are to be read."""

    edited: frozenset[PageKey] = frozenset()
    rotations: dict[PageKey, int] = {}


class Reading(QObject):
    """Puts pages into the queue, in the session and in the run, and follows them.

    Signals:
        changed: Reading began or ended.
        progressed: The count, the estimate or the stage is another.
        page_started: A ``PageKey`` is in hand.
        page_progressed: ``PageKey``, ``ReadProgress``.
        page_voided: What was streamed of a ``PageKey`` does not count.
        page_finished: ``PageKey``, ``PageRecord``.
        edits_in_way: Pages to read again have changes by the user: how many of how many, and
            a function to call with True to read them all, with False to leave those out.
        memory_told: What an engine's model takes: the engine's name, ``EngineMemory``.
        noticed: A ``Notice``.
        settled: The pages of a notice are read now: its subject.
        braked: Reading gave up: a sentence. The pages wait still.

    Attributes:
        opinions: The second opinions asked for, with signals of their own; the signals here
            are about pages only.
        outcomes: What went wrong with pages, up to what the user has seen.
    """

    changed = Signal()
    progressed = Signal()
    page_started = Signal(object)
    page_progressed = Signal(object, object)
    page_voided = Signal(object)
    page_finished = Signal(object, object)
    edits_in_way = Signal(int, int, object)
    memory_told = Signal(str, object)
    noticed = Signal(object)
    settled = Signal(str)
    braked = Signal(str)

    def __init__(
        self,
        workspace: Workspace,
        *,
        registry: Registry,
        settings: Settings,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._registry = registry
        self._settings = settings
        self.thread_ = RecognitionThread(
            registry=registry,
            options=engine_options(settings),
            cache_folder=workspace.folders.page_cache,
            checks_pages=settings.check_pages,
            never=settings.never,
            parent=self,
        )
        self.opinions = Opinions(workspace, thread=self.thread_, settings=settings, parent=self)
        self.progress = ReadingProgress()
        self.active = False
        self.stopping = False
        self.stage = ""
        self.streams: dict[PageKey, ReadProgress] = {}
        self.outcomes = Outcomes(self.engine_title, self)
        self.outcomes.noticed.connect(self.noticed)
        self.outcomes.settled.connect(self.settled)
        self._batch_over = True
        workspace.session.opened.connect(self._on_session_opened)
        if workspace.session_path:
            self._on_session_opened(workspace.session_path)
        workspace.removed.connect(self._on_removed)
        workspace.opening.connect(self._on_opening)
        self.thread_.relay.arrived.connect(self._on_event)
        self.thread_.run_started.connect(self._on_run_started)
        self.thread_.run_ended.connect(self._on_run_ended)

    def start(self) -> None:
        """Starts the thread; nothing is read before pages are planned."""
        self.thread_.start()

    def close(self) -> None:
        """Stops, and ends the thread. The pages that wait are offered at the next start."""
        self.thread_.close()

    def use_settings(self, settings: Settings) -> None:
        """Plans the next pages with other settings."""
        self._settings = settings
        self.opinions.use_settings(settings)
        self.thread_.use_options(engine_options(settings))
        self.thread_.check_pages(wanted=settings.check_pages, never=settings.never)

    def use_registry(self, registry: Registry) -> None:
        """Reads with other engines from the next run on."""
        self._registry = registry
        self.thread_.use_registry(registry)

    def ask_all_anew(self) -> None:
        """Has engines that could not be loaded asked again: what they lacked may be there now.

        A run that goes on ends with the pages in hand; the next one reads those that wait.
        """
        self.thread_.use_registry(self._registry)

    def engine_title(self, name: str) -> str:
        """The name of an engine that people know."""
        return self._registry.title(name)

    def runs_model(self, name: str) -> bool:
        """Whether an engine runs a model of the catalogue or of the user's own."""
        return name in self._registry and self._registry.entry(name).model is not None

    @property
    def first_model(self) -> str:
        """The model asked first: the one in the settings, where it is there still."""
        return self._registry.chosen_or_first(self._settings.model)[0]

    @property
    def reads_pages(self) -> bool:
        """Whether pages are being read or wait, and not only second opinions."""
        return not self._batch_over and self.progress.finished < self.progress.total

    @property
    def read_so_far(self) -> float:
        """Pages of the batch that are read, with the share of those in hand."""
        in_hand = sum(stream.fraction or 0.0 for stream in self.streams.values())
        return min(self.progress.finished + in_hand, self.progress.total)

    # Planning

    def read_new(self, document: ListedDocument) -> None:
        """Reads the pages of a document that are not read yet."""
        self.read([PageKey(document.id, page) for page in document.pages_in(PageState.UNREAD)])

    def read_unread(self) -> None:
        """Reads every page of the workspace that is not read yet or failed.

        Pages that an earlier session or a run that gave up left waiting are among them.
        """
        if not self.reads_pages and any(one.count(PageState.QUEUED) for one in self._workspace):
            self.resume_waiting()
        self.read(
            [
                PageKey(document.id, page)
                for document in self._workspace
                for page in document.pages_in(*_NOT_READ)
            ]
        )

    def read(self, keys: Sequence[PageKey], *, model: str = "") -> None:
        """Reads pages; asks first when the user has changed the text of some.

        Args:
            keys: In the order to read them.
            model: The engine to ask first; empty: the one in the settings.
        """
        if not keys:
            return
        plan = self._plan(model)
        known = [key for key in keys if self._known(key)]
        if not known:
            self._queue(keys, plan, _Stored())
            return
        self._workspace.session.ask(
            partial(_look_up, known), lambda stored: self._on_looked_up(keys, plan, stored)
        )

    def warm_up(self) -> None:
        """Begins to load the model that is asked first, if it is a small one.

        For a moment when a page is about to come; see ``RecognitionThread.warm_up``.
        """
        if not self.active:
            self.thread_.warm_up(self.first_model)

    def ask_opinion(
        self, key: PageKey, engine: str, *, mode: str = "", box: Box | None = None
    ) -> OpinionWish:
        """Has a page, or a part of it, read by another engine beside; see ``Opinions.ask``."""
        return self.opinions.ask(key, engine, mode=mode, box=box)

    def resume(self, queued: Iterable[QueuedPage]) -> None:
        """Reads the pages that an earlier session left waiting, as they were planned then."""
        plans: dict[tuple[int, QueuedPlan], list[PageKey]] = {}
        for page in queued:
            plans.setdefault((page.document_id, page.plan), []).append(
                PageKey(page.document_id, page.page)
            )
        for (_, plan), keys in plans.items():
            self._workspace.session.ask(partial(_look_up, keys), partial(self._queue, keys, plan))

    def resume_waiting(self) -> None:
        """Goes on with the pages that wait in the session."""
        self._workspace.session.ask(lambda store: store.queued(), self.resume)

    def stop(self) -> None:
        """Stops within about a second; the pages that waited are unread again.

        While only a second opinion is read, pages that a run which gave up has left go on waiting.
        """
        self.stopping = self.active
        only_opinions = self.active and not self.reads_pages
        self.opinions.drop(self.thread_.stop())
        if not only_opinions:
            self._batch_over = True
            self.forget_waiting()
        self.changed.emit()

    def forget_waiting(self) -> None:
        """Empties the queue in the session."""
        self._workspace.session.ask(lambda store: store.unqueue())
        self._workspace.refresh_states()

    def _plan(self, model: str) -> QueuedPlan:
        first = model or self.first_model
        # One that is named for these pages comes before all that are usually asked.
        usual = (self.first_model, *self._settings.fallback)
        order = asked_order(first, usual, never=self._settings.never)
        modes = self._settings.modes
        return QueuedPlan(
            order=order,
            languages=self._settings.languages,
            use_text_layer=self._settings.use_text_layer,
            modes=tuple((name, modes[name]) for name in order if name in modes),
        )

    def _known(self, key: PageKey) -> bool:
        document = self._workspace.get(key.document_id)
        return document is not None and document.known(key.page)

    def _on_looked_up(self, keys: Sequence[PageKey], plan: QueuedPlan, stored: _Stored) -> None:
        edited = stored.edited.intersection(keys)
        if not edited:
            self._queue(keys, plan, stored)
            return

        def go_on(all_of_them: bool) -> None:
            self._queue(
                keys if all_of_them else [key for key in keys if key not in edited], plan, stored
            )

        self.edits_in_way.emit(len(edited), len(keys), go_on)

    def _queue(self, keys: Sequence[PageKey], plan: QueuedPlan, stored: _Stored) -> None:
        by_document: dict[int, list[int]] = {}
        for key in keys:
            by_document.setdefault(key.document_id, []).append(key.page)
        for document_id, pages in by_document.items():
            document = self._workspace.get(document_id)
            if document is not None:
                self._workspace.unlock(
                    document, partial(self._queue_document, document_id, pages, plan, stored)
                )

    def _queue_document(
        self, document_id: int, pages: list[int], plan: QueuedPlan, stored: _Stored, can: bool
    ) -> None:
        if not can:
            return

        def put(store: SessionStore) -> None:
            store.queue_pages(document_id, pages, plan=plan)

        self._workspace.session.ask(
            put, lambda _: self._submit(document_id, pages, plan, stored.rotations)
        )

    def _submit(
        self, document_id: int, pages: list[int], plan: QueuedPlan, rotations: dict[PageKey, int]
    ) -> None:
        document = self._workspace.get(document_id)
        if document is None:
            return
        if self._batch_over:
            self._begin_batch()
        # An earlier session may have planned with what is never to be asked now.
        first, *others = plan.order or ("",)
        order = asked_order(first, others, never=self._settings.never) if first else ()
        self._workspace.mark_queued(document_id, pages)
        added = self.thread_.submit(
            PageTask(
                document_id=document_id,
                document=document.info,
                page=page,
                order=order,
                languages=plan.languages,
                rotation=rotations.get(PageKey(document_id, page)),
                use_text_layer=plan.use_text_layer,
                password=document.password,
                modes=plan.modes,
                box=plan.box,
            )
            for page in pages
        )
        self.progress.add(added)
        self.progressed.emit()

    def _begin_batch(self) -> None:
        self._batch_over = False
        self.progress.reset()

    # Following

    def _on_session_opened(self, path: str) -> None:
        self.thread_.use_session(Path(path))

    def _on_opening(self, count: int) -> None:
        if count:
            self.warm_up()

    def _on_removed(self, document_id: int) -> None:
        self.thread_.forget(document_id)
        self.outcomes.forget_document(document_id)

    def _on_run_started(self) -> None:
        self.active = True
        self.stopping = False
        self.progress.begin(time.monotonic())
        self.changed.emit()
        self.progressed.emit()

    def _on_run_ended(self, ended: RunEnded) -> None:
        self.active = self.stopping = False
        self.stage = ""
        self.outcomes.tell()
        for key in tuple(self.streams):
            self._end_stream(key)
        # What was submitted since the run found its queue empty is read by the next run.
        self._batch_over = self._batch_over or not self.thread_.waiting
        self._workspace.refresh_states()
        self.opinions.drop(ended.opinions_lost)
        self.changed.emit()
        self.progressed.emit()
        if ended.braked:
            self.braked.emit(ended.braked)
        elif ended.problem:
            self.noticed.emit(Notice(kind="error", text=ended.problem))

    def _end_stream(self, key: PageKey) -> None:
        if self.streams.pop(key, None) is not None:
            self.page_voided.emit(key)

    def _on_event(self, event: Event) -> None:
        if isinstance(event, PageProgressed) and event.progress.memory is not None:
            self.memory_told.emit(event.engine, event.progress.memory)
        if isinstance(event, TaskEvent) and event.task.opinion:
            self._on_opinion_event(event)
            return
        handler: Callable[[Event], None] | None = {
            PageStarted: self._on_started,
            PageProgressed: self._on_progressed,
            AttemptFailed: self._on_attempt_failed,
            PageFinished: self._on_finished,
            EngineLoading: self._on_loading,
            EngineLoaded: self._on_loaded,
            EngineSkipped: self._on_skipped,
        }.get(type(event))  # type: ignore[assignment]  # each handler takes its own event
        if handler is not None:
            handler(event)

    def _on_started(self, event: PageStarted) -> None:
        key = PageKey(*event.task.key)
        self.streams[key] = ReadProgress()
        self.page_started.emit(key)

    def _on_progressed(self, event: PageProgressed) -> None:
        key = PageKey(*event.task.key)
        before = self.streams.get(key, ReadProgress())
        stream = self.streams[key] = joined_progress(before, event.progress)
        words = activity_words(stream, engine=self.engine_title(event.engine), page=key.page)
        if words != self.stage or stream.fraction != before.fraction:
            self.stage = words
            self.progressed.emit()
        self.page_progressed.emit(key, event.progress)

    def _on_opinion_event(self, event: TaskEvent) -> None:
        self.opinions.on_event(event)
        stream = self.opinions.stream_of(event.task)
        if stream is None:
            self.stage = ""
        else:
            engine = self.engine_title(event.task.order[0])
            self.stage = opinion_words(stream, engine=engine, page=event.task.page)
        self.progressed.emit()

    def _on_attempt_failed(self, event: AttemptFailed) -> None:
        key = PageKey(*event.task.key)
        self.streams[key] = ReadProgress()
        self._forget_stage()
        self.page_voided.emit(key)

    def _on_finished(self, event: PageFinished) -> None:
        key = PageKey(*event.task.key)
        self.streams.pop(key, None)
        self.stage = ""
        self.progress.finish(time.monotonic())
        self._workspace.take_record(key, event.record)
        self.page_finished.emit(key, event.record)
        self.progressed.emit()
        self.outcomes.take(key, event.record, self._workspace.get(key.document_id))

    def _on_loading(self, event: EngineLoading) -> None:
        self.stage = f"Loading {event.title}…"
        self.progressed.emit()

    def _on_loaded(self, event: EngineLoaded) -> None:
        self._forget_stage()
        if event.memory is not None:
            self.memory_told.emit(event.engine, event.memory)

    def _forget_stage(self) -> None:
        self.stage = ""
        self.progressed.emit()

    def _on_skipped(self, event: EngineSkipped) -> None:
        self.noticed.emit(
            Notice(
                kind="warning",
                text=f"{event.title} cannot be used and is not asked again: {event.sentence}",
                subject=f"engines:{event.engine}",
                starved=event.engine if event.failure in LACKS_MEMORY else "",
            )
        )


def _look_up(keys: Sequence[PageKey], store: SessionStore) -> _Stored:
    edited = set()
    rotations = {}
    for document_id in dict.fromkeys(key.document_id for key in keys):
        for page, has_edit, rotation in store.user_changes(document_id):
            key = PageKey(document_id, page)
            if has_edit:
                edited.add(key)
            if rotation is not None:
                rotations[key] = rotation
    return _Stored(edited=frozenset(edited.intersection(keys)), rotations=rotations)
