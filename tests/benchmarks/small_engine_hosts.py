"""Programs that read pages, each in a process of its own, for ``small_engine_speed``.

    python -m benchmarks.small_engine_hosts KIND OPTIONS

A host loads its program, says so with an empty line, and then answers each line of JSON on its
standard input, a ``Job``, with a line of JSON, ``Done``. Its process tree is what the program
costs, so that processor time and memory can be measured from outside.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from benchmarks.network_replay import Call, play, read_text, recorded
from textlift.__main__ import BACKGROUND_NICENESS
from textlift.documents.client import DocumentReader
from textlift.engines.contract import EngineOptions
from textlift.engines.pp_ocr.engine import PpOcrEngine
from textlift.engines.registry import installed_engines
from textlift.inspection.client import PageInspector
from textlift.processes.cancellation import Cancellation
from textlift.recognition.engine_pool import EnginePool
from textlift.recognition.events import Event, PageFinished
from textlift.recognition.run import RecognitionRun
from textlift.recognition.tasks import PageTask, TaskQueue
from textlift.sessions.store import SessionStore
from textlift.settings import Settings, asked_order, user_folders

if TYPE_CHECKING:
    from textlift.content.page import PageRecord
    from textlift.ui.reader_thread import PageKey


class Page(msgspec.Struct, frozen=True):
    """A page for a program that is given images; ``language`` is Tesseract's name of its own."""

    image: str
    language: str


class File(msgspec.Struct, frozen=True):
    """A document to read, and its pages as images."""

    path: str
    pages: tuple[Page, ...]


class Job(msgspec.Struct, frozen=True):
    """What to read in one round."""

    files: tuple[File, ...]


class Done(msgspec.Struct, frozen=True):
    """What was read.

    Attributes:
        texts: Of each file, in the order of the job.
        seconds: From the first page asked for to the last one read.
        first: Seconds to the first page.
        problems: What could not be read, a sentence each.
    """

    texts: tuple[str, ...]
    seconds: float
    first: float
    problems: tuple[str, ...] = ()


class Options(msgspec.Struct, frozen=True):
    """How a program is run.

    Attributes:
        name: Of the model, or of the program.
        right_language: Tesseract and ocrmypdf are told the page's language.
        processes: Of Tesseract at once, with one thread each; 0: one, with its own threads.
        lanes: Of Textlift's run.
        checks: Pages are compared with an independent look, as in the window.
        threads: Of Textlift's engines; 0: as they decide.
        fallback: Another model reads what this one cannot.
    """

    name: str = ""
    right_language: bool = False
    processes: int = 0
    lanes: int = 1
    checks: bool = True
    threads: int = 0
    fallback: bool = True


Read = Callable[[Job], Done]


@contextmanager
def rapidocr(_options: Options) -> Iterator[Read]:
    """As its README shows it: one object, one call with a path for each page."""
    from rapidocr import RapidOCR

    engine = RapidOCR(params={"Global.log_level": "error"})
    yield lambda job: _page_by_page(job, lambda page: "\n".join(engine(page.image).txts or ()))


@contextmanager
def tesseract(options: Options) -> Iterator[Read]:
    """The command line, one call for each page."""

    def read(page: Page) -> str:
        command = ["tesseract", page.image, "stdout"]
        if options.right_language:
            command += ["-l", page.language]
        environment = dict(os.environ)
        if options.processes:
            environment["OMP_THREAD_LIMIT"] = "1"
        done = subprocess.run(command, capture_output=True, check=False, env=environment)
        return done.stdout.decode("utf-8", "replace")

    if not options.processes:
        yield lambda job: _page_by_page(job, read)
        return
    with ThreadPoolExecutor(options.processes) as executor:
        yield lambda job: _page_by_page(job, read, executor=executor)


