"""``textlift models`` with the models of this program, and folders of the user's own."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from doubles.zero_weights import zero_weights
from textlift import cli
from textlift.settings import Settings, load_settings, save_settings, user_folders


@pytest.fixture
def run() -> Callable[..., Result]:
    """Runs ``textlift ARGUMENTS`` in this process, with the engines it has."""

    def run(*arguments: str | Path) -> Result:
        return CliRunner().invoke(
            cli.app, [str(argument) for argument in arguments], prog_name="textlift"
        )

    return run


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with all files of a checkpoint."""
    folder = tmp_path / "my-model"
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps({"model_type": "got_ocr2"}))
    (folder / "tokenizer.json").write_text("{}")
    (folder / "model.safetensors").write_bytes(zero_weights(2_000_000))
    return folder


def settings() -> Settings:
    return load_settings(user_folders().settings_file)


def lines_of(result: Result, name: str) -> list[str]:
    """What the list says of a model, without the indent."""
    lines = result.stdout.splitlines()
    start = next(index for index, line in enumerate(lines) if line.split()[:1] == [name])
    rest = (index for index, line in enumerate(lines) if index > start and line[0] != " ")
    return [line.strip() for line in lines[start : next(rest, len(lines))]]


def test_the_list_says_what_a_model_needs_and_how_to_get_it(run, monkeypatch, tmp_path):
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    result = run("models")
    assert result.exit_code == 0
    heading, summary, family, needs, state, remedy = lines_of(result, "dots.ocr")
    assert heading.endswith("dots.ocr: not available")
    assert "tables" in summary
    assert family.startswith("Family dots.ocr; modes: layout, ")
    assert needs.startswith("6.1 GB on disk, about 8.0 GB of memory, licence MIT. ")
    assert state == "Its weights (6.1 GB) are not on this machine."
    assert remedy == "Get it in the list of models, or type: textlift models get dots.ocr"


def test_a_folder_is_added_listed_and_forgotten(run, folder):
    result = run("models", "add", folder)
    assert (result.stdout, result.exit_code) == ("Added as my-model.\n", 0)
    assert settings().model_folders == (str(folder),)
    heading, summary, _, _, state = lines_of(run("models"), "my-model")
    assert heading.endswith("my-model: ready")
    assert str(folder) in summary
    assert state == "On disk, 2 MB."
    result = run("models", "forget", "my-model")
    assert str(folder) in result.stdout
    assert settings().model_folders == ()
    assert "my-model" not in run("models").stdout
    assert (folder / "model.safetensors").exists()


def test_forgetting_a_model_forgets_all_that_named_it(run, folder):
    run("models", "add", folder)
    chosen = Settings(
        model="my-model",
        fallback=("my-model", "tesseract"),
        modes={"my-model": "text", "dots.ocr": "text"},
        model_folders=(str(folder),),
    )
    save_settings(chosen, user_folders().settings_file)
    run("models", "forget", folder)
    assert settings() == Settings(fallback=("tesseract",), modes={"dots.ocr": "text"})


def test_a_folder_that_is_gone_is_told_and_can_be_forgotten(run, folder):
    run("models", "add", folder)
    folder.rename(folder.with_name("elsewhere"))
    listed = run("models")
    assert f"There is no folder {folder}." in listed.stderr
    assert run("models", "forget", folder).exit_code == 0
    assert settings().model_folders == ()


@pytest.mark.parametrize("missing", ["config.json", "tokenizer.json", "model.safetensors"])
def test_an_incomplete_folder_is_not_added(run, folder, missing):
    (folder / missing).unlink()
    result = run("models", "add", folder)
    assert result.exit_code == 2
    assert missing in result.stderr
    assert not user_folders().settings_file.exists()


def test_a_folder_is_added_once(run, folder):
    run("models", "add", folder)
    result = run("models", "add", f"{folder}/")
    assert result.exit_code == 2
    assert "among the models already, as my-model." in result.stderr


def test_what_was_not_added_cannot_be_forgotten(run, folder):
    assert "You have added none." in run("models", "forget", "dots.ocr").stderr
    run("models", "add", folder)
    result = run("models", "forget", "dots.ocr")
    assert result.exit_code == 2
    assert "Yours are: my-model." in result.stderr


def test_damaged_settings_are_not_written_over(run, folder):
    path = user_folders().settings_file
    path.parent.mkdir(parents=True)
    path.write_text("{damaged")
    for arguments in (("add", folder), ("forget", "my-model")):
        result = run("models", *arguments)
        assert result.exit_code == 1
        assert "are damaged" in result.stderr
    assert path.read_text() == "{damaged"


def test_a_damaged_catalogue_of_the_user_is_one_sentence(run):
    path = user_folders().model_catalogue
    path.parent.mkdir(parents=True)
    path.write_text("[[model")
    result = run("models")
    assert len(result.stderr.splitlines()) == 1
    assert "models.toml is damaged" in result.stderr
    assert lines_of(result, "dots.ocr")


def test_doctor_names_every_model_in_a_line(run):
    stdout = run("doctor").stdout
    assert "  dots.ocr " in stdout
    assert "tables" not in stdout
