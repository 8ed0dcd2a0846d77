"""Runs pieces of Python in a process that is confined as the program's own are."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from textlift.processes.confinement.landlock import landlock_version
from textlift.processes.confinement.system_calls import this_processor

_CONFINE = {
    "reader": """
from textlift.documents.confinement import confine_reader
confine_reader(Path(sys.argv[1]))
""",
    "inspector": """
from textlift.inspection.confinement import confine_inspector
confine_inspector()
""",
    "engine": """
from textlift.engines.confinement import confine_engine
confine_engine("x:Y", "{}")
""",
}

_PROLOGUE = """
import ctypes, errno, json, os, signal, socket, subprocess, sys, tempfile, threading
from pathlib import Path

def tried(action):
    try:
        action()
    except OSError as error:
        return errno.errorcode.get(error.errno, str(error))
    return "done"

result = {}
"""


def confined(role: str, code: str, folder: Path) -> dict:
    """What the code puts into ``result``, in a fresh process confined as ``role``.

    ``tried(action)`` in the code is "done" or the name of the error. ``folder`` is ``sys.argv[1]``
    and, for a reader, the page cache.
    """
    program = f"{_PROLOGUE}{_CONFINE[role]}{code}\nprint(json.dumps(result))\n"
    answer = subprocess.run(
        [sys.executable, "-c", program, str(folder)],
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )
    assert answer.returncode == 0, answer.stderr
    return json.loads(answer.stdout)


_PROCESSOR = this_processor()
_LANDLOCK = landlock_version(_PROCESSOR) if _PROCESSOR is not None else 0

needs_filter = pytest.mark.skipif(
    _PROCESSOR is None, reason="calls are filtered on Linux on x86-64 and aarch64 only"
)
needs_landlock = pytest.mark.skipif(not _LANDLOCK, reason="the kernel has no Landlock")
needs_scopes = pytest.mark.skipif(_LANDLOCK < 6, reason="the kernel's Landlock is too old")
