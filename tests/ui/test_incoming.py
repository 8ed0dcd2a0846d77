from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QUrl
from PySide6.QtGui import QColor, QImage

from textlift.ui.incoming import holds_something, paths_in_text, save_image, take


def image(width: int = 4, height: int = 3) -> QImage:
    result = QImage(width, height, QImage.Format.Format_RGB32)
    result.fill(QColor("red"))
    return result


def test_file_urls():
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile("/a/ü b.png"), QUrl.fromLocalFile("/a/#1.pdf")])
    assert take(data).paths == ("/a/ü b.png", "/a/#1.pdf")


def test_a_file_named_twice_comes_once():
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile("/a.png"), QUrl.fromLocalFile("/a.png")])
    assert take(data).paths == ("/a.png",)


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ("file:///tmp/a%20b.png\r\nfile:///tmp/c.pdf\r\n", ["/tmp/a b.png", "/tmp/c.pdf"]),
        ("# comment\nfile:///tmp/a.png\n\n", ["/tmp/a.png"]),
        ("/tmp/plain path.tif", ["/tmp/plain path.tif"]),
        ('"/tmp/quoted.tif"', ["/tmp/quoted.tif"]),
        (r"C:\Users\me\scan.png", [r"C:\Users\me\scan.png"]),
        (r"\\server\share\scan.png", [r"\\server\share\scan.png"]),
        ("~/scan.png", [str(Path.home() / "scan.png")]),
        ("A letter\n/tmp/a.png", []),
        ("//comment", []),
        ("https://example.org/a.png", []),
        ("", []),
        ("x" * 2_000_000, []),
    ],
)
def test_files_named_by_text(text: str, paths: list[str]):
    assert paths_in_text(text) == paths


def test_text_that_names_files_is_taken_and_other_text_is_not():
    data = QMimeData()
    data.setText("file:///tmp/a.png")
    assert holds_something(data)
    assert take(data).paths == ("/tmp/a.png",)
    other = QMimeData()
    other.setText("Dear Sir or Madam,")
    assert not holds_something(other)
    assert not take(other)


def test_an_image_without_a_file():
    data = QMimeData()
    data.setImageData(image())
    assert holds_something(data)
    incoming = take(data)
    assert incoming.paths == ()
    assert incoming.image is not None
    assert incoming.image.width() == 4


def test_a_picture_from_the_web_is_taken_as_image_not_as_its_address():
    data = QMimeData()
    data.setUrls([QUrl("https://example.org/a.png")])
    data.setImageData(image())
    assert take(data).image is not None


def test_an_address_alone_is_nothing():
    data = QMimeData()
    data.setUrls([QUrl("https://example.org/a.png")])
    assert not holds_something(data)
    assert not take(data)


def test_pasted_images_do_not_overwrite_each_other(tmp_path: Path):
    paths = {save_image(image(), tmp_path / "pasted") for _ in range(3)}
    assert len(paths) == 3
    assert all(QImage(path).size() == image().size() for path in paths)


def test_a_folder_that_cannot_be_written(tmp_path: Path):
    blocked = tmp_path / "file"
    blocked.write_text("")
    with pytest.raises(OSError, match="file"):
        save_image(image(), blocked / "pasted")
