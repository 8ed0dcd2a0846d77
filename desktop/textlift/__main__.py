"""Starts Textlift: a child process, the command line, or the window."""

from __future__ import annotations

import os
import signal
import sys

BACKGROUND_NICENESS = 5


def _child_main(arguments: list[str]) -> None:
    # Reading takes every core for minutes; the window and the desktop around it go first.
    if hasattr(os, "nice"):
        os.nice(BACKGROUND_NICENESS)
    # Ctrl-C in a terminal goes to every process of the group; what to do about it is for the
    # parent to say, and an engine that died of it would look like one that crashed.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    role, *rest = arguments
    if role == "reader":
        from textlift.documents.reader import main as reader_main

        reader_main(*rest)
    elif role == "engine":
        from textlift.engines.process import main as engine_main

        factory, capacity, options = rest
        engine_main(factory, int(capacity), options)
    elif role == "downloads":
        from textlift.downloads.process import main as downloads_main

        downloads_main()
    else:
        raise SystemExit(f"There is no process called {role}.")


def main() -> None:
    """The console program."""
    if len(sys.argv) > 1 and sys.argv[1] == "--process":
        _child_main(sys.argv[2:])
        return
    from textlift.cli import main as cli_main

    cli_main()


def main_gui() -> None:
    """The program without a console: opens the window with the files on the command line."""
    if len(sys.argv) > 1 and sys.argv[1] == "--process":
        _child_main(sys.argv[2:])
        return
    from textlift.ui.application import main as window_main

    raise SystemExit(window_main(sys.argv[1:]))


if __name__ == "__main__":
    main()
