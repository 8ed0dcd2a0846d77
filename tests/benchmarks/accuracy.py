"""Error rates and pages per minute of Textlift, plain rapidocr and plain Tesseract, in one run.

    python tests/benchmarks/accuracy.py FOLDER [--model automatic] [--plain rapidocr tesseract]
        [--lang eng+rus] [--rounds 2] [--out DIR] [--per-page]

FOLDER holds documents with their true text beside them, ``<name>.gt.txt`` for ``<name>.<ext>``.
A ``manifest.tsv`` there may give each file (column ``file``) its ``category`` and, where only
some pages of it count, ``page`` (``3`` or ``1-4``). Textlift goes its real way: the reader
process renders, the engine process reads. The others get the same rendered pages, so that
the comparison is one of reading. Programs take turns on each document, in an order that is
reversed each round; loading is not counted.
"""

from __future__ import annotations

import argparse
import csv
import os
import re
import statistics
import subprocess
import tempfile
import time
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from rapidfuzz.distance import Levenshtein

from textlift.__main__ import BACKGROUND_NICENESS
from textlift.content.page_image import PageImage
from textlift.content.scripts import script_counts
from textlift.documents.client import DocumentError, DocumentReader
from textlift.engines.contract import EngineOptions, ReadOptions
from textlift.engines.process import EngineProcess
from textlift.engines.registry import installed_engines
from textlift.processes.supervised import RequestFailed

_ALIKE = str.maketrans(
    {
        **dict.fromkeys("“”„«»‟″", '"'),
        **dict.fromkeys("‘’‚`´′", "'"),
        **dict.fromkeys("–—‐‑−―", "-"),
        **dict.fromkeys("•·●▪◦○■", "*"),
        **dict.fromkeys("\u00ad\u200b\ufeff\u2060", None),
        **dict(zip("，。：；（）！？、．％", ",.:;()!?,.%", strict=True)),
        "…": "...",
        "ﬁ": "fi",
        "ﬂ": "fl",
        "ſ": "s",
    }
)
_UNSPACED = {"Hani", "Kana"}
_SCORES = ("cer", "wer", "f1")


@dataclass(frozen=True)
class Document:
    """A document whose true text is known; ``pages`` are those that count, from 1.

    Its ``language`` is as its manifest says, ``ru`` or ``en+de``; empty where that is not told.
    """

    path: Path
    truth: str
    category: str
    pages: tuple[int, ...]
    language: str = ""


@dataclass
class Contestant:
    """A program that reads pages, with what it did."""

    name: str
    read: Callable[[PageImage], str]
    close: Callable[[], None] = lambda: None
    texts: dict[Path, str] = field(default_factory=dict)
    seconds: dict[Path, list[float]] = field(default_factory=dict)

    def read_document(self, document: Document, images: list[PageImage]) -> None:
        started = time.perf_counter()
        texts = [self.read(image) for image in images]
        self.seconds.setdefault(document.path, []).append(time.perf_counter() - started)
        self.texts[document.path] = "\n".join(texts)

    def pages_per_minute(self, pages: dict[Path, int]) -> float:
        """From the median round of each document."""
        whole = sum(statistics.median(rounds) for rounds in self.seconds.values())
        return 60 * sum(pages[path] for path in self.seconds) / whole


@dataclass(frozen=True)
class Score:
    """Character and word error rate, clipped to 1, and word F1 without regard to order."""

    cer: float
    wer: float
    f1: float


def score(truth: str, text: str) -> Score:
    """Compares after unifying quotes and dashes, joining hyphenated words, collapsing space."""
    counts = script_counts(truth)
    # Chinese and Japanese pages have many Latin letters: a word of them is one character or two.
    unspaced = sum(counts.get(script, 0) for script in _UNSPACED) > 0.2 * sum(counts.values())
    truth, text = _normal(truth, unspaced=unspaced), _normal(text, unspaced=unspaced)
    true_words, words = _words(truth, unspaced=unspaced), _words(text, unspaced=unspaced)
    shared = sum((Counter(true_words) & Counter(words)).values())
    return Score(
        cer=min(1.0, Levenshtein.distance(truth, text) / max(1, len(truth))),
        wer=min(1.0, Levenshtein.distance(true_words, words) / max(1, len(true_words))),
        f1=2 * shared / max(1, len(true_words) + len(words)),
    )


def _normal(text: str, *, unspaced: bool) -> str:
    text = unicodedata.normalize("NFC", text).translate(_ALIKE)
    text = re.sub(r"(\w)-\s*\n\s*(?=[^\W\d_])", r"\1", text)
    return re.sub(r"\s+", "" if unspaced else " ", text).strip()


def _words(text: str, *, unspaced: bool) -> list[str]:
    if unspaced:
        return [text[index : index + 2] for index in range(max(1, len(text) - 1))]
    return [word for raw in text.split() if (word := re.sub(r"^\W+|\W+$", "", raw))]


def find_documents(folder: Path) -> Iterator[Document]:
    """The documents that have their true text beside them."""
    known: dict[str, dict[str, str]] = {}
    manifest = folder / "manifest.tsv"
    if manifest.exists():
        with manifest.open(encoding="utf-8", newline="") as stream:
            rows = csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE)
            known = {row["file"]: row for row in rows}
    for path in sorted(folder.iterdir()):
        truth = path.with_name(path.stem + ".gt.txt")
        if path.name.endswith(".gt.txt") or not truth.is_file():
            continue
        row = known.get(path.name, {})
        first, _, last = row.get("page", "").partition("-")
        pages = range(int(first), int(last or first) + 1) if first else range(0)
        yield Document(
            path=path,
            truth=truth.read_text(encoding="utf-8"),
            category=row.get("category", "all"),
            pages=tuple(pages),
            language=row.get("language", ""),
        )


