"""Models, limits, prices and dates are rows of a file: each says where it was read, and a mistake in one is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

import studio
from studio.errors import BadInput, NotFound
from studio.providers import names, provider, sound_maker
from studio.providers.catalogue import catalogue
from studio.providers.tongues import tongues
from tests.providers.asking import prompt

ROWS = catalogue()
EVERY = [model for models in ROWS.models.values() for model in models]


def test_every_row_says_where_and_when_it_was_read() -> None:
    assert len(EVERY) > 50
    for row in (*EVERY, *ROWS.services.values(), *ROWS.gone):
        assert row.source, row.name
        date.fromisoformat(row.checked_on)
    for model in EVERY:
        for price in model.prices:
            assert price.usd >= 0, model.name


def test_every_model_speaks_a_tongue_that_is_known_and_belongs_to_a_provider() -> None:
    makers = {*names(), "elevenlabs"}
    for model in EVERY:
        assert model.camera in tongues(), model.name
        assert model.provider in makers, model.name


def test_every_service_of_a_provider_keeps_its_key_in_a_variable_of_its_own_sdk() -> None:
    for name, service in ROWS.services.items():
        assert service.keys or name in ("previz", "folder"), name
        assert all(key == key.upper() for key in service.keys)
    assert sound_maker("elevenlabs").name == "elevenlabs"


def test_no_two_rows_of_a_service_answer_to_the_same_name() -> None:
    for service, models in ROWS.models.items():
        said = [word.casefold() for row in models if row.name != "*" for word in (row.name, *row.also)]
        assert len(said) == len(set(said)), service


@pytest.mark.parametrize(
    ("days", "said"),
    [(400, ""), (31, ""), (30, "is retired on"), (1, "is retired on"), (0, "was retired on"), (-90, "was retired on")],
)
def test_a_model_near_or_past_its_day_is_told_before_anything_is_sent(
    days: int, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    runway = provider("runway")
    today = date.today()
    day = date.fromordinal(today.toordinal() + days).isoformat()
    row = replace(runway.model("gen4.5"), retires_on=day, instead=("gen5",))
    monkeypatch.setattr(runway, "model", lambda name: row)
    request = runway.resolve(
        prompt("push in"), id="r", model="gen4.5", frames=120, rate=Fraction(24), width=1280, height=720, seed=1
    )
    first = request.dropped[0] if request.dropped else ""
    assert (f"gen4.5 at runway {said} {day}: use gen5" == first) if said else "retired" not in first


def test_adding_a_model_is_a_row(tmp_path: Path) -> None:
    """A fal model that nobody has heard of, with its own names for everything."""
    from studio.providers.fal import Fal

    text = Path(studio.__file__).parents[1].joinpath("data/providers.toml").read_text("utf-8")
    (tmp_path / "providers.toml").write_text(
        text
        + """
[[model]]
provider = "fal"
name = "acme/moving-1/text-to-video"
also = ["moving one"]
prompt = { field = "words", most = 200 }
seconds = { field = "length", form = "text s", allowed = [4, 8] }
shape = { field = "proportions", allowed = ["16:9", "9:16"] }
lines = { field = "quality", allowed = ["720p", "1080p"] }
makes_rate = 25
avoid = { field = "not" }
camera = "ltx_2_fal"
always = { sound = false }
prices = [{ usd = "0.02", per = "second", where = { quality = "720p" } }, { usd = "0.05", per = "second" }]
source = "a test"
checked_on = "2026-11-24"
""",
        "utf-8",
    )
    fal = Fal(rows=catalogue(tmp_path / "providers.toml"))
    words = replace(prompt("slow push in"), avoid="text")
    request = fal.resolve(
        words, id="r", model="Moving One", frames=106, rate=Fraction(24), width=1280, height=720, seed=1
    )
    import json

    body = json.loads(request.payload_json)["body"]
    assert {name: body[name] for name in ("length", "proportions", "quality", "not", "sound")} == {
        "length": "8s", "proportions": "16:9", "quality": "720p", "not": "text", "sound": False,
    }  # fmt: skip
    assert body["camera_lora"] == "dolly_in"
    assert (request.model, request.frames, request.rate) == ("acme/moving-1/text-to-video", 200, 25)
    assert fal.price(request).usd == Decimal("0.16")
    assert any("8 s where 4.42 s were asked for" in sentence for sentence in request.dropped)
    assert any("takes no seed" in sentence for sentence in request.dropped)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (
            '[[model]]\nprovider = "acme"\nname = "m"\nsource = "s"\nchecked_on = "2026-11-24"',
            "which is no service there",
        ),
        ('[[model]]\nprovider = "a"\nname = "m"\nsecond = 5', "m has an unknown key second"),
        ('[[model]]\nprovider = "a"\nname = "m"\nseconds = { feild = "x" }', "seconds of m has an unknown key feild"),
        ('[[model]]\nprovider = "a"\nname = "m"', "m is not whole"),
    ],
)
def test_a_mistake_in_a_row_names_the_row_and_the_key(tmp_path: Path, row: str, said: str) -> None:
    service = '[[service]]\nname = "a"\ntitle = "A"\nkeys = []\nsource = "s"\nchecked_on = "2026-11-24"\n\n'
    (tmp_path / "rows.toml").write_text(service + row, "utf-8")
    with pytest.raises(BadInput, match=said):
        catalogue(tmp_path / "rows.toml")


def test_a_model_that_is_not_there_is_answered_with_the_nearest() -> None:
    with pytest.raises(NotFound, match=r"runway has no model 'gen4\.6': the nearest is 'gen"):
        ROWS.find("runway", "gen4.6")
    assert ROWS.find("runway", "Gen-4.5").name == "gen4.5"


def test_what_there_is_can_be_looked_at_as_a_table() -> None:
    table = studio.models()
    assert set(table["provider"]) >= {"runway", "fal", "gemini_omni", "luma", "replicate"}
    assert table.set_index("model").loc["gen4_turbo", "first_frame"] == "needed"
    assert (table["usd"] != "").all()
    assert set(studio.models("luma")["provider"]) == {"luma"}
    with pytest.raises(NotFound, match="there is no service 'lume'"):
        studio.models("lume")


@pytest.mark.parametrize(
    ("rate", "frames"), [("24000/1001", 120), ("30000/1001", 150), ("25", 125), ("60000/1001", 300)]
)
def test_five_seconds_on_any_grid_buy_five(rate: str, frames: int) -> None:
    """On 24000/1001 they are 120 frames and 5.005 s: the next whole second would cost a fifth more for half a frame."""
    grid = {"frames": frames, "rate": Fraction(rate), "width": 1280, "height": 720, "seed": 1}
    request = provider("runway").resolve(prompt("push in"), id="r", model="gen4.5", **grid)
    assert '"duration": 5,' in request.payload_json
    assert not any("s were asked for" in sentence for sentence in request.dropped)
