"""Words into the log and out of it again."""

import pytest

from studio.errors import BadInput, NotFound, Overtaken
from studio.log import Log
from studio.nouns import Continuity, Scene, Shot
from studio.writing import (
    Screenplay,
    ShotText,
    diff_versions,
    record,
    record_by_cards,
    record_screenplay,
    screenplay_of,
    words_differ,
    words_of_takes,
)


@pytest.fixture
def log(tmp_path):
    with Log.open(tmp_path) as log:
        yield log


SCREENPLAY = Screenplay(
    "Further",
    (Scene("01", "Yard", Continuity(place="a schoolyard")), Scene("02")),
    (
        ShotText("01A", "Children run.", "push in", scene_author="mara", camera_author="jon"),
        ShotText("02A", "A door <b>opens</b>.", scene_author="mara"),
    ),
)


def test_a_screenplay_is_written_by_its_own_authors_and_read_back_whole(log):
    record_screenplay(log, SCREENPLAY, "ada")
    words = log.latest_prompt("01A")
    assert (words.author, words.scene_author, words.camera_author) == ("ada", "mara", "jon")
    back = screenplay_of(log, "Further")
    assert [(shot.shot, shot.scene_text, shot.camera) for shot in back.shots] == [
        ("01A", "Children run.", "push in"),
        ("02A", "A door <b>opens</b>.", ""),
    ]
    assert back.scenes == SCREENPLAY.scenes


def test_portals_and_cards_go_into_the_log_by_their_authors_and_out_again(log):
    shot = ShotText(
        "01A", "Children run.", continuity=Continuity(place="a yard"), cards=("yard",), portal_out="the bubble",
        scene_author="mara", continuity_author="mara", portal_author="jon",
    )  # fmt: skip
    record_screenplay(log, Screenplay("x", (Scene("01"),), (shot,)), "ada")
    words = log.latest_prompt("01A")
    assert (words.cards, words.portal_in, words.portal_out) == (("yard",), "", "the bubble")
    assert (words.continuity_author, words.portal_author, words.author) == ("mara", "jon", "ada")
    assert screenplay_of(log, "x").shots == (shot,)


def test_a_screenplay_read_again_makes_no_new_version_and_overwrites_nothing(log):
    record_screenplay(log, SCREENPLAY, "ada")
    record(log, "01A", "jon", camera="pull out")
    record_screenplay(log, SCREENPLAY, "ada")
    assert [prompt.camera for prompt in log.prompts("01A")] == ["push in", "pull out", "push in"]
    assert len(log.prompts("02A")) == 1


def test_the_same_words_again_are_the_same_version(log):
    first = record(log, "01A", "ada", scene_text="Children run.")
    assert record(log, "01A", "ben", scene_text="Children run.") == first
    assert len(log.prompts("01A")) == 1


def test_a_mistake_writes_neither_scene_nor_shot(log):
    with pytest.raises(BadInput, match="would have no words"):
        record(log, "01A", "ada")
    with pytest.raises(BadInput, match="not a shot"):
        record(log, "1", "ada", scene_text="x")
    assert log.shots() == ()
    assert log.scenes() == ()


def test_what_changed_reads_as_text_and_as_harmless_html(log):
    record(log, "01A", "ada", scene_text="A <script> of words")
    record(log, "01A", "ada", scene_text="A <script> of other words")
    changed = diff_versions(log.prompts("01A"), "01A", 1, 2)
    assert "of {+other+} words" in repr(changed)
    assert "<script>" not in changed._repr_html_()
    assert "<ins>other</ins>" in changed._repr_html_()
    with pytest.raises(NotFound, match="it has 1 to 2"):
        diff_versions(log.prompts("01A"), "01A", 1, 7)


def test_an_adopted_clip_has_no_words_to_differ_in(log):
    record(log, "01A", "ada", scene_text="Children run.")
    with log.write("ada") as writer:
        writer.take("01A")
        writer.take("01A")
    assert "the same words" in repr(words_differ(log, "01A-001", "01A-002"))


def test_the_latest_words_of_its_shot_go_with_an_adopted_clip(log):
    record(log, "01A", "ada", scene_text="Children run.")
    record(log, "01A", "ada", camera="slow push in")
    with log.write("ada") as writer:
        writer.take("01A")
        writer.shot(Shot("02A", "02"))
        writer.take("02A")
    assert words_of_takes(log, ["01A-001", "02A-001"]) == {"01A-001": "Slow push in. Children run."}


def test_words_changed_since_they_were_seen_are_not_overwritten(log):
    record(log, "07A", "ada", scene_text="They meet.", style="grain")
    record(log, "07A", "ben", scene_text="They part.")
    with pytest.raises(Overtaken, match="ben changed the scene text of 07A in between") as told:
        record(log, "07A", "ada", scene_text="They run.", seen=1)
    assert (told.value.part, told.value.version) == ("scene_text", 2)
    assert record(log, "07A", "ada", style="neon", seen=1).scene_text == "They part."  # another part is merged
    assert record(log, "07A", "ada", scene_text="They run.", seen=3).version == 4


def test_who_writes_what_is_there_already_overwrites_nobody(log):
    record(log, "07A", "ada", scene_text="They meet.")
    theirs = record(log, "07A", "ben", style="neon")
    assert record(log, "07A", "ada", style="neon", seen=1) == theirs


def test_no_cards_may_stand_beside_a_continuity_worded_by_hand(log):
    record(log, "07A", "ada", scene_text="They meet.", continuity={"who": "Ada"}, cards=["her"])
    prompt = record_by_cards(log, "07A", "ben", cards=(), continuity={"who": "a girl"})
    assert (prompt.cards, prompt.continuity, prompt.continuity_author) == ((), Continuity(who="a girl"), "ben")
    assert record_by_cards(log, "07A", "ben", cards=[]).continuity == Continuity()
