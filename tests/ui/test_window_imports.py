"""The window's process loads nothing heavy and nothing that opens connections."""

from __future__ import annotations

import subprocess
import sys

_PROGRAM = """
import sys
from PySide6.QtWidgets import QApplication
from textlift.engines.registry import installed_engines
from textlift.settings import Settings, user_folders
from textlift.ui.application import Desktop

application = QApplication(["window"])
desktop = Desktop(
    application, folders=user_folders(), engines=installed_engines, settings=Settings()
)
# Of each model: whether it is on disk, and whether it could be loaded.
desktop.states.known.connect(lambda _: application.quit())
desktop.window.show()
desktop.start()
application.exec()
desktop.close()
unwanted = {
    "torch", "transformers", "rapidocr", "onnxruntime", "pypdfium2", "PIL", "pillow_heif",
    "numpy", "cv2", "huggingface_hub", "httpx2", "keyring", "truststore",
}
print(sorted(unwanted & set(sys.modules)))
"""


_SEEN_FIRST = """
import sys
from textlift.ui.start import open_window
from textlift.ui.application import Desktop

def look(_):
    deferred = {
        # For documents, menus, dialogs and what stands in no first picture.
        "textlift.ui." + name for name in (
            "banner", "commands", "document_tree", "downloads", "engine_states",
            "found_models", "memory_commands", "model_menu", "model_popup", "opinion_commands",
            "page_bar", "page_view", "problem_commands", "reading", "search_bar", "text_editor",
            "text_panel", "warning_bar",
        )
    }
    heavy = {
        "PySide6.QtNetwork", "PySide6.QtPrintSupport", "asyncio", "email", "html", "http", "locale",
        "multiprocessing", "psutil", "socket", "ssl", "subprocess", "textlift.documents.client",
        "textlift.engines.process", "textlift.recognition.run", "urllib.request", "xml",
    }
    print(sorted((deferred | heavy) & set(sys.modules)))
    made = sum(isinstance(one, type) for module in ("QtCore", "QtGui", "QtWidgets")
               for one in vars(sys.modules["PySide6." + module]).values())
    print(sum(name.startswith("textlift") for name in sys.modules), made)
    application.quit()

class Watched(Desktop):
    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self.workspace.restored.connect(look)

import textlift.ui.application
textlift.ui.application.Desktop = Watched
# However slow the session is, the rest waits for the look.
textlift.ui.application._REST_MS = textlift.ui.application._LATER_MS = 3_600_000
from PySide6.QtWidgets import QApplication
application = textlift.ui.application.make_application("window")
open_window([])
"""


def test_a_window_that_has_looked_at_all_models_loaded_none_of_it() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM], check=True, capture_output=True, text=True, timeout=60
    )
    assert done.stdout == "[]\n"


def test_a_window_with_nothing_in_it_needs_no_more_than_what_is_seen() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _SEEN_FIRST],
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    )
    too_early, counts = done.stdout.splitlines()
    assert too_early == "[]"
    # What takes the time is how much there is, whatever it is: our modules, and Qt's classes.
    modules, classes = map(int, counts.split())
    assert modules <= 130
    assert classes <= 162
