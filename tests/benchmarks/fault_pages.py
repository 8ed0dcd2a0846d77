"""Real pages with their true text, as engines read them and as the inspector sees them; cached."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import msgspec

from benchmarks.accuracy import Document, find_documents, render
from textlift.content.page_image import PageImage
from textlift.content.reading import PageReading
from textlift.documents.client import DocumentReader
from textlift.engines.contract import EngineOptions, ReadOptions
from textlift.engines.process import EngineProcess
from textlift.engines.registry import installed_engines
from textlift.inspection.looking import Look
from textlift.inspection.messages import PageLook
from textlift.processes.supervised import RequestFailed

ENGINES = ("automatic", "pp-ocrv6", "tesseract")


class FaultPage(msgspec.Struct, frozen=True):
    """A page and what is known of it.

    Attributes:
        name: Of the file, with the page's number.
        truth: Its true text.
        width: Of the rendered page in pixels.
        height: Likewise.
        look: What the inspector sees.
        readings: Of each engine that could read it.
    """

    name: str
    truth: str
    width: int
    height: int
    look: PageLook
    readings: dict[str, PageReading]


def fault_pages(folder: Path, cache: Path | None = None) -> list[FaultPage]:
    """The pages of a folder as ``accuracy.py`` takes them, sorted by name.

    Args:
        folder: Of documents with their true text beside them; pages parted by form feeds.
        cache: Where they are kept for the next run; None: nowhere.
    """
    documents = list(find_documents(folder))
    if cache is None:
        with tempfile.TemporaryDirectory() as temporary:
            return _read_all(documents, Path(temporary))
    return _read_all(documents, cache)


def _read_all(documents: list[Document], cache: Path) -> list[FaultPage]:
    cache.mkdir(parents=True, exist_ok=True)
    missing = [one for one in documents if not (cache / f"{one.path.stem}.json").exists()]
    if missing:
        _read_documents(missing, cache)
    decoder = msgspec.json.Decoder(list[FaultPage])
    return [
        page
        for document in documents
        for page in decoder.decode((cache / f"{document.path.stem}.json").read_bytes())
    ]


def _read_documents(documents: list[Document], cache: Path) -> None:
    look = Look(EngineOptions())
    registry = installed_engines()
    engines = {name: EngineProcess(registry.entry(name), EngineOptions()) for name in ENGINES}
    with tempfile.TemporaryDirectory() as images:
        reader = DocumentReader(Path(images))
        try:
            for engine in engines.values():
                engine.load()
            for document in documents:
                pages = list(_pages(document, render(reader, document), look, engines))
                target = cache / f"{document.path.stem}.json"
                target.write_bytes(msgspec.json.encode(pages))
                print(f"read {document.path.name}", flush=True)
        finally:
            reader.close()
            for engine in engines.values():
                engine.close()


def _pages(
    document: Document,
    images: list[PageImage],
    look: Look,
    engines: dict[str, EngineProcess],
) -> Iterator[FaultPage]:
    truths = document.truth.split("\f")
    for number, (image, truth) in enumerate(zip(images, truths, strict=True), start=1):
        readings = {}
        for name, engine in engines.items():
            try:
                readings[name] = engine.read(
                    image, ReadOptions(), on_progress=lambda progress: None
                )
            except RequestFailed as failure:
                print(f"  {name}: {document.path.name}: {failure.sentence}")
        yield FaultPage(
            name=f"{document.path.stem}:{number}",
            truth=truth,
            width=image.width,
            height=image.height,
            look=look.at(image.path),
            readings=readings,
        )
