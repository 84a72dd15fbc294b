"""All that is done to a cut: arranging circled takes on the song, its markers and table, and the edit lists.

The edit lists themselves are in `studio.cutting.formats`, which loads what it needs when it is first used.
"""

from studio.cutting.alternates import Alternate, alternates, alternates_frame, best_in, joins_frame
from studio.cutting.arranging import Candidates, arrange, fill_cards
from studio.cutting.assembling import assemble, revise
from studio.cutting.checking import check, source_of
from studio.cutting.choosing import choose, joins_of
from studio.cutting.comfort import CHECK_COLUMNS, Advice, Checks, checks_of
from studio.cutting.comparing import Difference, difference, joins_compared
from studio.cutting.conforming import Conformed, Unmatched, conform
from studio.cutting.coverage_of_slots import COLUMNS as SLOT_COLUMNS
from studio.cutting.coverage_of_slots import Planned, coverage_of_slots, coverage_said, slots_frame
from studio.cutting.editing import MOST_FRAMES, aim, ban, dissolve, pin, retime, roll, slip, swap, trim
from studio.cutting.frame import COLUMNS, limits_frame, to_frame
from studio.cutting.grid import Grid
from studio.cutting.joins import Join, join
from studio.cutting.markers import markers, words_of_slots
from studio.cutting.matching import Former, Known
from studio.cutting.reading import Event, Returned, read
from studio.cutting.slots import Wish
from studio.cutting.sounds import heard, with_own_sound, with_sound
from studio.cutting.stock import Candidate, Stock

__all__ = [
    "CHECK_COLUMNS",
    "COLUMNS",
    "MOST_FRAMES",
    "SLOT_COLUMNS",
    "Advice",
    "Alternate",
    "Candidate",
    "Candidates",
    "Checks",
    "Conformed",
    "Difference",
    "Event",
    "Former",
    "Grid",
    "Join",
    "Known",
    "Planned",
    "Returned",
    "Stock",
    "Unmatched",
    "Wish",
    "aim",
    "alternates",
    "alternates_frame",
    "arrange",
    "assemble",
    "ban",
    "best_in",
    "check",
    "checks_of",
    "choose",
    "conform",
    "coverage_of_slots",
    "coverage_said",
    "difference",
    "dissolve",
    "fill_cards",
    "heard",
    "join",
    "joins_compared",
    "joins_frame",
    "joins_of",
    "limits_frame",
    "markers",
    "pin",
    "read",
    "retime",
    "revise",
    "roll",
    "slip",
    "slots_frame",
    "source_of",
    "swap",
    "to_frame",
    "trim",
    "with_own_sound",
    "with_sound",
    "words_of_slots",
]
