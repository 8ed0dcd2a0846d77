"""The command that installs Tesseract, or a language for it, on this machine."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Sequence

_WINDOWS_PACKAGE = "UB-Mannheim.TesseractOCR"


def install_program_remedy() -> str:
    """What to do to get the program, as a sentence with the command to type."""
    if sys.platform == "win32":
        return f"Install it: winget install {_WINDOWS_PACKAGE}"
    if sys.platform == "darwin":
        return "Install it: brew install tesseract tesseract-lang"
    manager = _package_manager()
    if manager is None:
        return "Install it with your system's package manager; the package is called tesseract."
    install, program, _ = manager
    return f"Install it: {install} {program}"


def install_language_remedy(data: Sequence[str]) -> str:
    """What to do to get language data, as a sentence with the command to type.

    Args:
        data: Names of Tesseract data, such as ``rus`` and ``chi_sim``.
    """
    if sys.platform == "win32":
        return (
            "Run Tesseract's installer again and choose the language under “Additional language "
            f"data”: winget install --force --interactive {_WINDOWS_PACKAGE}"
        )
    if sys.platform == "darwin":
        return "Install the languages: brew install tesseract-lang"
    manager = _package_manager()
    if manager is None:
        return f"Put {', '.join(f'{name}.traineddata' for name in data)} into Tesseract's folder."
    install, _, package = manager
    return f"Install it: {install} {' '.join(package(name) for name in data)}"


def _package_manager() -> tuple[str, str, Callable[[str], str]] | None:
    """The install command, the program's package, and how a language's package is called."""
    if shutil.which("apt-get"):
        return (
            "sudo apt install",
            "tesseract-ocr tesseract-ocr-osd",
            lambda name: "tesseract-ocr-" + name.replace("_", "-"),
        )
    if shutil.which("dnf"):
        return (
            "sudo dnf install",
            "tesseract tesseract-osd",
            lambda name: f"tesseract-langpack-{name}",
        )
    if shutil.which("pacman"):
        return (
            "sudo pacman -S",
            "tesseract tesseract-data-eng tesseract-data-osd",
            lambda name: f"tesseract-data-{name}",
        )
    return None
