from __future__ import annotations

import os

from textlift.documents.failures import shown_name
from textlift.documents.file_paths import decode_path, encode_path


def test_a_name_can_stand_in_any_sentence():
    assert shown_name("/a/b/scan.png") == "scan.png"
    assert shown_name("/a/new\nline.png") == "new\ufffdline.png"
    assert shown_name("/a/rtl \u202egnp.exe.png") == "rtl \ufffdgnp.exe.png"
    assert shown_name("/a/latin_\udce9.png").encode() == "latin_\ufffd.png".encode()
    assert len(shown_name("/a/" + "x" * 500)) < 82


def test_paths_survive_the_pipe():
    for path in ("/a/b.png", "/имя/文件", "/latin_\udce9"):
        if os.name == "posix":
            assert decode_path(encode_path(path)) == path
    encode_path("/half a pair \ud800")  # No file has this name, but it must not raise.
