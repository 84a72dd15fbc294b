"""What may stand in a part of a prompt: visible text, in one spelling, of a bounded length."""

from __future__ import annotations

import unicodedata

from studio.errors import BadInput

LONGEST = 8000  # characters in one part; no model known reads more

# Characters that turn the reading order round (Unicode TR 9), so that words can look other than they are sent.
# The plain marks U+200E, U+200F and U+061C stay allowed: Hebrew and Arabic text needs them.
TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
INVISIBLE = frozenset("\u2028\u2029\ufeff")


def clean(text: str, part: str) -> str:
    """The text as it is stored: NFC, line ends as ``\\n``, no blanks around it.

    `part` names it in the sentence ("the scene text of 07A"). A control character, a character that turns the reading
    order round, or more than 8,000 characters raise `BadInput`: nothing a person wrote is dropped in silence.
    """
    if not isinstance(text, str):
        raise BadInput(f"{part} is {type(text).__name__}, not text: write it in quotes")
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ").strip()
    for place, character in enumerate(text, start=1):
        if character != "\n" and (
            unicodedata.category(character) in ("Cc", "Cs") or character in TURNING or character in INVISIBLE
        ):
            name = unicodedata.name(character, "a control character").lower()
            raise BadInput(
                f"{part} holds the invisible character U+{ord(character):04X} ({name}) at place {place}: delete it"
            )
    text = unicodedata.normalize("NFC", text)
    if len(text) > LONGEST:
        raise BadInput(f"{part} has {len(text):,} characters: at most {LONGEST:,} are kept")
    return text
