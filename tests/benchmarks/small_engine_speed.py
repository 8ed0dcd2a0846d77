"""Pages per minute on a CPU, and error rates: Textlift, plain rapidocr, Tesseract, ocrmypdf.

    PYTHONPATH=tests python -m benchmarks.small_engine_speed FOLDER [--pages 12] [--rounds 3]
        [--plain rapidocr tesseract] [--textlift automatic pp-ocrv6 tesseract] [--window automatic]
        [--ocrmypdf PROGRAM] [--networks] [--per-file] [--without ru]

FOLDER holds documents with their true text beside them, as for ``accuracy``; ``--pages`` takes so
many pages of them, of all categories in turn, 0 all; ``--without`` leaves languages out. Each
program runs in a process of its own, all with the same niceness, and reads a page before the first
round. Programs take turns, in an order that is reversed each round; figures are medians of the
rounds, ratios are medians of the ratios to rapidocr (to the first program where rapidocr is left
out) within a round.

The plain programs get images by path, as their documents show: the file itself where it is an
image of one page, else its pages as Textlift draws them, which is not counted for them. Textlift
goes its real way with checks on: copies of the files, which nobody has drawn before, are opened,
drawn, read, checked and stored. ``--window`` drops them on the real window (set
``QT_QPA_PLATFORM=offscreen`` where there is no display).

``--networks`` adds PP-OCRv6's networks by themselves, asked what Textlift asks them for the pages:
the ceiling for these weights in this library. The last column is the share of it that a program
reaches.

What is named for ``--textlift`` and ``--window`` may be followed by switches, to measure one
against the other: ``pp-ocrv6,threads=1,lanes=2,checks=false,ENVIRONMENT_VARIABLE=value``.
"""

from __future__ import annotations

import argparse
import itertools
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import psutil
from PIL import Image

from benchmarks.accuracy import Document, find_documents, render, score
from benchmarks.small_engine_hosts import Done, File, Job, Options, Page
from textlift.documents.client import DocumentReader
from textlift.engines.tesseract.program import ask_program

_SAMPLE_SECONDS = 0.2
_BASE = "rapidocr"
_CEILING = "networks by themselves"
_LANGUAGE_NAMES = {"ru": "rus+eng", "zh": "chi_sim", "de": "deu", "fr": "fra", "cs": "ces"}
_PLAIN_IMAGES = {".png", ".jpg", ".jpeg", ".tif", ".tiff"}


@dataclass(frozen=True)
class Round:
    """What a program did in one round.

    Attributes:
        done: As it tells.
        processor: Seconds of its process tree, by what the processes are.
        peak: Bytes resident in all processes of the tree together.
    """

    done: Done
    processor: dict[str, float]
    peak: int


@dataclass
class Contestant:
    """A program in a process of its own."""

    name: str
    kind: str
    options: Options
    environment: dict[str, str] = field(default_factory=dict)
    rounds: list[Round] = field(default_factory=list)

    @contextmanager
    def started(self) -> Iterator[None]:
        """Starts it, and returns when its program is loaded."""
        command = [sys.executable, "-m", "benchmarks.small_engine_hosts", self.kind]
        command.append(msgspec.json.encode(self.options).decode())
        with subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, **self.environment},
        ) as self._process:
            self._answer()
            yield
            assert self._process.stdin is not None
            self._process.stdin.close()

    def read(self, job: Job) -> Round:
        """Reads once."""
        tree = psutil.Process(self._process.pid)
        before = processor_seconds(tree)
        with watched_memory(tree) as peak:
            assert self._process.stdin is not None
            self._process.stdin.write(msgspec.json.encode(job) + b"\n")
            self._process.stdin.flush()
            answer = self._answer()
        done = msgspec.json.decode(answer, type=Done)
        after = processor_seconds(tree)
        return Round(done, {role: after[role] - before[role] for role in after}, peak[0])

    def _answer(self) -> bytes:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit(f"{self.name} ended.")
        return line


