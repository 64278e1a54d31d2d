"""What may not stand in a cell: characters that hide, deceive or run. Used by the intake and by `casefile check`."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import urlsplit

LONGEST = 4000  # characters; a note is a sentence or two, a longer cell is a shifted column or a pasted page

_PLAIN = re.compile(r"[A-Za-z0-9(\"'\[$%#.,/_~*?!§€£{|\\;:)\]}^`][ -%'-;=?-~]*\Z")  # printable ASCII without & < >
_DOUBTFUL = re.compile(r"script\s*:|data\s*:\s*text/html", re.IGNORECASE)
_MARKUP = re.compile(r"<\s*/?\s*[A-Za-z!?][^|]*?(?:>|$)|<[A-Za-z/!?]|&(?:#\d+|#x[0-9A-Fa-f]+|[A-Za-z]\w*);")
_SCRIPT = re.compile(r"(?:java|vb|live)\s*script\s*:|data\s*:\s*text/html", re.IGNORECASE)
_BIDI = set("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_INVISIBLE = set(
    "\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180e\u200b\u200c\u200d\u2060\u2061\u2062\u2063\u2064\ufeff\u3164\uffa0"
)
_WORD = re.compile(r"\w+")
_LATIN = re.compile(r"[A-Za-z]")
_LOOKALIKE = re.compile(r"[\u0370-\u03ff\u0400-\u04ff]")
_SCIENCE = re.compile(r"[µμΔΩ]")  # letters that stand beside Latin ones in units


def hazard(text: str) -> tuple[str, str] | None:
    """The first reason why `text` may not stand in a cell as (rule, remedy); None when it may."""
    if not text or (len(text) <= LONGEST and _PLAIN.match(text) and text[-1] != " " and "  " not in text):
        return _runs(text) if text and _DOUBTFUL.search(text) else None
    return _characters(text) or _shape(text) or _runs(text)


def _characters(text: str) -> tuple[str, str] | None:
    for char in text:
        if char.isascii() and char.isprintable():
            continue
        name = f"U+{ord(char):04X} {unicodedata.name(char, '')}".rstrip()
        if char in "\r\n\u2028\u2029\x85\x0b\x0c":
            return f"has a line break inside the cell ({name})", "Put the text on one line."
        if char in _BIDI:
            return f"has a character that reverses the reading order ({name})", "Remove it."
        if char in _INVISIBLE or unicodedata.category(char) in ("Cf", "Cn", "Co", "Cs"):
            return f"has an invisible character ({name})", "Remove it."
        if unicodedata.category(char) == "Cc":
            return f"has a control character ({name})", "Remove it."
        if char == "\ufffd":
            return "has a character that was lost when the file was saved (U+FFFD)", "Save the file as UTF-8 again."
        if char.isspace() and char != " ":
            return f"has an unusual space ({name})", "Use a plain space."
    return None


def _shape(text: str) -> tuple[str, str] | None:
    if len(text) > LONGEST:
        return f"has {len(text)} characters, more than {LONGEST}", "Shorten it, or look for a shifted column."
    if text != text.strip():
        return "begins or ends with a space", "Remove the space."
    if "  " in text:
        return "has two spaces in a row", "Leave one."
    if unicodedata.normalize("NFC", text) != text:
        return "has letters with separate accents (not Unicode NFC)", "Save it in the composed form (NFC)."
    for word in _WORD.findall(text):
        bare = _SCIENCE.sub("", word)
        if _LATIN.search(bare) and (odd := _LOOKALIKE.search(bare)):
            return (
                f"mixes alphabets within a word ({unicodedata.name(odd.group(), '?')} in {word!r})",
                "Write the word in one alphabet.",
            )
    return None


def is_formula(text: str) -> bool:
    """Whether a spreadsheet would run the text: signed numbers with words behind them are none, sums and calls are."""
    return text[:1] in ("=", "@", "\t", "\r") or (
        text[:1] in ("+", "-") and re.fullmatch(r"[+-][\d.,]+[^=+*/|!(@]*", text) is None
    )


def _runs(text: str) -> tuple[str, str] | None:
    if is_formula(text):
        return "begins like a spreadsheet formula", "Put the value, not a formula."
    if _SCRIPT.search(text):
        return "holds a link that would run a program", "Use plain text; links are http or https."
    if _MARKUP.search(text):
        return "holds markup", "Use plain text without tags or entities."
    return None


def bad_link(text: str) -> tuple[str, str] | None:
    """Why `text` may not stand as a link; None when it may (http and https only, with a host, no log-in)."""
    remedy = "Give the full http or https address."
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        return f"is no web address ({error})", remedy
    if parts.scheme not in ("http", "https"):
        return "is no http or https address", remedy
    if not host or ("." not in host and host != "localhost"):
        return "is an address without a host", remedy
    if parts.username or parts.password:
        return "is an address with a log-in", remedy
    if re.search(r"[\s<>\"'`\\^{}|]", text):
        return "is an address with a character that may not stand in one", "Encode it (%20 for a space)."
    return None


_CONFUSABLE = str.maketrans(
    "аеорсухіјԁһкмнтвАВЕКМНОРСТУХІЈαορνικτΑΒΕΖΗΙΚΜΝΟΡΤΥΧ",
    "aeopcyxijdhkmhtbABEKMHOPCTYXIJaopviktABEZHIKMNOPTYX",
)


def skeleton(name: str) -> str:
    """A column or category name as the eye takes it: one alphabet, one case, no spaces, dashes or underscores."""
    flat = unicodedata.normalize("NFKC", name).translate(_CONFUSABLE).casefold()
    return "".join(char for char in flat if char.isalnum())
