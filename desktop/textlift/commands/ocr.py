"""``textlift ocr``: reads files and writes their text while they are being read."""

from __future__ import annotations

import concurrent.futures
import contextlib
import functools
import logging
import os
import platform
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import msgspec
import typer

from textlift import __version__
from textlift.commands.batch import Batch, ReadingPlan
from textlift.commands.interruption import EXIT_INTERRUPTED, attend_all
from textlift.commands.opening import BatchFile, open_files
from textlift.commands.output_plan import OutputPlan
from textlift.commands.page_ranges import PageRanges
from textlift.commands.run_report import RunReport
from textlift.commands.terminal import Reporter, Terminal
from textlift.commands.text_writer import TextWriter
from textlift.documents.client import DocumentReader
from textlift.engines.contract import EngineOptions
from textlift.engines.registry import Registry
from textlift.exports.file_names import printable
from textlift.exports.writing import ExportError, ExportExistsError, refuse_existing
from textlift.inspection.client import PageInspector
from textlift.processes.cancellation import Cancellation
from textlift.recognition.engine_pool import EnginePool
from textlift.recognition.run import RecognitionRun
from textlift.recognition.tasks import TaskQueue
from textlift.sessions.store import SessionError, SessionStore
from textlift.settings import user_folders

log = logging.getLogger(__name__)

EXIT_DONE = 0
EXIT_FAILED = 1
EXIT_WRONG_USAGE = 2


class OcrRequest(msgspec.Struct, frozen=True):
    """What was asked for on the command line.

    Attributes:
        files: Files and folders as typed.
        output: Where the text goes.
        plan: How pages are read.
        pages: Of each document.
        passwords: To try on protected files.
        lanes: Pages to read at the same time.
        checks: Compare what was read with an independent look at the page.
        never: Engines that are not to be asked for that comparison.
        overwrite: Replace files that are there.
        options: How engines run.
    """

    files: tuple[str, ...]
    output: OutputPlan
    plan: ReadingPlan
    pages: PageRanges = PageRanges()
    passwords: tuple[str, ...] = ()
    lanes: int = 1
    checks: bool = True
    never: tuple[str, ...] = ()
    overwrite: bool = False
    options: EngineOptions = EngineOptions()


def read_files(
    request: OcrRequest, *, registry: Registry, reporter: Reporter, terminal: Terminal
) -> int:
    """Reads the files and writes their text; returns the exit status."""
    log.info(
        "textlift ocr %s, Python %s, %s: %d files and folders, %s, %d at a time",
        __version__,
        platform.python_version(),
        sys.platform,
        len(request.files),
        ", ".join(request.plan.order),
        request.lanes,
    )
    cancellation = Cancellation()
    with contextlib.ExitStack() as stack:
        reader = stack.enter_context(contextlib.closing(DocumentReader(user_folders().page_cache)))
        files = open_files(
            request.files,
            reader=reader,
            passwords=request.passwords,
            reporter=reporter,
            asks=terminal.asks,
            cancellation=cancellation,
        )
        if cancellation.cancelled:
            reporter.say("Stopped before a page was read.")
            return EXIT_INTERRUPTED
        files = [_with_pages(file, request.pages) for file in files]
        for file in files:
            if file.problem:
                reporter.fail(f"{file.shown_path}: {file.problem}")
        if all(file.info is None for file in files):
            return EXIT_FAILED

        try:
            folder = Path(stack.enter_context(_temporary_folder()))
            stores = [
                stack.enter_context(contextlib.closing(SessionStore(folder / "session.sqlite3")))
                for _ in range(2)
            ]
            batch = Batch(stores[0])
            for file in files:
                batch.add(file, pages=request.pages)
        except (SessionError, OSError) as error:
            reporter.fail(f"The pages read cannot be kept while the others are read: {error}")
            return EXIT_FAILED
        writer = TextWriter(request.output, batch=batch, reporter=reporter, terminal=terminal)
        try:
            overwrite = request.overwrite or _may_overwrite(writer, terminal)
            writer.prepare()
        except ExportError as error:
            reporter.fail(str(error))
            return EXIT_WRONG_USAGE
        report = RunReport(batch, reporter=reporter)
        pool = stack.enter_context(contextlib.closing(EnginePool(registry, request.options)))
        inspector = stack.enter_context(
            contextlib.closing(PageInspector(threads=request.options.threads))
        )
        read = functools.partial(
            _read_all,
            batch,
            request,
            registry=registry,
            pool=pool,
            reader=reader,
            inspector=inspector if request.checks else None,
            sink=stores[1],
            report=report,
            cancellation=cancellation,
        )
        write = functools.partial(writer.write, overwrite=overwrite)
        with reporter.bar("Reading", total=batch.page_count):
            problem = _side_by_side(read, write, cancellation=cancellation)
    return _conclude(problem, report, writer, cancellation)


