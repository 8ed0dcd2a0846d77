"""Which language data Tesseract reads a page with."""

from __future__ import annotations

import locale
from collections.abc import Iterable, Sequence

from textlift.content.attempt import FailureKind
from textlift.content.languages import (
    LANGUAGES,
    code_of_tesseract_data,
    language_name,
    languages_of_script,
)
from textlift.content.scripts import script_name
from textlift.engines.contract import EngineError
from textlift.engines.tesseract.installing import install_language_remedy

MOST_DATA = 3
"""Each further language costs time, and more of them confuse each other's words."""

# The languages most printed in a script, first the one to install when there is none.
_MOST_PRINTED = {
    "Arab": ("ara", "fas", "urd"),
    "Cyrl": ("rus", "ukr", "bul", "bel", "srp"),
    "Deva": ("hin", "mar", "nep"),
    "Grek": ("ell",),
    "Hani": ("zho", "zho-Hant"),
    "Hebr": ("heb",),
    "Latn": ("eng", "deu", "fra", "spa", "ita", "por", "nld", "pol", "ces", "tur", "vie"),
}

# Names of data for a whole script, where the writing differs from the script's English name.
_SCRIPT_DATA = {
    "Hang": ("Hangul",),
    "Hani": ("HanS", "HanT"),
    "Kana": ("Japanese",),
    "Mymr": ("Myanmar",),
    "Orya": ("Oriya",),
}


_CODE_OF_LOCALE = {
    "bg": "bul",
    "be": "bel",
    "cs": "ces",
    "da": "dan",
    "de": "deu",
    "es": "spa",
    "fi": "fin",
    "fr": "fra",
    "hr": "hrv",
    "hu": "hun",
    "it": "ita",
    "nl": "nld",
    "no": "nor",
    "nb": "nor",
    "pl": "pol",
    "pt": "por",
    "ro": "ron",
    "ru": "rus",
    "sk": "slk",
    "sl": "slv",
    "sr": "srp",
    "sv": "swe",
    "tr": "tur",
    "uk": "ukr",
}


def data_for_languages(codes: Sequence[str], installed: Iterable[str]) -> tuple[str, ...]:
    """The data for the languages that the user chose.

    English is added to languages that are not in Latin letters: their pages have Latin words,
    and the data of such a language alone loses them.

    Args:
        codes: ISO 639-3; none chosen gives no data.
        installed: Names of data.

    Raises:
        EngineError: WRONG_SCRIPT, with what to install, when one of them is not there.
    """
    if not codes:
        return ()
    installed = frozenset(installed)
    wanted = [_data_name(code) for code in codes]
    missing = [name for name in wanted if name not in installed]
    if missing:
        names = " and ".join(
            language_name(code_of_tesseract_data(name) or name) for name in missing
        )
        raise EngineError(
            FailureKind.WRONG_SCRIPT,
            f"Tesseract has no data for {names} here. {install_language_remedy(missing)}",
            scripts=tuple(sorted(scripts_of_data(missing))),
        )
    if all(_script_of_data(name) not in {"Latn", None} for name in wanted) and "eng" in installed:
        wanted.append("eng")
    return tuple(dict.fromkeys(wanted))


def data_for_script(script: str, installed: Iterable[str]) -> tuple[str, ...]:
    """The data for a page in ``script`` whose language is not known.

    Args:
        script: ISO 15924.
        installed: Names of data.

    Raises:
        EngineError: WRONG_SCRIPT, with what to install, when there is none.
    """
    installed = frozenset(installed)
    whole = [name for name in _whole_script_names(script) if name in installed]
    languages = [
        LANGUAGES[code].tesseract
        for code in _by_use(script)
        if LANGUAGES[code].tesseract in installed
    ]
    chosen = whole[:1] or languages[:MOST_DATA]
    if not chosen:
        code = _by_use(script)[0] if _by_use(script) else ""
        remedy = install_language_remedy([LANGUAGES[code].tesseract]) if code else ""
        raise EngineError(
            FailureKind.WRONG_SCRIPT,
            f"This page is in {script_name(script)} script, which Tesseract has no data for "
            f"here. {remedy}".strip(),
            scripts=(script,),
        )
    if script != "Latn" and "eng" in installed:
        chosen = [*chosen[: MOST_DATA - 1], "eng"]
    return tuple(chosen)


def data_for_first_reading(installed: Iterable[str]) -> tuple[str, ...]:
    """Data of several scripts, to find out which one a page is in."""
    installed = frozenset(installed)
    chosen: list[str] = []
    for script in ("Latn", "Cyrl", "Hani", "Arab", "Kana", "Hang", "Grek", "Deva", "Hebr"):
        for code in _by_use(script):
            name = LANGUAGES[code].tesseract
            if name in installed:
                chosen.append(name)
                break
    others = sorted(name for name in installed if name != "osd" and code_of_tesseract_data(name))
    return tuple((chosen or others)[:MOST_DATA])


def codes_of_data(names: Iterable[str]) -> tuple[str, ...]:
    """The languages that data is for, as ISO 639-3 codes; data for whole scripts left out."""
    return tuple(code for name in names if (code := code_of_tesseract_data(name)) is not None)


def scripts_of_data(names: Iterable[str]) -> frozenset[str]:
    """The scripts that can be read with this data."""
    return frozenset(script for name in names if (script := _script_of_data(name)) is not None)


def _data_name(code: str) -> str:
    language = LANGUAGES.get(code)
    return language.tesseract if language is not None else code


def _script_of_data(name: str) -> str | None:
    code = code_of_tesseract_data(name)
    if code is not None:
        return LANGUAGES[code].script
    scripts = {language.script for language in LANGUAGES.values()}
    return next((script for script in scripts if name in _whole_script_names(script)), None)


def _by_use(script: str) -> tuple[str, ...]:
    """The languages of a script, most printed first, the user's own before all but English."""
    first = _MOST_PRINTED.get(script, ())
    own = _own_language()
    if own in languages_of_script(script):
        first = (own, *first) if script != "Latn" else ("eng", own, *first)
    return tuple(dict.fromkeys((*first, *languages_of_script(script))))


def _own_language() -> str:
    """ISO 639-3 code of the language the user's system speaks; empty when it is not known."""
    name = locale.getlocale()[0] or ""
    return _CODE_OF_LOCALE.get(name.partition("_")[0].lower(), "")


def _whole_script_names(script: str) -> tuple[str, ...]:
    names = _SCRIPT_DATA.get(script, (script_name(script),))
    return tuple(form for name in names for form in (f"script/{name}", name))
