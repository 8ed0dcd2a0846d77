"""Engines that follow a script, and pages whose text and file name must turn up nowhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from doubles.engine_script import EngineScript
from doubles.pages import make_pdf
from doubles.secret_pages import SECRET, script_trouble


@pytest.fixture
def troubled(script: EngineScript) -> EngineScript:
    """Two engines that lose, or read only in the end, pages with a secret in them."""
    script_trouble(script)
    return script


@pytest.fixture
def secret_pdf(tmp_path: Path) -> Path:
    path = tmp_path / f"letter to {SECRET}.pdf"
    make_pdf(path, 5)
    return path
