"""Delay of the event loop while the processor is saturated by reading, beside a bare window's.

    PYTHONPATH=tests python -m benchmarks.event_loop [FOLDER] [--rounds 2] [--seconds 6]
        [--model automatic] [--display] [--worst 12]

A: a bare PySide6 window, while ``textlift ocr`` reads the documents. B: the real program, which
reads the same documents and is worked meanwhile: left alone, scrolled, zoomed, its pages chosen
one after the other, its text typed into; each for so many seconds. A B A B. A beat is asked for
every 4 ms; what it comes late is what a keystroke would have waited, and "own" is the processor
time that the GUI thread took meanwhile: what it would come late were it never kept from running.
Documents are copies of the sample that comes with Textlift,
or the files of FOLDER. Qt draws off screen unless ``--display`` is given.

Under the table: the worst gaps of the program, what the GUI thread did in them (it ran, it had no
processor, or it waited for another thread, such as one that holds the GIL, or for the disk), and
where in the program it was.
"""

from __future__ import annotations

import argparse
import itertools
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QMainWindow, QWidget

from benchmarks.heartbeat import FRAME, Beats, Heartbeat
from textlift.settings import Settings
from textlift.shipped import sample_document
from textlift.ui.main_window import MainWindow
from textlift.ui.reader_thread import PageKey

ACTIONS = ("left alone", "scrolled", "zoomed", "pages chosen", "typed into")
_ACTION_EVERY_MS = 40
_COPIES = 60
_PATIENCE = 120
"""Seconds for the first two pages."""
_TEXT = "the keeper climbed forty two steps to the lamp room "


# The windows, each in a process of its own


def run_bare(seconds: float) -> None:
    """Shows a bare window as long as the program's is measured, and prints its beats."""
    application = QApplication(["bare"])
    window = QMainWindow()
    window.resize(1280, 800)
    window.show()
    beat = Heartbeat()
    QTimer.singleShot(1000, lambda: beat.start("bare"))
    QTimer.singleShot(round(1000 + 1000 * seconds * len(ACTIONS)), application.quit)
    application.exec()
    _print(beat.end())


def run_program(seconds: float, model: str, paths: Sequence[str]) -> None:
    """Opens Textlift's window with files, works it while it reads, and prints its beats."""
    from textlift.ui import application as program

    program.load_settings = lambda _: Settings(model=model)
    runs = QApplication.exec
    told: list[Beats] = []

    def execute(*_: object) -> int:
        user = User(seconds)
        user.done.append(told.append)
        status = runs()
        return int(status)

    QApplication.exec = execute
    program.main(paths)
    _print(told[0])


def _print(beats: Beats) -> None:
    sys.stdout.write(msgspec.json.encode(beats).decode() + "\n")


