"""Names of files made from titles, and names printed safely."""

from __future__ import annotations

from pathlib import PurePosixPath, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textlift.exports.file_names import file_names, file_stem, printable


@pytest.mark.parametrize(
    ("title", "stem"),
    [
        ("scan.pdf", "scan"),
        ("SCAN.PDF", "SCAN"),
        ("notes v1.2", "notes v1.2"),
        ("archive.tar", "archive.tar"),
        ("../../etc/passwd", "passwd"),
        ("..\\..\\boot.ini.png", "boot.ini"),
        ("a:b?.png", "a_b_"),
        ("CON.pdf", "_CON"),
        ("aux.backup.png", "_aux.backup"),
        ("lpt1 .pdf", "_lpt1"),
        ("..", "document"),
        ("", "document"),
        (".png", "png"),
        ("  . .pdf", "document"),
        ("-rf.png", "_rf"),
        ("line\nbreak.png", "line_break"),
        ("bytes\udcff.png", "bytes_"),
        ("счёт №5.pdf", "счёт №5"),
        ("turn\u202egnp.exe", "turn_gnp.exe"),
    ],
)
def test_stem(title, stem):
    assert file_stem(title) == stem


@given(st.text(max_size=400))
def test_a_name_stays_in_its_folder(title):
    (name,) = file_names([title], extension=".txt")
    for flavour in (PurePosixPath, PureWindowsPath):
        assert flavour("folder", name).parent == flavour("folder")
        assert flavour(name).name == name
    assert len(name.encode()) <= 204
    assert not name.startswith((".", "-", " "))
    assert all(character == " " or not character.isspace() for character in name)


def test_equal_names_are_numbered():
    titles = ["a.pdf", "a.png", "A.tif", "a (2).pdf", "b.pdf"]
    assert file_names(titles, extension=".md") == [
        "a.md",
        "a (2).md",
        "A (3).md",
        "a (2) (2).md",
        "b.md",
    ]


@given(st.lists(st.sampled_from(["a", "A", "a (2)", "á", "a\u0301", "a.pdf"]), max_size=8))
def test_names_are_all_different(titles):
    names = file_names(titles, extension=".txt")
    assert len({name.casefold() for name in names}) == len(titles)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("plain имя 名.png", "plain имя 名.png"),
        ("two\nlines", "two\\nlines"),
        ("red\x1b[31m", "red\\x1b[31m"),
        ("byte\udcff", "byte\\xff"),
        ("turn\u202e", "turn\\u202e"),
        ("\ud800", "\\ud800"),
    ],
)
def test_printable(name, shown):
    assert printable(name) == shown
