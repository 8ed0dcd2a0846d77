"""Children leave the processor to the window."""

from __future__ import annotations

import os
import signal

import pytest

from textlift import __main__ as program

pytestmark = pytest.mark.skipif(not hasattr(os, "nice"), reason="the system has no niceness")


def test_every_child_is_nice_before_it_does_anything(monkeypatch):
    done: list[int] = []
    monkeypatch.setattr(os, "nice", done.append)
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    with pytest.raises(SystemExit, match="no process called nothing"):
        program._child_main(["nothing"])
    assert done == [program.BACKGROUND_NICENESS]