@contextmanager
def ocrmypdf(options: Options) -> Iterator[Read]:
    """The command line, one call for each document, with as many jobs as it thinks right."""

    def read(job: Job) -> Done:
        texts, problems = [], []
        started, first = time.perf_counter(), 0.0
        with tempfile.TemporaryDirectory() as folder:
            for file in job.files:
                side = Path(folder) / "side.txt"
                side.unlink(missing_ok=True)
                command = [options.name, "--quiet", "--force-ocr", "--output-type", "pdf"]
                command += ["--image-dpi", "200", "--sidecar", str(side)]
                command += ["-l", file.pages[0].language] if options.right_language else []
                command += [file.path, str(Path(folder) / "out.pdf")]
                done = subprocess.run(command, capture_output=True, check=False)
                if done.returncode:
                    words = done.stderr.decode("utf-8", "replace").strip().splitlines()
                    problems.append(f"{Path(file.path).name}: {words[-1] if words else 'failed'}")
                texts.append(side.read_text("utf-8") if side.exists() else "")
                first = first or time.perf_counter() - started
        return Done(tuple(texts), time.perf_counter() - started, first, tuple(problems))

    yield read


@contextmanager
def textlift(options: Options) -> Iterator[Read]:
    """A run with reader, engine, inspector and session, as the program's parts make it."""
    engine_options = EngineOptions(threads=options.threads)
    with ExitStack() as stack:
        home = Path(stack.enter_context(_own_home()))
        registry = installed_engines()
        reader = stack.enter_context(closing(DocumentReader(user_folders().page_cache)))
        pool = stack.enter_context(closing(EnginePool(registry, engine_options)))
        inspector = stack.enter_context(closing(PageInspector(threads=options.threads)))

        def read(job: Job) -> Done:
            paths = _copied(job, home)
            with closing(_store(home)) as store:
                queue = TaskQueue()
                gathered = _Gathered(paths)
                for path in paths:
                    info = reader.open(str(path))
                    stored = store.add_document(info, title=path.name)
                    gathered.expect(stored.id, path, info.page_count)
                    order = asked_order(options.name, _others(options), never=())
                    queue.add(
                        PageTask(stored.id, info, page, order)
                        for page in range(1, info.page_count + 1)
                    )
                run = RecognitionRun(
                    queue,
                    registry=registry,
                    pool=pool,
                    reader=reader,
                    sink=store,
                    on_event=gathered.take_event,
                    cancellation=Cancellation(),
                    lanes=options.lanes,
                    inspector=inspector if options.checks else None,
                )
                run.execute()
                return gathered.done()

        yield read


def _others(options: Options) -> tuple[str, ...]:
    return Settings().fallback if options.fallback else ()


@contextmanager
def window(options: Options) -> Iterator[Read]:
    """The real window, into which the files are dropped."""
    from PySide6.QtWidgets import QApplication

    from textlift.ui.application import Desktop
    from textlift.ui.incoming import Incoming

    with _own_home() as folder:
        home = Path(folder)
        application = QApplication(["textlift"])
        desktop = Desktop(
            application,
            folders=user_folders(),
            engines=installed_engines,
            settings=Settings(
                model=options.name,
                fallback=_others(options),
                check_pages=options.checks,
                threads=options.threads,
            ),
        )
        desktop.window.show()
        desktop.start()

        def read(job: Job) -> Done:
            paths = _copied(job, home)
            gathered = _Gathered(paths)

            def take(key: PageKey, record: PageRecord) -> None:
                document = desktop.workspace.document(key.document_id)
                path = Path(document.info.path)
                gathered.expect(key.document_id, path, document.page_count)
                gathered.take((key.document_id, key.page), record)
                if gathered.complete:
                    application.quit()

            def stop(sentence: str) -> None:
                gathered.problems.append(sentence)
                application.quit()

            reading = desktop.window.reading
            reading.page_finished.connect(take)
            reading.braked.connect(stop)
            desktop.workspace.take(Incoming(paths=tuple(map(str, paths))))
            application.exec()
            reading.page_finished.disconnect(take)
            reading.braked.disconnect(stop)
            return gathered.done()

        try:
            yield read
        finally:
            desktop.window.close()
            desktop.close()


