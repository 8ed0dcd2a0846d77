"""A folder of the user's own becomes an entry."""

from __future__ import annotations

import pytest

from textlift.models.model_folder import ModelFolderError, describe_folder


def family_of(model_type: str) -> str | None:
    return "dots_ocr" if model_type == "dots_ocr" else None


def test_the_entry_has_the_name_of_the_folder(make_checkpoint):
    folder = make_checkpoint("My dots.ocr")
    entry = describe_folder(folder, family_of=family_of)
    assert (entry.name, entry.title, entry.family) == ("My-dots.ocr", "My dots.ocr", "dots_ocr")
    assert entry.folder == str(folder)
    assert entry.size == 100
    assert entry.summary


def test_a_name_that_is_taken_gets_a_number(make_checkpoint):
    folder = make_checkpoint("dots.ocr")
    taken = {"dots.ocr", "dots.ocr-2"}
    assert describe_folder(folder, family_of=family_of, taken=taken).name == "dots.ocr-3"


def test_a_snapshot_of_the_cache_has_the_name_of_its_model(make_checkpoint):
    folder = make_checkpoint("models--rednote-hilab--dots.mocr/snapshots/0123abc")
    assert describe_folder(folder, family_of=family_of).name == "dots.mocr"


def test_a_relative_folder_is_made_absolute(make_checkpoint, monkeypatch):
    folder = make_checkpoint("here")
    monkeypatch.chdir(folder.parent)
    assert describe_folder(type(folder)("here"), family_of=family_of).folder == str(folder)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "it has no config.json"),
        ("{", "is damaged"),
        ("[]", "is damaged"),
        ("\xff", "is damaged"),
        ("{}", "of a kind it does not say"),
        ('{"model_type": ["dots_ocr"]}', "no model of that kind"),
        ('{"model_type": "llama"}', "of the kind “llama”"),
    ],
)
def test_a_folder_without_a_model_is_refused(make_checkpoint, content, words):
    folder = make_checkpoint()
    (folder / "config.json").unlink()
    if content is not None:
        (folder / "config.json").write_text(content, encoding="latin-1")
    with pytest.raises(ModelFolderError, match=words):
        describe_folder(folder, family_of=family_of)


def test_no_folder_is_refused(tmp_path):
    with pytest.raises(ModelFolderError, match="There is no folder"):
        describe_folder(tmp_path / "gone", family_of=family_of)
