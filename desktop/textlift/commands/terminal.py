"""What the command line shows: text on standard output, everything else on standard error."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import msgspec
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text


class Terminal(msgspec.Struct, frozen=True):
    """What the standard streams lead to."""

    asks: bool
    """Someone can answer a question."""
    bar: bool
    """Standard error shows a progress bar well."""
    text: bool
    """Standard output is shown to someone, and is not a file or a pipe."""


def look_at_terminal() -> Terminal:
    """Asks the streams of this process."""
    shown = sys.stderr.isatty()
    return Terminal(asks=shown and sys.stdin.isatty(), bar=shown, text=sys.stdout.isatty())


def prepare_standard_output() -> None:
    """Makes standard output take every character, with plain line feeds."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        encoding = sys.stdout.encoding if sys.stdout.isatty() else "utf-8"
        sys.stdout.reconfigure(encoding=encoding, errors="replace", newline="\n")
    if isinstance(sys.stderr, io.TextIOWrapper):
        sys.stderr.reconfigure(errors="backslashreplace")


class Reporter:
    """Lines on standard error, above a progress bar where there is a terminal.

    Attributes:
        failures: Lines about something that was not read.
    """

    def __init__(self, *, bar: bool, quiet: bool) -> None:
        self.failures = 0
        self._quiet = quiet
        self._console = Console(stderr=True, highlight=False)
        self._progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            console=self._console,
            transient=True,
            # The text on standard output is not ours to redirect.
            redirect_stdout=False,
            redirect_stderr=False,
            disable=quiet or not bar,
        )
        self._task: TaskID | None = None

    def say(self, sentence: str) -> None:
        """A line that is shown also with ``--quiet``, such as a failure."""
        self._console.print(Text(" ".join(sentence.split())), soft_wrap=True)

    def fail(self, sentence: str) -> None:
        """A line about something that was not read; counted."""
        self.failures += 1
        self.say(sentence)

    def note(self, sentence: str) -> None:
        """A line that ``--quiet`` leaves out."""
        if not self._quiet:
            self.say(sentence)

    @contextmanager
    def bar(self, description: str, *, total: int) -> Iterator[None]:
        """Shows a bar while the block runs."""
        self._task = self._progress.add_task(description, total=total)
        self._progress.start()
        try:
            yield
        finally:
            self._progress.stop()
            self._progress.remove_task(self._task)
            self._task = None

    def advance(self, description: str = "") -> None:
        """One more is done. Safe from any thread."""
        if self._task is not None:
            if description:
                self._progress.update(self._task, description=description)
            self._progress.advance(self._task)

    def describe(self, description: str) -> None:
        """Says what is going on. Safe from any thread."""
        if self._task is not None:
            self._progress.update(self._task, description=description)

    @contextmanager
    def hidden(self) -> Iterator[None]:
        """Takes the bar away while something else is written to the terminal."""
        if self._progress.disable or self._task is None:
            yield
            return
        self._progress.stop()
        try:
            yield
        finally:
            self._progress.start()


class TextOutput:
    """Standard output that shares a terminal with the bar: whole lines only, the bar hidden."""

    def __init__(self, reporter: Reporter, *, shared: bool) -> None:
        """Prepares.

        Args:
            reporter: Whose bar is to be hidden.
            shared: Standard output is the terminal that shows the bar.
        """
        self._reporter = reporter
        self._shared = shared
        self._begun = ""

    def write(self, piece: str) -> None:
        """Writes a piece of the text.

        Raises:
            BrokenPipeError: Whoever read it has left.
        """
        if not self._shared:
            sys.stdout.write(piece)
            sys.stdout.flush()
            return
        whole, feed, self._begun = (self._begun + piece).rpartition("\n")
        if feed:
            self._show(whole + feed)

    def close(self) -> None:
        """Writes what is left."""
        if self._begun:
            self._show(self._begun)
            self._begun = ""

    def _show(self, text: str) -> None:
        with self._reporter.hidden():
            sys.stdout.write(text)
            sys.stdout.flush()
