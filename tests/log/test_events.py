from __future__ import annotations

import pytest

from studio.errors import BadInput
from studio.log.events import KINDS, check, in_words
from studio.nouns import Event

MEDIA = {"file": "f", "sha256": "s", "width": 2, "height": 2, "rate": "277/12", "frames": 1, "variable_rate": True}
# One of each kind, as it may stand in any film's log.
EXAMPLES = {
    "state": {"state": "failed", "note": "no clip", "error": "404", "attempt": 2},
    "job": {"job_id": "j-1"},
    "cancel": {"answer": "asked"},
    "remark": {"text": "no end yet"},
    "money.reserved": {"micro_usd": 0},
    "money.settled": {"micro_usd": 1_234_567},
    "media": MEDIA,
    "adopted": {"original_name": "a b.mov"},
    "verdict": {"verdict": "ng", "reason": "hand", "note": ""},
    "accident": {"on": False},
    "note": {"text": ""},
    "measured": {
        "measured_move": "pan_left",
        "obeyed": "no",
        "sentence": "asked for a slow dolly in; got pan left",
        "figures": "{}",
        "confidence": 0.8,
        "parallax": "none",
        "method": 1,
    },
    "features": {"features": "{}", "method": 1},
    "flags": {"words": "black, frozen", "flags": "{}", "method": 1},
    "obeyed": {"obeyed": "no", "move": "pan_left", "note": "it pans"},
    "marked": {"in_frame": 12, "out_frame": None},
    "undo": {"event": "e"},
    "sound.asked": {
        "label": "07A-fx01",
        "shot": "07A",
        "text": "a pop",
        "provider": "elevenlabs",
        "model": "m",
        "payload": "{}",
        "source": "s",
        "read_on": "2026-11-21",
        "micro_usd": 12_000,
    },
    "sound.sent": {},
    "sound.made": {"file": "media/sounds/07A-fx01.mp3", "sha256": "s", "micro_usd": 12_000},
    "sound.ended": {"why": "no", "micro_usd": 0},
    "sound.unknown": {"why": "no answer"},
    "run": {"takes": ["t"]},
    "card": {"name": "her", "kind": "person", "words": "red hair", "said": "she", "year": 1969, "avoid": ""},
    "grid": {"grid": "07A-g1", "shot": "07A", "axes": {"camera": ["pan left"]}, "cells": []},
    "slot.planned": {"bars": 2, "beats": None, "least_s": None, "greatest_s": "5/2", "after": "03B"},
    "delivered": {"name": "for-ben", "version": 3, "preset": "premiere", "media": "link"},
    "consent": {"name": "Jo", "of": "voice", "text": None, "by": "Jo", "given_on": ""},
    "renumbered": {"of": "take", "number": 4, "was": 3, "shot": "07A"},
    "current": {"prompt": "p", "knew": ["p", "q"]},
    "scene.from": {"take": "t", "shot": "15A"},
    "song.attached": {"file": "song/a.ogg", "sha256": "s", "seconds": "40", "found": {}, "lyrics_file": ""},
    "song.used": {"start_s": "0", "end_s": "40"},
    "song.corrected": {"grid": {}, "how": "halved"},
    "song.found": {"found": "{}", "sections": "[]", "by": "librosa"},
    "song.section": {"at_s": "25/2", "name": "chorus", "how": "section 'chorus' from bar 9", "to_s": "27/2"},
    "song.marker": {"at_s": "3", "name": None},
    "song.undone": {"event": "e"},
}


def test_every_kind_of_event_has_an_example_here_a_meaning_and_words():
    assert EXAMPLES.keys() == KINDS.keys()
    for kind, data in EXAMPLES.items():
        check(kind, data)
        assert KINDS[kind].meaning
        assert isinstance(in_words(Event("e", 0, "ada", kind, "t", data)), str)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if KINDS[kind].needs])
def test_an_event_without_what_its_kind_holds_is_refused(kind):
    for name in KINDS[kind].needs:
        data = {key: value for key, value in EXAMPLES[kind].items() if key != name}
        with pytest.raises(BadInput, match=f"an event '{kind}' needs {name}"):
            check(kind, data)


@pytest.mark.parametrize(
    ("kind", "data", "said"),
    [
        ("starred", {}, "'starred' is not a kind of event: there are state, job"),
        ("state", {"state": "finished"}, "'finished' is not a state of a take: there are planned, submitting"),
        ("state", {"state": 3}, "state of an event 'state' is 3"),
        (
            "verdict",
            {"verdict": "good", "reason": "", "note": ""},
            "'good' is not a verdict: there are circle, hold, ng",
        ),
        ("verdict", {"verdict": "ng", "reason": None, "note": ""}, "reason of an event 'verdict' is None"),
        ("measured", {"measured_move": "x", "obeyed": "maybe"}, "'maybe' is not how a camera is obeyed"),
        ("measured", {"measured_move": "x", "obeyed": None, "method": True}, "method of an event 'measured' is True"),
        ("measured", {"measured_move": "x", "obeyed": None, "figures": {}}, "figures of an event 'measured' is {}"),
        ("obeyed", {"obeyed": "maybe", "move": "", "note": ""}, "'maybe' is not how a camera is obeyed"),
        ("money.settled", {"micro_usd": 0.5}, "micro_usd of an event 'money.settled' is 0.5"),
        ("money.settled", {"micro_usd": True}, "micro_usd of an event 'money.settled' is True"),
        ("money.reserved", {"micro_usd": -1}, "-1 is not an amount"),
        ("media", MEDIA | {"rate": "1/0"}, "'1/0' is not a rate of a clip"),
        ("media", MEDIA | {"rate": "-24"}, "'-24' is not a rate of a clip"),
        ("media", MEDIA | {"rate": 23.976}, "rate of an event 'media' is 23.976"),
        ("accident", {"on": "yes"}, "on of an event 'accident' is 'yes'"),
    ],
)
def test_an_event_that_no_take_could_have_is_one_sentence(kind, data, said):
    with pytest.raises(BadInput) as error:
        check(kind, data)
    assert said in str(error.value)


@pytest.mark.parametrize(
    ("kind", "data", "said"),
    [
        ("measured", {"measured_move": "x", "obeyed": "no"}, "measured x, obeyed: no"),  # as older logs have it
        ("measured", {"measured_move": "x", "obeyed": None}, "measured x"),
        ("measured", EXAMPLES["measured"], "asked for a slow dolly in; got pan left"),
        ("flags", {"words": "", "flags": "{}", "method": 1}, "nothing noticed"),
        ("obeyed", EXAMPLES["obeyed"], "camera obeyed: no, got pan_left: it pans"),
        ("obeyed", {"obeyed": None, "move": "", "note": ""}, "word on the camera taken back"),
    ],
)
def test_what_was_measured_noticed_and_said_of_a_camera_reads_in_words(kind, data, said):
    assert in_words(Event("e", 0, "ada", kind, "t", data)) == said


def test_data_that_json_cannot_say_is_refused(log):
    from tests.log.making import asked

    with log.write("ada") as writer:
        take = asked(writer)[0]
    for value in (float("nan"), {1, 2}, b"x"):
        with pytest.raises(BadInput, match="cannot be kept in the log as JSON"), log.write("ada") as writer:
            writer.event("state", take.id, {"state": "failed", "error": value})
    assert log.state(take.id) == "planned"
