"""Textlift's window as the program starts it, on scripted engines; tells what happens in it.

Usage: started_window.py SCRIPT_FOLDER FILES… A line on standard output for each of: ``ready``,
``added PATH``, ``finished ID PAGE``, ``front``, ``problem SENTENCE``, ``not opened SENTENCE``.
``TEXTLIFT_HOME`` says where the session is. A line ``go on`` on standard input presses the button
of the offer to go on, ``edit ID PAGE TEXT`` keeps an edit.
"""

from __future__ import annotations

import sys
from pathlib import Path

from PySide6.QtCore import QSocketNotifier

from doubles.engine_script import EngineScript
from textlift.content.page import EditedLine, PageEdit
from textlift.ui import application
from textlift.ui.reader_thread import PageKey


def tell(*words: object) -> None:
    print(*words, flush=True)


class TellingDesktop(application.Desktop):
    def __init__(self, *args: object, **options: object) -> None:
        super().__init__(*args, **options)
        workspace = self.workspace
        workspace.added.connect(lambda number: tell("added", workspace.document(number).info.path))
        workspace.restored.connect(lambda _: tell("ready"))
        workspace.session_problem.connect(lambda sentence: tell("problem", sentence))
        workspace.not_opened.connect(lambda _, sentence: tell("not opened", sentence))
        self.window.reading.page_finished.connect(
            lambda key, _: tell("finished", key.document_id, key.page)
        )
        self._commands_in = QSocketNotifier(sys.stdin.fileno(), QSocketNotifier.Type.Read, self)
        self._commands_in.activated.connect(self._on_command)

    def take_over(self, handover: object) -> None:
        super().take_over(handover)
        tell("front", self.window.isVisible() and not self.window.isMinimized())

    def _on_command(self) -> None:
        line = sys.stdin.readline()
        if not line:
            self._commands_in.setEnabled(False)
            return
        match line.split():
            case ["go", "on"]:
                self.window.banner.action_buttons[0].click()
            case ["minimize"]:
                self.window.showMinimized()
                tell("minimized")
            case ["edit", document, page, *words]:
                edit = PageEdit((EditedLine(" ".join(words)),))
                self.workspace.keep_edit(PageKey(int(document), int(page)), edit)


def main(script_folder: str, *files: str) -> None:
    registry = EngineScript.load(Path(script_folder)).registry
    application.installed_engines = lambda _: registry
    application.Desktop = TellingDesktop
    raise SystemExit(application.main(files))


if __name__ == "__main__":
    main(*sys.argv[1:])
