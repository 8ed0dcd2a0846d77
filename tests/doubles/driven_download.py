"""A window that gets a model as soon as it is up; tests kill it.

Usage: driven_download.py NAME. Prints ``have N`` whenever it shows that N bytes are here.
``TEXTLIFT_HOME`` says where the settings and the list of models are.
"""

from __future__ import annotations

import sys

from PySide6.QtWidgets import QApplication

from textlift.engines.registry import installed_engines
from textlift.settings import load_settings, user_folders
from textlift.ui.application import Desktop


def main(name: str) -> None:
    application = QApplication(["textlift"])
    folders = user_folders()
    desktop = Desktop(
        application,
        folders=folders,
        engines=installed_engines,
        settings=load_settings(folders.settings_file),
    )
    desktop.downloads.progressed.connect(
        lambda _, download: print("have", download.have, flush=True)
    )
    desktop.window.show()
    desktop.start()
    desktop.commands.downloads.open_models(name).details.buttons.buttons["get"].click()
    application.exec()


if __name__ == "__main__":
    main(*sys.argv[1:])
