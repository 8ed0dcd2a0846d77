"""What an engine is: a card, an availability, and one thing it does once loaded."""

from __future__ import annotations

import abc
from collections.abc import Callable

import msgspec

from textlift.content.attempt import FailureKind
from textlift.content.block import Line
from textlift.content.generation import Generation
from textlift.content.geometry import Box
from textlift.content.page_image import PageImage
from textlift.content.reading import PageReading
from textlift.models.catalogue import ModelEntry
from textlift.models.engine_memory import EngineMemory
from textlift.processes.cancellation import Cancellation
from textlift.processes.served_error import ServedError
from textlift.settings import Saving


class ReadingMode(msgspec.Struct, frozen=True, omit_defaults=True):
    """One of the ways a model can be asked to read a page.

    Attributes:
        name: The short name of the command line and the settings: ``layout``, ``text``…
        title: For people: "Layout and text".
        returns: ``blocks`` (with boxes), ``layout`` (blocks with boxes and without text),
            ``markdown`` or ``text``.
        needs_box: It reads what is inside ``ReadOptions.box`` only.
        reads_pages: False where a page of text is not what it is for: it takes all it sees for
            one table or one formula, or looks for signs in a photograph.
    """

    name: str
    title: str
    returns: str
    needs_box: bool = False
    reads_pages: bool = True


class EngineCard(msgspec.Struct, frozen=True):
    """What an engine says of itself before it is loaded.

    Attributes:
        name: The short name of the command line and the records, such as ``pp-ocrv6``.
        title: The name people know.
        summary: One sentence: what it is good at.
        scripts: ISO 15924 codes of the alphabets it can read (``Latn``, ``Cyrl``, ``Hani``…);
            empty when that depends on what is installed or when it reads all.
        returns: ``lines`` (with boxes), ``blocks`` (layout with boxes), ``markdown`` or ``text``.
        needs: One sentence: what it needs to run.
        modes: How it can be asked to read, the default first; empty when there is one way only.
        capacity: Pages it can have in flight at once.
        page_deadline: Seconds one page may take.
        load_deadline: Seconds loading may take.
        memory_limit: Resident bytes its process may use, 0 for no limit.
        detects: Its readings say what PP-OCRv6's detector found (``PageReading.detected``).
    """

    name: str
    title: str
    summary: str
    scripts: tuple[str, ...] = ()
    returns: str = "lines"
    needs: str = ""
    modes: tuple[ReadingMode, ...] = ()
    capacity: int = 1
    page_deadline: float = 120.0
    load_deadline: float = 120.0
    memory_limit: int = 0
    detects: bool = False


class Availability(msgspec.Struct, frozen=True):
    """Whether an engine can be loaded on this machine now.

    Attributes:
        ready: It can.
        sentence: What is there ("Version 5.3.0 with English, Russian."), or what is missing.
        remedy: What to do about it, such as the command to type; empty when ready.
        can_be_got: Only its files are missing, and a download would bring them.
    """

    ready: bool
    sentence: str = ""
    remedy: str = ""
    can_be_got: bool = False


class EngineOptions(msgspec.Struct, frozen=True, omit_defaults=True):
    """How an engine is to run; given once, when it is loaded.

    Attributes:
        device: ``auto``, ``cpu``, ``cuda:0``…
        threads: For the CPU; 0 lets the engine decide.
        tesseract_path: The external program, where the user names one; else it is looked up.
        dtype: ``auto``, ``bfloat16``, ``float16`` or ``float32``; of a vision-language model.
        max_pixels: Pixels of a page that a vision-language model is shown at most; 0: as many
            as model, memory and device are good for.
        token_limit: Tokens such a model may write for a page; 0: its own limit.
        page_seconds: Seconds after which such a model gives a page up; 0: by the device.
        savings: How such a model, by its name, is made to need less memory.
        model_cache: Where such models are looked for first, in the layout of the Hugging Face
            cache; empty: in the user's own one only.
        alphabets: Files of the recognisers that were added to the small engine.
        model: What it is and where it lies, for an engine that runs one of the catalogue.
    """

    device: str = "auto"
    threads: int = 0
    tesseract_path: str = ""
    dtype: str = "auto"
    max_pixels: int = 0
    token_limit: int = 0
    page_seconds: float = 0.0
    savings: dict[str, Saving] = {}
    model_cache: str = ""
    alphabets: tuple[str, ...] = ()
    model: ModelEntry | None = None


