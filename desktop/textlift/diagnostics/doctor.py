"""``textlift doctor``: what a bug report needs, without anything private."""

from __future__ import annotations

import importlib.metadata
import platform
import sys
from collections.abc import Iterator
from pathlib import Path

from textlift import __version__
from textlift.diagnostics.device_report import device_lines
from textlift.diagnostics.privacy import without_person
from textlift.diagnostics.protections import protection_lines
from textlift.engines.contract import EngineOptions
from textlift.engines.registry import Registry
from textlift.models.devices import system_title
from textlift.settings import SettingsError, load_settings, user_folders
from textlift.shipped import shipped_folder

PACKAGES = (
    "PySide6-Essentials", "msgspec", "onnxruntime", "rapidocr", "pillow", "pillow-heif",
    "pypdfium2", "psutil", "nvidia-ml-py", "torch", "transformers", "tokenizers", "safetensors",
    "accelerate", "bitsandbytes", "huggingface_hub",
)  # fmt: skip


def doctor_lines(registry: Registry, *, options: EngineOptions) -> Iterator[str]:
    """Versions, system, devices with their memory, engines and folders, a line each."""
    yield f"Textlift {__version__}"
    yield f"Python {platform.python_version()}, {system_title()}"
    yield "Packages: " + ", ".join(_versions())
    yield from map(without_person, device_lines())
    yield "Models:"
    for line in _engine_states(registry, options=options):
        yield f"  {without_person(line)}"
    yield from map(without_person, registry.problems)
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
        yield f"  {name}: {without_person(str(path))}{state}"
    yield from _settings_lines(folders.settings_file)


def _engine_states(registry: Registry, *, options: EngineOptions) -> Iterator[str]:
    """A line for each engine: its name, whether it is ready, and what it says of that."""
    names = [*registry.names, *(model.name for model in registry.not_offered)]
    width = max((len(name) for name in names), default=0)
    for entry in registry:
        availability = entry.availability(options)
        state = "ready" if availability.ready else "not available"
        yield f"{entry.card.name:<{width}}  {state}. {availability.sentence}".rstrip()
    for model in registry.not_offered:
        yield f"{model.name:<{width}}  not offered. {model.not_offered}"


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
    if settings.never:
        yield f"Settings: never asked {', '.join(settings.never)}"
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
        yield f"Settings: own model in {without_person(folder)}"
