"""A device in the details of the memory: numbers, the last two minutes, and its models."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from textlift.ui.memory_graph import HistoryGraph
from textlift.ui.memory_history import MemoryHistory
from textlift.ui.memory_use import DeviceUse
from textlift.ui.memory_words import condition_words, lost_sentence, size_words
from textlift.ui.model_section import ModelLine, ModelSection
from textlift.ui.share_bar import Share, ShareBar
from textlift.ui.theme import SPACE
from textlift.ui.unload_report import UnloadReport


class DeviceSection(QWidget):
    """One device.

    Signals:
        unload_wanted: Name of a model to unload now, or when reading ends.
        keep_wanted: Name of a model not to unload when reading ends after all.
    """

    unload_wanted = Signal(str)
    keep_wanted = Signal(str)

    def __init__(self, use: DeviceUse, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = QLabel()
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        self.title.setObjectName("heading")
        self.title.setWordWrap(True)
        self.condition = QLabel()
        self.condition.setObjectName("muted")
        self.lost = _wrapped("bad")
        name = use.title if use.is_ram else f"Memory of {use.title}"
        self.shares = ShareBar(name)
        self.graph = HistoryGraph(name)
        self.peak = _wrapped("muted")
        self.report = _wrapped("muted")
        self.models: dict[int, ModelSection] = {}
        head = QHBoxLayout()
        head.addWidget(self.title, 1, Qt.AlignmentFlag.AlignTop)
        head.addWidget(self.condition, 0, Qt.AlignmentFlag.AlignTop)
        self._models = QVBoxLayout()
        self._models.setSpacing(SPACE)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE - 2)
        layout.addLayout(head)
        for widget in (self.lost, self.shares, self.graph, self.peak):
            layout.addWidget(widget)
        layout.addLayout(self._models)
        layout.addWidget(self.report)

    def show_use(
        self,
        use: DeviceUse,
        history: MemoryHistory,
        *,
        models: dict[int, ModelLine],
        report: UnloadReport | None,
    ) -> None:
        """Shows what is known now.

        Args:
            use: Measured last.
            history: With what came before it.
            models: On this device, by process id.
            report: Of the unloading that was the last here.
        """
        self.title.setText(use.title if use.is_ram else f"{use.short} · {use.title}")
        self.condition.setText("" if use.lost else condition_words(use))
        self.lost.setVisible(use.lost)
        self.shares.setVisible(not use.lost)
        if use.lost:
            self.lost.setText(lost_sentence(use))
        else:
            self.shares.show_shares(
                (
                    Share("Textlift", use.ours),
                    Share("Others", use.others, strength=0.0),
                    Share("Free", use.free, free=True),
                )
            )
        self.graph.show_moments(history.of(use.key), now=history.at, total=use.total)
        peak = history.peak(use.key)
        self.peak.setText(_peak_words(peak) if peak else "")
        self.peak.setVisible(bool(peak))
        self._show_models(models)
        self._show_report(report)

    def _show_models(self, models: dict[int, ModelLine]) -> None:
        for pid in set(self.models).difference(models):
            gone = self.models.pop(pid)
            gone.hide()
            gone.deleteLater()
        for pid, line in models.items():
            if pid in self.models:
                self.models[pid].show_line(line)
                continue
            section = self.models[pid] = ModelSection(line)
            section.unload_wanted.connect(self.unload_wanted)
            section.keep_wanted.connect(self.keep_wanted)
            self._models.addWidget(section)
            section.show()

    def _show_report(self, report: UnloadReport | None) -> None:
        sentence = report.sentence if report is not None else ""
        self.report.setText(sentence)
        self.report.setVisible(bool(sentence))
        name = "bad" if report is not None and report.held else "muted"
        if self.report.objectName() != name:
            self.report.setObjectName(name)
            self.report.style().polish(self.report)


def _peak_words(peak: int) -> str:
    return f"While the last page was read, Textlift took {size_words(peak)} at most."


def _wrapped(name: str) -> QLabel:
    label = QLabel()
    label.setObjectName(name)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.hide()
    return label