class ReadOptions(msgspec.Struct, frozen=True, omit_defaults=True):
    """How one page is to be read.

    Attributes:
        languages: ISO 639-3 codes (``eng``, ``rus``, ``zho``…) the user chose; empty: find out.
        rotation: Degrees clockwise that make the page upright; None: find out.
        max_pixels: Scale the page down to this many pixels first; 0: as it is.
        variation: 0 the first time; 1 asks for other generation parameters after a run-away.
        mode: Name of one of the card's modes; empty: the first of them.
        box: For modes that read inside a box, in pixels of the rendered page.
    """

    languages: tuple[str, ...] = ()
    rotation: int | None = None
    max_pixels: int = 0
    variation: int = 0
    mode: str = ""
    box: Box | None = None


class ReadProgress(msgspec.Struct, frozen=True, omit_defaults=True):
    """What has been read so far. ``lines`` are new since the last progress, in any order.

    Attributes:
        stage: What the engine does now, a few words for the status bar.
        lines: Lines found since the last report; without text while only their place is known.
        text: Text generated since the last report (engines that stream tokens).
        fraction: Share of the page done, 0 to 1; None when not known.
        tokens_per_second: How fast text is generated now; None when it is not.
        token_share: Of the tokens the model may write for this page, the share used, 0 to 1;
            None when it counts none.
        pixels: Of the image that the model is shown, told once; 0: the whole page, or no news.
        memory: What the engine's model takes on its device now; None: no news.
        generation: What a generating model has done so far, for the record of a try that fails;
            None: no news.
    """

    stage: str = ""
    lines: tuple[Line, ...] = ()
    text: str = ""
    fraction: float | None = None
    tokens_per_second: float | None = None
    token_share: float | None = None
    pixels: int = 0
    memory: EngineMemory | None = None
    generation: Generation | None = None


OnProgress = Callable[[ReadProgress], None]


class EngineError(ServedError):
    """An engine cannot give the text of a page, or cannot be loaded."""

    def __init__(
        self,
        kind: FailureKind,
        sentence: str,
        *,
        details: str = "",
        scripts: tuple[str, ...] = (),
        lacking_memory: int = 0,
    ) -> None:
        """Makes one.

        Args:
            kind: Of failure.
            sentence: For a person.
            details: For a bug report.
            scripts: ISO 15924 codes of what the page is in, where the engine knows and lacks it.
            lacking_memory: Bytes that were wanted beyond what was free, where that is known.
        """
        super().__init__(
            kind.value, sentence, details=details, codes=scripts, amount=lacking_memory
        )
        self.failure = kind
        self.scripts = scripts
        self.lacking_memory = lacking_memory


class Engine(abc.ABC):
    """A loaded engine. Lives in an engine process; its class is named by a registry entry.

    The constructor loads the model and raises ``EngineError`` when it cannot. An engine never
    falls back by itself to another, never prints, and never swallows an error.

    Attributes:
        device: That it runs on.
        memory: What it took of the device when it was loaded; None where it does not know.
    """

    device: str = "cpu"
    memory: EngineMemory | None = None

    @abc.abstractmethod
    def __init__(self, options: EngineOptions) -> None: ...

    @abc.abstractmethod
    def read(
        self,
        page: PageImage,
        options: ReadOptions,
        *,
        on_progress: OnProgress,
        cancellation: Cancellation,
    ) -> PageReading:
        """Reads a page; called from up to ``card.capacity`` threads at once.

        Raises:
            EngineError: With the kind of failure and a sentence for a person.
        """
