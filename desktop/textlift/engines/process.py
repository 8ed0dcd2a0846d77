"""An engine process as its parent sees it: what it is asked, and the handle on it."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from textlift.content.geometry import Box
from textlift.content.page_image import PageImage
from textlift.content.reading import PageReading
from textlift.engines.contract import (
    EngineOptions,
    ReadOptions,
    ReadProgress,
)
from textlift.engines.registry import EngineEntry
from textlift.models.engine_memory import EngineMemory
from textlift.processes.cancellation import Cancellation
from textlift.processes.supervised import SupervisedProcess

_OFFLINE = {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1", "HF_HUB_DISABLE_TELEMETRY": "1"}
"""No engine asks the network for anything; a library that would try fails at once instead."""

_GPU_ORDER = {"CUDA_DEVICE_ORDER": "PCI_BUS_ID"}
"""``cuda:1`` is the second GPU of the bus, as NVML and nvidia-smi count; CUDA by itself puts the
fastest first."""


class ReadPage(msgspec.Struct, frozen=True, tag=True):
    """The one request an engine process answers, with a ``PageReading``.

    Attributes:
        page: The rendered page.
        options: How it is to be read.
        part: To be cut out of the page and read as a page of its own; None: the page as it is.
    """

    page: PageImage
    options: ReadOptions
    part: Box | None = None


class EngineProcess:
    """The parent's handle on one loaded engine."""

    def __init__(self, entry: EngineEntry, options: EngineOptions) -> None:
        self.entry = entry
        self._started = False
        card = entry.card
        if entry.model is not None:
            options = msgspec.structs.replace(options, model=entry.model)
        encoded = msgspec.json.encode(options).decode()
        self.process = SupervisedProcess(
            card.title,
            arguments=["engine", entry.factory, str(card.capacity), encoded],
            memory_limit=card.memory_limit,
            environment={**_OFFLINE, **_GPU_ORDER},
        )

    @property
    def alive(self) -> bool:
        return self.process.alive

    @property
    def device(self) -> str:
        return self.process.device

    @property
    def memory(self) -> EngineMemory | None:
        """What the engine took of its device when it was loaded; None where it does not say."""
        body = self.process.ready_body
        return msgspec.msgpack.decode(body, type=EngineMemory) if body else None

    def load(self, cancellation: Cancellation | None = None) -> None:
        """Starts the process and loads the model.

        Raises:
            RequestFailed: The engine says why it cannot be loaded; its ``kind`` is the value
                of a ``FailureKind``.
            ProcessFailure: The process died, took too long, or was cancelled.
        """
        self._started = True
        self.process.start(deadline=self.entry.card.load_deadline, cancellation=cancellation)

    def read(
        self,
        page: PageImage,
        options: ReadOptions,
        *,
        on_progress: Callable[[ReadProgress], None],
        cancellation: Cancellation | None = None,
    ) -> PageReading:
        """Reads a page, or the part of it in ``options.box``.

        The part is cut out for a mode that reads whole pages.

        Raises:
            RequestFailed: The engine says why not; its ``kind`` is the value of a ``FailureKind``.
            ProcessFailure: The process died, took too long, or was cancelled.
        """
        request = ReadPage(page=page, options=options)
        if options.box is not None and not self._looks_into_boxes(options.mode):
            whole = msgspec.structs.replace(options, box=None)
            request = ReadPage(page=page, options=whole, part=options.box)
        return self.process.call(
            request,
            answer=PageReading,
            deadline=self.entry.card.page_deadline,
            cancellation=cancellation,
            on_progress=lambda body: on_progress(msgspec.msgpack.decode(body, type=ReadProgress)),
        )

    def _looks_into_boxes(self, mode: str) -> bool:
        modes = self.entry.card.modes
        return any(one.needs_box for one in modes if one.name == (mode or modes[0].name))

    def close(self) -> None:
        """Unloads the model by ending its process; all its memory comes back."""
        self.process.close()
        self._tidy()

    def kill(self) -> None:
        """Ends the process at once."""
        self.process.kill()
        self._tidy()

    def _tidy(self) -> None:
        """A process that was killed could not remove its temporary files itself."""
        # Here, since the window imports this module at its start.
        from textlift.engines.confinement import remove_temporary_files

        if self._started:
            self._started = False
            remove_temporary_files()
