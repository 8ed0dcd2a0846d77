"""Time from dropping a one-page scan on the window to its first line, and where it goes.

    PYTHONPATH=tests python -m benchmarks.first_text [FILE] [--rounds 3] [--model automatic]
        [--display]

A: the file is dropped on a window that has been open for so long that the engine was loaded ahead.
B: on one that has just opened, so that the engine is begun to be loaded at the drop. C: as B, and
nothing is loaded before the page is drawn. A B C A B C, each in a program of its own. FILE is a
scan or a PDF, of which the first page counts; the sample that comes with Textlift otherwise.
Medians, in milliseconds since the drop. Qt draws off screen unless ``--display`` is given.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from textlift.recognition.events import (
    EngineLoaded,
    EngineLoading,
    Event,
    PageFinished,
    PageProgressed,
    PageStarted,
)
from textlift.settings import Settings
from textlift.shipped import sample_document
from textlift.ui.incoming import Incoming
from textlift.ui.main_window import MainWindow

STEPS = (
    "opened", "run begun", "engine being loaded", "engine loaded", "page drawn for it",
    "first line", "page read",
)  # fmt: skip
_KINDS = ("open for a while", "just opened", "without warming")
_JUST_OPENED_MS = 1000
_PATIENCE_MS = 120_000


def run(path: str, model: str, kind: str) -> None:
    """Opens the window, drops the file, and prints when each step was reached."""
    from textlift.ui import application as program

    program.load_settings = lambda _: Settings(model=model)
    runs = QApplication.exec
    reached: dict[str, float] = {}
    dropped = 0.0

    def note(step: str) -> None:
        reached.setdefault(step, 1000 * (time.perf_counter() - dropped))

    def on_event(event: Event) -> None:
        if isinstance(event, EngineLoading):
            note("engine being loaded")
        elif isinstance(event, EngineLoaded):
            note("engine loaded")
        elif isinstance(event, PageStarted):
            note("page drawn for it")
        elif isinstance(event, PageProgressed) and any(one.text for one in event.progress.lines):
            note("first line")
        elif isinstance(event, PageFinished):
            note("first line")
            note("page read")
            (window,) = _windows()
            window.close_unasked()
            QApplication.quit()

    def drop() -> None:
        nonlocal dropped
        (window,) = _windows()
        window.workspace.added.connect(lambda _: note("opened"))
        window.reading.thread_.run_started.connect(lambda: note("run begun"))
        window.reading.thread_.relay.arrived.connect(on_event)
        dropped = time.perf_counter()
        window.workspace.take(Incoming(paths=(path,)))

    def execute(*_: object) -> int:
        (window,) = _windows()
        window.make_whole()
        if kind == _KINDS[0]:
            window.reading.thread_.relay.arrived.connect(
                lambda event: isinstance(event, EngineLoaded) and not dropped and drop()
            )
        else:
            QTimer.singleShot(_JUST_OPENED_MS, drop)
        if kind == _KINDS[2]:
            window.reading.thread_.warm_up = lambda *_: None
        QTimer.singleShot(_PATIENCE_MS, lambda: os._exit(1))
        return int(runs())

    QApplication.exec = execute
    program.main([])
    print(json.dumps(reached))


def _windows() -> list:
    return [one for one in QApplication.topLevelWidgets() if isinstance(one, MainWindow)]


def measure(kind: str, *, path: Path, model: str, display: bool) -> dict[str, float]:
    """One round."""
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "TEXTLIFT_HOME": home}
        if not display:
            environment["QT_QPA_PLATFORM"] = "offscreen"
        copy = shutil.copy(path, Path(home) / path.name)
        done = subprocess.run(
            [
                *(sys.executable, "-m", "benchmarks.first_text", copy),
                *("--model", model, "--role", kind),
            ],
            env=environment,
            stdout=subprocess.PIPE,
            check=True,
        )
    return json.loads(done.stdout.splitlines()[-1])


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("path", nargs="?", type=Path, default=sample_document(), metavar="FILE")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--model", default="automatic")
    parser.add_argument("--display", action="store_true")
    parser.add_argument("--role", choices=_KINDS, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.role:
        run(str(asked.path), asked.model, asked.role)
        return
    rounds = [
        {
            kind: measure(kind, path=asked.path, model=asked.model, display=asked.display)
            for kind in _KINDS
        }
        for _ in range(asked.rounds)
    ]
    print("| ms since the drop | " + " | ".join(rounds[0]) + " |")
    print("|---|" + "---|" * len(rounds[0]))
    for step in STEPS:
        times = [
            statistics.median(one[kind].get(step, float("nan")) for one in rounds)
            for kind in rounds[0]
        ]
        print(f"| {step} | " + " | ".join(f"{one:.0f}" for one in times) + " |")
    print(f"\nMedians of {len(rounds)} rounds; load of the machine {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
