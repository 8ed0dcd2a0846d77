"""The catalogue that is shipped, and what a user can put beside it."""

from __future__ import annotations

import errno
from pathlib import Path
from unittest.mock import MagicMock

import pytest

from textlift.models.catalogue import Catalogue, load_catalogue

ENTRY = """
[[model]]
name = "mine"
title = "Mine"
family = "dots_ocr"
folder = "checkpoints/mine"
"""


@pytest.fixture
def user_file(tmp_path: Path) -> Path:
    return tmp_path / "models.toml"


def names(catalogue: Catalogue) -> list[str]:
    return [model.name for model in catalogue.models]


def test_every_shipped_model_says_what_a_person_needs_to_know():
    shipped = load_catalogue().models
    assert len(set(names(load_catalogue()))) == len(shipped) > 10
    assert {"dots.ocr", "got-ocr2", "qwen2.5-vl-3b", "qwen3-vl-2b"} <= {
        model.name for model in shipped
    }
    for model in shipped:
        assert model.title
        assert model.summary.endswith("."), model.name
        assert model.licence, model.name
        assert model.languages, model.name
        assert model.hub_id.count("/") == 1, model.name
        # Two bytes a parameter, four where the checkpoint is in 32 bits; all run in 16.
        assert any(
            model.size == pytest.approx(width * model.parameters, rel=0.02) for width in (2, 4)
        ), model.name
        assert model.memory > 2 * model.parameters, model.name
        assert all(score.source and score.benchmark and score.value for score in model.scores)


def test_a_licence_that_restricts_says_what_and_where():
    shipped = load_catalogue().models
    restricted = [model for model in shipped if model.licence_restricts]
    assert {"dots.ocr", "hunyuan-ocr", "qwen2.5-vl-3b"} <= {model.name for model in restricted}
    for model in restricted:
        assert model.licence_note.endswith("."), model.name
        assert model.licence_url.startswith("https://"), model.name
    others = {model.licence for model in shipped if not model.licence_restricts}
    assert others <= {"MIT", "Apache-2.0"}


def test_without_a_file_of_the_user_there_are_the_shipped_ones(user_file):
    assert load_catalogue(user_file) == load_catalogue()


def test_an_entry_is_added_and_its_folder_starts_from_the_file(user_file):
    user_file.write_text(ENTRY)
    catalogue = load_catalogue(user_file)
    assert names(catalogue) == [*names(load_catalogue()), "mine"]
    assert catalogue.models[-1].folder == str(user_file.parent / "checkpoints" / "mine")
    assert catalogue.problems == ()


def test_an_entry_replaces_the_shipped_one_of_its_name_in_its_place(user_file):
    user_file.write_text(ENTRY.replace('"mine"', '"dots.ocr"'))
    catalogue = load_catalogue(user_file)
    assert names(catalogue) == names(load_catalogue())
    (replaced,) = [model for model in catalogue.models if model.name == "dots.ocr"]
    assert (replaced.title, replaced.hub_id) == ("Mine", "")


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        ('family = "dots_ocr"', "“mine”"),
        ('title = "Mine"', "`title`"),
        ('name = "mine"', "without a name"),
        ('folder = "checkpoints/mine"', "hub_id or a folder"),
    ],
)
def test_a_bad_entry_is_left_out_and_the_others_stay(user_file, damage, words):
    good = ENTRY.replace('"mine"', '"other"')
    user_file.write_text(ENTRY.replace(damage, "") + good)
    catalogue = load_catalogue(user_file)
    assert names(catalogue) == [*names(load_catalogue()), "other"]
    (problem,) = catalogue.problems
    assert words in problem
    assert str(user_file) in problem


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"[[model]\n", "damaged"),
        (b"\xff\xfe", "damaged"),
        (b"models = 1\n", "“models”"),
        (b"model = 1\n", "[[model]]"),
        (b"model = [1]\n", "left out"),
        (ENTRY.replace('"mine"', '"a name"').encode(), "its name may hold"),
        (ENTRY.encode() + b"wieght = 3\n", "wieght"),
    ],
)
def test_a_damaged_file_gives_one_sentence_and_costs_no_shipped_model(user_file, content, words):
    user_file.write_bytes(content)
    catalogue = load_catalogue(user_file)
    assert catalogue.models == load_catalogue().models
    (problem,) = catalogue.problems
    assert words in problem
    assert problem.endswith(".")


def test_a_file_that_cannot_be_read_is_a_problem(user_file):
    user_file.mkdir()
    catalogue = load_catalogue(user_file)
    assert catalogue.models == load_catalogue().models
    assert "cannot be read" in catalogue.problems[0]


def test_folder_of_the_own_models_that_cannot_be_looked_into():
    """As in a home whose settings belong to somebody else."""

    shipped = load_catalogue().models
    refused = PermissionError(errno.EACCES, "Permission denied")
    own = MagicMock(spec=Path)
    own.exists.side_effect = own.read_text.side_effect = refused
    catalogue = load_catalogue(own)
    assert catalogue.models == shipped
    (problem,) = catalogue.problems
    assert problem.endswith("cannot be read: Permission denied.")
