import json
import os
import shutil
import threading
from pathlib import Path

import pytest

import studio
from tests.clips import make_clip, make_song


@pytest.fixture(autouse=True)
def nobody_chosen(monkeypatch):
    monkeypatch.delenv("STUDIO_AUTHOR", raising=False)


@pytest.fixture(scope="session")
def clip(tmp_path_factory):
    return make_clip(tmp_path_factory.mktemp("clips") / "clip.mp4", frames=72)


@pytest.fixture
def film(tmp_path, monkeypatch):
    """A film with its notebooks' folder as the place where the kernel is."""
    with studio.new(tmp_path / "film", title="Forms", size=(320, 180), authors=["ada"]) as film:
        monkeypatch.chdir(film.folder / "notebooks")
        yield film


@pytest.fixture(scope="session")
def song(tmp_path_factory):
    return make_song(tmp_path_factory.mktemp("songs") / "song.wav")


@pytest.fixture
def until():
    """Wait for a widget's trait to become what is wanted: it is the signal that work in another thread is over."""

    def wait(widget, trait, wanted, seconds=60):
        came = threading.Event()

        def look(*_):
            if wanted(getattr(widget, trait)):
                came.set()

        widget.observe(look, trait)
        look()
        assert came.wait(seconds), f"{trait} stayed {getattr(widget, trait)!r}"
        widget.unobserve(look, trait)

    return wait


@pytest.fixture
def written(film):
    """The same with words for one shot."""
    words = "Two teenagers meet in a school corridor."
    film.write("07A", words, camera="slow push in", style="16 mm film", avoid="text")
    return film


@pytest.fixture
def pair(tmp_path):
    """A film of two authors, of whom one writes."""
    with studio.new(tmp_path / "pair", title="Pair", size=(320, 180), authors=["maya", "dana"]) as film:
        film.as_("maya").write("07A", "Two teenagers meet.", camera="slow push in")
        yield film


@pytest.fixture(scope="session")
def culling(tmp_path_factory):
    """The folder of a film whose director Dana Roth has judged 5 of 24 takes: one circled, one held, three NG."""
    from tests.films import many_takes

    folder = tmp_path_factory.mktemp("culling") / "film"
    many_takes(folder, takes=24, shots=3, judged=5).close()
    return folder


def _quickly(source, target):
    """Clips and strips are linked: a test that damages one takes it away first."""
    linked = Path(source).parent.name in ("takes", "proxies", "strips")
    os.link(source, target) if linked else shutil.copy(source, target)


@pytest.fixture
def culled(culling, tmp_path, monkeypatch):
    """A copy of it, open, with Dana deciding."""
    shutil.copytree(culling, tmp_path / "culled", copy_function=_quickly)
    with studio.open(tmp_path / "culled") as film:
        monkeypatch.chdir(film.folder / "notebooks")
        yield film.as_("Dana Roth")


@pytest.fixture(scope="session")
def cut_films(tmp_path_factory):
    """The folder of a film with a cut of five slots on six seconds of song, three bars at 120 bpm: 03A is empty."""
    from studio.media import sha256_of
    from tests.films import many_takes

    folder = tmp_path_factory.mktemp("cutting") / "film"
    with many_takes(folder, takes=15, shots=5, judged=0) as film:
        film.song.attach(make_song(folder.parent / "song.wav", seconds=6))
        takes, digest = film.log.takes(), sha256_of(film.library.take("01A-001"))
        media = [film.log.events(take.id, kinds=("media",))[-1].data for take in takes]
        with film.log.write("studio") as writer:  # so that the cut can be rendered: the one clip is what was logged
            for take, data in zip(takes, media, strict=True):
                writer.event("media", take.id, data | {"sha256": digest})
        for label in ("01A-001", "01A-002", "01B-001", "01B-003", "02A-001", "02A-002", "02B-001"):
            film.circle(label)
        film.hold("01A-003")
        film.arrange(name="first cut", holes=True)
    return folder


@pytest.fixture
def cut_film(cut_films, tmp_path, monkeypatch):
    """A copy of it, open, with Dana cutting."""
    shutil.copytree(cut_films, tmp_path / "cut", copy_function=_quickly)
    with studio.open(tmp_path / "cut") as film:
        monkeypatch.chdir(film.folder / "notebooks")
        yield film.as_("Dana Roth")


@pytest.fixture
def room(cut_film):
    """Its cutting room."""
    return cut_film.cut().room()


@pytest.fixture
def panel(room):
    """The panel whose page sends: the cutting room, where a module names no other."""
    return room


@pytest.fixture
def ask(panel):
    """Send what a panel's page sends; the answer, and the bytes that came with it."""

    def send(do, **details):
        heard = []
        panel.send = lambda answer, buffers=None: heard.append((answer, buffers))
        panel._asked(None, {"id": "7", "do": do, **details}, [])
        ((answer, buffers),) = heard
        assert answer["id"] == "7"
        json.dumps([answer, panel._state, getattr(panel, "_progress", None)], allow_nan=False)
        return answer, list(buffers or ())

    return send


@pytest.fixture
def done(ask):
    """The same for an act that has to succeed."""

    def send(do, **details):
        answer, _ = ask(do, **details)
        assert "error" not in answer, answer
        return answer["ok"]

    return send


@pytest.fixture
def refused(ask, panel):
    """The same for one that has to be refused, and changes nothing: the sentence."""

    def send(do, **details):
        before = getattr(panel, "cut", None)
        answer, _ = ask(do, **details)
        assert "ok" not in answer, details
        assert "unforeseen" not in answer["error"]
        assert getattr(panel, "cut", None) == before
        return answer["error"]

    return send
