"""Has pages looked at by others than the engine that reads them, beside the reading."""

from __future__ import annotations

from collections.abc import Container, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

import msgspec

from textlift.content.page_image import PageImage
from textlift.content.reading import PageReading, PageWarning, WarningKind
from textlift.content.warning_order import in_page_order
from textlift.engines.automatic.card import NAME as AUTOMATIC
from textlift.engines.contract import ReadOptions
from textlift.engines.pp_ocr.card import NAME as PP_OCR
from textlift.engines.registry import Registry
from textlift.engines.tesseract.card import NAME as TESSERACT
from textlift.inspection.client import PageInspector
from textlift.inspection.messages import PageLook
from textlift.processes.cancellation import Cancellation
from textlift.processes.supervised import ProcessCancelled, ProcessFailure
from textlift.recognition.checks.page_check import check_page
from textlift.recognition.engine_pool import EngineNotReadyError, EnginePool, LoadWatcher
from textlift.recognition.tasks import PageTask

WITNESSES = (AUTOMATIC, PP_OCR, TESSERACT)
"""The engines whose reading a generated text is compared with: the first that can."""

_UNWATCHED = LoadWatcher(loading=lambda _: None, loaded=lambda _, __: None)


class Inspecting:
    """The independent looks of a run. Safe to use from several threads, a page in each.

    The inspector finds the lines of a page. A generated text is also compared with what the
    small engine reads. Both go on while the page is read, in threads and processes of their own.
    """

    def __init__(
        self,
        inspector: PageInspector,
        *,
        registry: Registry,
        pool: EnginePool,
        cancellation: Cancellation,
        never: Container[str] = (),
    ) -> None:
        """Prepares.

        Args:
            inspector: Finds lines.
            registry: Where the witness is looked for.
            pool: Lends the witness's process.
            cancellation: Ends looking.
            never: Names of engines that are not to be asked as a witness either.
        """
        self._inspector = inspector
        self._registry = registry
        self._pool = pool
        self._cancellation = cancellation
        self._witnesses = tuple(name for name in WITNESSES if name not in never)
        # Witnesses that cannot be loaded: each page would wait for them anew.
        self._absent: set[str] = set()
        self._executor = ThreadPoolExecutor(2, thread_name_prefix="inspecting")

    @contextmanager
    def open(self) -> Iterator[None]:
        """Ends the threads when left."""
        try:
            yield
        finally:
            self._executor.shutdown(wait=True, cancel_futures=True)

    @contextmanager
    def beside(self, task: PageTask, image: PageImage) -> Iterator[LookBeside]:
        """A look at a page for as long as it is read, begun where it will be needed."""
        first = task.order[0] if task.order else ""
        entry = self._registry.entry(first) if first in self._registry else None
        look: Future[PageLook] | None = None
        witness: Future[PageReading | None] | None = None
        if entry is not None and not entry.card.detects:
            look = self._executor.submit(self.look, image)
        if entry is not None and entry.model is not None:
            witness = self._executor.submit(self.testify, task, image)
        try:
            yield LookBeside(self, task, image, look=look, witness=witness)
        finally:
            for future in (look, witness):
                if future is not None:
                    future.cancel()

    def look(self, image: PageImage) -> PageLook:
        """Where the lines and the ink of a page are.

        Raises:
            ProcessFailure: It cannot be looked at, or the run was stopped.
        """
        return self._inspector.look(image, cancellation=self._cancellation)

    def testify(self, task: PageTask, image: PageImage) -> PageReading | None:
        """What a small engine reads on the page; None when none of them can read it.

        Raises:
            ProcessCancelled: The run was stopped.
        """
        options = ReadOptions(languages=task.languages, rotation=task.rotation)
        for name in self._witnesses:
            if name not in self._registry or name in self._absent:
                continue
            loaded = False
            try:
                with self._pool.lease(
                    name, watcher=_UNWATCHED, cancellation=self._cancellation
                ) as process:
                    loaded = True
                    return process.read(
                        image,
                        options,
                        on_progress=lambda _: None,
                        cancellation=self._cancellation,
                    )
            except ProcessCancelled:
                raise
            except (EngineNotReadyError, ProcessFailure, msgspec.DecodeError):
                # The page has a reading; that a witness cannot read it is no news.
                if not loaded:
                    self._absent.add(name)
        return None


class LookBeside:
    """What is found out about a page while it is read."""

    def __init__(
        self,
        inspecting: Inspecting,
        task: PageTask,
        image: PageImage,
        *,
        look: Future[PageLook] | None,
        witness: Future[PageReading | None] | None,
    ) -> None:
        """Holds what was begun before it was known who would read the page.

        Args:
            inspecting: Finds out what was not begun.
            task: The page.
            image: The page.
            look: Begun.
            witness: Begun.
        """
        self._inspecting = inspecting
        self._task = task
        self._image = image
        self._look = look
        self._witness = witness

    def checked(self, reading: PageReading) -> PageReading:
        """The reading with warnings where it does not fit the page.

        A look that fails costs the page what needs it, and a warning that says so; one that is
        stopped costs it all checks, for whoever stops waits.
        """
        look = witness = None
        warnings: tuple[PageWarning, ...] = ()
        try:
            try:
                look = self._look_for(reading)
            except ProcessCancelled:
                raise
            except ProcessFailure as error:
                warnings = (_unchecked(error.sentence),)
            except msgspec.DecodeError:
                warnings = (_unchecked("The answer could not be understood."),)
            if reading.generation is not None:
                witness = self._testimony()
                if look is None and witness is not None and witness.detected is not None:
                    look, warnings = PageLook(lines=witness.detected), ()
        except ProcessCancelled:
            return _with_warnings(reading, (_unchecked("Reading was stopped before."),))
        width, height = self._image.width, self._image.height
        found = check_page(reading, look=look, witness=witness, width=width, height=height)
        return _with_warnings(reading, (*warnings, *found))

    def _look_for(self, reading: PageReading) -> PageLook:
        if reading.detected is not None:
            return PageLook(lines=reading.detected)
        return self._look.result() if self._look is not None else self._inspecting.look(self._image)

    def _testimony(self) -> PageReading | None:
        if self._witness is not None:
            return self._witness.result()
        return self._inspecting.testify(self._task, self._image)


def _unchecked(why: str) -> PageWarning:
    return PageWarning(
        WarningKind.UNCHECKED, f"This page was not checked for what may be missing: {why}"
    )


def _with_warnings(reading: PageReading, found: tuple[PageWarning, ...]) -> PageReading:
    """The reading with more to check, from the top of the page to its bottom.

    Lines that the engine has a warning about already are not named twice.
    """
    known = [warning.box for warning in reading.warnings if warning.box is not None]
    new = [
        warning
        for warning in found
        if warning.kind is not WarningKind.MISSED
        or warning.box is None
        or not any(warning.box.intersection_area(box) > warning.box.area / 2 for box in known)
    ]
    warnings = in_page_order((*reading.warnings, *new), rotation=reading.rotation)
    return msgspec.structs.replace(reading, warnings=warnings)
