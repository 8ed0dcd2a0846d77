"""Delay of the window's event loop, and memory of each process, while a long document is read.

    python tests/benchmarks/window_reading.py [--pages 40] [--lines 30] [--model automatic]

Draws a document of so many pages, opens it in the real window with the real engine, and asks the
event loop for an answer every 4 ms until the last page is read: what an answer comes late is a
delay that a person could feel. Memory is resident megabytes, taken at page 10, 100, 500 and at
the end. ``--lines 2`` makes small pages, for long documents. Pages are turned while it reads
when ``--browse`` is given.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from pathlib import Path

import psutil
from PIL import Image, ImageDraw, ImageFont
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from textlift.engines.registry import installed_engines
from textlift.settings import Settings, user_folders
from textlift.ui.application import Desktop
from textlift.ui.incoming import Incoming

TICK_MS = 4
MARKS = (10, 100, 500)
WORDS = "the keeper climbed forty two steps to lamp room and trimmed wick while rain fell on glass"


def draw_document(path: Path, *, pages: int, lines: int) -> None:
    """A PDF of scanned-looking pages; each line differs."""
    font = ImageFont.load_default(36)
    words = WORDS.split()
    images = []
    for page in range(pages):
        image = Image.new("L", (1240, max(200, 58 * lines + 120)), 255)
        draw = ImageDraw.Draw(image)
        for line in range(lines):
            start = (page * 7 + line * 3) % len(words)
            text = " ".join((words[start:] + words[:start])[:9])
            draw.text((80, 60 + 58 * line), f"{page + 1}.{line + 1} {text}", font=font, fill=20)
        images.append(image)
    images[0].save(path, save_all=True, append_images=images[1:], resolution=150)


def resident_by_process() -> dict[str, float]:
    """Megabytes of this process and of each child, named by what it does."""
    own = psutil.Process()
    sizes = {"window": own.memory_info().rss / 1e6}
    for child in own.children(recursive=True):
        command = child.cmdline()
        if "--process" in command:
            role = command[command.index("--process") + 1]
        else:
            role = Path(command[0]).name if command else "ended"
        sizes[role] = sizes.get(role, 0.0) + child.memory_info().rss / 1e6
    return sizes


class Watch:
    """Counts pages and measures how late the event loop answers."""

    def __init__(self, desktop: Desktop, *, pages: int, browse: bool) -> None:
        self.delays: list[float] = []
        self.memory: dict[int, dict[str, float]] = {}
        self.started = 0.0
        self.ended = 0.0
        self._pages = pages
        self._done = 0
        self._browse = browse
        self._desktop = desktop
        self._due = 0.0
        self._timer = QTimer(desktop)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._tick)
        desktop.window.reading.page_finished.connect(self._count)

    def _arm(self) -> None:
        self._due = time.perf_counter() + TICK_MS / 1000
        self._timer.start(TICK_MS)

    def _tick(self) -> None:
        self.delays.append(max(0.0, time.perf_counter() - self._due) * 1000)
        self._arm()

    def _count(self, key: object, _record: object) -> None:
        self._done += 1
        if self._done == 1:
            # From here on the model is loaded and the window has been painted.
            self.started = time.perf_counter()
            self._arm()
        if self._browse:
            self._desktop.window.tree.show_page(key)
        if self._done in MARKS or self._done == self._pages:
            self.memory[self._done] = resident_by_process()
        if self._done == self._pages:
            self.ended = time.perf_counter()
            QApplication.quit()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pages", type=int, default=40)
    parser.add_argument("--lines", type=int, default=30)
    parser.add_argument("--model", default="automatic")
    parser.add_argument("--browse", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        os.environ["TEXTLIFT_HOME"] = home
        document = Path(home) / "document.pdf"
        draw_document(document, pages=arguments.pages, lines=arguments.lines)
        application = QApplication(["textlift"])
        desktop = Desktop(
            application,
            folders=user_folders(),
            engines=installed_engines,
            settings=Settings(model=arguments.model),
        )
        watch = Watch(desktop, pages=arguments.pages, browse=arguments.browse)
        desktop.window.show()
        desktop.workspace.take(Incoming(paths=(str(document),)))
        desktop.start()
        application.exec()
        desktop.window.close()
        desktop.close()
    delays = sorted(watch.delays)
    rate = (arguments.pages - 1) / (watch.ended - watch.started) * 60
    print(f"{arguments.pages} pages, {rate:.1f} pages a minute with the window open")
    print(
        f"event loop delay in ms: median {statistics.median(delays):.2f}, "
        f"99th percentile {delays[int(len(delays) * 0.99)]:.2f}, worst {delays[-1]:.2f} "
        f"({len(delays)} answers)"
    )
    for page, sizes in watch.memory.items():
        told = ", ".join(f"{name} {size:.0f}" for name, size in sorted(sizes.items()))
        print(f"resident MB at page {page}: {told}")


if __name__ == "__main__":
    main()
