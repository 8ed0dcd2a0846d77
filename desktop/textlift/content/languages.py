"""The languages that can be chosen for a page, with their script and Tesseract data."""

from __future__ import annotations

import msgspec


class Language(msgspec.Struct, frozen=True, array_like=True):
    """A language of the list.

    Attributes:
        name: In English.
        script: ISO 15924 code of the script it is printed in; Japanese is ``Kana``.
        tesseract: Name of Tesseract's data file for it.
    """

    name: str
    script: str
    tesseract: str


LANGUAGES: dict[str, Language] = {
    "afr": Language("Afrikaans", "Latn", "afr"),
    "amh": Language("Amharic", "Ethi", "amh"),
    "ara": Language("Arabic", "Arab", "ara"),
    "asm": Language("Assamese", "Beng", "asm"),
    "aze": Language("Azerbaijani", "Latn", "aze"),
    "aze-Cyrl": Language("Azerbaijani (Cyrillic)", "Cyrl", "aze_cyrl"),
    "bel": Language("Belarusian", "Cyrl", "bel"),
    "ben": Language("Bengali", "Beng", "ben"),
    "bod": Language("Tibetan", "Tibt", "bod"),
    "bos": Language("Bosnian", "Latn", "bos"),
    "bre": Language("Breton", "Latn", "bre"),
    "bul": Language("Bulgarian", "Cyrl", "bul"),
    "cat": Language("Catalan", "Latn", "cat"),
    "ceb": Language("Cebuano", "Latn", "ceb"),
    "ces": Language("Czech", "Latn", "ces"),
    "chr": Language("Cherokee", "Cher", "chr"),
    "cos": Language("Corsican", "Latn", "cos"),
    "cym": Language("Welsh", "Latn", "cym"),
    "dan": Language("Danish", "Latn", "dan"),
    "deu": Language("German", "Latn", "deu"),
    "deu-Latf": Language("German (Fraktur)", "Latn", "frk"),
    "div": Language("Divehi", "Thaa", "div"),
    "dzo": Language("Dzongkha", "Tibt", "dzo"),
    "ell": Language("Greek", "Grek", "ell"),
    "eng": Language("English", "Latn", "eng"),
    "enm": Language("English, Middle", "Latn", "enm"),
    "epo": Language("Esperanto", "Latn", "epo"),
    "est": Language("Estonian", "Latn", "est"),
    "eus": Language("Basque", "Latn", "eus"),
    "fao": Language("Faroese", "Latn", "fao"),
    "fas": Language("Persian", "Arab", "fas"),
    "fil": Language("Filipino", "Latn", "fil"),
    "fin": Language("Finnish", "Latn", "fin"),
    "fra": Language("French", "Latn", "fra"),
    "frm": Language("French, Middle", "Latn", "frm"),
    "fry": Language("Western Frisian", "Latn", "fry"),
    "gla": Language("Scottish Gaelic", "Latn", "gla"),
    "gle": Language("Irish", "Latn", "gle"),
    "glg": Language("Galician", "Latn", "glg"),
    "grc": Language("Greek, Ancient", "Grek", "grc"),
    "guj": Language("Gujarati", "Gujr", "guj"),
    "hat": Language("Haitian Creole", "Latn", "hat"),
    "heb": Language("Hebrew", "Hebr", "heb"),
    "hin": Language("Hindi", "Deva", "hin"),
    "hrv": Language("Croatian", "Latn", "hrv"),
    "hun": Language("Hungarian", "Latn", "hun"),
    "hye": Language("Armenian", "Armn", "hye"),
    "iku": Language("Inuktitut", "Cans", "iku"),
    "ind": Language("Indonesian", "Latn", "ind"),
    "isl": Language("Icelandic", "Latn", "isl"),
    "ita": Language("Italian", "Latn", "ita"),
    "jav": Language("Javanese", "Latn", "jav"),
    "jpn": Language("Japanese", "Kana", "jpn"),
    "kan": Language("Kannada", "Knda", "kan"),
    "kat": Language("Georgian", "Geor", "kat"),
    "kaz": Language("Kazakh", "Cyrl", "kaz"),
    "khm": Language("Khmer", "Khmr", "khm"),
    "kir": Language("Kyrgyz", "Cyrl", "kir"),
    "kmr": Language("Northern Kurdish", "Latn", "kmr"),
    "kor": Language("Korean", "Hang", "kor"),
    "lao": Language("Lao", "Laoo", "lao"),
    "lat": Language("Latin", "Latn", "lat"),
    "lav": Language("Latvian", "Latn", "lav"),
    "lit": Language("Lithuanian", "Latn", "lit"),
    "ltz": Language("Luxembourgish", "Latn", "ltz"),
    "mal": Language("Malayalam", "Mlym", "mal"),
    "mar": Language("Marathi", "Deva", "mar"),
    "mkd": Language("Macedonian", "Cyrl", "mkd"),
    "mlt": Language("Maltese", "Latn", "mlt"),
    "mon": Language("Mongolian", "Cyrl", "mon"),
    "mri": Language("Maori", "Latn", "mri"),
    "msa": Language("Malay", "Latn", "msa"),
    "mya": Language("Burmese", "Mymr", "mya"),
    "nep": Language("Nepali", "Deva", "nep"),
    "nld": Language("Dutch", "Latn", "nld"),
    "nor": Language("Norwegian", "Latn", "nor"),
    "oci": Language("Occitan", "Latn", "oci"),
    "ori": Language("Odia", "Orya", "ori"),
    "pan": Language("Punjabi", "Guru", "pan"),
    "pol": Language("Polish", "Latn", "pol"),
    "por": Language("Portuguese", "Latn", "por"),
    "pus": Language("Pashto", "Arab", "pus"),
    "que": Language("Quechua", "Latn", "que"),
    "ron": Language("Romanian", "Latn", "ron"),
    "rus": Language("Russian", "Cyrl", "rus"),
    "san": Language("Sanskrit", "Deva", "san"),
    "sin": Language("Sinhala", "Sinh", "sin"),
    "slk": Language("Slovak", "Latn", "slk"),
    "slv": Language("Slovenian", "Latn", "slv"),
    "snd": Language("Sindhi", "Arab", "snd"),
    "spa": Language("Spanish", "Latn", "spa"),
    "sqi": Language("Albanian", "Latn", "sqi"),
    "srp": Language("Serbian", "Cyrl", "srp"),
    "srp-Latn": Language("Serbian (Latin)", "Latn", "srp_latn"),
    "sun": Language("Sundanese", "Latn", "sun"),
    "swa": Language("Swahili", "Latn", "swa"),
    "swe": Language("Swedish", "Latn", "swe"),
    "syr": Language("Syriac", "Syrc", "syr"),
    "tam": Language("Tamil", "Taml", "tam"),
    "tat": Language("Tatar", "Cyrl", "tat"),
    "tel": Language("Telugu", "Telu", "tel"),
    "tgk": Language("Tajik", "Cyrl", "tgk"),
    "tha": Language("Thai", "Thai", "tha"),
    "tir": Language("Tigrinya", "Ethi", "tir"),
    "ton": Language("Tongan", "Latn", "ton"),
    "tur": Language("Turkish", "Latn", "tur"),
    "uig": Language("Uyghur", "Arab", "uig"),
    "ukr": Language("Ukrainian", "Cyrl", "ukr"),
    "urd": Language("Urdu", "Arab", "urd"),
    "uzb": Language("Uzbek", "Latn", "uzb"),
    "uzb-Cyrl": Language("Uzbek (Cyrillic)", "Cyrl", "uzb_cyrl"),
    "vie": Language("Vietnamese", "Latn", "vie"),
    "yid": Language("Yiddish", "Hebr", "yid"),
    "yor": Language("Yoruba", "Latn", "yor"),
    "zho": Language("Chinese", "Hani", "chi_sim"),
    "zho-Hant": Language("Chinese (Traditional)", "Hani", "chi_tra"),
}
"""By ISO 639-3 code; the second way of writing a language adds the script (``srp-Latn``)."""

_BY_TESSERACT_NAME = {language.tesseract: code for code, language in LANGUAGES.items()}


def language_name(code: str) -> str:
    """The English name of a language; the code itself when it is not in the list."""
    language = LANGUAGES.get(code)
    return language.name if language is not None else code


def languages_of_script(script: str) -> tuple[str, ...]:
    """The codes of the languages printed in ``script``."""
    return tuple(code for code, language in LANGUAGES.items() if language.script == script)


def code_of_tesseract_data(name: str) -> str | None:
    """The language that a Tesseract data file is for, or None (``osd``, ``equ``…)."""
    return _BY_TESSERACT_NAME.get(name)