def render(reader: DocumentReader, document: Document) -> list[PageImage]:
    """The pages that count; a manifest may count on from the original that pages came from."""
    info = reader.open(str(document.path))
    counted = [page for page in document.pages if page <= info.page_count]
    pages = counted or range(1, info.page_count + 1)
    return [reader.render(info, page) for page in pages]


def textlift(model: str) -> Contestant:
    process = EngineProcess(installed_engines().entry(model), EngineOptions())
    process.load()

    def read(image: PageImage) -> str:
        try:
            return process.read(image, ReadOptions(), on_progress=lambda progress: None).text
        except RequestFailed as failure:
            print(f"  {model}: {Path(image.path).name}: {failure.sentence}")
            return ""

    return Contestant(f"Textlift ({model})", read, process.close)


def plain_rapidocr() -> Contestant:
    from rapidocr import RapidOCR

    engine = RapidOCR(params={"Global.log_level": "error"})

    def read(image: PageImage) -> str:
        return "\n".join(engine(image.path).txts or ())

    return Contestant("rapidocr", read)


def plain_tesseract(languages: str) -> Contestant:
    def read(image: PageImage) -> str:
        command = ["tesseract", image.path, "stdout", "-l", languages]
        done = subprocess.run(command, capture_output=True, check=False)
        return done.stdout.decode("utf-8", "replace")

    return Contestant(f"tesseract -l {languages}", read)


def print_table(contestants: list[Contestant], documents: list[Document]) -> None:
    names = [contestant.name for contestant in contestants]
    width = max(18, *(len(name) for name in names))
    print(f"{'CER / WER / F1':16s} {'n':>3s}  " + "  ".join(f"{name:>{width}s}" for name in names))
    categories = sorted({document.category for document in documents})
    for category in [*categories, "ALL"]:
        some = [d for d in documents if category in {"ALL", d.category}]
        cells = []
        for contestant in contestants:
            scores = [score(d.truth, contestant.texts[d.path]) for d in some]
            means = (statistics.mean(getattr(s, kind) for s in scores) for kind in _SCORES)
            cells.append(" / ".join(f"{mean:.3f}" for mean in means))
        print(f"{category:16s} {len(some):3d}  " + "  ".join(f"{cell:>{width}s}" for cell in cells))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--model", action="append", help="a Textlift engine; may be repeated")
    parser.add_argument("--plain", nargs="*", default=["rapidocr", "tesseract"])
    parser.add_argument("--lang", default="eng+rus", help="for plain Tesseract")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--out", type=Path, help="write each program's texts to a folder there")
    parser.add_argument("--per-page", action="store_true")
    arguments = parser.parse_args()

    documents = list(find_documents(arguments.folder))
    if not documents:
        raise SystemExit(f"There is no document with a .gt.txt file in {arguments.folder}.")
    contestants = [textlift(model) for model in arguments.model or ["automatic"]]
    if hasattr(os, "nice"):
        # Textlift's processes give way to others; on a busy machine that would be measured.
        os.nice(BACKGROUND_NICENESS)
    if "rapidocr" in arguments.plain:
        contestants.append(plain_rapidocr())
    if "tesseract" in arguments.plain:
        contestants.append(plain_tesseract(arguments.lang))
    with tempfile.TemporaryDirectory() as cache:
        reader = DocumentReader(Path(cache))
        try:
            pages = _run(documents, contestants, reader, rounds=arguments.rounds)
        finally:
            reader.close()
            for contestant in contestants:
                contestant.close()
    _report(documents, contestants, pages, arguments)


def _run(
    documents: list[Document],
    contestants: list[Contestant],
    reader: DocumentReader,
    *,
    rounds: int,
) -> dict[Path, int]:
    """Reads everything; returns the number of pages of each document."""
    pages: dict[Path, int] = {}
    for number in range(rounds):
        turn = contestants if number % 2 == 0 else contestants[::-1]
        for document in documents:
            try:
                images = render(reader, document)
            except DocumentError as error:
                raise SystemExit(f"{document.path.name}: {error.sentence}") from error
            pages[document.path] = len(images)
            if not pages.keys() - {document.path} and number == 0:
                # The first page after loading is slower with each of them.
                for contestant in turn:
                    contestant.read(images[0])
            for contestant in turn:
                contestant.read_document(document, images)
    return pages


def _report(
    documents: list[Document],
    contestants: list[Contestant],
    pages: dict[Path, int],
    arguments: argparse.Namespace,
) -> None:
    if arguments.per_page:
        for document in documents:
            cells = (score(document.truth, c.texts[document.path]) for c in contestants)
            numbers = "  ".join(f"{s.cer:.3f} {s.f1:.3f}" for s in cells)
            print(f"{document.path.stem:26s} {numbers}")
    if arguments.out:
        for contestant in contestants:
            folder = arguments.out / re.sub(r"\W+", "-", contestant.name).strip("-")
            folder.mkdir(parents=True, exist_ok=True)
            for document in documents:
                target = folder / f"{document.path.stem}.txt"
                target.write_text(contestant.texts[document.path], encoding="utf-8")
    print_table(contestants, documents)
    print(f"\npages per minute, {sum(pages.values())} pages, {os.cpu_count()} cores")
    for contestant in contestants:
        print(f"  {contestant.name:24s} {contestant.pages_per_minute(pages):6.1f}")


if __name__ == "__main__":
    main()