def processor_seconds(root: psutil.Process) -> Counter[str]:
    """Of a process and all below it by what they are, with those that ended and were waited for."""
    seconds: Counter[str] = Counter()
    for process in (root, *root.children(recursive=True)):
        try:
            times, line = process.cpu_times(), process.cmdline()
        except psutil.NoSuchProcess:
            continue
        role = line[line.index("--process") + 1] if "--process" in line else "the program itself"
        seconds[role] += times.user + times.system
        seconds["what it ran"] += times.children_user + times.children_system
    return seconds


@contextmanager
def watched_memory(root: psutil.Process) -> Iterator[list[int]]:
    """Samples the memory of a process tree; the list holds the most that was seen."""
    peak, ended = [0], threading.Event()

    def watch() -> None:
        while not ended.wait(_SAMPLE_SECONDS):
            total = 0
            for process in (root, *root.children(recursive=True)):
                try:
                    total += process.memory_info().rss
                except psutil.NoSuchProcess:
                    continue
            peak[0] = max(peak[0], total)

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield peak
    finally:
        ended.set()
        thread.join()


def mixed(documents: Sequence[Document], job: Job, *, pages: int) -> list[int]:
    """Indices of documents of all categories in turn, until there are so many pages."""
    of_category: dict[str, list[int]] = {}
    for index, document in enumerate(documents):
        of_category.setdefault(document.category, []).append(index)
    turns = itertools.chain.from_iterable(itertools.zip_longest(*of_category.values()))
    chosen: list[int] = []
    left = pages
    for index in (index for index in turns if index is not None):
        count = len(job.files[index].pages)
        if count <= left:
            chosen.append(index)
            left -= count
    return sorted(chosen)


def as_files(documents: Sequence[Document], folder: Path) -> Job:
    """The documents with their pages as images."""
    languages = set(ask_program().data) if shutil.which("tesseract") else set()
    files = []
    with closing(DocumentReader(folder)) as reader:
        for document in documents:
            images = [image.path for image in render(reader, document)]
            if document.path.suffix.lower() in _PLAIN_IMAGES and _frames(document.path) == 1:
                images = [str(document.path)]
            wanted = _LANGUAGE_NAMES.get(document.language.partition("+")[0], "eng")
            language = wanted if languages.issuperset(wanted.split("+")) else "eng"
            pages = tuple(Page(image, language) for image in images)
            files.append(File(str(document.path), pages))
    return Job(tuple(files))


def _frames(path: Path) -> int:
    with Image.open(path) as image:
        return int(getattr(image, "n_frames", 1))


def contestants(arguments: argparse.Namespace) -> list[Contestant]:
    """As asked for on the command line."""
    cores = os.cpu_count() or 1
    plain = {
        "rapidocr": [Contestant(_BASE, "rapidocr", Options())],
        "tesseract": [
            Contestant("tesseract", "tesseract", Options()),
            Contestant("tesseract -l LANGUAGE", "tesseract", Options(right_language=True)),
            Contestant(
                f"{cores} x tesseract -l LANGUAGE",
                "tesseract",
                Options(right_language=True, processes=cores),
            ),
        ],
    }
    chosen = [one for name in arguments.plain for one in plain[name]]
    program = shutil.which(arguments.ocrmypdf)
    if program is None:
        print("ocrmypdf is not here, so it is not measured.", file=sys.stderr)
    else:
        options = Options(name=program, right_language=True)
        chosen.append(Contestant("ocrmypdf -l LANGUAGE", "ocrmypdf", options))
    if arguments.networks:
        chosen.append(Contestant(_CEILING, "networks", Options()))
    chosen += [switched(text, "textlift") for text in arguments.textlift]
    return chosen + [switched(text, "window") for text in arguments.window]


def switched(text: str, kind: str) -> Contestant:
    """A model's name, with switches after commas."""
    name, *switches = text.split(",")
    options: dict[str, object] = {"name": name}
    environment = {}
    for switch in switches:
        key, _, value = switch.partition("=")
        if key.isupper():
            environment[key] = value
        else:
            options[key] = value
    words = " in the window" if kind == "window" else ""
    return Contestant(
        f"Textlift {text}{words}",
        kind,
        msgspec.convert(options, Options, strict=False),
        environment,
    )


