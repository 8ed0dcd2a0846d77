"""Writes the script that ``doubles.scripted_engine`` follows, and the registry of its engines."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import msgspec

from doubles.scripted_engine import SCRIPT_VARIABLE
from textlift.content.attempt import FailureKind
from textlift.content.geometry import Box
from textlift.content.reading import PageWarning
from textlift.engines.confinement import MORE_FOLDERS
from textlift.engines.contract import Availability, EngineCard, EngineOptions, ReadingMode
from textlift.engines.registry import EngineEntry, Registry
from textlift.models.catalogue import ModelEntry
from textlift.models.engine_memory import EngineMemory

TESTS_FOLDER = Path(__file__).resolve().parents[1]

READ = {"do": "read"}
"""Reads ``Page N read by NAME.``"""
WAIT = {"do": "wait"}
"""Waits until it is cancelled."""
HANG = {"do": "hang"}
"""Never answers, not even when it is cancelled."""
EXIT = {"do": "exit"}
KILL = {"do": "kill"}
"""Kills its own process with SIGKILL."""
SEGFAULT = {"do": "segfault"}
RAISE = {"do": "raise"}
"""An unexpected exception; the process lives on."""
GARBAGE = {"do": "garbage"}
"""Answers with something that is no reading."""
EMPTY = {"do": "empty"}
RUN_AWAY = {"do": "run-away"}
"""Repeats itself until it is asked for a variation."""
CUT_OFF = {"do": "cut-off"}
GIVE_UP = {"do": "give-up"}
"""Comes to its own deadline in the middle of the page."""
REPEAT = {"do": "repeat"}
"""Notices by itself that it repeats itself."""
UNPARSED = {"do": "unparsed"}
"""Reads, but not in the structure that was asked for."""
LAYOUT = {"do": "layout"}
"""A block with a box and without text."""
WARN = {"do": "warn"}
"""Reads, with a warning."""


def read(text: str) -> dict:
    return {"do": "read", "text": text}


def detecting(*boxes: Box) -> dict:
    """Reads, and says that these lines are on the page; without any: does not say."""
    return {"do": "read", "detected": msgspec.to_builtins(boxes) or None}


def generated(text: str) -> dict:
    """Reads this as a generating model does."""
    return {"do": "generated", "text": text}


def warn(*warnings: PageWarning, text: str = "") -> dict:
    """Reads, with these warnings."""
    return {"do": "warn", "text": text, "warnings": msgspec.to_builtins(warnings)}


def fail(kind: FailureKind, sentence: str = "It did not work.") -> dict:
    """An ``EngineError``, while loading or while reading."""
    return {"do": "fail", "kind": kind.value, "sentence": sentence}


WRONG_SCRIPT = fail(FailureKind.WRONG_SCRIPT, "This page is in a script this model cannot read.")


def out_of_memory(above: int, *, shows: int = 0, lacking: int = 0, free: int = 0) -> dict:
    """Runs out of memory unless ``max_pixels`` is set and at most ``above``.

    With ``shows`` it says that its model is shown so many pixels of the page; with ``lacking``
    and ``free`` how many bytes are missing, and how many there were.
    """
    return {
        "do": "out-of-memory",
        "above": above,
        "shows": shows,
        "lacking": lacking,
        "free": free,
    }


def gate(name: str) -> dict:
    """Reads once ``EngineScript.open_gate(name)`` was called."""
    return {"do": "gate", "gate": name}


def meeting(own: str, other: str) -> dict:
    """Reads once another page is being read too, whose two gates are these the other way round."""
    return {"do": "gate", "gate": own, "opens": other}


def after(name: str, instruction: dict) -> dict:
    """Does it once the gate is opened."""
    return {**instruction, "after": name}


def saying(text: str, instruction: dict) -> dict:
    """Tells some text before it does what it does."""
    return {**instruction, "says": text}


def muttering(text: str, instruction: dict) -> dict:
    """Prints some text to standard error before it does what it does."""
    return {**instruction, "mutters": text}


def stream(lines: list[str], gate_name: str) -> dict:
    """Reports a line, waits at the gate, and so on; then gives the whole."""
    return {"do": "stream", "lines": lines, "gate": gate_name}


def write(pieces: list[str], gate_name: str, instruction: dict = READ) -> dict:
    """Writes as a generating model does, a block for each piece: tells the block's place and
    text, waits at the gate, and so on; then does what else it is told."""
    return {**instruction, "pieces": pieces, "gate": gate_name}


class Told(msgspec.Struct, frozen=True):
    """What an engine was asked."""

    engine: str
    page: int
    pid: int
    max_pixels: int
    variation: int
    languages: tuple[str, ...]
    rotation: int | None
    mode: str
    box: Box | None
    at: float


class EngineScript:
    """The engines of a test. Call ``engine`` for each, set ``environment``, use ``registry``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "told").mkdir(parents=True, exist_ok=True)
        self._script: dict[str, dict] = {}
        self._entries: dict[str, EngineEntry] = {}
        self._gates: dict[str, int] = {}
        self.not_offered: tuple[ModelEntry, ...] = ()

    @classmethod
    def load(cls, folder: Path) -> EngineScript:
        """The script another process wrote there; its engines have plain cards."""
        written = json.loads((folder / "script.json").read_text())
        script = cls(folder)
        for name, does in written.items():
            script.engine(
                name,
                pages={int(page): do for page, do in does["pages"].items()},
                default=does["default"],
                load=does["load"],
                page_deadline=does["page_deadline"],
                detects=does["detects"],
            )
        return script

    @property
    def environment(self) -> dict[str, str]:
        """What the processes must find in their environment."""
        return {
            SCRIPT_VARIABLE: str(self.folder),
            "PYTHONPATH": str(TESTS_FOLDER),
            MORE_FOLDERS: str(self.folder),
        }

    @property
    def registry(self) -> Registry:
        return Registry(self._entries.values(), not_offered=self.not_offered)

    def engine(
        self,
        name: str,
        *,
        pages: dict[int, dict | list[dict]] | None = None,
        default: dict | list[dict] = READ,
        load: dict | list[dict] = READ,
        available: Availability | None = None,
        title: str = "",
        scripts: tuple[str, ...] = (),
        capacity: int = 1,
        page_deadline: float = 60.0,
        load_deadline: float = 60.0,
        memory_limit: int = 0,
        device: str = "cpu",
        detects: bool = True,
        modes: tuple[ReadingMode, ...] = (),
        memory: EngineMemory | None = None,
    ) -> None:
        """Adds an engine or changes what it does.

        Args:
            name: A Python identifier.
            pages: Page number -> what to do at the first, second… try; the last for good.
            default: Likewise, for the pages not named.
            load: Likewise, when it is loaded.
            available: Ready unless said otherwise.
            title: "Engine NAME" unless said otherwise.
            scripts: As the card has it, and so the rest.
            detects: Says that the lines it reads are those that a detector found, so that its
                pages need no look.
            memory: What it says that it takes, when it is loaded and with each page.
        """
        self._script[name] = {
            "pages": {str(page): _plan(do) for page, do in (pages or {}).items()},
            "default": _plan(default),
            "load": _plan(load),
            "page_deadline": page_deadline,
            "device": device,
            "detects": detects,
            "memory": msgspec.to_builtins(memory),
        }
        # Whole at once: other processes of the test may just be reading it.
        unfinished = self.folder / f"script.{os.getpid()}.part"
        unfinished.write_text(json.dumps(self._script))
        unfinished.replace(self.folder / "script.json")

        def availability(options: EngineOptions) -> Availability:
            return available or Availability(ready=True, sentence="Scripted.")

        self._entries[name] = EngineEntry(
            card=EngineCard(
                name=name,
                title=title or f"Engine {name}",
                summary="Does what the test says.",
                scripts=scripts,
                capacity=capacity,
                page_deadline=page_deadline,
                load_deadline=load_deadline,
                memory_limit=memory_limit,
                detects=detects,
                modes=modes,
            ),
            availability=availability,
            factory=f"doubles.scripted_engine:{name}",
        )

    def make_gate(self, name: str) -> str:
        """Makes a gate, closed; returns its name."""
        path = self.folder / name
        os.mkfifo(path)
        self._gates[name] = os.open(path, os.O_RDWR)
        return name

    def open_gate(self, name: str, *, times: int = 1) -> None:
        """Lets that many waits pass, those to come included."""
        os.write(self._gates[name], b"x" * times)

    def close(self) -> None:
        """Closes the gates of this process."""
        for descriptor in self._gates.values():
            os.close(descriptor)
        self._gates.clear()

    def told(self, engine: str | None = None, page: int | None = None) -> list[Told]:
        """What the engines were asked, oldest first."""
        everything = [
            msgspec.json.decode(path.read_bytes(), type=Told)
            for path in (self.folder / "told").iterdir()
            if "-load-" not in path.name
        ]
        return sorted(
            (
                told
                for told in everything
                if engine in (None, told.engine) and page in (None, told.page)
            ),
            key=lambda told: told.at,
        )

    def wait_until_told(self, page: int, *, patience: float = 30.0) -> None:
        """Waits until an engine in another process has the page in hand."""
        end = time.monotonic() + patience
        while not self.told(page=page):
            assert time.monotonic() < end, f"nobody was asked for page {page}"
            time.sleep(0.01)

    def loads(self, engine: str) -> int:
        """How often the engine was loaded, or tried to."""
        return len(list((self.folder / "told").glob(f"{engine}-load-*")))

    def loaded_with(self, engine: str) -> list[EngineOptions]:
        """The options of each loading, oldest first."""
        paths = sorted((self.folder / "told").glob(f"{engine}-load-*"))
        return [msgspec.json.decode(path.read_bytes(), type=EngineOptions) for path in paths]


def _plan(do: dict | list[dict]) -> list[dict]:
    return do if isinstance(do, list) else [do]
