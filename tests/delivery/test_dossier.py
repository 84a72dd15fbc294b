"""The dossier: every frame of the film leads back to the person who wrote its words, on a page that loads nothing."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from fractions import Fraction
from html.parser import HTMLParser
from types import SimpleNamespace

import pytest

import studio
from studio.delivery.dossier import dossier_of, dossier_page
from studio.delivery.origins import _steps, origin_at, origins, step_words
from studio.delivery.terms import terms_of
from studio.errors import BadInput
from studio.nouns import Cut, Slot, SongRange, Source, Transition
from studio.providers.catalogue import catalogue
from studio.timecode import record_timecode
from tests.delivery.conftest import on_screen
from tests.films import many_takes

HOSTILE = '</dd><script>alert(1)</script><img src="http://evil.example/x" onerror="alert(2)">'


def slots_of(log, takes, frames=40, in_frames=4, speed=Fraction(1)):
    facts = {each.take.label: each for each in log.finished()}
    at, found = 0, []
    for label in takes:
        each = facts[label]
        source = Source(
            "take", label, each.file, each.sha256, each.rate, each.frames, each.width, each.height, each.take.reel,
            each.take.shot, each.take.id,
        )  # fmt: skip
        found.append(Slot(source, at, frames, in_frames, speed))
        at += frames
    return tuple(found)


def cut_of(slots, rate=Fraction(24), title="Endless zoom"):
    song = SongRange("", "", Fraction(0), Fraction(0))
    return Cut("", title, "first", 0, rate, 320, 180, "letterbox", song, slots)


@pytest.fixture(scope="module")
def film(tmp_path_factory):
    """Twelve takes of four shots; two authors; a cut of four slots in three versions, the last with a title card."""
    film = many_takes(tmp_path_factory.mktemp("dossier") / "film", takes=12, shots=4, judged=10)
    log = film.log
    film.as_("Maya Kern").write("01A", scene_text="Secret words of the corridor.", camera="pan left")
    film.accident("01A-002")
    film.note("01A-002", HOSTILE)
    film.circle("01B-001", reason="joins well")
    film.cards.person("her", "red hair", born=1969)
    slots = slots_of(log, ["01A-001", "01B-001", "02A-001", "02B-001"])
    with log.write("Dana Roth") as writer:
        writer.cut(cut_of(slots))
    second = slots_of(log, ["01A-001", "01B-001", "02A-001", "02B-002"])
    with log.write("Maya Kern") as writer:
        writer.cut(cut_of(second))
    third = (replace(second[0], source=slots_of(log, ["01A-002"])[0].source, in_frames=7), *second[1:])
    with log.write("Dana Roth") as writer:
        writer.cut(cut_of(third))
    yield film
    film.close()


class Page(HTMLParser):
    """Every element with its attributes, the words, and whether each that was opened is closed."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.open, self.words = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in ("meta", "img", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)


def written(film, tmp_path, version=None, **options):
    text = film.cut(version).dossier(tmp_path / "dossier.html", **options).read_text("utf-8")
    page = Page(text)
    assert page.open == []
    return text, page, " ".join(" ".join(page.words).split())


def test_a_frame_leads_back_to_take_request_words_authors_camera_verdict_and_price(film):
    found = film.cut().at("01:00:01:00")
    assert (found.frame, found.origin.number, found.source_frame) == (24, 1, 31)
    said = dict(found.lines)
    assert said["take"] == "01A-002"
    assert said["request"].startswith("gemini_omni veo-3.1, seed 1, asked by Dana Roth on ")
    assert said["price"].startswith("$0.25 paid")
    assert said["words"].startswith("version 1 of 01A, by Dana Roth: scene text, camera, style, avoid")
    assert said["camera asked"] == "dolly in"
    assert "obeyed: unreadable" in said["camera got"]
    verdicts = [value for name, value in found.lines if name == "verdict"]
    assert [value.split(" by ")[0] for value in verdicts] == ["NG", "no verdict and happy accident"]
    assert "01A-002" in repr(found)
    assert "<script>" not in found._repr_html_()
    assert film.cut().at(24) == found


