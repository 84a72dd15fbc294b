"""Clips inline: they play where they can and are seen where they cannot."""

import base64
import re

import cv2
import numpy as np
import pytest

from studio.errors import BadInput, NotFound


def test_a_take_is_named_by_relative_path_and_its_still_is_at_hand(film, clip):
    film.adopt(clip, shot="01A")
    view = film.play("01A-001")
    assert repr(view) == "Take 01A-001: 160×90, 72 frames at 24 fps"
    page = view._repr_mimebundle_()["text/html"]
    assert 'src="../media/takes/01A-001.mp4"' in page
    assert "data:video" not in page
    assert str(film.folder) not in page
    # what a code host keeps when it drops the video element: the still inside it
    inside = re.search(r"<video[^>]*>(.*)</video>", page)[1]
    data = re.search(r'<img src="data:image/jpeg;base64,([^"]+)"', inside)[1]
    picture = cv2.imdecode(np.frombuffer(base64.b64decode(data), np.uint8), cv2.IMREAD_COLOR)
    assert picture.shape == (180, 320, 3)
    assert picture.std() > 10  # something is to be seen


def test_words_under_a_clip_stay_words(film):
    film.write("01A", "A schoolyard.", camera="<script>alert(1)</script> push in")
    label = film.generate("01A", seconds=1).wait()[0].label
    page = film.play(label)._html()
    assert "&lt;script&gt;" in page
    assert "<script" not in page


def test_comparing_shows_the_clips_and_what_differs_in_their_words(film):
    for camera in ("push in", "truck right"):
        film.write("01A", "A schoolyard.", camera=camera)
        film.generate("01A", seconds=1, seed=1).wait()
    view = film.compare("01A-001", "01A-002")
    assert repr(view) == "Compare(01A-001, 01A-002)"
    page = view._repr_mimebundle_()["text/html"]
    assert page.count("<video") == 2
    assert "<ins>" in page


def test_a_mistake_is_one_sentence(film, clip):
    film.adopt(clip, shot="01A")
    with pytest.raises(BadInput, match="two takes or more"):
        film.compare("01A-001")
    with pytest.raises(NotFound):
        film.play("09Z-001")


def test_pictures_are_compared_without_the_words_that_would_give_them_away(film):
    for shot, camera in (("01A", "push in"), ("01B", "zoom in")):
        film.write(shot, "A corridor.", camera=camera)
        film.generate(shot, seconds=1).wait(60)
    told = film.compare("01A-001", "01B-001")._repr_mimebundle_()["text/html"]
    hidden = film.compare("01A-001", "01B-001", words=False)._repr_mimebundle_()["text/html"]
    assert "zoom" in told
    assert "zoom" not in hidden
    assert hidden.count("<video") == 2
