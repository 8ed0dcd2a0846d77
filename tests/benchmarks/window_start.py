"""Time from the start of a process to a usable window: Textlift against a bare PySide6 window.

    python tests/benchmarks/window_start.py [--rounds 9]

A window counts as usable when it was painted and its event loop answers a timer. The first
round of each is thrown away, so the figures are those of a warm start. Rounds alternate.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time

BARE = """
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMainWindow, QPlainTextEdit
application = QApplication([])
window = QMainWindow()
window.setCentralWidget(QPlainTextEdit())
window.resize(1200, 800)
window.show()
QTimer.singleShot(0, lambda: (print("usable", flush=True), application.quit()))
application.exec()
"""

TEXTLIFT = """
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
import textlift.ui.application as program
shown = QApplication.exec
def exec_with_answer(*_):
    QTimer.singleShot(0, lambda: (print("usable", flush=True), QApplication.instance().quit()))
    return shown()
QApplication.exec = exec_with_answer
program.main([])
"""


def seconds_until_usable(script: str, environment: dict[str, str]) -> float:
    """Starts a process and waits for its word."""
    started = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, env=environment
    ) as process:
        word = process.stdout.readline()
        seconds = time.perf_counter() - started
        process.stdout.read()
    if word.strip() != b"usable" or process.returncode:
        raise SystemExit(f"The window did not come up (exit status {process.returncode}).")
    return seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=9)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as home:
        environment = {"QT_QPA_PLATFORM": "offscreen", **os.environ, "TEXTLIFT_HOME": home}
        # A warm start has its bytecode.
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        times: dict[str, list[float]] = {"bare PySide6 window": [], "Textlift": []}
        for _ in range(rounds + 1):
            times["bare PySide6 window"].append(seconds_until_usable(BARE, environment))
            times["Textlift"].append(seconds_until_usable(TEXTLIFT, environment))
    bare = statistics.median(times["bare PySide6 window"][1:])
    print(f"{'window':24} {'median s':>9} {'worst s':>9} {'times bare':>11}")
    for name, seconds in times.items():
        median = statistics.median(seconds[1:])
        print(f"{name:24} {median:9.3f} {max(seconds[1:]):9.3f} {median / bare:11.2f}")


if __name__ == "__main__":
    main()
