"""What a film can be rendered as: its own size, 1080 lines, upright for a phone, ProRes for an editor, a quick look."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from studio.delivery.plan import RenderSettings
from studio.errors import BadInput
from studio.given import shown
from studio.nouns import Cut


@dataclass(frozen=True)
class Preset:
    """One way to render a film."""

    name: str
    said: str  # what it makes
    settings: RenderSettings
    size: tuple[int, int] | None = None  # pixels, where it is not that of the film
    lines: int = 0  # of the shorter side, where the film keeps its shape
    larger: bool = True  # whether a smaller film is made as large as that

    def shaped(self, cut: Cut) -> Cut:
        """The cut at the size that is rendered."""
        shorter = min(cut.width, cut.height)
        width, height = self.size or (cut.width, cut.height)
        if self.lines and (self.larger or shorter > self.lines):
            width, height = (2 * round(Fraction(side * self.lines, 2 * shorter)) for side in (width, height))
        return replace(cut, width=width, height=height)

    def note(self, cut: Cut) -> str:
        """What becomes of the picture where the film has another shape; "" where it has the same."""
        made = self.shaped(cut)
        if not self.size or cut.width * made.height == cut.height * made.width:
            return ""
        size = f"{made.width}×{made.height}"
        if cut.fit == "letterbox":
            return f"{self.name}: each picture stands whole in {size}, between bars, as the film's fit is letterbox"
        return f"{self.name}: the middle of each take fills {size}, as the film's fit is crop; cards stand whole"


PRESETS = {
    preset.name: preset
    for preset in (
        Preset("h264", "an MP4 of the film's own size", RenderSettings()),
        Preset("1080p", "an MP4 of 1080 lines", RenderSettings(), lines=1080),
        Preset("vertical", "an MP4 of 1080×1920", RenderSettings(), size=(1080, 1920)),
        Preset("prores", "a MOV in ProRes 422 HQ with its sound as it is", RenderSettings(codec="prores")),
        Preset("preview", "a small MP4, quickly", RenderSettings(preset="ultrafast", crf=28), lines=480, larger=False),
    )
}


def preset_of(name: Any) -> Preset:
    """A preset by its name."""
    if not isinstance(name, str) or name not in PRESETS:
        choices = "; ".join(f"{each.name!r}: {each.said}" for each in PRESETS.values())
        raise BadInput(f"{shown(name)} is no preset for rendering: choose one of {choices}")
    return PRESETS[name]


def ending_of(name: Any) -> str:
    """The end of the name of a film that is rendered so, where nobody says another: ".mp4", "-vertical.mp4", ".mov"."""
    preset = preset_of(name)
    return preset.settings.suffix if preset.name in ("h264", "prores") else f"-{preset.name}{preset.settings.suffix}"
