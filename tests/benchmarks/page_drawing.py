"""Processor time of a frame of the page view: scrolling, zooming and showing a large page.

    PYTHONPATH=tests python -m benchmarks.page_drawing [--megapixels 20] [--lines 400]
        [--width 1100] [--height 900] [--frames 60] [--turned]

A page of so many pixels, with so many lines drawn over it, in a view of the size given. Each frame
is drawn at once and its processor time taken, of the GUI thread and of the whole process: what
Qt's own threads paint counts in the latter only. "Halves" are the steps in which the smaller
pictures for small zooms are made, between two events; "sharpened" those in which what was drawn
quickly is drawn once more, in bands. Qt draws off screen.
"""

from __future__ import annotations

import argparse
import math
import os
import statistics
import time
from collections.abc import Callable, Iterator, Sequence

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEventLoop, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QTransform
from PySide6.QtWidgets import QApplication

from textlift.content.block import Block, BlockKind, Line
from textlift.content.geometry import Box
from textlift.content.page import PageRecord, PageState
from textlift.content.reading import PageReading
from textlift.ui.application import _paint_alone_on_few_processors
from textlift.ui.page_view import PageView


def drawn_page(width: int, height: int, lines: int) -> tuple[QImage, PageRecord]:
    """A grey page with bars for lines, and what is known of it."""
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    step = height / (lines + 2)
    boxes = [Box(0.1 * width, step * n, 0.9 * width, step * (n + 0.7)) for n in range(1, lines + 1)]
    for box in boxes:
        painter.fillRect(int(box.x0), int(box.y0), int(box.width), int(box.height), QColor("#555"))
    painter.end()
    return image, _read(boxes, width, height)


def _read(boxes: Sequence[Box], width: int, height: int, *, rotation: int = 0) -> PageRecord:
    blocks = tuple(
        Block(kind=BlockKind.TEXT, text="line", lines=(Line("line", box=box),)) for box in boxes
    )
    return PageRecord(
        number=1,
        state=PageState.DONE,
        width=width,
        height=height,
        reading=PageReading(blocks=blocks, read_by="alpha", rotation=rotation),
    )


def laid_on_its_side(image: QImage, record: PageRecord) -> tuple[QImage, PageRecord]:
    """The page as a scanner gives it that it went through sideways; seen, it is turned back."""
    assert record.reading is not None
    boxes = [line.box for line in record.reading.lines if line.box is not None]
    width = image.width()
    turned = [Box(box.y0, width - box.x1, box.y1, width - box.x0) for box in boxes]
    return (
        image.transformed(QTransform().rotate(-90)),
        _read(turned, image.height(), width, rotation=90),
    )


def timed(steps: Iterator[Callable[[], object]]) -> tuple[list[float], list[float]]:
    """Milliseconds of each step: of this thread, and of the process."""
    own, all_ = [], []
    for step in steps:
        before = time.thread_time(), time.process_time()
        step()
        own.append(1000 * (time.thread_time() - before[0]))
        all_.append(1000 * (time.process_time() - before[1]))
    return own, all_


def iter_sharpened(view: PageView, go_on: Callable[[], object]) -> Iterator[Callable[[], object]]:
    """Turns until all that is seen has been drawn with smoothing."""
    yield go_on
    while view._sharpening.waiting:
        yield go_on


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--megapixels", type=float, default=20.0)
    parser.add_argument("--lines", type=int, default=400)
    parser.add_argument("--width", type=int, default=1100)
    parser.add_argument("--height", type=int, default=900)
    parser.add_argument("--frames", type=int, default=60)
    parser.add_argument("--turned", action="store_true", help="the page lies on its side")
    asked = parser.parse_args()
    _paint_alone_on_few_processors()
    application = QApplication([])
    width = round(math.sqrt(asked.megapixels * 1e6 / 1.4))
    image, record = drawn_page(width, round(1.4 * width), asked.lines)
    view = PageView()
    view.resize(asked.width, asked.height)
    view.show()
    application.processEvents()

    def draw() -> None:
        view.viewport().repaint()

    def scroll(by: int) -> None:
        bar = view.verticalScrollBar()
        bar.setValue(bar.value() + by)
        application.processEvents()

    def zoom(factor: float) -> None:
        view.set_zoom(view.zoom * factor)
        draw()

    if asked.turned:
        image, record = laid_on_its_side(image, record)
    rows = {"shown first": timed(iter([lambda: (view.show_page(image, record), draw())]))}
    halves = range(100)
    wait = QEventLoop.ProcessEventsFlag.AllEvents
    rows["halves"] = timed(lambda: application.processEvents(wait) for _ in halves)
    frames = range(asked.frames)
    rows["drawn anew, whole page"] = timed(draw for _ in frames)
    rows["zoomed"] = timed((lambda n=n: zoom(1.25 if n // 8 % 2 == 0 else 0.8)) for n in frames)
    rows["sharpened afterwards"] = timed(iter_sharpened(view, application.processEvents))
    view.actual_size()
    draw()
    rows["scrolled at 100 %"] = timed((lambda: scroll(60)) for _ in frames)
    view.set_zoom(0.6)
    view.verticalScrollBar().setValue(0)
    draw()
    rows["scrolled at 60 %"] = timed((lambda: scroll(60)) for _ in frames)
    print("| frame | GUI thread ms: median | worst | process ms: median | worst |")
    print("|---|---|---|---|---|")
    for name, (own, all_) in rows.items():
        figures = (statistics.median(own), max(own), statistics.median(all_), max(all_))
        print(f"| {name} | " + " | ".join(f"{one:.1f}" for one in figures) + " |")


if __name__ == "__main__":
    main()
