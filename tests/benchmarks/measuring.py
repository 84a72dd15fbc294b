"""Measuring the camera, beside plain LK + RANSAC on the same clips: who is right, and how long it takes (one core)."""

import subprocess
import sys
import time
from itertools import pairwise, product

import cv2
import numpy as np

from tests.benchmarks.figures import Figure, on_one_core

SECONDS, RATE = 5, 24
STILL = 1.0  # % in all: less is no move
SETS = ("textured", "crowded, 16 and 35 %", "noisy", "dancer before nothing", "standing still")


def run() -> list[Figure]:
    """In a process of its own, held to one core."""
    done = subprocess.run([sys.executable, "-m", __name__], check=True, capture_output=True, text=True).stdout
    lines = [line.split("|") for line in done.splitlines()]
    figures = [Figure(f"camera, {name}", f"{ours}", f"LK + RANSAC {peer}") for name, ours, peer in lines[:-1]]
    _, ours, peer = lines[-1]
    figures.append(
        Figure(
            f"camera of {SECONDS} s at {RATE} fps, decoded",
            f"{float(ours):.0f} ms",
            f"LK + RANSAC {float(peer):.0f} ms",
            float(ours) / float(peer),
            "bar: with decoding ≤ 500 ms",
        )
    )
    return figures


def lk_ransac(frames, times):
    """(pan, tilt, zoom, roll) in all, as the usual recipe finds it: corners, pyramidal LK, a similarity by RANSAC."""
    total = np.zeros(4)
    height, width = frames[0].shape
    middle = np.array([width - 1, height - 1]) / 2
    for before, after in pairwise(frames):
        corners = cv2.goodFeaturesToTrack(before, 300, 0.01, 5)
        if corners is None:
            continue
        moved, found, _ = cv2.calcOpticalFlowPyrLK(before, after, corners, None)
        kept = found.ravel() == 1
        if kept.sum() < 3:
            continue
        matrix, _ = cv2.estimateAffinePartial2D(corners[kept], moved[kept], ransacReprojThreshold=1.0)
        if matrix is None:
            continue
        shift = matrix[:, :2] @ middle + matrix[:, 2] - middle
        scale, turn = np.hypot(matrix[0, 0], matrix[1, 0]), np.arctan2(matrix[1, 0], matrix[0, 0])
        total += [-100 * shift[0] / width, 100 * shift[1] / height, 100 * np.log(scale), -np.degrees(turn)]
    return total


def _verdict(axis, sense, said):
    """right · wrong · unreadable."""
    return "unreadable" if said is None else "right" if said == (axis, sense) else "wrong"


def _shots(name):
    from tests.camera.synthetic import Scene, Shot

    moves, totals = ("pan", "tilt", "zoom", "roll"), (5.0, -15.0, 40.0)
    scenes = {
        "textured": [Scene(seed=1), Scene((256, 256), seed=2), Scene((144, 256), seed=3)],
        "crowded, 16 and 35 %": [Scene(seed=4, foreground=0.16), Scene(seed=5, foreground=0.35)],
        "noisy": [Scene(seed=6, noise=7.0)],
        "dancer before nothing": [Scene(texture=kind, seed=7, foreground=0.25) for kind in ("low", "fog")],
        "standing still": [Scene(seed=8 + k, foreground=k / 10) for k in range(3)],
    }[name]
    if name == "standing still":
        return [("static", 0, Shot(scene, ((2.0, {}),))) for scene in scenes]
    return [
        (move, 1 if total > 0 else -1, Shot(scene, ((2.0, {move: total / 2 if move == "roll" else total}),)))
        for scene, move, total in product(scenes, moves, totals)
    ]


def _counted(verdicts):
    return ", ".join(f"{verdicts.count(word)} {word}" for word in ("right", "wrong", "unreadable") if word in verdicts)


def _measure() -> None:
    on_one_core()
    cv2.setNumThreads(1)
    from studio.camera import measure
    from tests.camera.synthetic import Scene, Shot, frames

    for name in SETS:
        ours, peer = [], []
        for axis, sense, shot in _shots(name):
            clip = frames(shot)
            measured, totals = measure(*clip), lk_ransac(*clip)
            got = measured.moves[0] if measured.moves else None
            said = None if not measured.readable else (got.axis, got.sense) if got else ("static", 0)
            ours.append(_verdict(axis, sense, said))
            k = int(np.argmax(np.abs(totals)))
            moved = abs(totals[k]) >= STILL
            told = (("pan", "tilt", "zoom", "roll")[k], int(np.sign(totals[k]))) if moved else ("static", 0)
            peer.append(_verdict(axis, sense, told))
        print(name, _counted(ours), _counted(peer), sep="|")
    clips = [
        frames(Shot(Scene(seed=20 + k, foreground=0.15), ((float(SECONDS), move),), RATE))
        for k, move in enumerate(({"pan": 50.0}, {"zoom": 25.0}, {"tilt": 8.0}, {}))
    ]
    spent = []
    for act in (measure, lk_ransac):
        start = time.process_time()
        for clip in clips:
            act(*clip)
        spent.append((time.process_time() - start) * 1000 / len(clips))
    print("time", *spent, sep="|")


if __name__ == "__main__":
    _measure()
