"""Rendering, cards, packages, and the report that goes with them. What is heavy loads when it is first used."""

from studio.delivery.cards import make_card
from studio.delivery.conversions import conversions_frame
from studio.delivery.editors import Editor, editors_frame, editors_of
from studio.delivery.export import export, is_delivered, safe_name
from studio.delivery.handing import cameras_of, hand_over
from studio.delivery.pace import Pace, paced
from studio.delivery.packages import asked
from studio.delivery.packing import Packed, Unpacked, last_seen, pack, unpack
from studio.delivery.plan import RenderSettings
from studio.delivery.presets import ending_of
from studio.delivery.rendering import RenderReport, render
from studio.delivery.report import write_report

__all__ = [
    "Editor",
    "Pace",
    "Packed",
    "RenderReport",
    "RenderSettings",
    "Unpacked",
    "asked",
    "cameras_of",
    "conversions_frame",
    "editors_frame",
    "editors_of",
    "ending_of",
    "export",
    "hand_over",
    "is_delivered",
    "last_seen",
    "make_card",
    "paced",
    "pack",
    "render",
    "safe_name",
    "unpack",
    "write_report",
]
