"""The README's table of models is the catalogue's."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from textlift.engines.vision_language import entries
from textlift.models.catalogue import load_catalogue

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def script() -> ModuleType:
    path = ROOT / "packaging" / "model_table.py"
    specification = importlib.util.spec_from_file_location("model_table", path)
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


def test_the_readme_is_up_to_date(script):
    readme = script.README.read_text("utf-8")
    assert script.with_table(readme) == readme, "run: python packaging/model_table.py"


def test_every_model_of_the_catalogue_is_in_the_table(script):
    table = script.model_table()
    for model in load_catalogue().models:
        assert f"`{model.name}`" in table or f"- {model.title}: " in table


def test_models_without_a_family_are_listed_with_the_reason(script, monkeypatch):
    known = {"got_ocr2": entries.families()["got_ocr2"]}
    monkeypatch.setattr(entries, "families", lambda: known)
    table = script.model_table()
    assert "| `got-ocr2` |" in table
    assert "- dots.ocr: This version of Textlift cannot run models of the family" in table


def test_a_readme_without_the_marks_is_not_written_over(script):
    with pytest.raises(SystemExit, match="has lost its marks"):
        script.with_table("# Textlift\n")
