"""The settings file: written whole, and never at the cost of a damaged one."""

from __future__ import annotations

from pathlib import Path

import pytest

from textlift.settings import Settings, SettingsError, load_settings, save_settings


def test_settings_come_back_as_they_were(tmp_path: Path) -> None:
    path = tmp_path / "new folder" / "settings.json"
    settings = Settings(model="dots.ocr", modes={"dots.ocr": "text"}, model_folders=("/a/b",))
    save_settings(settings, path)
    save_settings(settings, path)
    assert load_settings(path) == settings
    assert [file.name for file in path.parent.iterdir()] == ["settings.json"]


@pytest.mark.parametrize("content", [b'{"model": ', b'{"model": 7}', b"\xff\xfe"])
def test_a_damaged_file_is_kept_when_it_is_written_over(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "settings.json"
    path.write_bytes(content)
    with pytest.raises(SettingsError, match="are damaged"):
        load_settings(path)
    save_settings(Settings(), path)
    assert load_settings(path) == Settings()
    assert (tmp_path / "settings.damaged.json").read_bytes() == content
