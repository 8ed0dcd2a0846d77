"""How a question to PaddleOCR-VL ends, which differs between its versions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from textlift.engines.vision_language.loading import read_json

_OF_FIRST_VERSION = "\nAssistant: "
_OF_LATER_VERSIONS = "\nAssistant:\n"


def prompt_end(folder: Path) -> str:
    """What comes after the task, by the checkpoint's chat template; the template is not run.

    Raises:
        EngineError: The file that may hold the template is damaged.
    """
    return _OF_FIRST_VERSION if '"Assistant: "' in _template(folder) else _OF_LATER_VERSIONS


def _template(folder: Path) -> str:
    file = folder / "chat_template.jinja"
    if file.is_file():
        return file.read_text(encoding="utf-8", errors="replace")
    template: Any = ""
    if (folder / "tokenizer_config.json").is_file():
        template = read_json(folder, "tokenizer_config.json").get("chat_template")
    return template if isinstance(template, str) else ""
