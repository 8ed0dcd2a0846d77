"""Downloads as the window sees them: asked for by name, told of by signals."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QObject, Qt, Signal

from textlift.downloads.download import Download, DownloadState, Task
from textlift.downloads.gettable import Gettable, gettable_alphabets, gettable_models
from textlift.downloads.messages import TokenState
from textlift.downloads.wanted import source_of

if TYPE_CHECKING:
    from textlift.downloads.client import DownloadError
    from textlift.downloads.queue import DownloadQueue
    from textlift.engines.registry import Registry
    from textlift.settings import Folders, Settings


class DownloadsView(QObject):
    """Gets, verifies and removes models and alphabets by their names, without waiting.

    What it is asked for is done in threads; a download goes on whether anybody looks or not.

    Signals:
        progressed: A download changed: its name, the ``Download``.
        finished: A model or alphabet was got: its name. It is here, whole and checked.
        failed: Getting, verifying or removing failed: the name, a sentence with what to do.
        declined: It was to be got, and the user did not accept its licence: the name.
        licence_wanted: A licence must be accepted before a model is got: the ``ModelEntry``.
        disk_changed: Something was got, verified or removed; models may be ready or not any more.
        settings_wanted: ``Settings`` with the licences that were accepted.
        token_known: ``TokenState``: whether there is a token for the hub.
        token_failed: A sentence: it cannot be kept or looked for.
        problem: A sentence about the records of downloads.
    """

    progressed = Signal(str, object)
    finished = Signal(str)
    failed = Signal(str, str)
    declined = Signal(str)
    licence_wanted = Signal(object)
    disk_changed = Signal()
    settings_wanted = Signal(object)
    token_known = Signal(object)
    token_failed = Signal(str)
    problem = Signal(str)
    _changed = Signal(object)

    def __init__(
        self,
        folders: Folders,
        *,
        registry: Registry,
        settings: Settings,
        unload: Callable[[str], None],
        parent: QObject | None = None,
    ) -> None:
        """Prepares; ``start`` brings back what was not finished, paused.

        Args:
            folders: Of the user.
            registry: Whose models can be got.
            settings: In force now.
            unload: Ends the engine of a model before its files are removed; may wait.
            parent: Qt's.
        """
        super().__init__(parent)
        self._settings = settings
        self._queue: DownloadQueue | None = None
        self._unload = unload
        self._folders = folders
        self._registry: Registry | None = None
        self._models: dict[str, Gettable] = {}
        self._all: dict[str, Gettable] | None = None
        # Queued even from this thread: changes arrive in the order they happened.
        self._changed.connect(self._on_changed, Qt.ConnectionType.QueuedConnection)
        self.use_registry(registry)

    @property
    def queue(self) -> DownloadQueue:
        """What gets them, made when it is first asked: the window is up sooner without it."""
        if self._queue is None:
            from textlift.downloads.queue import DownloadQueue

            self._queue = DownloadQueue(
                self._folders.downloads,
                source=source_of(self._settings),
                on_change=self._changed.emit,
                on_problem=self.problem.emit,
            )
        return self._queue

    def start(self) -> None:
        """Brings back what was not finished, paused; makes no request."""
        self.queue.start()

    def close(self) -> None:
        """Pauses what is being got; it can be gone on with at the next start."""
        if self._queue is not None:
            self._queue.close()

    def use_settings(self, settings: Settings) -> None:
        """Gets by these settings from the next download on."""
        if settings.alphabet_mirror != self._settings.alphabet_mirror:
            self._all = None
        self._settings = settings
        if self._queue is not None:
            self._queue.use_source(source_of(settings))

    def use_registry(self, registry: Registry) -> bool:
        """Gets the models of another registry; False when it is the one it was."""
        if registry is self._registry:
            return False
        self._registry = registry
        self._models = gettable_models(entry.model for entry in registry if entry.model is not None)
        self._all = None
        return True

    # What there is

    @property
    def gettables(self) -> Mapping[str, Gettable]:
        """What can be got, by name: models, then alphabets."""
        if self._all is None:
            self._all = {**self._alphabets(), **self._models}
        return self._all

    def _alphabets(self) -> dict[str, Gettable]:
        # Read when somebody looks: the window is up sooner without them.
        return gettable_alphabets(self._folders, self._settings)

    def download(self, name: str) -> Download | None:
        """How the download of a model or alphabet stands; None when there is none."""
        return self._queue.download(name) if self._queue is not None else None

    def downloads(self) -> tuple[Download, ...]:
        """All downloads, in the order they are got."""
        return self._queue.downloads() if self._queue is not None else ()

    @property
    def getting(self) -> tuple[Download, ...]:
        """Those that are being got, or will be when their turn comes."""
        return tuple(one for one in self.downloads() if one.unfinished and one.busy)

    # What is asked for

    def get(self, name: str) -> None:
        """Gets a model or alphabet, or goes on with it; asks first where its licence restricts.

        Ends in ``finished``, ``failed`` or ``declined``, or is paused or cancelled by the user.
        """
        gettable = self.gettables[name]
        model = gettable.model
        if model is not None and model.licence_restricts and not self._accepted(name):
            self.licence_wanted.emit(model)
            return
        self.queue.get(name, title=gettable.title, wanted=gettable.wanted)

    def mark_for_reading(self, name: str) -> None:
        """Remembers with a download that the model is to read as soon as it is here."""
        self.queue.mark_for_reading(name)

    def accept_licence(self, name: str) -> None:
        """The user accepts the licence of a model; it is got, now and any other time."""
        if not self._accepted(name):
            self._settings = msgspec.structs.replace(
                self._settings, accepted_licences=(*self._settings.accepted_licences, name)
            )
            self.settings_wanted.emit(self._settings)
        self.get(name)

    def decline_licence(self, name: str) -> None:
        """The user does not accept it; the model is not got."""
        self.declined.emit(name)

    def pause(self, name: str) -> None:
        """Stops a download; what was fetched stays."""
        self.queue.pause(name)

    def resume(self, name: str) -> None:
        """Goes on with a download that is paused or has failed."""
        gettable = self.gettables.get(name)
        if gettable is not None:
            # From where it is to be had now: the mirror may be another.
            self.queue.get(name, title=gettable.title, wanted=gettable.wanted)
        else:
            self.queue.resume(name)

    def cancel(self, name: str) -> None:
        """Gives a download up and removes what was fetched of it; stops a ``verify``."""
        self.queue.cancel(name)

    def verify(self, name: str) -> None:
        """Compares what is on disk with its checksums, without the network."""
        gettable = self.gettables[name]
        self.queue.verify(name, title=gettable.title, wanted=gettable.wanted)

    def remove(self, name: str) -> None:
        """Removes a model from the disk, after it was unloaded; asks nobody."""
        gettable = self.gettables[name]
        self.queue.remove(
            name,
            title=gettable.title,
            wanted=gettable.wanted,
            first=lambda: self._unload(name),
        )

    def ask_token(self) -> None:
        """Has ``token_known`` say whether there is a token, and where."""
        self.queue.ask_token(self._tell_token)

    def store_token(self, token: str) -> None:
        """Keeps the hub's token in the system's keyring; an empty one removes it."""
        self.queue.store_token(token, self._tell_token)

    # Answers

    def _accepted(self, name: str) -> bool:
        return name in self._settings.accepted_licences

    def _tell_token(self, answer: TokenState | DownloadError) -> None:
        if isinstance(answer, TokenState):
            self.token_known.emit(answer)
        else:
            self.token_failed.emit(answer.sentence)

    def _on_changed(self, download: Download) -> None:
        self.progressed.emit(download.name, download)
        if download.state in {DownloadState.DONE, DownloadState.FAILED, DownloadState.GONE}:
            self.disk_changed.emit()
        if download.name not in self.gettables:
            return  # Of a model that is in no list any more; nobody waits for it.
        if download.state is DownloadState.DONE and download.task is Task.GET:
            self.finished.emit(download.name)
        elif download.state is DownloadState.FAILED:
            self.failed.emit(download.name, download.sentence)
