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


def test_a_window_that_has_looked_at_all_models_loaded_none_of_it() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM], check=True, capture_output=True, text=True, timeout=60
    )
    assert done.stdout == "[]\n"
