"""Writes the text of a batch to where it was asked for, page by page as they are finished."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from textlift.commands.batch import Batch
from textlift.commands.output_plan import OutputPlan
from textlift.commands.terminal import Reporter, Terminal, TextOutput
from textlift.exports import EXPORTERS
from textlift.exports.contract import ExportDocument, Exporter
from textlift.exports.writing import check_folders, export_file, export_paths, make_folder


class TextWriter:
    """Goes through a batch once, in the order of its documents.

    Attributes:
        targets: The files that are to be written.
        written: Those that are, so far.
    """

    def __init__(
        self, plan: OutputPlan, *, batch: Batch, reporter: Reporter, terminal: Terminal
    ) -> None:
        self._plan = plan
        self._batch = batch
        self._reporter = reporter
        self._terminal = terminal
        self._readable = [document for document in batch.documents if document.pages]
        self.targets: tuple[Path, ...] = ()
        self.written: list[Path] = []
        if plan.folder is not None:
            titles = [Path(document.file.path).name for document in self._readable]
            self.targets = export_paths(plan.folder, titles=titles, exporter=plan.exporter)
        elif plan.file is not None:
            self.targets = (plan.file,)

    def prepare(self) -> None:
        """Makes sure before hours of reading that the files can be written.

        Raises:
            ExportError: They cannot.
        """
        if self._plan.folder is not None:
            make_folder(self._plan.folder)
        check_folders(self.targets)

    def write(self, *, overwrite: bool) -> None:
        """Writes everything; waits for pages that are not finished yet.

        Raises:
            ExportError: A file cannot be written; those before it are complete.
            BrokenPipeError: Whoever reads standard output has left.
        """
        if self._plan.folder is not None:
            self._write_folder(overwrite=overwrite)
        elif self._plan.file is not None:
            export_file(
                self._plan.file,
                exporter=self._plan.exporter,
                documents=self._documents(),
                overwrite=overwrite,
                titled=self._titled,
                note=self._plan.note,
            )
            self.written.append(self._plan.file)
        else:
            self._print(self._plan.exporter)
        if self._plan.also_prints and self.targets:
            self._print(EXPORTERS["txt"])

    @property
    def _titled(self) -> bool:
        return len(self._batch.documents) > 1

    def _documents(self) -> Iterator[ExportDocument]:
        return (self._batch.exported(document) for document in self._batch.documents)

    def _print(self, exporter: Exporter) -> None:
        output = TextOutput(self._reporter, shared=self._terminal.bar and self._terminal.text)
        for piece in exporter.pieces(self._documents(), titled=self._titled, note=self._plan.note):
            output.write(piece)
        output.close()

    def _write_folder(self, *, overwrite: bool) -> None:
        """One file for each document that has at least one page; a stop makes no empty files."""
        for document, path in zip(self._readable, self.targets, strict=True):
            self._batch.wait(document)
            if not self._batch.has_finished(document):
                continue
            export_file(
                path,
                exporter=self._plan.exporter,
                documents=[self._batch.exported(document)],
                overwrite=overwrite,
                note=self._plan.note,
            )
            self.written.append(path)
