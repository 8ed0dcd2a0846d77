"""Time from the start of a process to a usable window: Textlift against a bare PySide6 window.

    PYTHONPATH=tests python -m benchmarks.window_start [--rounds 9] [--display]

The bare window is a QMainWindow with nothing in it. It counts as usable when it has been painted
and the event loop has gone round once more without anything to do. Textlift's must also have the
list of models filled and the session opened and listed, and is started both as a desktop starts
it (``textlift-gui``) and as it is typed (``textlift``). A B C A B C; medians. The first round is
thrown away: a warm start, with bytecode and files in memory. "CPU" is the processor time of the
process up to then, which other programs do not lengthen as they do the time. "Whole" is when all
is there that Textlift makes after the first paint: documents' side, menus, commands; whoever
touches the window before waits for it, and no longer. Qt draws off screen unless ``--display`` is
given.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time

# Each prints when it was usable, and the processor time it had taken; then when it was whole.
USABLE = """
import time
def tell_when_idle(desktop=None):
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication
    def tell():
        print(time.perf_counter(), time.process_time(), flush=True)
        if desktop is None or hasattr(desktop, "commands"):
            end()
        else:
            desktop.whole.connect(end)
    def end():
        print(time.perf_counter(), flush=True)
        QTimer.singleShot(0, QApplication.closeAllWindows)
        QTimer.singleShot(0, QApplication.quit)
    # Answered when nothing else waits.
    QTimer.singleShot(0, tell)
"""

BARE = f"""{USABLE}
from PySide6.QtWidgets import QApplication, QMainWindow
class Window(QMainWindow):
    painted = False
    def paintEvent(self, event):
        super().paintEvent(event)
        if not self.painted:
            self.painted = True
            tell_when_idle()
application = QApplication([])
window = Window()
window.resize(1280, 800)
window.show()
application.exec()
"""

# What it needs to look is put into the module of the program once that is imported, so that
# nothing is imported earlier, or in another order, than it is without it.
TEXTLIFT = f"""{USABLE}
import sys
class Watch:
    def find_spec(self, name, path=None, target=None):
        if name != "textlift.ui.application":
            return None
        sys.meta_path.remove(self)
        from importlib.util import find_spec
        spec = find_spec(name)
        execute = spec.loader.exec_module
        def execute_and_watch(module):
            execute(module)
            watch(module)
        spec.loader.exec_module = execute_and_watch
        return spec

def watch(module):
    from textlift.ui.empty_page import EmptyPage
    class Watched(module.Desktop):
        left = {{"painted", "restored"}}
        def __init__(self, *arguments, **options):
            super().__init__(*arguments, **options)
            self.workspace.restored.connect(lambda _: self.done("restored"))
            def paint_and_tell(page, event):
                paint(page, event)
                self.done("painted")
            EmptyPage.paintEvent = paint_and_tell
        def done(self, what):
            if self.left:
                self.left.discard(what)
                if not self.left:
                    assert self.window.models.count(), "The list of models is empty."
                    tell_when_idle(self)
    paint = EmptyPage.paintEvent
    module.Desktop = Watched

sys.meta_path.insert(0, Watch())
import textlift.__main__
textlift.__main__.ENTRY()
"""

SCRIPTS = {
    "bare PySide6 window": BARE,
    "Textlift, textlift-gui": TEXTLIFT.replace("ENTRY", "main_gui"),
    "Textlift, textlift": TEXTLIFT.replace("ENTRY", "main"),
}


def seconds_until_usable(script: str, environment: dict[str, str]) -> tuple[float, float, float]:
    """Starts a process; seconds by the clock and of the processor, and by the clock until whole."""
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, env=environment, check=True
    )
    usable, processor, whole = map(float, done.stdout.split())
    return usable - started, processor, whole - started


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--display", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "TEXTLIFT_HOME": home}
        if not asked.display:
            environment["QT_QPA_PLATFORM"] = "offscreen"
        # A warm start has its bytecode.
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        rounds = [
            {name: seconds_until_usable(script, environment) for name, script in SCRIPTS.items()}
            for _ in range(asked.rounds + 1)
        ][1:]
    bare = "bare PySide6 window"
    print("| window | median s | worst s | times bare | CPU s | times bare | whole s |")
    print("|---|---|---|---|---|---|---|")
    for name in SCRIPTS:
        clock, processor, whole = zip(*(one[name] for one in rounds), strict=True)
        # Of each round: what else the machine did then lengthened both.
        times = [
            statistics.median(one[name][kind] / one[bare][kind] for one in rounds)
            for kind in (0, 1)
        ]
        print(
            f"| {name} | {statistics.median(clock):.3f} | {max(clock):.3f} | {times[0]:.2f} "
            f"| {statistics.median(processor):.3f} | {times[1]:.2f} "
            f"| {statistics.median(whole):.3f} |"
        )
    print(f"\nMedians of {len(rounds)} rounds; load of the machine {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
