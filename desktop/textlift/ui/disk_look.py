"""Looks, in a thread, at what models and alphabets take on disk and what is free."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QObject, QThread, Signal

from textlift.downloads.messages import WebFile

if TYPE_CHECKING:
    from textlift.downloads.gettable import Gettable
    from textlift.models.catalogue import ModelEntry
    from textlift.models.disk_use import DiskUse


class DiskState(msgspec.Struct, frozen=True):
    """What was found.

    Attributes:
        number: Of the question it answers, see ``DiskLook.asked``.
        uses: By name, of what is on disk.
        folder: Where models are put.
        free: Bytes free there; None when the drive cannot be asked.
    """

    number: int = 0
    uses: dict[str, DiskUse] = {}
    folder: str = ""
    free: int | None = None

    @property
    def size(self) -> int:
        """Bytes of all that is there; what two names stand for counts once."""
        return sum({use.path: use.size for use in self.uses.values()}.values())


class _Question(msgspec.Struct, frozen=True):
    number: int
    gettables: tuple[Gettable, ...]
    own: tuple[ModelEntry, ...]
    cache: str


class DiskLook(QThread):
    """Looks whenever it is asked.

    Signals:
        known: A ``DiskState``.

    Attributes:
        asked: How many questions there were.
    """

    known = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("disk-look")
        self._wake = threading.Condition()
        self._question: _Question | None = None
        self.asked = 0
        self._closing = False

    def ask(self, gettables: Iterable[Gettable], own: Iterable[ModelEntry], *, cache: str) -> None:
        """Looks at these; the answer to an earlier question that is still waiting never comes.

        Args:
            gettables: Models that come from the hub, and alphabets.
            own: Models in folders of the user's.
            cache: As ``Settings.model_cache`` says it.
        """
        with self._wake:
            self.asked += 1
            self._question = _Question(self.asked, tuple(gettables), tuple(own), cache)
            self._wake.notify()

    def close(self) -> None:
        """Ends the thread."""
        with self._wake:
            self._closing = True
            self._wake.notify()
        self.wait()

    def run(self) -> None:
        """The thread."""
        while (question := self._next()) is not None:
            self.known.emit(_look(question))

    def _next(self) -> _Question | None:
        with self._wake:
            while self._question is None and not self._closing:
                self._wake.wait()
            question, self._question = self._question, None
            return None if self._closing else question


def _look(question: _Question) -> DiskState:
    from textlift.models.disk_use import free_space
    from textlift.models.hub_cache import cache_folders

    caches = cache_folders(question.cache)
    uses = {}
    for gettable in question.gettables:
        if gettable.model is not None:
            use = _model_use(gettable.model, caches)
        else:
            use = _file_use(gettable.wanted) if isinstance(gettable.wanted, WebFile) else None
        if use is not None:
            uses[gettable.name] = use
    for model in question.own:
        use = _model_use(model, caches)
        if use is not None:
            uses[model.name] = use
    try:
        free: int | None = free_space(caches[0])
    except OSError:
        free = None
    return DiskState(question.number, uses, str(caches[0]), free)


def _model_use(model: ModelEntry, caches: tuple[Path, ...]) -> DiskUse | None:
    from textlift.models.disk_use import model_disk_use
    from textlift.models.on_disk import ModelNotOnDiskError, model_folder

    try:
        return model_disk_use(model_folder(model, caches=caches))
    except (ModelNotOnDiskError, OSError):
        return None  # Or it is being removed just now.


def _file_use(wanted: WebFile) -> DiskUse | None:
    from textlift.models.disk_use import DiskUse

    path = Path(wanted.path)
    try:
        return DiskUse(str(path), path.stat().st_size)
    except OSError:
        return None
