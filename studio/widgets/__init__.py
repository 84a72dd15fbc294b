"""What a notebook shows: takes inline, and the panels for writing, judging, paying and delivering.

No logic lives here that a script could want: every button makes a call that can be made by hand.
"""

from studio.widgets.cutroom import CutRoom
from studio.widgets.dailies import Dailies
from studio.widgets.delivering import DeliveryForm
from studio.widgets.desk import Desk
from studio.widgets.grids import GridView
from studio.widgets.ledger import Ledger
from studio.widgets.measured import MeasuredView
from studio.widgets.songview import SongView
from studio.widgets.views import CompareView, CutView, FilmView, TakeView

__all__ = [
    "CompareView",
    "CutRoom",
    "CutView",
    "Dailies",
    "DeliveryForm",
    "Desk",
    "FilmView",
    "GridView",
    "Ledger",
    "MeasuredView",
    "SongView",
    "TakeView",
]
