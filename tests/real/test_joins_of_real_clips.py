"""The true continuation among sixty heads: real clips and stand-ins cut in two, each half looked at for itself."""

import numpy as np
import pytest

import studio
from studio.cutting.joins import GOOD, WEAK, Ends, scores
from studio.media import Looker, probe
from studio.media.looking import small_frames

pytestmark = pytest.mark.real

GAP = 2  # frames left out at the cut
SCENES = (
    "A corridor of a school.", "A church, its doors open.", "A field at dusk.", "A beach at noon.", "A forest path.",
    "A kitchen at night.", "A street in the rain.", "A graveyard in winter.", "A ballroom.", "A desert road.",
)  # fmt: skip
MOVES = ("push in", "fast push in")


def halves(clip):
    """The last end before the middle of a clip, and the first after it."""
    frames = [(picture.copy(), time_s) for picture, time_s in small_frames(clip, probe(clip), clip.name)]
    middle = len(frames) // 2
    found = []
    for part in (frames[: middle - GAP // 2], frames[middle + GAP - GAP // 2 :]):
        looker = Looker(len(part))
        for picture, time_s in part:
            looker.frame(picture, time_s - part[0][1])
        found.append(looker.done().features)
    return found[0].tail, found[1].head


@pytest.fixture(scope="module")
def stand_ins(tmp_path_factory):
    """Twenty stand-ins of a second, ten scenes by two moves."""
    folder = tmp_path_factory.mktemp("joins") / "film"
    with studio.new(folder, title="Joins", size=(160, 90), authors=["ada"]) as film:
        shots = []
        for n, (scene, move) in enumerate(((scene, move) for scene in SCENES for move in MOVES), start=1):
            shots.append(f"{n:02d}A")
            film.write(shots[-1], scene, camera=move)
        for handle in [film.generate(shot, seconds=1.0) for shot in shots]:
            handle.wait()
        yield sorted((folder / "media" / "takes").glob("*.mp4"))


def test_the_true_continuation_ranks_first_among_sixty_heads(material, stand_ins, capsys):
    clips = [*sorted((material / "clips").glob("*.mp4")), *stand_ins]
    assert len(clips) >= 60
    tails, heads = zip(*map(halves, clips), strict=True)
    found = scores(Ends(tails), Ends(heads), "flow")
    true, others = np.diag(found), found[~np.eye(len(clips), dtype=bool)]
    first = int(sum((row < own).sum() == len(clips) - 1 for row, own in zip(found, true, strict=True)))
    with capsys.disabled():
        print(
            f"\nthe true head is first among {len(clips)} for {first}: {first / len(clips):.0%}; "
            f"true joins: median {np.median(true):.2f}, nineteen of twenty {np.percentile(true, 5):.2f} or more; "
            f"strangers: median {np.median(others):.2f}, nineteen of twenty {np.percentile(others, 95):.2f} or less"
        )
    assert first >= 0.9 * len(clips)
    assert np.percentile(true, 10) >= GOOD, "a take that goes on is a good join"
    assert np.median(others) < WEAK, "and another clip a break"