@contextmanager
def networks(_options: Options) -> Iterator[Read]:
    """PP-OCRv6's networks by themselves; a job is read the first time, to learn what they do."""
    known: dict[Job, tuple[list[Call], tuple[str, ...]]] = {}
    with ExitStack() as stack:
        stack.enter_context(_own_home())
        reader = stack.enter_context(closing(DocumentReader(user_folders().page_cache)))
        engine = PpOcrEngine(EngineOptions())

        def text_of(path: str) -> str:
            info = reader.open(path)
            images = (reader.render(info, page) for page in range(1, info.page_count + 1))
            return "\n".join(read_text(engine, image) for image in images)

        def read(job: Job) -> Done:
            started = time.perf_counter()
            if job in known:
                calls, texts = known[job]
                play(calls)
            else:
                with recorded() as calls:
                    texts = tuple(text_of(file.path) for file in job.files)
                known[job] = (calls, texts)
            return Done(texts, time.perf_counter() - started, 0.0)

        yield read


class _Gathered:
    """The pages of a round as they are finished.

    Attributes:
        problems: What could not be read, a sentence each.
    """

    def __init__(self, paths: list[Path]) -> None:
        self._started = time.perf_counter()
        self._first = self._last = 0.0
        self._paths = paths
        self._path_of: dict[int, Path] = {}
        self._counts: dict[Path, int] = {}
        self._texts: dict[Path, dict[int, str]] = {path: {} for path in paths}
        self.problems: list[str] = []

    def expect(self, document_id: int, path: Path, page_count: int) -> None:
        self._path_of[document_id] = path
        self._counts[path] = page_count

    def take_event(self, event: Event) -> None:
        if isinstance(event, PageFinished):
            self.take(event.task.key, event.record)

    def take(self, key: tuple[int, int], record: PageRecord) -> None:
        self._last = time.perf_counter() - self._started
        self._first = self._first or self._last
        path = self._path_of[key[0]]
        self._texts[path][key[1]] = record.reading.text if record.reading is not None else ""
        if record.reading is None:
            self.problems.append(f"{path.name}: {record.attempts[-1].sentence}")

    @property
    def complete(self) -> bool:
        return all(len(self._texts[path]) == self._counts.get(path) for path in self._paths)

    def done(self) -> Done:
        texts = ("\n".join(text for _, text in sorted(self._texts[p].items())) for p in self._paths)
        return Done(tuple(texts), self._last, self._first, tuple(self.problems))


def _page_by_page(
    job: Job, read: Callable[[Page], str], *, executor: ThreadPoolExecutor | None = None
) -> Done:
    started, first = time.perf_counter(), 0.0
    pages = [page for file in job.files for page in file.pages]
    texts = []
    for text in (map if executor is None else executor.map)(read, pages):
        texts.append(text)
        first = first or time.perf_counter() - started
    seconds = time.perf_counter() - started
    of_pages = iter(texts)
    return Done(
        tuple("\n".join(next(of_pages) for _ in file.pages) for file in job.files), seconds, first
    )


@contextmanager
def _own_home() -> Iterator[str]:
    """Folders of Textlift's that nobody else uses, gone afterwards."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        os.environ["TEXTLIFT_HOME"] = home
        yield home


def _copied(job: Job, home: Path) -> list[Path]:
    """The files of a job under names never seen: no page of theirs has been drawn before."""
    folder = Path(tempfile.mkdtemp(dir=home))
    return [Path(shutil.copy(file.path, folder)) for file in job.files]


def _store(home: Path) -> SessionStore:
    return SessionStore(home / f"{time.monotonic_ns()}.sqlite3")


KINDS = {
    "rapidocr": rapidocr,
    "tesseract": tesseract,
    "ocrmypdf": ocrmypdf,
    "textlift": textlift,
    "window": window,
    "networks": networks,
}


_OURS = {"textlift", "window"}


def main() -> None:
    kind, encoded = sys.argv[1:]
    options = msgspec.json.decode(encoded, type=Options)
    # Libraries may print what they like, but not between the answers.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    if kind not in _OURS and hasattr(os, "nice"):
        # Textlift's processes give way to others; on a busy machine that would be measured.
        os.nice(BACKGROUND_NICENESS)
    with KINDS[kind](options) as read:
        print(flush=True, file=answers)
        for line in sys.stdin:
            done = read(msgspec.json.decode(line, type=Job))
            print(json.dumps(msgspec.to_builtins(done)), flush=True, file=answers)


if __name__ == "__main__":
    main()
