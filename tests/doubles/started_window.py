"""Textlift's window as the program starts it, on scripted engines; tells what happens in it.

Usage: started_window.py SCRIPT_FOLDER FILES… A line on standard output for each of: ``ready``,
``added PATH``, ``finished ID PAGE``, ``front``, ``problem SENTENCE``, ``unusable SENTENCE``,
``not opened SENTENCE``, ``braked SENTENCE``, ``idle``, ``edits stored``.
``TEXTLIFT_HOME`` says where the session is, and pages are only checked where
``TEXTLIFT_TEST_CHECKS`` is set.

It takes commands on standard input: ``read`` is the button, ``press LABEL`` one of the banner's;
``edit ID PAGE TEXT`` keeps an edit, and ``edited TEXT`` tells that it is in the session;
``open PATH``; ``banner``; ``minimize``.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from PySide6.QtCore import QSocketNotifier

from doubles.engine_script import EngineScript
from textlift.content.page import EditedLine, PageEdit
from textlift.settings import Settings
from textlift.ui import application
from textlift.ui.incoming import Incoming
from textlift.ui.reader_thread import PageKey


def tell(*words: object) -> None:
    print(*words, flush=True)


class TellingDesktop(application.Desktop):
    def __init__(self, *args: object, **options: object) -> None:
        super().__init__(*args, **options)
        workspace = self.workspace
        workspace.added.connect(lambda number: tell("added", workspace.document(number).info.path))
        self._left = {"restored", "listening"}
        workspace.restored.connect(lambda _: self.reached("restored"))
        workspace.session_problem.connect(lambda sentence: tell("problem", sentence))
        workspace.session.unusable.connect(lambda problem: tell("unusable", problem.sentence))
        workspace.not_opened.connect(lambda _, sentence: tell("not opened", sentence))
        self.whole.connect(self._tell_of_reading)
        workspace.edits.stored.connect(lambda: tell("edits stored"))
        self._commands_in = QSocketNotifier(sys.stdin.fileno(), QSocketNotifier.Type.Read, self)
        self._commands_in.activated.connect(self._on_command)

    def _tell_of_reading(self) -> None:
        reading = self.window.reading
        reading.page_finished.connect(lambda key, _: tell("finished", key.document_id, key.page))
        reading.braked.connect(lambda sentence: tell("braked", sentence))
        reading.changed.connect(lambda: None if reading.active else tell("idle"))

    def reached(self, what: str) -> None:
        """Tells that the window is ready when the last session is back and another start heard."""
        if self._left:
            self._left.discard(what)
            if not self._left:
                tell("ready")

    def take_over(self, handover: object) -> None:
        super().take_over(handover)
        tell("front", self.window.isVisible() and not self.window.isMinimized())

    def _on_command(self) -> None:
        line = sys.stdin.readline()
        if not line:
            self._commands_in.setEnabled(False)
            return
        # As before whatever a user does.
        self.make_whole()
        match line.split():
            case ["open", *words]:
                self.workspace.take(Incoming(paths=(" ".join(words),)))
            case ["read"]:
                self.window.actions_["read"].trigger()
            case ["press", *words]:
                (button,) = (
                    one
                    for one in self.window.banner.action_buttons
                    if one.text().replace("&", "") == " ".join(words)
                )
                button.click()
            case ["banner"]:
                banner = self.window.banner
                labels = [one.text().replace("&", "") for one in banner.action_buttons]
                tell("banner", banner.message.text(), labels)
            case ["minimize"]:
                self.window.showMinimized()
                tell("minimized")
            case ["edit", document, page, *words]:
                text = " ".join(words)
                key = PageKey(int(document), int(page))
                self.workspace.keep_edit(key, PageEdit((EditedLine(text),)))
                self.workspace.fetch(key, lambda _: tell("edited", text))


def main(script_folder: str, *files: str) -> None:
    registry = EngineScript.load(Path(script_folder)).registry
    application.installed_engines = lambda _: registry
    application.Desktop = TellingDesktop
    listen = application._listen

    def listen_and_tell(only: object, desktop: TellingDesktop) -> None:
        listen(only, desktop)
        desktop.reached("listening")

    application._listen = listen_and_tell
    checks = "TEXTLIFT_TEST_CHECKS" in os.environ
    application.load_settings = lambda _: Settings(check_pages=checks)
    raise SystemExit(application.main(files))


if __name__ == "__main__":
    main(*sys.argv[1:])
