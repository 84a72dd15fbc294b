"""What may stand in a part of a prompt: visible text, in one spelling, of a bounded length."""

from __future__ import annotations

import unicodedata

from studio.given import visible

LONGEST = 8000  # characters in one part; no model known reads more


def clean(text: str, part: str) -> str:
    """The text as it is stored: NFC, line ends as ``\\n``, no blanks around it.

    `part` names it in the sentence ("the scene text of 07A"). What `visible` refuses raises `BadInput`.
    """
    if isinstance(text, str):
        text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ").strip()
        text = unicodedata.normalize("NFC", text)
    return visible(text, part, LONGEST, allowed="\n")
