"""Luma's Agents API, the one that its newest models are at.

Protocol: luma-agents 0.5.0 and copies of Luma's pages on errors and limits (2026-11-21). It can create and get, and
nothing else: no list, no cancel. Pictures travel inside the request. A first and a last frame are for clips of 5 s; in
longer ones they are keyframes on the 24 frames per second of the clip. An address of a clip is good for an hour.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from studio.providers.base import Status
from studio.providers.catalogue import Model
from studio.providers.changes import Asked
from studio.providers.fitting import Fitted
from studio.providers.luma.generations import Generations

GRID = 24  # frames per second that keyframes are counted on
WITH_ENDS_S = 5  # up to which a clip takes a first and a last frame as such


class Agents(Generations):
    """The service "luma"."""

    name = "luma"
    not_accepted = (503,)  # 502 may be told as well, and by a gateway that does not know

    def fitted(self, row: Model, asked: Asked) -> Fitted:
        """Stills of a long clip become keyframes at its ends."""
        made = super().fitted(row, asked)
        video = dict(made.body.get("video", {}))
        ends = {
            index: video.pop(name)
            for name, index in (("start_frame", 0), ("end_frame", int(made.seconds * GRID)))
            if made.seconds > WITH_ENDS_S and name in video
        }
        if not ends:
            return made
        video |= {"keyframes": list(ends.values()), "keyframe_indexes": list(ends)}
        return replace(made, body={**made.body, "video": video})

    def failed(self, found: Mapping[str, Any]) -> Status:
        """By its code."""
        code = str(found.get("failure_code") or "no code")
        note = self.wire.hide(f"{found.get('failure_reason') or 'no reason given'} ({code})")
        return Status("refused" if code == "content_moderated" else "failed", note)

    def clip(self, found: Mapping[str, Any]) -> str:
        """The first output that is a video."""
        outputs = found.get("output")
        for output in outputs if isinstance(outputs, list) else ():
            if isinstance(output, Mapping) and output.get("type") == "video" and output.get("url"):
                return str(output["url"])
        return ""
