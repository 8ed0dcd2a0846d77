"""The window with everything that went wrong, and how each model has done."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QItemSelectionModel,
    QModelIndex,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QTableView,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from textlift.content.tab_separated import tab_separated
from textlift.ui.elided_label import ElidedLabel
from textlift.ui.in_turns import InTurns
from textlift.ui.model_menu import ModelMenu, offers_of
from textlift.ui.model_record_items import ModelRecordItems, RecordRole
from textlift.ui.problem_items import COLUMNS, ProblemItems
from textlift.ui.problem_words import KIND_WORDS, problem_story
from textlift.ui.theme import SPACE

if TYPE_CHECKING:
    from textlift.ui.model_row import ModelRow
    from textlift.ui.problem_words import Problem
    from textlift.ui.problems import Problems
    from textlift.ui.reader_thread import PageKey

_STYLE = """
    QTreeView::item { min-height: 22px; padding: 0 4px; }
    QTableView::item { padding: 0 4px; }
    QHeaderView::section {
        background: palette(window); border: 0; border-bottom: 1px solid palette(mid);
        border-right: 1px solid palette(mid); padding: 3px 7px 3px 7px;
    }
"""
"""The words of a heading begin and end where those of its cells do."""
_ROW = 22
"""Pixels of a row of the list at least."""
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_SIZE = QSize(1080, 660)
_LEAST = QSize(760, 440)
_REFRESH_MS = 200
"""Between two counts while pages come by the dozen."""
_RECORD_ROWS = 5
"""Models that are shown without scrolling."""
_CLEAN = "Nothing has gone wrong in this session."
_NOTHING_FOUND = "Nothing that went wrong is like that."


class ProblemsWindow(QWidget):
    """A table of the models above, the list below it, and the story of the one chosen.

    Signals:
        page_wanted: A ``PageKey`` to be shown.
        reading_wanted: Pages to read again, and the name of the model to read them with.
        report_wanted: The user wants to save a report for a bug about these pages.
    """

    page_wanted = Signal(object)
    reading_wanted = Signal(object, str)
    report_wanted = Signal(object)

    def __init__(
        self,
        problems: Problems,
        *,
        engine_title: Callable[[str], str],
        models: Callable[[], Iterable[ModelRow]],
        parent: QWidget,
    ) -> None:
        """Makes the window.

        Args:
            problems: What it lists, and goes on listing while it is open.
            engine_title: The name of an engine that people know.
            models: Those that a page may be read with, in their order.
            parent: The program's window, beside which it stays.
        """
        super().__init__(parent, Qt.WindowType.Window)
        self.setWindowTitle("Problems")
        self.setMinimumSize(_LEAST)
        self.resize(_SIZE)
        self._problems = problems
        self._engine_title = engine_title
        self._models = models
        self.items = ProblemItems(engine_title=engine_title, parent=self)
        self.records = ModelRecordItems(engine_title=engine_title, parent=self)
        self._turns = InTurns(self)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_REFRESH_MS)
        self._soon.timeout.connect(self._show_counts)
        self._make()
        problems.reset.connect(self._on_reset)
        problems.added.connect(self._on_added)
        problems.counted.connect(self._on_counted)
        self._on_reset()

    # Making

    def _make(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE, SPACE, SPACE, SPACE)
        layout.setSpacing(SPACE)
        layout.addWidget(self._make_records())
        layout.addLayout(self._make_filters())
        layout.addWidget(self._make_middle(), 1)
        layout.addLayout(self._make_bottom())
        for keys, do in (
            (QKeySequence(QKeySequence.StandardKey.Find), self.search.setFocus),
            (QKeySequence("Ctrl+Shift+C"), self.copy_table),
        ):
            QShortcut(keys, self).activated.connect(do)
        copy = QShortcut(QKeySequence(QKeySequence.StandardKey.Copy), self.view)
        copy.setContext(Qt.ShortcutContext.WidgetShortcut)
        copy.activated.connect(self.copy_text)

    def _make_records(self) -> QTreeView:
        view = self.record_view = QTreeView()
        view.setRootIsDecorated(False)
        view.setUniformRowHeights(True)
        view.setAllColumnsShowFocus(True)
        _dress(view, "How each model has done")
        view.setModel(self.records)
        view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        view.setToolTip("Click a model to see only what went wrong with it")
        view.clicked.connect(self._on_record_chosen)
        view.activated.connect(self._on_record_chosen)
        _size_columns(view.header(), (200, 100, 80, 120, 100))
        return view

    def _make_filters(self) -> QHBoxLayout:
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search documents, models and sentences")
        self.search.setAccessibleName("Search problems")
        self.search.setToolTip("Ctrl+F")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self.items.search)
        self.engine_box = QComboBox()
        self.engine_box.setAccessibleName("Model")
        self.engine_box.setToolTip("Only what went wrong with this model")
        self.kind_box = QComboBox()
        self.kind_box.setAccessibleName("What went wrong")
        self.kind_box.setToolTip("Only what went wrong like this")
        self.count = QLabel()
        self.count.setProperty("tone", "muted")
        filters = QHBoxLayout()
        filters.setSpacing(SPACE)
        filters.addWidget(self.search, 1)
        for box in (self.engine_box, self.kind_box):
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
            box.activated.connect(lambda _: self._filter())
            filters.addWidget(box)
        filters.addWidget(self.count)
        return filters

    def _make_middle(self) -> QSplitter:
        # Unlike a tree this view never goes through all of its rows: there may be thousands.
        view = self.view = QTableView()
        view.setShowGrid(False)
        view.setWordWrap(False)
        view.setCornerButtonEnabled(False)
        view.setTabKeyNavigation(False)
        view.verticalHeader().hide()
        _dress(view, "Problems")
        view.verticalHeader().setDefaultSectionSize(max(_ROW, view.fontMetrics().height() + 4))
        view.setModel(self.items)
        view.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        view.setSortingEnabled(True)
        view.sortByColumn(0, Qt.SortOrder.DescendingOrder)
        view.activated.connect(lambda _: self.go_to_page())
        view.selectionModel().currentChanged.connect(lambda *_: self._show_story())
        view.selectionModel().selectionChanged.connect(lambda *_: self._show_what_can_be_done())
        for show in (self._show_story, self._show_counts):
            self.items.modelReset.connect(show)
        header = view.horizontalHeader()
        header.setHighlightSections(False)
        # Of the list's own it would ask for each column whether all of its rows are selected.
        header.setSelectionModel(QItemSelectionModel(self.items, header))
        view.horizontalHeader().setDefaultAlignment(_LEFT)
        _size_columns(view.horizontalHeader(), (160, 180, 60, 140, 130))
        self.nothing = QLabel()
        self.nothing.setTextFormat(Qt.TextFormat.PlainText)
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._list = QStackedWidget()
        self._list.addWidget(view)
        self._list.addWidget(self.nothing)
        self.story = QPlainTextEdit()
        self.story.setReadOnly(True)
        self.story.setAccessibleName("All about the problem that is chosen")
        self.story.setPlaceholderText("Choose a row to see all that is known of it.")
        splitter = QSplitter(Qt.Orientation.Vertical)
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(self._list)
        splitter.addWidget(self.story)
        splitter.setStretchFactor(0, 3)
        splitter.setStretchFactor(1, 1)
        splitter.setSizes([300, 130])
        return splitter

    def _make_bottom(self) -> QHBoxLayout:
        self.go = _button("&Go to page", "Show the page where it went wrong (Enter)")
        self.go.clicked.connect(lambda *_: self.go_to_page())
        self.again = _button("Read again &with", "Read the pages of the selected rows again")
        self.again_menu = ModelMenu(self.again)
        self.again_menu.aboutToShow.connect(
            lambda: self.again_menu.show_offers(offers_of(self._models()))
        )
        self.again_menu.chosen.connect(
            lambda name, _mode: self.reading_wanted.emit(self.chosen_pages(), name)
        )
        self.again.setMenu(self.again_menu)
        self.copy = _button("&Copy", "Copy all about the selected rows (Ctrl+C)")
        self.copy.clicked.connect(lambda *_: self.copy_text())
        self.copy_as_table = _button(
            "Copy as &table", "Copy the selected rows for a spreadsheet (Ctrl+Shift+C)"
        )
        self.copy_as_table.clicked.connect(lambda *_: self.copy_table())
        self.report = _button(
            "Save a &report…", "Save what helps to find the cause, without text of your pages"
        )
        self.report.clicked.connect(lambda *_: self.report_wanted.emit(self.chosen_pages()))
        self.said = ElidedLabel()
        bottom = QHBoxLayout()
        bottom.setSpacing(SPACE)
        for button in (self.go, self.again, self.copy, self.copy_as_table):
            bottom.addWidget(button)
        bottom.addWidget(self.said, 1)
        bottom.addWidget(self.report)
        return bottom

    # From outside

    def open(self) -> None:
        """Shows the window, in front of others; what it shows has been seen then."""
        self.show()
        self.raise_()
        self.activateWindow()
        if not self.view.selectionModel().hasSelection():
            # The focus alone would mark a row that no button is for.
            self.view.setCurrentIndex(self.items.index(0, 0))
        self.view.setFocus()
        self._problems.look()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.search.hasFocus() and self.search.text():
            self.search.clear()
        elif event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)

    # Showing

    def _on_reset(self) -> None:
        self.items.show_problems(self._problems.all())

    def _on_added(self, problems: object) -> None:
        assert isinstance(problems, list)
        self.items.add(problems)

    def _on_counted(self) -> None:
        if not self._soon.isActive():
            self._soon.start()

    def _show_counts(self) -> None:
        self.records.show_records(self._problems.records())
        self.record_view.setVisible(bool(self.records.records))
        self._fit_records()
        engines = [(self._engine_title(name), name) for name in self.items.engines()]
        kinds = [(KIND_WORDS[kind], kind) for kind in self.items.kinds()]
        _offer(self.engine_box, "All models", engines)
        _offer(self.kind_box, "All kinds", kinds)
        shown, total = self.items.rowCount(), self.items.total
        self.count.setText(f"{total:,}" if shown == total else f"{shown:,} of {total:,}")
        self.nothing.setText(_NOTHING_FOUND if total else _CLEAN)
        self._list.setCurrentWidget(self.view if shown else self.nothing)
        self._show_what_can_be_done()
        if self.isVisible() and self.isActiveWindow() and self._problems.new:
            self._problems.look()

    def _fit_records(self) -> None:
        rows = min(max(len(self.records.records), 1), _RECORD_ROWS)
        row = max(self.record_view.sizeHintForRow(0), self.record_view.fontMetrics().height())
        frame = 2 * self.record_view.frameWidth()
        header = self.record_view.header().sizeHint().height()
        self.record_view.setFixedHeight(header + rows * row + frame + 2)

    def _filter(self) -> None:
        self.items.filter(engine=self.engine_box.currentData(), kind=self.kind_box.currentData())

    def _on_record_chosen(self, index: QModelIndex) -> None:
        """Shows what went wrong with a model; chosen again, with all of them."""
        engine = index.data(RecordRole).engine
        place = self.engine_box.findData(engine)
        if place < 0 or place == self.engine_box.currentIndex():
            place = 0
            self.record_view.clearSelection()
        self.engine_box.setCurrentIndex(place)
        self._filter()

    def _show_story(self) -> None:
        index = self.view.currentIndex()
        if not index.isValid():
            self.story.clear()
            return
        problem = self.items.problem(index.row())
        self.story.setPlainText(problem_story(problem, engine_title=self._engine_title))

    def _show_what_can_be_done(self) -> None:
        rows = self._rows()
        pages = self.chosen_pages()
        self.go.setEnabled(bool(pages))
        self.again.setEnabled(bool(pages))
        self.copy.setEnabled(bool(rows))
        self.copy_as_table.setEnabled(bool(rows))
        count = len(pages)
        self.again.setToolTip(
            f"Read the {count:,} pages of the selected rows again with another model"
            if count > 1
            else "Read the page again with another model"
        )

    # Doing

    def _rows(self) -> list[int]:
        # By ranges: of ten thousand rows each would come as an object of its own.
        selection = self.view.selectionModel().selection()
        ranges = [selection.at(number) for number in range(selection.count())]
        return sorted({row for one in ranges for row in range(one.top(), one.bottom() + 1)})

    def chosen_pages(self) -> tuple[PageKey, ...]:
        """The pages of the selected rows, each once, in the order of the rows."""
        places = (self.items.problem(row).place for row in self._rows())
        return tuple(dict.fromkeys(place for place in places if place is not None))

    def go_to_page(self) -> None:
        """Has the program's window show the page of the row."""
        index = self.view.currentIndex()
        place = self.items.problem(index.row()).place if index.isValid() else None
        if place is not None:
            self.page_wanted.emit(place)

    def copy_text(self) -> None:
        """Copies the stories of the selected rows."""
        problems = [self.items.problem(row) for row in self._rows()]
        self._turns.go_through(self._copy_stories(problems))

    def _copy_stories(self, problems: Sequence[Problem]) -> Iterator[None]:
        stories = []
        for problem in problems:
            stories.append(problem_story(problem, engine_title=self._engine_title))
            yield
        self._copy("\n".join(stories), len(stories))

    def copy_table(self) -> None:
        """Copies the selected rows as a table."""
        rows = [self.items.cells(row) for row in self._rows()]
        self._turns.go_through(self._copy_rows(rows))

    def _copy_rows(self, rows: Sequence[tuple[str, ...]]) -> Iterator[None]:
        lines = [tab_separated([COLUMNS])]
        for row in rows:
            lines.append(tab_separated([row]))
            yield
        self._copy("".join(lines), len(rows))

    def _copy(self, text: str, count: int) -> None:
        if count:
            QGuiApplication.clipboard().setText(text)
            self.said.setText("1 row copied." if count == 1 else f"{count:,} rows copied.")


def _dress(view: QTreeView | QTableView, name: str) -> None:
    view.setAccessibleName(name)
    view.setStyleSheet(_STYLE)
    view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    view.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)


def _size_columns(header: QHeaderView, widths: Sequence[int]) -> None:
    header.setSectionsMovable(False)
    header.setStretchLastSection(True)
    header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
    for column, width in enumerate(widths):
        header.resizeSection(column, width)


def _button(text: str, tip: str) -> QPushButton:
    button = QPushButton(text)
    button.setToolTip(tip)
    button.setAutoDefault(False)
    return button


def _offer(box: QComboBox, everything: str, choices: Sequence[tuple[str, object]]) -> None:
    """Fills a filter; what was chosen stays chosen."""
    offered = [(everything, None), *choices]
    if [(box.itemText(row), box.itemData(row)) for row in range(box.count())] == offered:
        return
    chosen = box.currentData()
    box.clear()
    for text, data in offered:
        box.addItem(text, data)
    box.setCurrentIndex(max(box.findData(chosen), 0) if chosen is not None else 0)
