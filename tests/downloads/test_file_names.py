"""Names that a repository gives its files are not trusted."""

from __future__ import annotations

from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textlift.downloads.file_names import is_checksum, is_safe_name


@pytest.mark.parametrize(
    "name",
    [
        "config.json",
        "model-00001-of-00003.safetensors",
        "sub/folder/model.safetensors",
        ".gitattributes",
        "console.json",
        "com10.txt",
        "Лицензия.txt",
        "v1..2.json",
    ],
)
def test_names_of_files(name):
    assert is_safe_name(name)


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".",
        "..",
        "../config.json",
        "a/../../config.json",
        "/etc/passwd",
        "a//b.json",
        "a/",
        "./config.json",
        "C:/config.json",
        "c:config.json",
        "a\\b.json",
        "..\\b.json",
        "\\\\server\\share\\b.json",
        "a\0.json",
        "a\n.json",
        "a\x7f.json",
        "CON",
        "con.json",
        "Aux.tar.json",
        "nul .json",
        "COM1.json",
        "lpt¹.json",
        "sub/prn.json",
        "config.json.",
        "config.json ",
        " config.json",
        "sub /config.json",
        "config.json:stream",
        "what?.json",
        "a*.json",
        "a" * 201,
        "я" * 101,
    ],
)
def test_names_that_are_none_or_lead_elsewhere(name):
    assert not is_safe_name(name)


@given(st.text(alphabet=st.sampled_from("ab./\\:~ \0"), max_size=12))
def test_no_name_that_is_let_through_leaves_its_folder(name):
    if not is_safe_name(name):
        return
    assert not PureWindowsPath(name).drive
    assert not PureWindowsPath(name).is_absolute()
    assert ".." not in PureWindowsPath(name).parts
    assert Path("/cache", name).resolve().is_relative_to("/cache")
    assert PurePosixPath(name).parts == tuple(name.split("/"))


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("0" * 40, True),
        ("abcdef0123456789" * 4, True),
        ("A" * 40, False),
        ("0" * 41, False),
        ("0" * 40 + "\n", False),
        ("../" + "0" * 37, False),
        ("", False),
    ],
)
def test_checksums(text, is_one):
    assert is_checksum(text) is is_one