def test_each_person_who_judged_a_take_is_named(film):
    found = film.cut().at(40)
    said = [value for name, value in found.lines if name == "verdict"]
    assert [value.partition(" (")[0] for value in said] == [
        "NG by Dana Roth: face", "circled by Maya Kern: joins well",
    ]  # fmt: skip


def test_a_slot_is_followed_back_through_the_versions_of_the_cut(film):
    steps = {origin.number: origin.steps for origin in origins(film.log, film.cut().value)}
    told = {n: [(s.version, s.author, s.take, s.kinds) for s in each] for n, each in steps.items()}
    assert told[2] == [(1, "Dana Roth", "01B-001", ("new",))]
    assert told[4] == [(1, "Dana Roth", "02B-001", ("new",)), (2, "Maya Kern", "02B-002", ("swapped",))]
    assert [each[:3] for each in told[1]] == [(1, "Dana Roth", "01A-001"), (3, "Dana Roth", "01A-002")]
    assert film.cut(1).at(130).origin.steps[-1].version == 1  # what came later is no history of it


def test_a_dissolve_and_a_sound_are_in_the_history_of_their_slot(film):
    first, second = slots_of(film.log, ["01A-001", "02A-001"], frames=20, in_frames=10)
    mixed = replace(second, transition=Transition("dissolve", 8))
    heard = replace(mixed, in_frames=12, sound=mixed.source.file)
    seconds = enumerate((second, mixed, heard), start=1)
    versions = [replace(cut_of((first, each)), version=n, author="ada") for n, each in seconds]
    log = SimpleNamespace(cuts=lambda: versions)
    told = [step_words(step) for step in _steps(log, versions[-1])[1]]
    assert told[1] == "version 2 by ada: 02A-001, a dissolve of 8 f into it instead of a plain cut"
    assert told[2].endswith("begins 2 frames later in the take; with its own sound under it")
    assert len(_steps(log, versions[-1])[0]) == 1


@pytest.mark.parametrize(
    ("frame", "said"),
    [
        ("00:59:59:23", "'00:59:59:23' is not in the film: its record time code goes from 01:00:00:00 to 01:00:06:15"),
        ("01:00:06:16", "is not in the film"),
        ("noon", "'noon' is not a time code"),
        (160, "a frame of the film cannot be 160: write a whole number from 0 to 159"),
        (-1, "from 0 to 159"),
        (True, "from 0 to 159"),
    ],
)
def test_what_is_no_frame_of_the_film_is_one_sentence(film, frame, said):
    with pytest.raises(BadInput, match=re.escape(said)):
        film.cut().at(frame)


def test_a_frame_of_a_dissolve_leads_to_both_takes(film):
    first, second = slots_of(film.log, ["01A-001", "02A-001"], frames=20, in_frames=10)
    cut = cut_of((first, replace(second, transition=Transition("dissolve", 8))))
    mixed = {}
    for frame in range(cut.frames):
        found = origin_at(film.log, cut, frame)
        if found.mixed:
            mixed[frame] = (found.origin.number, found.source_frame, found.mixed.number, found.mixed_frame)
    assert sorted(mixed) == list(range(16, 24))
    assert (mixed[16], mixed[23]) == ((1, 26, 2, 6), (2, 13, 1, 33))
    assert "dissolve:      mixed with slot 2: 02A-001, source frame 6, media/takes/02A-001.mp4" in repr(
        origin_at(film.log, cut, 16)
    )
    page = dossier_page(dossier_of(film.log, cut), {})
    assert "mixed with slot 1 from 01:00:00:16 to 01:00:00:23" in page


@pytest.mark.parametrize("rate", ["24000/1001", "30000/1001", "60000/1001", "30"])
def test_a_frame_is_found_by_drop_frame_time_code_too(film, rate):
    rate = Fraction(rate)
    cut = cut_of(slots_of(film.log, ["01A-001"], frames=4000), rate)
    for frame in (0, 1799, 1800, 3599, 3600, 3999):
        found = origin_at(film.log, cut, record_timecode(frame, rate))
        assert (found.frame, found.record) == (frame, record_timecode(frame, rate))
    assert origin_at(film.log, cut, record_timecode(3600, rate, drop=False)).frame == 3600


