"""Copying and exporting text."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication

from textlift.content.text_lines import page_text
from textlift.ui.exporting import ExportOrder, ExportPart, ExportScope, ExportThread
from textlift.ui.notices import Notice
from textlift.ui.questions import ask
from textlift.ui.show_folder import show_folder

if TYPE_CHECKING:
    from textlift.ui.main_window import MainWindow


class TextCommands(QObject):
    """Gets the text out of the window: to the clipboard or into files.

    Signals:
        changed: An export began or ended.
    """

    changed = Signal()

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.window_ = window
        self._workspace = window.workspace
        self._exports: list[ExportThread] = []

    def copy_page(self) -> None:
        """Copies the text of the page shown."""
        record = self.window_.current.record
        text = self.window_.text.current_text() or (page_text(record) if record else "")
        if text:
            QGuiApplication.clipboard().setText(text)
            self.window_.status.say("The text of the page is on the clipboard.")
        else:
            self.window_.status.say("There is no text on this page to copy.")

    def copy(self, scope: ExportScope) -> None:
        """Copies the text of whole documents, made in a thread."""
        parts = self.parts(scope)
        if parts:
            self.run_export(ExportOrder(exporter="txt", parts=parts))

    def parts(self, scope: ExportScope) -> tuple[ExportPart, ...]:
        """What a scope means now."""
        here = self.window_.current.key
        if scope is ExportScope.EVERYTHING:
            documents = list(self._workspace)
        else:
            one = self._workspace.get(here.document_id) if here is not None else None
            documents = [one] if one is not None else []
        page = here.page if here is not None and scope is ExportScope.PAGE else 0
        return tuple(
            ExportPart(
                document_id=document.id,
                title=document.title,
                path=document.info.path,
                page_count=document.page_count,
                page=page,
            )
            for document in documents
        )

    def export(self, exporter: str = "", *, folder: str = "", note: bool = True) -> None:
        """Asks what to export and where, and does it.

        Args:
            exporter: The format to propose.
            folder: Where to propose it; empty: beside the document.
            note: Propose the note on what is left to check.
        """
        from textlift.ui.export_dialog import ExportDialog

        self.window_.current.flush()
        dialog = ExportDialog(
            scopes={scope: self.parts(scope) for scope in ExportScope},
            exporter=exporter,
            folder=folder,
            note=note,
            parent=self.window_,
        )
        dialog.accepted.connect(lambda: self.run_export(dialog.order()))
        dialog.open()

    def run_export(self, order: ExportOrder) -> None:
        """Writes or copies in a thread, after every edit typed so far was stored."""
        self.window_.current.flush()
        self._workspace.session.ask(lambda _: None, lambda _: self._start_export(order))

    def _start_export(self, order: ExportOrder) -> None:
        thread = ExportThread(order, session_path=self._workspace.session.path, parent=self)
        thread.written.connect(self._on_written)
        thread.stopped.connect(lambda: self.window_.status.say("The export was stopped."))
        thread.copied.connect(self._on_copied)
        thread.exists.connect(lambda sentence: self._on_exists(order, sentence))
        thread.not_written.connect(
            lambda sentence: self.window_.board.post("export", Notice(kind="error", text=sentence))
        )
        thread.finished.connect(lambda: self._on_finished(thread))
        thread.finished.connect(thread.deleteLater)
        self._exports.append(thread)
        self.window_.status.say("Exporting…" if order.target else "Copying…")
        thread.start()
        self.changed.emit()

    @property
    def exporting(self) -> bool:
        """Whether something is being written or copied."""
        return bool(self._exports)

    def stop(self) -> None:
        """Ends what is being written or copied; what was not finished is not there."""
        for thread in self._exports:
            thread.stop()

    def _on_finished(self, thread: ExportThread) -> None:
        self._exports.remove(thread)
        self.changed.emit()

    def _on_written(self, paths: tuple[Path, ...]) -> None:
        folder = paths[0].parent
        what = str(paths[0]) if len(paths) == 1 else f"{len(paths)} files in {folder}"
        self.window_.board.post(
            "export",
            Notice(kind="info", text=f"Saved {what}."),
            (("Open folder", lambda: show_folder(folder)),),
        )
        self.window_.status.say("Saved.")

    def _on_copied(self, text: str) -> None:
        QGuiApplication.clipboard().setText(text)
        self.window_.status.say("The text is on the clipboard.")

    def _on_exists(self, order: ExportOrder, sentence: str) -> None:
        ask(
            self.window_,
            title="Export",
            text=sentence,
            yes="Replace",
            then=lambda: self.run_export(msgspec.structs.replace(order, overwrite=True)),
        )

    def close(self) -> None:
        """Waits for exports that are being written."""
        for thread in tuple(self._exports):
            thread.wait()
