"""Official XML without surprises: no entity, no external file, no document type but the one that the Clerk writes."""

from __future__ import annotations

import re
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from casefile.errors import DataError, Problem

CLERK_DOCTYPE = re.compile(
    rb'<!DOCTYPE\s+rollcall-vote\s+PUBLIC\s+"-//US Congress//DTDs/vote v1\.0 20031119 //EN"\s+"[\w./:-]{1,200}"\s*>'
)
"""The line that every House roll call carries. It names a file that is never fetched; it is removed before parsing."""
ENCODINGS = {"utf-8", "us-ascii", "ascii", "windows-1251", "iso-8859-1", "windows-1252"}
_DECLARED = re.compile(rb"<\?xml[^>]*?encoding\s*=\s*[\"']([A-Za-z0-9._-]+)[\"']")
DEEPEST = 40


def parse_xml(content: bytes, name: str) -> Element:
    """The root element of one XML file.

    Raises `DataError` for a syntax error (with its line), a document type other than the Clerk's, entities, an
    encoding outside the few that the publishers use, or nesting deeper than 40.
    """
    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    declared = _DECLARED.match(content.lstrip(b"\xef\xbb\xbf \t\r\n"))
    encoding = declared.group(1).decode().lower() if declared else "utf-8"
    if encoding not in ENCODINGS:
        raise _error(name, None, encoding, "is in an encoding that no known publisher uses", "Save it as UTF-8.")
    content = CLERK_DOCTYPE.sub(b"", content, count=1)
    try:
        root: Any = fromstring(content, forbid_dtd=True, forbid_entities=True, forbid_external=True)
    except ParseError as error:
        line = error.position[0] if error.position else None
        rule = f"is no well-formed XML ({str(error).split(':')[0]})"
        raise _error(name, line, None, rule, "The file may be cut off; download it again.") from None
    except DefusedXmlException as error:
        rule = f"has a document type or entities ({type(error).__name__})"
        raise _error(name, None, None, rule, "Take the file from its publisher; these are never needed.") from None
    except (ValueError, LookupError, RecursionError) as error:
        raise _error(name, None, None, f"cannot be read as XML ({error})", "Download it again.") from None
    _depth(root, name)
    return root  # type: ignore[no-any-return]


def _depth(root: Element, name: str) -> None:
    level = [root]
    for _ in range(DEEPEST):
        level = [child for parent in level for child in parent]
        if not level:
            return
    raise _error(name, None, None, f"is nested deeper than {DEEPEST} levels", "Take the file from its publisher.")


def text_of(parent: Element, path: str) -> str:
    """The text of the first element at `path`, spaces trimmed and joined; "" when there is none."""
    return " ".join((parent.findtext(path) or "").split())


def _error(name: str, line: int | None, value: str | None, rule: str, remedy: str) -> DataError:
    return DataError([Problem(name, line, None, value, rule, remedy)])
