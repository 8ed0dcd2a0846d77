"""The engines of this program: found at its start, quickly, with nothing heavy imported."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from doubles.alphabets import add_alphabet
from textlift.engines.options import engine_options
from textlift.engines.registry import installed_engines
from textlift.engines.vision_language.families import families
from textlift.settings import Settings, user_folders


@pytest.fixture
def local_folder(tmp_path: Path) -> str:
    """With what is needed to recognise a checkpoint."""
    (tmp_path / "local").mkdir()
    (tmp_path / "local" / "config.json").write_text(json.dumps({"model_type": "got_ocr2"}))
    return str(tmp_path / "local")


def test_the_models_of_this_program():
    registry = installed_engines()
    assert registry.names[:3] == ("automatic", "pp-ocrv6", "tesseract")
    assert {"dots.ocr", "qwen2.5-vl-3b", "qwen3-vl-2b", "got-ocr2"} <= set(registry.names)
    assert registry.problems == ()
    for entry in registry:
        if entry.model is not None:
            assert entry.card.modes, entry.card.name
            assert entry.card.needs, entry.card.name
    for entry in registry.not_offered:
        assert entry.name not in registry
        # A reason that is our own fault would be a mistake in the catalogue.
        assert entry.family not in families() or "reading mode" not in entry.not_offered


def test_the_users_catalogue_and_folders_are_found(local_folder):
    path = user_folders().model_catalogue
    path.parent.mkdir(parents=True)
    path.write_text(
        '[[model]]\nname = "mine"\ntitle = "Mine"\nfamily = "got_ocr2"\nhub_id = "me/mine"\n'
        '[[model]]\nname = "broken"\n'
    )
    registry = installed_engines(Settings(model_folders=(local_folder,)))
    assert registry.names[-2:] == ("mine", "local")
    assert registry.entry("mine").card.modes == families()["got_ocr2"].modes
    assert "“broken”" in registry.problems[0]


def test_the_small_engine_reads_what_was_added_to_it():
    assert "Cyrl" not in installed_engines().entry("pp-ocrv6").card.scripts
    add_alphabet("eslav")
    add_alphabet("korean")
    entry = installed_engines().entry("pp-ocrv6")
    assert entry.card.scripts == ("Latn", "Hani", "Kana", "Cyrl", "Hang")
    assert entry.availability(engine_options(Settings())).sentence == (
        "Comes with Textlift; alphabets added: East Slavic (Russian, Ukrainian, Belarusian), "
        "Korean."
    )
    user_folders().own_alphabets.parent.mkdir(parents=True, exist_ok=True)
    user_folders().own_alphabets.write_text("[[alphabet]]\nname = 'x'\n")
    assert "“x”" in installed_engines().problems[0]


def test_asking_every_model_brings_in_nothing_heavy_and_takes_no_time(local_folder):
    program = (
        "import sys, time\n"
        "from textlift.engines.contract import EngineOptions\n"
        "from textlift.engines.registry import installed_engines\n"
        "from textlift.settings import Settings\n"
        f"registry = installed_engines(Settings(model_folders=({local_folder!r},)))\n"
        "models = [entry for entry in registry if entry.model is not None]\n"
        "[entry.availability(EngineOptions()) for entry in models]\n"
        "start = time.perf_counter()\n"
        "[entry.availability(EngineOptions()) for entry in models]\n"
        "seconds = (time.perf_counter() - start) / len(models)\n"
        "heavy = {'torch', 'torchvision', 'transformers', 'tokenizers', 'safetensors', 'PIL',"
        " 'numpy', 'cv2', 'rapidocr', 'onnxruntime', 'pypdfium2', 'huggingface_hub', 'httpx2',"
        " 'keyring', 'truststore'}\n"
        "print(sorted(heavy & set(sys.modules)), seconds < 0.1, len(models) > 4)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    )
    assert done.stdout == "[] True True\n"
    assert done.stderr == ""


def test_every_family_that_is_here_is_imported_without_torch():
    program = (
        "import sys\n"
        "from textlift.engines.vision_language.families import families\n"
        "families()\n"
        "print('torch' in sys.modules or 'transformers' in sys.modules)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    )
    assert done.stdout == "False\n"
