"""Entries of the catalogue and folders of the user become engines."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest

from textlift.engines.contract import EngineOptions, ReadingMode
from textlift.engines.vision_language import entries
from textlift.engines.vision_language.entries import find_models, model_engine, needs_sentence
from textlift.engines.vision_language.family_card import FamilyCard
from textlift.models.catalogue import Catalogue, ModelEntry

LAYOUT = ReadingMode(name="layout", title="Layout", returns="blocks")
TEXT = ReadingMode(name="text", title="Text", returns="text")
PART = ReadingMode(name="part", title="Part of a page", returns="text", needs_box=True)

FAMILY = FamilyCard(
    name="known",
    title="Known",
    model_types=("known_vl",),
    implementation="nowhere:Known",
    modes=(LAYOUT, TEXT, PART),
    max_pixels=1_000_000,
    token_limit=1000,
    shape=lambda config, parameters: pytest.fail("nobody asks for it here"),
)


@pytest.fixture(autouse=True)
def known_family(monkeypatch):
    """One family that is nobody's."""
    monkeypatch.setattr(entries, "families", lambda: {"known": FAMILY})
    by_type = {"known_vl": FAMILY}
    monkeypatch.setattr(entries, "family_of_model_type", by_type.get)


def model(name: str, **fields: object) -> ModelEntry:
    return ModelEntry(
        **{"name": name, "title": name.title(), "family": "known", "hub_id": "org/it", **fields}
    )


def find(*models: ModelEntry, folders: tuple[str, ...] = ()) -> entries.FoundModels:
    return find_models(
        Catalogue(models=models, problems=("An old problem.",)),
        folders=folders,
        taken=frozenset({"automatic"}),
    )


def make_folder(path: Path, model_type: str = "known_vl") -> str:
    path.mkdir()
    (path / "config.json").write_text(json.dumps({"model_type": model_type}))
    return str(path)


def test_a_model_becomes_an_engine():
    entry = model("one", summary="Reads.", scripts=("Latn",), size=2_000_000_000)
    (engine,) = find(entry).entries
    assert engine.model == entry
    assert engine.factory == "textlift.engines.vision_language.engine:VisionLanguageEngine"
    card = engine.card
    assert (card.name, card.title, card.summary) == ("one", "One", "Reads.")
    assert (card.scripts, card.returns, card.modes) == (("Latn",), "blocks", FAMILY.modes)
    assert card.load_deadline == 900.0


@pytest.mark.parametrize(
    ("driver", "at_once", "capacity"), [(True, 8, 8), (True, 1, 1), (False, 8, 1)]
)
def test_where_a_gpu_may_be_pages_are_given_together(monkeypatch, driver, at_once, capacity):
    """Each may have to wait for all the others."""
    monkeypatch.setattr(entries, "gpu_driver_loaded", lambda: driver)
    family = msgspec.structs.replace(FAMILY, pages_at_once=at_once)
    card = model_engine(model("one"), family).card
    assert (card.capacity, card.page_deadline) == (capacity, 3600.0 * capacity)


def test_the_modes_are_those_of_the_entry_in_its_order():
    card = model_engine(model("one", modes=("part", "text")), FAMILY).card
    assert card.modes == (PART, TEXT)
    assert card.returns == "text"


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({}, ""),
        ({"size": 6_078_358_528}, "6.1 GB on disk."),
        (
            {"memory": 8_500_000_000, "licence": "MIT", "licence_note": "Mind the note."},
            "About 8.5 GB of memory, licence MIT. Mind the note.",
        ),
        ({"licence_note": "Mind the note."}, "Mind the note."),
    ],
)
def test_needs(fields, sentence):
    assert needs_sentence(model("one", **fields)) == sentence


def test_what_is_not_offered_is_known_with_its_reason():
    found = find(
        model("good"),
        model("bad", not_offered="It needs torchvision."),
        model("strange", family="other"),
        model("wrong", modes=("layout", "nosuch")),
    )
    assert [engine.card.name for engine in found.entries] == ["good"]
    reasons = {entry.name: entry.not_offered for entry in found.not_offered}
    assert reasons["bad"] == "It needs torchvision."
    assert "“other”" in reasons["strange"]
    assert "“nosuch”" in reasons["wrong"]
    assert "layout, text, part" in reasons["wrong"]
    assert found.problems == ("An old problem.",)


def test_no_model_takes_the_name_of_another_engine():
    found = find(model("automatic"))
    assert found.entries == ()
    assert "“automatic”" in found.problems[1]


def test_folders_come_after_the_catalogue_and_have_names_of_their_own(tmp_path):
    (tmp_path / "a").mkdir()
    folders = (make_folder(tmp_path / "one"), make_folder(tmp_path / "a" / "one"))
    found = find(model("one"), folders=folders)
    assert [engine.card.name for engine in found.entries] == ["one", "one-2", "one-3"]
    assert [engine.model.folder for engine in found.entries] == ["", *folders]


def test_a_folder_does_not_pass_for_another_that_is_gone(tmp_path):
    (tmp_path / "a").mkdir()
    kept = make_folder(tmp_path / "a" / "one")
    found = find(folders=(str(tmp_path / "one"), kept))
    assert [(engine.card.name, engine.model.folder) for engine in found.entries] == [
        ("one-2", kept)
    ]


def test_a_folder_without_a_model_is_a_problem_and_no_more(tmp_path):
    folders = (str(tmp_path / "gone"), make_folder(tmp_path / "llama", "llama"))
    found = find(model("one"), folders=(*folders, make_folder(tmp_path / "good")))
    assert [engine.card.name for engine in found.entries] == ["one", "good"]
    _, gone, other = found.problems
    assert str(tmp_path / "gone") in gone
    assert "“llama”" in other


def test_an_engine_of_a_model_is_asked_without_its_options(tmp_path):
    (engine,) = find(model("one", hub_id="", folder=str(tmp_path / "gone"))).entries
    availability = engine.availability(EngineOptions())
    assert not availability.ready
    assert "gone is not there" in availability.sentence
