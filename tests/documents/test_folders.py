from __future__ import annotations

import os
from pathlib import Path

import pytest

from textlift.documents.folders import FolderSearch, natural_key


def found_in(*paths: Path | str) -> tuple[list[str], list[str]]:
    search = FolderSearch()
    search.search(map(str, paths))
    return search.files, search.problems


def touch(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def names(files: list[str], folder: Path) -> list[str]:
    return [str(Path(file).relative_to(folder)) for file in files]


def test_documents_are_found_recursively_in_natural_order(tmp_path):
    touch(tmp_path, "page 10.png", "Page 2.PNG", "page 1.jpg", "b/2.pdf", "b/1.pdf", "a.tiff")

    files, problems = found_in(tmp_path)

    assert names(files, tmp_path) == [
        "a.tiff",
        str(Path("b") / "1.pdf"),
        str(Path("b") / "2.pdf"),
        "page 1.jpg",
        "Page 2.PNG",
        "page 10.png",
    ]
    assert problems == []


def test_other_files_and_hidden_ones_are_left_out(tmp_path):
    touch(tmp_path, "a.txt", "b", ".c.png", ".hidden/d.png", "__MACOSX.zip", "e.webp")

    assert names(found_in(tmp_path)[0], tmp_path) == ["e.webp"]


def test_a_file_that_is_named_may_be_called_anything(tmp_path):
    touch(tmp_path, "scan", ".secret.xyz")
    missing = tmp_path / "missing.png"

    files, problems = found_in(tmp_path / "scan", tmp_path / ".secret.xyz", missing)

    assert names(files, tmp_path) == ["scan", ".secret.xyz", "missing.png"]
    assert problems == []


def test_a_folder_without_documents_is_a_sentence(tmp_path):
    (tmp_path / "x.pdf").mkdir()

    files, problems = found_in(tmp_path / "x.pdf")

    assert files == []
    assert problems == ["There are no documents in the folder “x.pdf”."]


def test_nothing_is_found_twice(tmp_path):
    touch(tmp_path, "a/b/1.png")

    files, problems = found_in(tmp_path, tmp_path / "a", tmp_path / "a/b/1.png")

    assert len(files) == 1
    assert problems == []


@pytest.mark.skipif(os.name != "posix", reason="needs links")
@pytest.mark.parametrize("target", [".", "..", "../.."])
def test_a_link_to_a_folder_around_it_is_told_and_not_followed(tmp_path, target):
    inner = tmp_path / "outer" / "inner"
    inner.mkdir(parents=True)
    (inner / "1.png").write_bytes(b"x")
    (inner / "back").symlink_to(target)
    search = FolderSearch()
    search.search([str(inner / "back"), str(inner)])
    assert search.files == [str(inner / "1.png")]
    assert len(search.problems) == 1
    assert "leads back" in search.problems[0]


@pytest.mark.skipif(os.name != "posix", reason="needs links")
def test_a_link_to_another_folder_is_searched(tmp_path):
    real = tmp_path / "real"
    real.mkdir()
    (real / "1.png").write_bytes(b"x")
    (tmp_path / "link").symlink_to(real)
    search = FolderSearch()
    search.search([str(tmp_path / "link")])
    assert search.files == [str(tmp_path / "link" / "1.png")]
    assert search.problems == []


@pytest.mark.skipif(os.name != "posix", reason="needs links and pipes")
def test_links_to_folders_do_not_make_it_go_round(tmp_path):
    touch(tmp_path, "real/1.png")
    (tmp_path / "real" / "up").symlink_to("..")
    (tmp_path / "here").symlink_to(".")
    (tmp_path / "also.png").symlink_to("real/1.png")
    (tmp_path / "dangling.png").symlink_to("nowhere")
    os.mkfifo(tmp_path / "pipe.png")
    (tmp_path / "zero.png").symlink_to("/dev/zero")

    files, problems = found_in(tmp_path)

    assert names(files, tmp_path) == ["also.png", "real/1.png"]
    assert problems == []


@pytest.mark.skipif(os.name != "posix" or os.uname().sysname == "Darwin", reason="needs raw names")
def test_names_that_are_no_text_are_found(tmp_path):
    raw = os.fsencode(tmp_path) + b"/latin1_\xe9_\xff.png"
    os.close(os.open(raw, os.O_CREAT | os.O_WRONLY))

    (file,) = found_in(tmp_path)[0]

    assert os.fsencode(file) == raw


def test_a_search_that_is_cancelled_ends(tmp_path):
    touch(tmp_path, "a/1.png", "b/2.png")
    answers = iter([False, False, True, True, True])
    search = FolderSearch(cancelled=lambda: next(answers))

    search.search([str(tmp_path)])

    assert len(search.files) == 1


def test_a_search_that_takes_too_long_lists_what_it_found(tmp_path, monkeypatch):
    touch(tmp_path, "1.png", "a/2.png", "b/3.png")
    clock = iter([0.0, 1.0, 2.0, 100.0])
    monkeypatch.setattr("textlift.documents.folders.time.monotonic", lambda: next(clock))

    files, problems = found_in(tmp_path)

    assert names(files, tmp_path) == ["1.png", str(Path("a") / "2.png")]
    assert len(problems) == 1
    assert "too long" in problems[0]


def test_numbers_of_any_length_and_alphabet_sort():
    given = ["10", "9", "9" * 50, "٣", "²", "a2b10", "a2b9", ""]

    assert sorted(given, key=natural_key)[:3] == ["", "٣", "9"]
    assert natural_key("a2b9") < natural_key("a2b10")
