"""Shows a folder in the file manager of the system."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QUrl


def show_folder(folder: Path) -> None:
    """Opens it; what the system has no file manager for stays closed."""
    # Here: a window that shows no folder does without it.
    from PySide6.QtGui import QDesktopServices

    QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))