def print_table(
    programs: Sequence[Contestant], documents: Sequence[Document], *, pages: int
) -> None:
    """One row for each program."""
    base = next((one for one in programs if one.name == _BASE), programs[0])
    ceiling = next((one for one in programs if one.name == _CEILING), None)
    print(
        f"| program | pages/min | times {base.name} | first page s | CPU s/page | MB | CER | F1 "
        "| of the networks |"
    )
    print("|---|---|---|---|---|---|---|---|---|")
    for one in programs:
        seconds = [each.done.seconds for each in one.rounds]
        ratios = quickness(one, base)
        scores = [
            score(document.truth, text)
            for document, text in zip(documents, one.rounds[-1].done.texts, strict=True)
        ]
        cells = (
            f"{60 * pages / statistics.median(seconds):.1f}",
            f"{statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})",
            f"{statistics.median(each.done.first for each in one.rounds):.2f}",
            f"{statistics.median(sum(each.processor.values()) for each in one.rounds) / pages:.2f}",
            f"{max(each.peak for each in one.rounds) / 1e6:.0f}",
            f"{statistics.mean(one.cer for one in scores):.3f}",
            f"{statistics.mean(one.f1 for one in scores):.3f}",
            f"{statistics.median(quickness(one, ceiling)):.2f}" if ceiling else "",
        )
        print(f"| {one.name} | {' | '.join(cells)} |")


def quickness(one: Contestant, base: Contestant) -> list[float]:
    """Times as quick as another program, round by round."""
    return [
        theirs.done.seconds / ours.done.seconds
        for ours, theirs in zip(one.rounds, base.rounds, strict=True)
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pages", type=int, default=12)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--plain", nargs="*", default=["rapidocr", "tesseract"])
    parser.add_argument("--textlift", nargs="*", default=["automatic", "pp-ocrv6", "tesseract"])
    parser.add_argument("--window", nargs="*", default=[])
    parser.add_argument("--ocrmypdf", default="ocrmypdf", metavar="PROGRAM")
    parser.add_argument("--networks", action="store_true", help="what the networks take alone")
    parser.add_argument("--per-file", action="store_true", help="error rates of each file")
    parser.add_argument("--without", nargs="*", default=[], metavar="LANGUAGE")
    arguments = parser.parse_args()

    documents = [
        document
        for document in find_documents(arguments.folder)
        if document.language.partition("+")[0] not in arguments.without
    ]
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        job = as_files(documents, Path(folder))
        if arguments.pages:
            chosen = mixed(documents, job, pages=arguments.pages)
            documents = [documents[index] for index in chosen]
            job = Job(tuple(job.files[index] for index in chosen))
        if not documents:
            raise SystemExit(f"There is no document with a .gt.txt file in {arguments.folder}.")
        pages = sum(len(file.pages) for file in job.files)
        programs = contestants(arguments)
        for one in programs:
            stack.enter_context(one.started())
            # What networks are asked is learnt before it counts.
            one.read(job if one.kind == "networks" else Job(job.files[:1]))
        for number in range(arguments.rounds):
            for one in programs if number % 2 == 0 else programs[::-1]:
                one.rounds.append(one.read(job))
                print(_progress(number, one), file=sys.stderr)
        if arguments.per_file:
            _print_files(programs, documents)
        names = ", ".join(document.path.name for document in documents)
        print(f"{pages} pages ({names}), {arguments.rounds} rounds, {os.cpu_count()} cores\n")
        print_table(programs, documents, pages=pages)


def _progress(number: int, one: Contestant) -> str:
    last = one.rounds[-1]
    load = f"load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    told = f"{time.strftime('%H:%M:%S')} round {number + 1}: {one.name}: {last.done.seconds:.1f} s"
    parts = ", ".join(f"{role} {seconds:.1f}" for role, seconds in last.processor.items())
    told += f", {sum(last.processor.values()):.1f} s of CPU ({parts}), {load}"
    return "\n    ".join((told, *last.done.problems))


def _print_files(programs: Sequence[Contestant], documents: Sequence[Document]) -> None:
    for index, document in enumerate(documents):
        each = (score(document.truth, one.rounds[-1].done.texts[index]) for one in programs)
        print(f"{document.path.name:26s} {'  '.join(f'{s.cer:.3f} {s.f1:.3f}' for s in each)}")


if __name__ == "__main__":
    main()
