"""``textlift doctor``: what a bug report needs, without anything private."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import sys
from collections.abc import Iterator
from pathlib import Path

from textlift import __version__
from textlift.commands.device_report import device_lines
from textlift.commands.engine_list import engine_states
from textlift.commands.protections import protection_lines
from textlift.engines.contract import EngineOptions
from textlift.engines.registry import Registry
from textlift.models.devices import system_title
from textlift.settings import SettingsError, load_settings, user_folders
from textlift.shipped import shipped_folder

PACKAGES = (
    "PySide6-Essentials", "msgspec", "onnxruntime", "rapidocr", "pillow", "pillow-heif",
    "pypdfium2", "psutil", "nvidia-ml-py", "torch", "transformers", "accelerate", "bitsandbytes",
    "huggingface_hub",
)  # fmt: skip


def doctor_lines(registry: Registry, *, options: EngineOptions) -> Iterator[str]:
    """Versions, system, devices with their memory, engines and folders, a line each."""
    yield f"Textlift {__version__}"
    yield f"Python {platform.python_version()}, {system_title()}"
    yield "Packages: " + ", ".join(_versions())
    yield from map(_without_user, device_lines())
    yield "Models:"
    for line in engine_states(registry, options=options):
        yield f"  {_without_user(line)}"
    yield from map(_without_user, registry.problems)
    yield "Protections:"
    for line in protection_lines():
        yield f"  {line}"
    yield "Folders:"
    folders = user_folders()
    places = {
        "settings": folders.settings_file,
        "session": folders.session_file,
        "page cache": folders.page_cache,
        "log": folders.log,
        "resources": shipped_folder(),
        "Python": Path(sys.executable),
    }
    for name, path in places.items():
        state = "" if path.exists() else " (not there yet)"
        yield f"  {name}: {_without_user(str(path))}{state}"
    yield from _settings_lines(folders.settings_file)


def _versions() -> Iterator[str]:
    for package in PACKAGES:
        try:
            yield f"{package} {importlib.metadata.version(package)}"
        except importlib.metadata.PackageNotFoundError:
            yield f"{package} not installed"


def _settings_lines(path: Path) -> Iterator[str]:
    try:
        settings = load_settings(path)
    except SettingsError as error:
        yield str(error)
        return
    threads = settings.threads or "automatic"
    fallback = ", ".join(settings.fallback) or "none"
    yield f"Settings: model {settings.model}, fallback {fallback}"
    yield f"Settings: device {settings.device}, threads {threads}"
    limits = {
        "pixels": settings.max_pixels,
        "tokens": settings.token_limit,
        "seconds for a page": settings.page_seconds,
    }
    shown = ", ".join(f"{name} {limit or 'automatic'}" for name, limit in limits.items())
    yield f"Settings: large models in {settings.dtype}, {shown}"
    if settings.modes:
        modes = ", ".join(f"{name} {mode}" for name, mode in settings.modes.items())
        yield f"Settings: modes {modes}"
    for folder in settings.model_folders:
        yield f"Settings: own model in {_without_user(folder)}"


def _without_user(text: str) -> str:
    """The text with the home folder, which holds the user's name, as ``~`` in all paths."""
    home = str(Path.home()).rstrip(os.sep)
    return text.replace(f"{home}{os.sep}", f"~{os.sep}") if home else text
