"""Camera moves: the vocabulary, words -> Camera, Camera -> CameraPath (six axes and the lens)."""

from __future__ import annotations

from studio.camera.asked import SIZES, SPEEDS, AskedMove, Step
from studio.camera.camera import Camera
from studio.camera.editing import Chip, add, change, chips, remove, shift, time
from studio.camera.measured import METHOD, Got, Measured, Segment
from studio.camera.measuring import Measuring, measure
from studio.camera.obedience import Obeyed, StepObeyed, compare
from studio.camera.path import HORIZONTAL_FOV_DEG, SUBJECT_DISTANCE, CameraPath, project
from studio.camera.preview import flight, thumbnails
from studio.camera.vocabulary import AXES, Alias, Move, table, vocabulary

__all__ = [
    "AXES",
    "HORIZONTAL_FOV_DEG",
    "METHOD",
    "SIZES",
    "SPEEDS",
    "SUBJECT_DISTANCE",
    "Alias",
    "AskedMove",
    "Camera",
    "CameraPath",
    "Chip",
    "Got",
    "Measured",
    "Measuring",
    "Move",
    "Obeyed",
    "Segment",
    "Step",
    "StepObeyed",
    "add",
    "change",
    "chips",
    "compare",
    "flight",
    "measure",
    "project",
    "remove",
    "shift",
    "table",
    "thumbnails",
    "time",
    "vocabulary",
]
