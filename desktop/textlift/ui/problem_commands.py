"""Gathers what goes wrong from all parts of the window, and opens the list of it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, QRect

from textlift.ui.journal import ABOUT_TEXTLIFT, Journal, JournalEntry, Matter, matter_of
from textlift.ui.notices import Notice
from textlift.ui.problems import Problems
from textlift.ui.reader_thread import PageKey

if TYPE_CHECKING:
    from textlift.engines.registry import Registry
    from textlift.settings import Settings
    from textlift.ui.downloads import DownloadsView
    from textlift.ui.fit_gate import FitGate
    from textlift.ui.main_window import MainWindow
    from textlift.ui.problems_window import ProblemsWindow
    from textlift.ui.report_commands import ReportCommands


log = logging.getLogger(__name__)


class ProblemCommands(QObject):
    """Everything that went wrong: the journal, the indicator and the window.

    Attributes:
        journal: Of what belongs to no page; whoever notices something else puts it there.
    """

    def __init__(
        self,
        window: MainWindow,
        *,
        downloads: DownloadsView,
        registry: Callable[[], Registry],
        settings: Callable[[], Settings],
        gate: Callable[[], FitGate],
    ) -> None:
        """Connects everything that can go wrong.

        Args:
            window: Of the program.
            downloads: Of models and alphabets.
            registry: Gives the engines there are now.
            settings: Gives those in force now.
            gate: Gives what asks about a model that does not fit.
        """
        super().__init__(window)
        self.window_ = window
        self.journal = Journal(self)
        self.problems = Problems(window.workspace, self.journal, self)
        self._registry = registry
        self._settings = settings
        self._gate = gate
        self._report: ReportCommands | None = None
        self._list: ProblemsWindow | None = None
        self._downloads = downloads
        window.board.posted.connect(self._on_posted)
        window.workspace.not_opened.connect(
            lambda title, sentence: self.journal.take(Matter.OPENING, sentence, title=title)
        )
        downloads.failed.connect(self._on_download_failed)
        window.reading.thread_.relay.arrived.connect(self.problems.on_event)
        self.problems.counted.connect(self._show_count)
        self.journal.added.connect(_log_entry)
        window.status.problems.clicked.connect(lambda *_: self.open())
        for subject, notice in window.board.standing():
            self._on_posted(subject, notice)

    def open(self) -> ProblemsWindow:
        """Shows the list of everything that went wrong."""
        if self._list is None:
            from textlift.ui.problems_window import ProblemsWindow

            window = self.window_
            self._list = ProblemsWindow(
                self.problems,
                engine_title=window.reading.engine_title,
                models=window.models.items.model_rows,
                parent=window,
            )
            self._list.page_wanted.connect(self._go_to)
            self._list.reading_wanted.connect(self._read_again)
            self._list.report_wanted.connect(self._open_report)
        self._list.open()
        return self._list

    @property
    def report(self) -> ReportCommands:
        """Saves reports for bugs."""
        if self._report is None:
            from textlift.ui.report_commands import ReportCommands

            self._report = ReportCommands(
                self.window_,
                journal=self.journal,
                registry=self._registry,
                settings=self._settings,
            )
        return self._report

    def save_report(self) -> None:
        """Asks what goes into a report for a bug, about the pages that are selected."""
        self.report.open(self.window_.tree.chosen_pages())

    def _open_report(self, pages: Sequence[PageKey]) -> None:
        self.report.open(pages, parent=self._list)

    def close(self) -> None:
        """Ends what goes on in threads."""
        if self._report is not None:
            self._report.close()

    def _on_posted(self, subject: str, notice: Notice) -> None:
        matter = matter_of(subject)
        if matter is not None and notice.kind != "info":
            self.journal.take(matter, notice.text, details=notice.details)

    def _on_download_failed(self, name: str, sentence: str) -> None:
        gettable = self._downloads.gettables.get(name)
        title = gettable.title if gettable is not None else name
        self.journal.take(Matter.DOWNLOAD, sentence, title=title)

    def _show_count(self) -> None:
        self.window_.status.problems.show_count(len(self.problems), new=self.problems.new)

    def _go_to(self, place: PageKey) -> None:
        window = self.window_
        if place.document_id not in window.workspace:
            return
        window.tree.show_page(place)
        page = QRect(window.page_view.mapToGlobal(QPoint()), window.page_view.size())
        if self._list is not None and self._list.frameGeometry().intersects(page):
            # Whatever is raised, it stays above the window it belongs to.
            self._list.close()
        window.raise_()
        window.activateWindow()

    def _read_again(self, pages: Sequence[PageKey], model: str) -> None:
        def read() -> None:
            self.window_.current.flush()
            self.window_.reading.read(pages, model=model)

        self._gate().let_through(model, read, anyway="Read anyway")


def _log_entry(entry: JournalEntry) -> None:
    """Into the log, with its sentence where that names neither files nor what is in them."""
    from textlift.diagnostics.privacy import without_person, without_quotations

    sentence = without_person(without_quotations(entry.sentence))
    told = sentence if entry.matter in ABOUT_TEXTLIFT else ""
    log.warning("told the user of a problem (%s) %s", entry.matter.value, told)
