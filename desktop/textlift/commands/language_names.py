"""Languages as people type them: ``rus``, ``ru``, ``Russian``, Tesseract's ``chi_sim``."""

from __future__ import annotations

import re

from textlift.content.languages import LANGUAGES, code_of_tesseract_data

# ISO 639-1, for the languages of the list that have such a code.
# fmt: off
_TWO_LETTERS = {
    "af": "afr", "am": "amh", "ar": "ara", "as": "asm", "az": "aze", "be": "bel", "bg": "bul",
    "bn": "ben", "bo": "bod", "br": "bre", "bs": "bos", "ca": "cat", "co": "cos", "cs": "ces",
    "cy": "cym", "da": "dan", "de": "deu", "dv": "div", "dz": "dzo", "el": "ell", "en": "eng",
    "eo": "epo", "es": "spa", "et": "est", "eu": "eus", "fa": "fas", "fi": "fin", "fo": "fao",
    "fr": "fra", "fy": "fry", "ga": "gle", "gd": "gla", "gl": "glg", "gu": "guj", "he": "heb",
    "hi": "hin", "hr": "hrv", "ht": "hat", "hu": "hun", "hy": "hye", "id": "ind", "is": "isl",
    "it": "ita", "iu": "iku", "ja": "jpn", "jv": "jav", "ka": "kat", "kk": "kaz", "km": "khm",
    "kn": "kan", "ko": "kor", "ky": "kir", "la": "lat", "lb": "ltz", "lo": "lao", "lt": "lit",
    "lv": "lav", "mi": "mri", "mk": "mkd", "ml": "mal", "mn": "mon", "mr": "mar", "ms": "msa",
    "mt": "mlt", "my": "mya", "nb": "nor", "ne": "nep", "nl": "nld", "nn": "nor", "no": "nor",
    "oc": "oci", "or": "ori", "pa": "pan", "pl": "pol", "ps": "pus", "pt": "por", "qu": "que",
    "ro": "ron", "ru": "rus", "sa": "san", "sd": "snd", "si": "sin", "sk": "slk", "sl": "slv",
    "sq": "sqi", "sr": "srp", "su": "sun", "sv": "swe", "sw": "swa", "ta": "tam", "te": "tel",
    "tg": "tgk", "th": "tha", "ti": "tir", "to": "ton", "tr": "tur", "tt": "tat", "ug": "uig",
    "uk": "ukr", "ur": "urd", "uz": "uzb", "vi": "vie", "yi": "yid", "yo": "yor", "zh": "zho",
}
# fmt: on
_SEPARATORS = re.compile(r"[,+\s]+")


class UnknownLanguageError(Exception):
    """No language has this name or code; the sentence says what to type."""


def parse_languages(text: str) -> tuple[str, ...]:
    """Codes of the languages in a list separated by commas or plus signs, each once.

    Raises:
        UnknownLanguageError: One of them is not known.
    """
    whole = _code_of(text)
    if whole:
        return (whole,)
    codes = []
    for name in filter(None, _SEPARATORS.split(text)):
        code = _code_of(name)
        if not code:
            raise UnknownLanguageError(
                f"The language “{name}” is not known. "
                "Write its code, such as eng, rus or zho, or its English name."
            )
        codes.append(code)
    return tuple(dict.fromkeys(codes))


def _code_of(name: str) -> str:
    wanted = name.strip().casefold()
    for code, language in LANGUAGES.items():
        if wanted in {code.casefold(), language.name.casefold()}:
            return code
    return _TWO_LETTERS.get(wanted) or code_of_tesseract_data(wanted) or ""
