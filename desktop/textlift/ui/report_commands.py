"""Opens the dialog of a report for a bug, gathers what it shows, and saves it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QStandardPaths

from textlift.diagnostics.privacy import without_quotations
from textlift.ui.journal import ABOUT_TEXTLIFT, Journal
from textlift.ui.notices import Notice
from textlift.ui.reader_thread import PageKey
from textlift.ui.show_folder import show_folder

if TYPE_CHECKING:
    from PySide6.QtGui import QImage
    from PySide6.QtWidgets import QWidget

    from textlift.diagnostics.bug_report import ReportedProblem, ReportPart
    from textlift.engines.registry import Registry
    from textlift.settings import Settings
    from textlift.ui.main_window import MainWindow
    from textlift.ui.report_dialog import OfferedPage, ReportDialog
    from textlift.ui.report_thread import Gather, ReportThread, SavingThread

_OFFERED = 200
"""Pages in the list, those that were chosen first."""


class ReportCommands(QObject):
    """Reports for bugs, of this window."""

    def __init__(
        self,
        window: MainWindow,
        *,
        journal: Journal,
        registry: Callable[[], Registry],
        settings: Callable[[], Settings],
    ) -> None:
        """Prepares.

        Args:
            window: Whose documents and session it is about.
            journal: What belongs to no page.
            registry: Gives the engines there are now.
            settings: Gives those in force now.
        """
        super().__init__(window)
        self.window_ = window
        self._journal = journal
        self._registry = registry
        self._settings = settings
        self._threads: list[ReportThread | SavingThread] = []
        self._pages: ReportThread | None = None

    def open(
        self, chosen: Sequence[PageKey] = (), *, parent: QWidget | None = None
    ) -> ReportDialog:
        """Shows the dialog.

        Args:
            chosen: Pages to propose; they go in only when the user ticks it.
            parent: The window it belongs to, if not the program's.
        """
        from textlift.diagnostics.bug_report import report_name
        from textlift.ui.report_dialog import ReportDialog

        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DownloadLocation)
        dialog = ReportDialog(
            target=Path(folder or Path.home()) / report_name(),
            pages=self._offered(chosen),
            parent=parent or self.window_,
        )
        dialog.pages_wanted.connect(
            lambda pages, images, text: self._gather_pages(dialog, pages, images, text)
        )
        dialog.save_wanted.connect(lambda path, parts: self._save(dialog, path, parts))
        thread = self._thread(self._machine(), dialog.show_problem)
        thread.gathered.connect(dialog.show_machine)
        self._run(thread)
        dialog.finished.connect(lambda _: thread.stop())
        dialog.finished.connect(lambda _: self._stop_pages())
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
        return dialog

    def close(self) -> None:
        """Ends what goes on in threads; a file that is being written is written."""
        for thread in tuple(self._threads):
            thread.stop()
            thread.wait()

    def _offered(self, chosen: Sequence[PageKey]) -> list[OfferedPage]:
        from textlift.diagnostics.bug_report import MAX_PAGES, WORTH_A_LOOK
        from textlift.ui.report_dialog import OfferedPage

        workspace = self.window_.workspace
        failed = (
            PageKey(document.id, page)
            for document in workspace
            for page in document.pages_in(*WORTH_A_LOOK)
        )
        proposed = set(chosen[:MAX_PAGES])
        offered: list[OfferedPage] = []
        for key in dict.fromkeys((*chosen, *failed)):
            document = workspace.get(key.document_id)
            if document is not None and len(offered) < _OFFERED:
                words = f"{document.title}, page {key.page}"
                offered.append(OfferedPage(key, words, ticked=key in proposed))
        return offered

    def _machine(self) -> Gather:
        window, registry, settings = self.window_, self._registry(), self._settings()
        session_file, folders = window.workspace.session.path, window.workspace.folders
        problems = self._problems()

        def gather(stopped: Callable[[], bool]) -> Iterable[ReportPart]:
            from textlift.diagnostics.bug_report import machine_parts

            return machine_parts(
                folders=folders,
                registry=registry,
                settings=settings,
                session_file=session_file,
                problems=problems,
                stopped=stopped,
            )

        return gather

    def _problems(self) -> list[ReportedProblem]:
        from textlift.diagnostics.bug_report import ReportedProblem

        return [
            ReportedProblem(
                at=entry.at,
                matter=entry.matter.value,
                sentence=without_quotations(entry.sentence)
                if entry.matter in ABOUT_TEXTLIFT
                else "",
            )
            for entry in self._journal.entries
        ]

    def _gather_pages(
        self, dialog: ReportDialog, keys: Sequence[PageKey], images: bool, text: bool
    ) -> None:
        from textlift.diagnostics.bug_report import ReportPage

        self._stop_pages()
        workspace = self.window_.workspace
        documents = ((key, workspace.get(key.document_id)) for key in keys)
        pages = [
            ReportPage(key.document_id, key.page, document.password)
            for key, document in documents
            if document is not None
        ]
        session_file, page_cache = workspace.session.path, workspace.folders.page_cache

        def gather(stopped: Callable[[], bool]) -> Iterable[ReportPart]:
            from textlift.diagnostics.bug_report import page_parts

            return page_parts(
                pages,
                images=images,
                text=text,
                session_file=session_file,
                page_cache=page_cache,
                stopped=stopped,
            )

        thread = self._thread(gather, dialog.show_problem)

        def show(parts: tuple[ReportPart, ...], looks: Mapping[str, QImage]) -> None:
            # What was asked for before may arrive late, and hold what is not ticked any more.
            if thread is self._pages:
                dialog.show_pages(parts, looks)

        thread.gathered.connect(show)
        self._pages = thread
        self._run(thread)

    def _stop_pages(self) -> None:
        if self._pages is not None:
            self._pages.stop()
            self._pages = None

    def _thread(self, gather: Gather, failed: Callable[[str], None]) -> ReportThread:
        """To be started when all that it tells is heard."""
        from textlift.ui.report_thread import ReportThread

        thread = ReportThread(gather, self)
        thread.failed.connect(failed)
        return thread

    def _save(self, dialog: ReportDialog, path: Path, parts: Sequence[ReportPart]) -> None:
        from textlift.diagnostics.bug_report import write_report
        from textlift.ui.report_thread import SavingThread

        thread = SavingThread(lambda: write_report(path, parts), self)
        thread.failed.connect(dialog.show_problem)
        thread.saved.connect(dialog.accept)
        thread.saved.connect(lambda: self._tell_saved(path))
        self._run(thread)

    def _run(self, thread: ReportThread | SavingThread) -> None:
        self._threads.append(thread)
        thread.finished.connect(lambda: self._threads.remove(thread))
        thread.finished.connect(thread.deleteLater)
        thread.start()

    def _tell_saved(self, path: Path) -> None:
        self.window_.board.post(
            "report",
            Notice(kind="info", text=f"Saved {path}."),
            (("Open folder", lambda: show_folder(path.parent)),),
        )
