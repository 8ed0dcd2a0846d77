"""No family and no reading needs torchvision: whoever asks for it is told that it is not there."""

from __future__ import annotations

import subprocess
import sys

from tiny_models.checkpoints import CHECKPOINTS
from tiny_models.reading_matter import TINY_MODELS

PROGRAM = """
import importlib, sys, tempfile
from pathlib import Path

# To import it raises ModuleNotFoundError, and whoever looks for it finds nothing.
sys.modules["torchvision"] = None
from PIL import Image
from textlift.content.page_image import PageImage
from textlift.engines.contract import EngineOptions, ReadOptions
from textlift.engines.vision_language.engine import VisionLanguageEngine
from textlift.engines.vision_language.entries import folder_engine
from textlift.engines.vision_language.families import families
from textlift.processes.cancellation import Cancellation

for family in families().values():
    module, _, name = family.implementation.partition(":")
    getattr(importlib.import_module(module), name)
    print("loaded", family.name)

folder = tempfile.mkdtemp()
path = str(Path(folder) / "page.png")
Image.new("RGB", (252, 56), "white").save(path)
for checkpoint in sys.argv[1:]:
    model = folder_engine(Path(checkpoint)).model
    options = EngineOptions(device="cpu", threads=1, token_limit=3, model=model)
    engine = VisionLanguageEngine(options)
    engine.read(
        PageImage(path=path, width=252, height=56),
        ReadOptions(mode="text"),
        on_progress=lambda progress: None,
        cancellation=Cancellation(),
    )
    print("read with", Path(checkpoint).name)
assert sys.modules["torchvision"] is None
"""


def test_every_family_loads_and_the_tiny_models_read_with_its_import_blocked() -> None:
    from textlift.engines.vision_language.families import families

    folders = [str(CHECKPOINTS / name) for name in TINY_MODELS]
    result = subprocess.run(
        [sys.executable, "-c", PROGRAM, *folders], capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr
    lines = result.stdout.splitlines()
    assert [line for line in lines if line.startswith("loaded")] == [
        f"loaded {name}" for name in families()
    ]
    assert [line for line in lines if line.startswith("read with")] == [
        f"read with {name}" for name in TINY_MODELS
    ]
