"""The user's settings and where Textlift keeps its files."""

from __future__ import annotations

import os
from collections.abc import Container
from pathlib import Path

import msgspec
import platformdirs


class Settings(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the user chose; a field left out of the file has its default.

    Attributes:
        model: The engine asked first.
        fallback: Engines asked next, in this order.
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
    """

    model: str = "automatic"
    fallback: tuple[str, ...] = ("pp-ocrv6", "tesseract")
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


def without_models(settings: Settings, names: Container[str]) -> Settings:
    """The settings without any mention of models that are gone."""
    return msgspec.structs.replace(
        settings,
        model=Settings().model if settings.model in names else settings.model,
        fallback=tuple(name for name in settings.fallback if name not in names),
        modes={name: mode for name, mode in settings.modes.items() if name not in names},
    )


class SettingsError(Exception):
    """The settings file cannot be used; the sentence says why and what to do."""


class Folders(msgspec.Struct, frozen=True):
    """Where Textlift keeps its files.

    Attributes:
        config: Settings.
        data: The session database.
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
