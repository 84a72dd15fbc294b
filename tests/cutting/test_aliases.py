"""A list from before two logs were merged: what it calls 07A-001 may be called otherwise now, and is found or asked."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

import studio
from studio.cutting.formats import FORMATS
from studio.cutting.matching import Former, Known, Matcher, labels_in
from studio.cutting.reading import Event
from studio.errors import BadInput
from studio.film.team import merge_at
from tests.clips import make_clip, make_song
from tests.cutting.making import take

ADA, BEN, OTHER = take("07A-001", 48), take("07A-002", 48), take("08A-001", 48)
FORMER = (Former("07A-001", BEN),)
AUTHORS = {"07A-001": "ada", "07A-002": "ben", "08A-001": "ada"}


def clip(file: str = "07A-001.mp4", **more: object) -> Event:
    return replace(Event(0, 24, name=file, file=f"media/{file}"), **more)


def found(event: Event, *others: Event, hash_of=None, takes=(ADA, BEN, OTHER), **known: object):
    knows = Known(FORMER, AUTHORS, **known)
    return Matcher(takes, hash_of, None, None, knows, labels_in([event, *others]))(event)


def test_the_bytes_of_the_file_tell_first() -> None:
    assert found(clip(), hash_of=lambda event: BEN.sha256, author="ada", cut=["07A-001"]).source == BEN
    assert found(clip(), hash_of=lambda event: ADA.sha256, author="ben").source == ADA
    assert found(clip(sha256=BEN.sha256)).source == BEN
    beside = clip(f"07A-001-{BEN.sha256[:16]}.mp4")
    assert found(beside).source == BEN
    assert found(clip(sha256="0" * 64)).why == "it was exported as 07A-001 of another film"


def test_then_the_version_that_the_list_was_made_from() -> None:
    match = found(clip(), cut=["07A-002", "08A-001"], author="ada")
    assert (match.source, match.by) == (BEN, "former")
    assert found(clip(), cut=["07A-001"], author="ben").source == ADA


def test_then_who_made_or_sent_that_version() -> None:
    for author, source in (("ada", ADA), ("ben", BEN)):
        assert found(clip(), author=author).source == source
        assert found(clip(), author=author, cut=["07A-001", "07A-002"]).source == source


def test_a_list_that_calls_both_as_they_are_called_now_is_of_now() -> None:
    assert found(clip(), clip("07A-002.mp4"), cut=["07A-001", "07A-002"], author="ben").source == ADA


def test_else_it_is_asked_and_both_are_named() -> None:
    match = found(clip(), author="cat")
    assert match.source is None
    assert match.why == "07A-001 has been the label of 07A-001 of ada and 07A-002 of ben: say which of them it is"
    assert found(clip()).source is None


@pytest.mark.parametrize(
    "event",
    [
        clip("07A-001_prores.mov"),
        Event(0, 24, reel="07A001"),
        Event(0, 24, name="b-roll", take="07A-001"),
        clip("07a-001.MP4"),
    ],
)
def test_however_a_list_names_a_take_it_is_told_apart(event: Event) -> None:
    assert found(event, author="ben").source == BEN
    assert found(event, author="cat").source is None


def test_what_only_one_take_has_been_called_needs_no_asking() -> None:
    assert found(clip("07A-002.mp4"), author="cat").source == BEN
    assert found(clip("08A-001.mp4"), author="cat").source == OTHER
    assert found(clip(), takes=(BEN, OTHER)).source == BEN  # the other one has no clip, so none was ever sent


def test_what_a_person_says_of_a_clip_counts() -> None:
    match = found(clip(), chosen={"07A-001.mp4": "07A-002"}, author="ada")
    assert (match.source, match.by) == (BEN, "choice")


def test_a_list_of_an_old_cut_comes_back_right_after_the_merge_or_asks(tmp_path: Path) -> None:
    ada, ben, lists = tmp_path / "ada", tmp_path / "ben", tmp_path / "lists"
    lists.mkdir()
    with studio.new(ada, title="Zoom", size=(64, 36), authors=["ada", "ben", "cat"]) as film:
        film.as_("ada").song.attach(make_song(tmp_path / "song.wav", seconds=4))
        film.write("07A", scene_text="We zoom through the bubble.")
        film.pack(ben)
    for folder, name in ((ada, "ada"), (ben, "ben")):
        with studio.open(folder) as film:
            film.as_(name).adopt(
                make_clip(tmp_path / f"{name}.mp4", 110 + len(name) + ord(name[0]), size="64x36"), "07A"
            )
            film.circle("07A-001")
            cut = film.arrange().value
            (lists / f"{name}.edl").write_bytes(FORMATS["film.edl"].write(cut, folder=lists))
    merge_at(ada, ben)
    with studio.open(ada) as film:
        film.as_("cat")
        versions = {cut.author: cut.version for cut in film.log.cuts()}
        for name, label in (("ada", "07A-001"), ("ben", "07A-002")):
            came = film.conform(lists / f"{name}.edl", against=versions[name])
            assert {slot.source.name for slot in came.cut.value.slots if slot.source.kind == "take"} == {label}
            assert came.unmatched == ()
        both = came.cut.value
        slot = next(slot for slot in both.slots if slot.source.kind == "take")
        hers = film.cut(versions["ada"]).value
        first = next(slot for slot in hers.slots if slot.source.kind == "take")
        half = slot.frames // 2
        second = replace(slot, record_frame=slot.record_frame + half, frames=slot.frames - half)
        halves = (replace(first, record_frame=slot.record_frame, frames=half), second)
        slots = [each for old in both.slots for each in (halves if old is slot else (old,))]
        with film.log.write("cat") as writer:
            writer.cut(replace(both, id="", version=0, slots=tuple(slots)))
        asked = film.conform(lists / "ben.edl")
        (lost,) = asked.unmatched
        assert lost.why == "07A-001 has been the label of 07A-001 of ada and 07A-002 of ben: say which of them it is"
        with pytest.raises(BadInput, match="slot 99 has no unmatched clip"):
            asked.choose(99, "07A-002")
        said = asked.choose(lost.slot, "07A-002")
        assert said.unmatched == ()
        assert said.cut.value.slots[lost.slot - 1].source.name == "07A-002"
