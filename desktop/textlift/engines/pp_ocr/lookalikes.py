"""Letters of two alphabets that look alike, in words that were read as a mixture of both.

A recogniser that knows Cyrillic and Latin letters cannot see whether an ``а`` is the one or the
other. Whoever searches for the word, or has it spelled, can.
"""

from __future__ import annotations

import re

from textlift.content.scripts import script_of

_PAIRS = {
    "Cyrl": ("АВЕКМНОРСТУХІЈЅаеокрсухіјѕ", "ABEKMHOPCTYXIJSaeokpcyxijs"),
    "Grek": ("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧον", "ABEZHIKMNOPTYXov"),
}
_TO_LATIN = {script: str.maketrans(own, latin) for script, (own, latin) in _PAIRS.items()}
_FROM_LATIN = {script: str.maketrans(latin, own) for script, (own, latin) in _PAIRS.items()}
_WORD = re.compile(r"[^\W\d_]{2,}")


def with_words_of_one_script(text: str) -> str:
    """The text with each mixed word in the one script that all its letters can be of.

    A word that has letters of both scripts which look like none of the other is left as it is.
    """
    return _WORD.sub(lambda match: _of_one_script(match[0]), text)


def _of_one_script(word: str) -> str:
    scripts = [script_of(letter) for letter in word]
    other = next((script for script in scripts if script in _PAIRS), "")
    if not other or set(scripts) != {other, "Latn"}:
        return word
    own, latin = _PAIRS[other]
    must_be_latin = any(
        letter not in latin
        for letter, script in zip(word, scripts, strict=True)
        if script == "Latn"
    )
    must_be_other = any(
        letter not in own for letter, script in zip(word, scripts, strict=True) if script == other
    )
    if must_be_latin and must_be_other:
        return word
    more_latin = scripts.count("Latn") * 2 > len(scripts)
    if must_be_latin or (more_latin and not must_be_other):
        return word.translate(_TO_LATIN[other])
    return word.translate(_FROM_LATIN[other])