def _temporary_folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="textlift-", ignore_cleanup_errors=True)


def _with_pages(file: BatchFile, pages: PageRanges) -> BatchFile:
    """The file, or the problem that it has none of the pages asked for."""
    if file.info is None or pages.within(file.info.page_count):
        return file
    count = file.info.page_count
    has = "one page" if count == 1 else f"{count} pages"
    return BatchFile(path=file.path, problem=f"It has {has}, none of those asked for.")


def _may_overwrite(writer: TextWriter, terminal: Terminal) -> bool:
    try:
        refuse_existing(writer.targets)
    except ExportExistsError as error:
        names = ", ".join(printable(path) for path in error.paths)
        if terminal.asks and typer.confirm(f"Overwrite {names}?", err=True):
            return True
        raise ExportError(f"{error} Use --overwrite to replace what is there.") from error
    return False


def _read_all(
    batch: Batch,
    request: OcrRequest,
    *,
    registry: Registry,
    pool: EnginePool,
    reader: DocumentReader,
    inspector: PageInspector | None,
    sink: SessionStore,
    report: RunReport,
    cancellation: Cancellation,
) -> None:
    """Reads every page. Where a run gives up, the document it gave up at is left, not the rest."""
    tasks = list(batch.tasks(request.plan))
    try:
        while tasks and not cancellation.cancelled:
            queue = TaskQueue(tasks)
            run = RecognitionRun(
                queue,
                registry=registry,
                pool=pool,
                reader=reader,
                sink=sink,
                on_event=report.take,
                cancellation=cancellation,
                lanes=request.lanes,
                inspector=inspector,
                never=request.never,
            )
            summary = run.execute()
            left = queue.clear()
            if not summary.braked or not left:
                return
            lost = report.take_last_lost()
            if lost is None:  # The disk is full: no document would fare better.
                report.reporter.fail(summary.braked)
                return
            tasks = [task for task in left if task.document_id != lost]
            if len(tasks) < len(left):
                report.dropped(lost, len(left) - len(tasks), summary.braked)
    finally:
        batch.end()


def _side_by_side(
    read: Callable[[], None], write: Callable[[], None], *, cancellation: Cancellation
) -> BaseException | None:
    """Reads in one thread, writes in another; returns what went wrong with either."""
    with concurrent.futures.ThreadPoolExecutor(2, thread_name_prefix="ocr") as executor:
        futures = [executor.submit(read), executor.submit(write)]
        attend_all(futures, cancellation=cancellation)
    return next((error for future in futures if (error := future.exception())), None)


def _conclude(
    problem: BaseException | None,
    report: RunReport,
    writer: TextWriter,
    cancellation: Cancellation,
) -> int:
    if isinstance(problem, BrokenPipeError):
        # Whoever read the text has seen enough; the interpreter must not flush it again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_FAILED
    if isinstance(problem, ExportError | SessionError):
        report.reporter.fail(str(problem))
        return EXIT_FAILED
    if problem is not None:
        raise problem
    if cancellation.cancelled:
        report.reporter.say(report.interrupted(writer.written))
        return EXIT_INTERRUPTED
    report.reporter.note(report.total(writer.written))
    return EXIT_FAILED if report.reporter.failures or report.unread else EXIT_DONE