class User(QObject):
    """Works the window once two pages have been read, and quits at the end."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        (self._window,) = (
            one for one in QApplication.topLevelWidgets() if isinstance(one, MainWindow)
        )
        self._window.make_whole()
        self.done: list[Callable[[Beats], None]] = []
        self._seconds = seconds
        self._read: list[PageKey] = []
        self._before = 0
        self._count = itertools.count()
        self._actions = iter(ACTIONS[1:])
        self._beat = Heartbeat(self)
        self._next = QTimer(self)
        self._next.setInterval(round(1000 * seconds))
        self._next.timeout.connect(self._go_on)
        self._acting = QTimer(self)
        self._acting.setInterval(_ACTION_EVERY_MS)
        self._acting.timeout.connect(self._act)
        self._window.reading.page_finished.connect(self._on_finished)
        QTimer.singleShot(1000 * _PATIENCE, self, self._give_up)

    def _give_up(self) -> None:
        if len(self._read) < 2:
            print(f"No two pages were read within {_PATIENCE} seconds.", file=sys.stderr)
            os._exit(1)

    def _on_finished(self, key: PageKey, _record: object) -> None:
        self._read.append(key)
        if len(self._read) == 2:
            # From here on the models are loaded.
            self._before = len(self._read)
            self._window.tree.show_page(self._read[0])
            self._beat.start(ACTIONS[0])
            self._next.start()

    def _go_on(self) -> None:
        action = next(self._actions, None)
        if action is None:
            self._acting.stop()
            self._next.stop()
            if not self._window.reading.active:
                print("Everything was read before the end: give it more.", file=sys.stderr)
            beats = self._beat.end(pages=len(self._read) - self._before)
            for told in self.done:
                told(beats)
            self._window.close_unasked()
            QApplication.quit()
            return
        self._beat.during = action
        if action == "scrolled":
            self._window.page_view.actual_size()
        elif action == "pages chosen":
            self._window.page_view.fit_page()
        elif action == "typed into":
            self._window.tree.show_page(self._read[0])
        self._acting.start()

    def _act(self) -> None:
        number = next(self._count)
        view = self._window.page_view.viewport()
        if self._beat.during == "scrolled":
            _wheel(view, -120 if number // 12 % 2 == 0 else 120)
        elif self._beat.during == "zoomed":
            control = Qt.KeyboardModifier.ControlModifier
            _wheel(view, 120 if number // 8 % 2 == 0 else -120, keys=control)
        elif self._beat.during == "pages chosen":
            # Five a second: as fast as a key repeats that somebody looks at.
            if number % 5 == 0:
                _press(self._window.tree, Qt.Key.Key_Down)
        elif self._window.text.can_edit:
            letter = _TEXT[number % len(_TEXT)]
            _press(self._window.text.editor, Qt.Key.Key_A, letter)


def _wheel(
    view: QWidget, step: int, *, keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
) -> None:
    middle = QPointF(view.rect().center())
    event = QWheelEvent(
        middle,
        QPointF(view.mapToGlobal(middle.toPoint())),
        QPoint(),
        QPoint(0, step),
        Qt.MouseButton.NoButton,
        keys,
        Qt.ScrollPhase.NoScrollPhase,
        False,  # noqa: FBT003 - PySide takes no keyword here
    )
    QApplication.postEvent(view, event)


def _press(widget: QWidget, key: Qt.Key, text: str = "") -> None:
    for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
        event = QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier, text)
        QApplication.postEvent(widget, event)


# The comparison


@contextmanager
def reading(paths: Sequence[str], model: str, environment: dict[str, str]) -> Iterator[None]:
    """Has the documents read by the command line meanwhile, again and again."""
    again = (
        "import subprocess, sys\n"
        "while True: subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=True)"
    )
    command = [sys.executable, "-m", "textlift", "ocr", "--quiet", "--model", model, *paths]
    with subprocess.Popen(
        [sys.executable, "-c", again, *command], env=environment, start_new_session=True
    ) as process:
        try:
            yield
        finally:
            os.killpg(process.pid, 15)


def measure(
    role: str, *, seconds: float, model: str, paths: Sequence[str], environment: dict[str, str]
) -> Beats:
    """Runs one of the windows in a process of its own."""
    done = subprocess.run(
        [
            *(sys.executable, "-m", "benchmarks.event_loop", "--role", role),
            *("--seconds", str(seconds), "--model", model),
            *paths,
        ],
        env=environment,
        stdout=subprocess.PIPE,
        check=True,
    )
    return msgspec.json.decode(done.stdout.splitlines()[-1], type=Beats)


def row(name: str, beats: Sequence[Beats], actions: Sequence[str]) -> str:
    """A line of the table, in milliseconds."""
    late = sorted(one for beat in beats for action in actions for one in beat.late.get(action, ()))
    own = sorted(one for beat in beats for action in actions for one in beat.own.get(action, ()))
    if not late:
        return f"| {name} | | | | | | |"
    last = int(len(late) * 0.99)
    figures = [statistics.median(late), late[last], late[-1], own[last], own[-1]]
    told = " | ".join(f"{1000 * figure:.1f}" for figure in figures)
    return f"| {name} | {told} | {sum(one > FRAME for one in late)} of {len(late)} |"


def report(bare: Sequence[Beats], program: Sequence[Beats], *, worst: int) -> None:
    """Prints the table and what ran in the worst gaps."""
    print("| window | late ms: median | 99 % | worst | own ms: 99 % | worst | over a frame |")
    print("|---|---|---|---|---|---|---|")
    print(row("bare PySide6", bare, ["bare"]))
    print(row("Textlift", program, ACTIONS))
    for action in ACTIONS:
        print(row(f"… {action}", program, [action]))
    pages = sum(one.pages for one in program)
    print(f"\n{pages} pages read meanwhile; load of the machine {os.getloadavg()[0]:.1f}")
    gaps = [gap for one in program for gap in one.gaps]
    for blame, count in Counter(gap.blame for gap in gaps).most_common():
        print(f"{count} times later than a frame: the GUI thread {blame}")
    for generation in sorted({key for one in program for key in one.collections}):
        taken = [each for one in program for each in one.collections.get(generation, ())]
        print(f"{len(taken)} collections of generation {generation}, longest {max(taken):.4f} s")
    print("\nThe worst: ms late, it ran, had no processor; other threads ran; where")
    for gap in sorted(gaps, key=lambda gap: -gap.late)[:worst]:
        parts = (gap.late, gap.own, gap.waited, gap.others)
        times = " ".join(f"{1000 * part:6.1f}" for part in parts)
        print(f"{times}  {gap.during}: {gap.stack}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("paths", nargs="*", metavar="FOLDER")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=6.0)
    parser.add_argument("--model", default="automatic")
    parser.add_argument("--display", action="store_true")
    parser.add_argument("--worst", type=int, default=12)
    parser.add_argument("--role", choices=("bare", "program"), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.role == "bare":
        run_bare(asked.seconds)
        return
    if asked.role == "program":
        run_program(asked.seconds, asked.model, asked.paths)
        return
    bare, program = [], []
    for _ in range(asked.rounds):
        with tempfile.TemporaryDirectory() as home:
            environment = {**os.environ, "TEXTLIFT_HOME": home}
            if not asked.display:
                environment["QT_QPA_PLATFORM"] = "offscreen"
            paths = asked.paths
            if not paths:
                # Each of its own name, or the pages drawn for one would serve all.
                copies = [Path(home) / f"sample {number}.pdf" for number in range(_COPIES)]
                paths = [str(shutil.copy(sample_document(), copy)) for copy in copies]
            options = {"seconds": asked.seconds, "model": asked.model, "paths": paths}
            with reading(paths, asked.model, {**environment, "TEXTLIFT_HOME": f"{home}/cli"}):
                bare.append(measure("bare", environment=environment, **options))
            program.append(measure("program", environment=environment, **options))
    report(bare, program, worst=asked.worst)


if __name__ == "__main__":
    main()
