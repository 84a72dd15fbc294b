"""Luma: the Agents API for its newest model, and Dream Machine, its older API, for camera concepts."""

from __future__ import annotations

from studio.providers.luma.luma import Luma

__all__ = ["Luma"]
