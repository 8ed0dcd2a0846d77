"""Starts Textlift: a child process, the command line, or the window."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import NoReturn

BACKGROUND_NICENESS = 10
"""With 5 the window waits twice as long for a busy processor; with 19 a page gets next to nothing
of it beside other programs of the user's. See ``tests/benchmarks/niceness.py``."""


def _child_main(arguments: list[str]) -> None:
    # Reading takes every core for minutes; the window and the desktop around it go first.
    if hasattr(os, "nice"):
        os.nice(BACKGROUND_NICENESS)
    elif sys.platform == "win32":
        import psutil

        psutil.Process().nice(psutil.BELOW_NORMAL_PRIORITY_CLASS)
    # Ctrl-C in a terminal goes to every process of the group; what to do about it is for the
    # parent to say, and an engine that died of it would look like one that crashed.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    role, *rest = arguments
    if role == "reader":
        from textlift.documents.confinement import confine_reader

        (cache_folder,) = rest
        confine_reader(Path(cache_folder))
        from textlift.documents.reader import main as reader_main

        reader_main(cache_folder)
    elif role == "engine":
        from textlift.engines.confinement import confine_engine

        factory, capacity, options = rest
        confine_engine(factory, options)
        from textlift.engines.main import main as engine_main

        engine_main(factory, int(capacity), options)
    elif role == "inspector":
        from textlift.inspection.confinement import confine_inspector

        confine_inspector()
        from textlift.inspection.process import main as inspector_main

        (threads,) = rest
        inspector_main(int(threads))
    elif role == "downloads":
        from textlift.processes.confinement.limits import Limits, apply_limits

        apply_limits(Limits())
        from textlift.downloads.process import main as downloads_main

        downloads_main()
    elif role == "protections":
        from textlift.diagnostics.protections import main as protections_main

        protections_main(*rest)
    else:
        raise SystemExit(f"There is no process called {role}.")


def main() -> None:
    """The console program."""
    if len(sys.argv) > 1 and sys.argv[1] == "--process":
        _child_main(sys.argv[2:])
        return
    if _is_only_window(sys.argv[1:]):
        # Sooner by what parsing the command line takes to import.
        _open_window(sys.argv[2:])
    from textlift.cli import main as cli_main

    cli_main()


def _is_only_window(arguments: list[str]) -> bool:
    """Whether it is plain that the window is wanted, with no option that has to be parsed."""
    if not arguments:
        return True
    command, *files = arguments
    return command == "window" and not any(file.startswith("-") for file in files)


def main_gui() -> None:
    """The program without a console: opens the window with the files on the command line."""
    if len(sys.argv) > 1 and sys.argv[1] == "--process":
        _child_main(sys.argv[2:])
        return
    _open_window(sys.argv[1:])


def _open_window(files: list[str]) -> NoReturn:
    from textlift.ui.start import open_window

    raise SystemExit(open_window(files))


if __name__ == "__main__":
    main()
