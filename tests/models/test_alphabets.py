"""The alphabets that can be added to the small engine, and the user's own ones."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path

import pytest

from textlift.content.languages import LANGUAGES
from textlift.models.alphabets import (
    Alphabet,
    address,
    alphabet_file,
    alphabets_for,
    installed_alphabets,
    load_alphabets,
)

_IN_RAPIDOCR = re.compile(
    r"^ {6}(\w+)_PP-OCRv5_rec_mobile:\n {8}model_dir: (\S+)\n {8}SHA256: (\S+)$", re.MULTILINE
)
_READ_ALREADY = {"ch", "en"}

SHIPPED = load_alphabets().alphabets
OWN = """
[[alphabet]]
name = "{name}"
title = "Armenian"
scripts = ["Armn", "Latn"]
url = "https://example.org/armenian.onnx"
sha256 = "{sha256}"
"""


def test_addresses_and_checksums_are_those_of_the_installed_rapidocr():
    listed = files("rapidocr").joinpath("default_models.yaml").read_text(encoding="utf-8")
    ours = listed[listed.index("\nonnxruntime:") : listed.index("\nopenvino:")]
    published = {name: (url, sha) for name, url, sha in _IN_RAPIDOCR.findall(ours)}
    assert {one.name: (one.url, one.sha256) for one in SHIPPED} == {
        name: what for name, what in published.items() if name not in _READ_ALREADY
    }


@pytest.mark.parametrize("alphabet", SHIPPED, ids=lambda one: one.name)
def test_languages_are_in_a_script_that_the_alphabet_is_there_for(alphabet: Alphabet):
    assert {LANGUAGES[code].script for code in alphabet.languages} <= set(alphabet.own_scripts)
    assert alphabet.licence == "Apache-2.0"
    assert 7_000_000 < alphabet.size < 14_000_000


def test_the_fittest_alphabet_for_a_language_comes_first():
    def names(**what: set[str]) -> list[str]:
        return [one.name for one in alphabets_for(SHIPPED, **what)]

    assert names(languages={"rus"}) == ["eslav", "cyrillic"]
    assert names(languages={"bul"}, scripts={"Cyrl"}) == ["cyrillic", "eslav"]
    assert names(scripts={"Hang"}) == ["korean"]
    assert names(scripts={"Latn"}) == ["latin"]
    assert names(languages={"kat"}, scripts={"Geor"}) == []


def test_those_on_disk_are_found_by_their_names(tmp_path: Path):
    assert installed_alphabets(SHIPPED, tmp_path / "not-there") == ()
    alphabet_file(SHIPPED[3], tmp_path).write_bytes(b"")
    (tmp_path / "something-else.onnx").write_bytes(b"")
    assert installed_alphabets(SHIPPED, tmp_path) == (SHIPPED[3],)
    assert (tmp_path / "korean.onnx").is_file()


def test_a_mirror_takes_the_place_of_the_host():
    path = SHIPPED[0].url.removeprefix("https://www.modelscope.cn")
    assert address(SHIPPED[0], mirror="http://mirror.example:8080/ms/") == (
        f"http://mirror.example:8080/ms{path}"
    )
    assert address(SHIPPED[0]) == SHIPPED[0].url


def test_the_users_own_are_added_and_replace(tmp_path: Path):
    own = tmp_path / "alphabets.toml"
    own.write_text(
        OWN.format(name="armenian", sha256="a" * 64) + OWN.format(name="eslav", sha256="b" * 64),
        encoding="utf-8",
    )
    found = load_alphabets(own)
    assert found.problems == ()
    assert len(found.alphabets) == len(SHIPPED) + 1
    replaced = found.find("eslav")
    assert replaced is not None
    assert replaced.sha256 == "b" * 64
    assert found.alphabets[0] == replaced, "it keeps its place in the list"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (OWN.format(name="a/b", sha256="a" * 64), "its name may hold"),
        (OWN.format(name="armenian", sha256="A" * 64), "it needs a sha256 of 64 digits"),
        (OWN.format(name="armenian", sha256="a" * 64) + "size = 'big'\n", "“armenian” in"),
        ("[[alphabet]]\nname = 'x'\n", "missing required field"),
        ("[[model]]\n", "[[alphabet]] tables only"),
        ("[[alphabet", "is damaged"),
    ],
)
def test_what_is_wrong_with_the_users_file_is_said_and_the_rest_goes_on(
    tmp_path: Path, content: str, sentence: str
):
    own = tmp_path / "alphabets.toml"
    own.write_text(content, encoding="utf-8")
    found = load_alphabets(own)
    assert found.alphabets == SHIPPED
    assert len(found.problems) == 1
    assert sentence in found.problems[0]
