"""Whether the scores of an engine's lines tell pages that it read badly from those it read well.

    PYTHONPATH=tests python -m benchmarks.low_confidence FOLDER [--cache DIR] [--pages]

FOLDER is as for ``accuracy.py``. A document is read badly when the F1 of its words is below 0.8.
What is compared with the limit of ``recognition/checks/low_confidence.py`` is the mean score of
the lines, each by its letters. Limits were chosen on every other document (A); the rest (B) is
reported beside. Documents with more pages than are counted, and pages without a reading, are
left out. With a cache a second run reads nothing.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import msgspec

from benchmarks.accuracy import find_documents, render, score
from textlift.content.page_image import PageImage
from textlift.content.reading import PageReading
from textlift.documents.client import DocumentReader
from textlift.engines.contract import EngineOptions, ReadOptions
from textlift.engines.process import EngineProcess
from textlift.engines.registry import installed_engines
from textlift.processes.supervised import RequestFailed
from textlift.recognition.checks.low_confidence import find_low_confidence, mean_confidence

ENGINES = ("pp-ocrv6", "tesseract")
BADLY = 0.8
"""Word F1 below which a page was read badly."""


class Judged(msgspec.Struct, frozen=True):
    """A document that one engine has read."""

    name: str
    engine: str
    half: str
    f1: float
    confidence: float | None
    told: bool

    @property
    def bad(self) -> bool:
        return self.f1 < BADLY


def judged(folder: Path, cache: Path, engine: str) -> Iterator[Judged]:
    """Every document of a folder as an engine read it."""
    process: EngineProcess | None = None
    try:
        with closing(DocumentReader(cache)) as reader:
            for number, document in enumerate(find_documents(folder)):
                stored = cache / f"{document.path.stem}.{engine}.json"
                if not stored.exists():
                    if process is None:
                        process = EngineProcess(installed_engines().entry(engine), EngineOptions())
                        process.load()
                    images = render(reader, document)
                    readings = [one for image in images if (one := read(process, image))]
                    stored.write_bytes(msgspec.json.encode(readings))
                readings = msgspec.json.decode(stored.read_bytes(), type=list[PageReading])
                whole = one_reading(readings)
                if whole is None:
                    continue
                yield Judged(
                    name=document.path.stem,
                    engine=engine,
                    half="AB"[number % 2],
                    f1=score(document.truth, whole.text).f1,
                    confidence=mean_confidence(whole),
                    told=bool(find_low_confidence(whole)) or bool(whole.warnings),
                )
    finally:
        if process is not None:
            process.close()


def read(process: EngineProcess, image: PageImage) -> PageReading | None:
    try:
        return process.read(image, ReadOptions(), on_progress=lambda _: None)
    except RequestFailed:
        return None


def one_reading(readings: list[PageReading]) -> PageReading | None:
    """All pages of a document as one."""
    if not readings:
        return None
    blocks = tuple(block for one in readings for block in one.blocks)
    warnings = tuple(warning for one in readings for warning in one.warnings)
    return msgspec.structs.replace(readings[0], blocks=blocks, warnings=warnings)


def print_table(everything: list[Judged]) -> None:
    print("| engine | half | bad pages found | good pages warned of |")
    print("|---|---|---|---|")
    for engine in ENGINES:
        for half in "AB":
            some = [one for one in everything if (one.engine, one.half) == (engine, half)]
            bad, good = [one for one in some if one.bad], [one for one in some if not one.bad]
            found, warned = sum(one.told for one in bad), sum(one.told for one in good)
            print(f"| {engine} | {half} | {found}/{len(bad)} | {warned}/{len(good)} |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--cache", type=Path, help="keep readings there")
    parser.add_argument("--pages", action="store_true", help="print each document")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        cache = arguments.cache or Path(temporary)
        cache.mkdir(parents=True, exist_ok=True)
        everything = [one for engine in ENGINES for one in judged(arguments.folder, cache, engine)]
    if arguments.pages:
        for one in sorted(everything, key=lambda one: (one.engine, one.f1)):
            confidence = "-" if one.confidence is None else f"{one.confidence:.3f}"
            print(f"{one.engine:10} {one.half} {one.name:24} {one.f1:.2f} {confidence} {one.told}")
    print_table(everything)


if __name__ == "__main__":
    main()
