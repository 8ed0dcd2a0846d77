"""The user's settings and where Textlift keeps its files."""

from __future__ import annotations

import os
from collections.abc import Container, Iterable
from pathlib import Path

import msgspec
import platformdirs


class Saving(msgspec.Struct, frozen=True, omit_defaults=True):
    """How a model is made to need less memory than it would by itself.

    Attributes:
        weights: ``int8`` or ``int4``, through bitsandbytes; empty: in the number format chosen.
        max_pixels: Of a page that the model is shown; 0: as many as it would be.
        offload: Layers that find no room on the GPU lie in the system's memory; slow.
    """

    weights: str = ""
    max_pixels: int = 0
    offload: bool = False


class Settings(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the user chose; a field left out of the file has its default.

    Attributes:
        model: The engine asked first.
        fallback: Engines asked next, in this order.
        never: Engines that are never asked unless the user names one for a page.
        check_pages: Have what was read compared with an independent look at the page.
        note_checks: TXT and Markdown end with a note on what is left to check.
        languages: ISO 639-3 codes; empty: find out from the page.
        use_text_layer: Take a PDF page's own text where it is good instead of reading the image.
        output_folder: Where exports go first; empty: beside the document.
        device: ``auto``, ``cpu``, ``cuda:0``…
        threads: For engines on the CPU; 0 lets them decide.
        tesseract_path: The external program; empty: looked up on PATH.
        model_folders: Folders with checkpoints of vision-language models that the user added.
        modes: How a model is asked to read: its name, and the name of one of its modes.
        dtype: Of such a model's weights; see ``EngineOptions``, as for the three below.
        max_pixels: Of a page that such a model is shown.
        token_limit: Of such a model's answer to a page.
        page_seconds: That such a model may take for a page.
        savings: How a model, by its name, is made to fit into the memory.
        idle_minutes: After which a model that reads nothing is unloaded; 0: never.
        model_cache: Where models are put and looked for first, in the layout of the Hugging
            Face cache; empty: the user's own one.
        hub_endpoint: Of a mirror of the Hugging Face hub; empty: by the environment.
        alphabet_mirror: ``https://…`` in place of the beginning of the alphabets' addresses.
        proxy: ``http://host:port`` for downloads; empty: by the environment.
        offline: Never use the network.
        accepted_licences: Names of the models whose restricting licence the user accepted.
    """

    model: str = "automatic"
    fallback: tuple[str, ...] = ("pp-ocrv6", "tesseract")
    never: tuple[str, ...] = ()
    check_pages: bool = True
    note_checks: bool = True
    languages: tuple[str, ...] = ()
    use_text_layer: bool = False
    output_folder: str = ""
    device: str = "auto"
    threads: int = 0
    tesseract_path: str = ""
    model_folders: tuple[str, ...] = ()
    modes: dict[str, str] = {}
    dtype: str = "auto"
    max_pixels: int = 0
    token_limit: int = 0
    page_seconds: float = 0.0
    savings: dict[str, Saving] = {}
    idle_minutes: float = 10.0
    model_cache: str = ""
    hub_endpoint: str = ""
    alphabet_mirror: str = ""
    proxy: str = ""
    offline: bool = False
    accepted_licences: tuple[str, ...] = ()


def asked_order(first: str, others: Iterable[str], *, never: Container[str]) -> tuple[str, ...]:
    """The engines to ask for a page, in order, each once.

    Args:
        first: The one that is named for the page; it is asked even if it is never asked else.
        others: Those to fall back on.
        never: Those not to fall back on.
    """
    return tuple(dict.fromkeys((first, *(name for name in others if name not in never))))


def without_models(settings: Settings, names: Container[str]) -> Settings:
    """The settings without any mention of models that are gone."""
    return msgspec.structs.replace(
        settings,
        model=Settings().model if settings.model in names else settings.model,
        fallback=tuple(name for name in settings.fallback if name not in names),
        never=tuple(name for name in settings.never if name not in names),
        modes={name: mode for name, mode in settings.modes.items() if name not in names},
        savings={name: way for name, way in settings.savings.items() if name not in names},
    )


class SettingsError(Exception):
    """The settings file cannot be used; the sentence says why and what to do."""


class Folders(msgspec.Struct, frozen=True):
    """Where Textlift keeps its files.

    Attributes:
        config: Settings.
        data: The session database, alphabets, and the downloads that are not finished.
        cache: Rendered pages; may be deleted at any time.
        log: Log files.
    """

    config: Path
    data: Path
    cache: Path
    log: Path

    @property
    def settings_file(self) -> Path:
        return self.config / "settings.json"

    @property
    def model_catalogue(self) -> Path:
        return self.config / "models.toml"

    @property
    def own_alphabets(self) -> Path:
        return self.config / "alphabets.toml"

    @property
    def alphabets(self) -> Path:
        return self.data / "alphabets"

    @property
    def downloads(self) -> Path:
        return self.data / "downloads"

    @property
    def session_file(self) -> Path:
        return self.data / "session.sqlite3"

    @property
    def page_cache(self) -> Path:
        return self.cache / "pages"


def user_folders() -> Folders:
    """This user's folders; all under ``TEXTLIFT_HOME`` when that is set."""
    home = os.environ.get("TEXTLIFT_HOME")
    if home:
        base = Path(home)
        return Folders(base / "config", base / "data", base / "cache", base / "log")
    dirs = platformdirs.PlatformDirs("Textlift", appauthor=False)
    return Folders(
        dirs.user_config_path, dirs.user_data_path, dirs.user_cache_path, dirs.user_log_path
    )


def load_settings(path: Path) -> Settings:
    """Reads the settings; the defaults when there is no file yet.

    Raises:
        SettingsError: The file cannot be read or does not hold settings.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return Settings()
    except OSError as error:
        raise SettingsError(f"The settings in {path} cannot be read: {error.strerror}.") from error
    try:
        return msgspec.json.decode(content, type=Settings)
    except msgspec.DecodeError as error:
        raise SettingsError(
            f"The settings in {path} are damaged ({error}); the defaults are used. "
            "Delete the file to be rid of this message."
        ) from error


def save_settings(settings: Settings, path: Path) -> None:
    """Writes the settings whole or not at all; a damaged file is kept beside them.

    Raises:
        SettingsError: The file cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _keep_damaged(path)
        temporary = path.with_suffix(".part")
        temporary.write_bytes(msgspec.json.format(msgspec.json.encode(settings), indent=2))
        temporary.replace(path)
    except OSError as error:
        raise SettingsError(
            f"The settings cannot be written to {path}: {error.strerror}."
        ) from error


def _keep_damaged(path: Path) -> None:
    """Puts a damaged file aside before it is written over: it may hold what was set by hand."""
    try:
        msgspec.json.decode(path.read_bytes(), type=Settings)
    except FileNotFoundError:
        return
    except msgspec.DecodeError:
        path.replace(path.with_suffix(".damaged.json"))
