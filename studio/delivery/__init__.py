"""Rendering, cards, packages, and the report that goes with them."""