@pytest.mark.parametrize(("speed", "rate"), [("1", "24"), ("1/2", "25"), ("5/4", "24000/1001"), ("1", "60")])
def test_every_frame_on_the_page_is_the_frame_that_is_on_screen(film, speed, rate):
    speed, rate = Fraction(speed), Fraction(rate)
    cut = cut_of(slots_of(film.log, ["01A-001", "02A-001"], frames=30, speed=speed), rate)
    page = dossier_page(dossier_of(film.log, cut), {})
    listed = re.findall(r'<summary>every frame</summary><p class="mono prose">([^<]*)</p>', page)
    found = {}
    for run in ", ".join(listed).split(", "):
        (first, *last), (source, *end) = (side.split("–") for side in run.split(" → "))
        for k in range(int(first), int(last[0] if last else first) + 1):
            found[k] = int(source) + (k - int(first) if end else 0)
        assert not end or found[int((last or [first])[0])] == int(end[0])
    expected = {
        slot.record_frame + k: on_screen(k, slot.in_frames, speed, slot.source.rate, rate, slot.source.frames)
        for slot in cut.slots
        for k in range(slot.frames)
    }
    assert found == expected


def test_the_finder_has_a_row_a_slot_and_leads_to_it(film, tmp_path):
    text, page, _ = written(film, tmp_path)
    cut = film.cut().value
    anchors = {attributes["id"] for tag, attributes in page.elements if tag == "article"}
    links = [a["href"] for tag, a in page.elements if tag == "a" and a["href"].startswith("#")]
    assert links == [f"#slot-{n}" for n in range(1, len(cut.slots) + 1)]
    assert {link[1:] for link in links} == anchors
    for slot in cut.slots:
        last = record_timecode(slot.end_frame - 1, cut.rate)
        assert f"{record_timecode(slot.record_frame, cut.rate)} – {last}</td>" in text


def test_selection_and_arrangement_are_counted_with_who_did_them(film, tmp_path):
    words = written(film, tmp_path)[2]
    for sentence in (
        "4 of 12 takes are in the cut, in 4 slots",
        "12 of 12 have a clip; 10 of these were judged by people",
        "5 prompt versions by two authors: Dana Roth 4, Maya Kern 1",
        "wrote camera Dana Roth 4, Maya Kern 1",
        "wrote style Dana Roth 4",
        "3 versions of the cut: Dana Roth 2, Maya Kern 1",
        "edits by Maya Kern swapped 1",
        "$1.00 for the takes in the cut, $3.00 for all",
        "not legal advice",
    ):
        assert sentence in words
    verdicts = film.takes()["verdict"].value_counts()
    kept, held, ng = (int(verdicts[name]) for name in ("circle", "hold", "ng"))
    assert f"kept {kept} of 10 judged, held {held}, NG {ng}; happy accidents 1" in words


def test_the_page_loads_nothing_and_runs_nothing(film, tmp_path):
    text, page, _ = written(film, tmp_path, prompts=True)
    assert {tag for tag, _ in page.elements} & {"script", "link", "iframe", "object", "form", "base"} == set()
    names = {name for _, attributes in page.elements for name in attributes}
    assert not [name for name in names if name.startswith("on") or name == "style"]
    policy = next(a["content"] for tag, a in page.elements if a.get("http-equiv"))
    assert policy.startswith("default-src 'none'; img-src data:; style-src 'sha256-")
    assert all(a["src"].startswith("data:image/jpeg;base64,") for tag, a in page.elements if tag == "img")
    outside = {a["href"] for tag, a in page.elements if tag == "a" and not a["href"].startswith("#")}
    assert outside == {card.link for card in terms_of(["gemini_omni", "previz"]) if card.link}
    assert "@media (prefers-color-scheme: dark)" in text
    assert HOSTILE in "".join(page.words)  # as words
    assert str(film.folder) not in text


