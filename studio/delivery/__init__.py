"""Rendering, cards, packages, and the report that goes with them. What is heavy loads when it is first used."""

from studio.delivery.cards import make_card
from studio.delivery.export import export, is_delivered, safe_name
from studio.delivery.plan import RenderSettings
from studio.delivery.rendering import RenderReport, render
from studio.delivery.report import write_report

__all__ = [
    "RenderReport",
    "RenderSettings",
    "export",
    "is_delivered",
    "make_card",
    "render",
    "safe_name",
    "write_report",
]
