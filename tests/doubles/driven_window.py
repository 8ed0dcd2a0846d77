"""A window on scripted engines that reads a document; tests kill it.

Usage: driven_window.py SCRIPT_FOLDER DOCUMENT. Prints ``finished N`` when the window shows that
page N is read. ``TEXTLIFT_HOME`` says where the session is.
"""

from __future__ import annotations

import sys
from pathlib import Path

from PySide6.QtWidgets import QApplication

from doubles.engine_script import EngineScript
from textlift.settings import Settings, user_folders
from textlift.ui.application import Desktop
from textlift.ui.incoming import Incoming


def main(script_folder: str, document: str) -> None:
    application = QApplication(["textlift"])
    registry = EngineScript.load(Path(script_folder)).registry
    desktop = Desktop(
        application,
        folders=user_folders(),
        engines=lambda _: registry,
        settings=Settings(model=registry.names[0], fallback=()),
    )
    desktop.window.reading.page_finished.connect(
        lambda key, _: print("finished", key.page, flush=True)
    )
    desktop.window.show()
    desktop.workspace.take(Incoming(paths=(document,)))
    desktop.start()
    application.exec()


if __name__ == "__main__":
    main(*sys.argv[1:])
