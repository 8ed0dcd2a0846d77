"""A document reader that draws numbered pages itself, without a process."""

from __future__ import annotations

import threading
from pathlib import Path

from doubles.pages import blank_page, draw_page
from textlift.content.page_image import PageImage
from textlift.documents.client import DocumentError
from textlift.documents.messages import DocumentInfo, Fingerprint, TextLayer
from textlift.processes.cancellation import Cancellation
from textlift.processes.supervised import ProcessCancelled


def drawn_document(pages: int, *, path: str = "/nowhere/scan.pdf") -> DocumentInfo:
    return DocumentInfo(path=path, format="PDF", page_count=pages, fingerprint=Fingerprint(1, 2))


class DrawnReader:
    """Has the methods of ``DocumentReader`` that a run uses.

    Attributes:
        size: Width and height of the pages.
        text: Of every page; empty: its number.
        ink: Page -> ink to report (0.05 else); 0 also draws a blank page.
        errors: Page -> errors to raise at the first, second… rendering.
        defects: Page -> what is wrong with its image.
        layers: Page -> its text layer.
        held: Pages that are not rendered until the reading is cancelled or they are taken out
            and ``released`` is set.
        rendered: Pages in the order they were asked for.
    """

    def __init__(self, folder: Path, *, size: tuple[int, int] = (300, 400)) -> None:
        self._folder = folder
        self.size = size
        self.text = ""
        self._files: dict[int, Path] = {}
        self.ink: dict[int, float] = {}
        self.errors: dict[int, list[DocumentError]] = {}
        self.defects: dict[int, str] = {}
        self.layers: dict[int, TextLayer] = {}
        self.held: set[int] = set()
        self.released = threading.Event()
        self.rendered: list[int] = []

    def render(
        self,
        document: DocumentInfo,
        page: int,
        *,
        password: str = "",
        cancellation: Cancellation,
    ) -> PageImage:
        self.rendered.append(page)
        if self.errors.get(page):
            raise self.errors[page].pop(0)
        if page in self.held:
            with cancellation.watching(self.released.set):
                self.released.wait()
        if cancellation.cancelled:
            raise ProcessCancelled("Stopped.")
        ink = self.ink.get(page, 0.05)
        width, height = self.size
        path = self._file(0 if ink == 0 else page)
        defect = self.defects.get(page, "")
        return PageImage(str(path), width, height, dpi=200, ink=ink, defect=defect)

    def text_layer(
        self,
        document: DocumentInfo,
        page: int,
        *,
        password: str = "",
        cancellation: Cancellation,
    ) -> TextLayer:
        return self.layers.get(page, TextLayer(reading=None, sentence="No text in this page."))

    def delete(self, page: int) -> None:
        """Loses the image of a page, as the bounded page cache does."""
        self._file(page).unlink()

    def _file(self, number: int) -> Path:
        path = self._folder / f"drawn-{number}.png"
        if not path.exists():
            image = (
                draw_page(number, text=self.text, size=self.size)
                if number
                else blank_page(size=self.size)
            )
            image.save(path, compress_level=1)
        return path