def test_prompts_stay_in_the_film_unless_asked_for(film, tmp_path):
    plain = written(film, tmp_path, 1)[2]
    assert "Two teenagers" not in plain
    assert "16 mm film" not in plain
    (tmp_path / "dossier.html").unlink()
    assert "Two teenagers meet in a school corridor." in written(film, tmp_path, 1, prompts=True)[2]


def test_the_same_film_gives_the_same_page_and_a_page_is_never_overwritten(film, tmp_path):
    first = film.cut().dossier(tmp_path / "a.html").read_bytes()
    assert film.cut().dossier(tmp_path / "b.html").read_bytes() == first
    with pytest.raises(BadInput, match="a\\.html is already there"):
        film.cut().dossier(tmp_path / "a.html")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.html", "b.html"]


def test_consents_are_shown_and_absent_ones_are_said_plainly(tmp_path):
    with studio.new(tmp_path / "film", title="Zoom", size=(64, 64), authors=["ada"]) as film:
        film.cards.person("her", "red hair")
        film.cards.person("Mara Lenz", "grey hair")
        slot = Slot(Source("card", "title", "media/cards/t.mp4", "0" * 64, Fraction(24), 24, 64, 64, "TITLE"), 0, 24)
        film.consent("Mara Lenz", "likeness", HOSTILE, by="Mara Lenz", on=date(2026, 10, 1))
        film.consent("a drum break", "sample", "cleared")
        film.consent("a drum break", "sample", "cleared by letter of 2026-10-02", on="2026-10-02")
        film.consent("Jo", "voice", "by mail")
        film.consent("Jo", "voice", None)
        assert film.consents()["text"].tolist() == [HOSTILE, "cleared by letter of 2026-10-02"]
        page = Page(dossier_page(dossier_of(film.log, cut_of((slot,))), {}))
        words = " ".join("".join(page.words).split())
        assert "No consent to a voice is logged." in words
        assert "No consent to a likeness" not in words
        assert "Persons with a card and no consent logged: her. An invented person needs none." in words
        assert HOSTILE in "".join(page.words)
        assert not [tag for tag, _ in page.elements if tag in ("script", "img")]
        film.log.refold()
    studio.open(tmp_path / "film").close()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"of": "soul"}, "'soul' is nothing to consent to: write one of likeness, voice, sample"),
        ({"name": " "}, "a consent needs a name and a text"),
        ({"text": ""}, "a consent needs a name and a text"),
        ({"text": None}, "there is no consent of 'Jo' to a voice to take back"),
        ({"on": "last May"}, "'last May' is no day: write it as 2026-11-21"),
        ({"text": 5}, "the text of a consent is int, not text"),
        ({"by": "a\x00b"}, "the by of a consent holds the invisible character"),
    ],
)
def test_a_wrong_consent_is_one_sentence_and_writes_nothing(tmp_path, wrong, said):
    with studio.new(tmp_path / "film", size=(64, 64), authors=["ada"]) as film:
        with pytest.raises(BadInput, match=re.escape(said)):
            film.consent(**({"name": "Jo", "of": "voice", "text": "yes"} | wrong))
        assert film.consents().empty


def test_every_provider_has_a_terms_card_with_source_and_date():
    adapters = [name for name in catalogue().services if name != "luma_dream_machine"]
    for card in terms_of([*adapters, "previz", "adopted"]):
        assert card.source
        assert date.fromisoformat(card.read_on) <= date(2026, 12, 31)
        assert card.link.startswith("https://") or not card.link
    unknown = terms_of(["acme"])[0]
    assert (unknown.says, unknown.link) == ("", "")


def test_fifty_five_slots_and_a_long_history_stay_a_small_page(tmp_path):
    with many_takes(tmp_path / "film", takes=56, shots=55, judged=40) as film:
        slots = list(slots_of(film.log, [f"{k // 2 + 1:02d}{'AB'[k % 2]}-001" for k in range(55)]))
        for k in range(6):
            slots[k] = replace(slots[k], in_frames=6)
            with film.log.write("Dana Roth") as writer:
                writer.cut(cut_of(tuple(slots)))
        page = film.cut().dossier(tmp_path / "dossier.html", prompts=True)
        assert page.stat().st_size < 3_000_000
        assert page.read_text("utf-8").count("<img ") == 55
