"""All that is done to a cut: arranging circled takes on the song, its markers and table, and the edit lists.

The edit lists themselves are in `studio.cutting.formats`, which loads what it needs when it is first used.
"""

from studio.cutting.arranging import Candidates, arrange, fill_cards
from studio.cutting.assembling import assemble
from studio.cutting.checking import check, source_of
from studio.cutting.conforming import Conformed, Unmatched, conform
from studio.cutting.frame import COLUMNS, limits_frame, to_frame
from studio.cutting.grid import Grid
from studio.cutting.markers import markers, words_of_slots
from studio.cutting.reading import Event, Returned, read
from studio.cutting.sounds import with_sound

__all__ = [
    "COLUMNS",
    "Candidates",
    "Conformed",
    "Event",
    "Grid",
    "Returned",
    "Unmatched",
    "arrange",
    "assemble",
    "check",
    "conform",
    "fill_cards",
    "limits_frame",
    "markers",
    "read",
    "source_of",
    "to_frame",
    "with_sound",
    "words_of_slots",
]
