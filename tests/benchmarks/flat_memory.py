"""Memory of each process while a long document is read: flat, or so many bytes a page.

    PYTHONPATH=tests python -m benchmarks.flat_memory [--pages 2000] [--model scripted]
        [--no-checks]

Draws a document of so many small pages, opens it in the window and has it read to its end, by a
scripted engine in a real engine process, or by an engine that is installed (``--model
pp-ocrv6``). Resident megabytes of the window and of each of its processes are taken on the way;
the last row has the kilobytes a page from page 100 on. Each page is looked at independently
unless ``--no-checks`` is given.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from benchmarks.window_reading import resident_by_process
from doubles.engine_script import EngineScript
from doubles.pages import draw_page
from textlift.engines.registry import installed_engines
from textlift.settings import Settings, user_folders
from textlift.ui.application import Desktop
from textlift.ui.incoming import Incoming

_SETTLED = 100
"""Pages until which caches fill and modules are loaded."""
_MARKS = (10, _SETTLED, 200, 500, 1000, 1500, 2000, 5000, 10000)


def write_book(path: Path, pages: int) -> None:
    """A PDF of pictures of 150 by 200 pixels, each with its number."""
    images = [draw_page(number, size=(150, 200)) for number in range(1, pages + 1)]
    images[0].save(path, save_all=True, append_images=images[1:], resolution=200)


def read(book: Path, *, pages: int, model: str, checks: bool) -> dict[int, dict[str, float]]:
    """Reads it in the window of this process; megabytes by process at each mark."""
    application = QApplication(["textlift"])
    script = EngineScript(book.parent / "script")
    os.environ.update(script.environment)
    engines = installed_engines
    if model == "scripted":
        script.engine("scripted", detects=not checks)
        registry = script.registry

        def engines(_settings: Settings) -> object:
            return registry

    desktop = Desktop(
        application,
        folders=user_folders(),
        engines=engines,
        settings=Settings(model=model, fallback=(), check_pages=checks),
    )
    found: dict[int, dict[str, float]] = {}
    done = [0]

    def count(_key: object, _record: object) -> None:
        done[0] += 1
        if done[0] in _MARKS or done[0] == pages:
            found[done[0]] = resident_by_process()
        if done[0] == pages:
            QTimer.singleShot(0, QApplication.quit)

    desktop.window.reading.page_finished.connect(count)
    desktop.window.show()
    desktop.workspace.take(Incoming(paths=(str(book),)))
    desktop.start()
    application.exec()
    desktop.window.close()
    desktop.close()
    script.close()
    return found


def print_table(found: dict[int, dict[str, float]]) -> None:
    """Markdown; a column for each process."""
    last = max(found)
    roles = sorted(found[last])
    print(f"| page | {' | '.join(roles)} |")
    print("|---" * (len(roles) + 1) + "|")
    for page, sizes in found.items():
        print(f"| {page} | {' | '.join(f'{sizes.get(role, 0):.1f}' for role in roles)} |")
    if last > _SETTLED:
        first = found[_SETTLED]
        growth = [
            f"{(found[last][role] - first.get(role, 0)) * 1000 / (last - _SETTLED):.1f}"
            for role in roles
        ]
        print(f"| kB a page from {_SETTLED} on | {' | '.join(growth)} |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pages", type=int, default=2000)
    parser.add_argument("--model", default="scripted")
    parser.add_argument("--no-checks", action="store_true")
    parser.add_argument("--book", default="", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    if not arguments.book:
        # In a process of its own: the pictures of the book are not the window's.
        with tempfile.TemporaryDirectory(prefix="flat-") as folder:
            os.environ["TEXTLIFT_HOME"] = str(Path(folder) / "home")
            book = Path(folder) / "book.pdf"
            write_book(book, arguments.pages)
            command = [sys.executable, "-m", "benchmarks.flat_memory", *sys.argv[1:]]
            subprocess.run([*command, "--book", str(book)], check=True)
        return
    began = time.monotonic()
    found = read(
        Path(arguments.book),
        pages=arguments.pages,
        model=arguments.model,
        checks=not arguments.no_checks,
    )
    print_table(found)
    seconds = time.monotonic() - began
    print(f"\n{arguments.pages} pages in {seconds:.0f} s, load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
