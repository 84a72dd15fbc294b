"""The screenplay as TOML and CSV, both ways."""

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.errors import BadInput
from studio.nouns import Continuity, Scene
from studio.writing import (
    Screenplay,
    ShotText,
    read_screenplay,
    read_screenplay_csv,
    write_screenplay,
    write_screenplay_csv,
)
from studio.writing.text import clean

TOML = """
title = "Two"
style = "16 mm film"
camera_author = "jon"

[[scene]]
number = "01"
title = "Schoolyard"
who = "Nell and Tom"
age = "nine"

[[scene.shot]]
id = "01A"
scene_text = "She blows a bubble."
camera = "push in"
marks = ["short"]

[[scene.shot]]
id = "01B"
scene_text = "It bursts."
age = "ten"
style = ""
"""


awkward = ["", "push in", "=1+1", "'=1", "''-x", "@a", "+b", "-c", 'say "hi"', "a,b;c", "ä # & ' % \\", "=x\ny"]
visible = st.text(st.characters(exclude_categories=("Cc", "Cf", "Cs", "Cn", "Zl", "Zp")), max_size=12)
words = st.sampled_from(awkward) | visible.map(lambda text: clean(text, "the words"))
names = st.sampled_from(["", "mara", "=1+1", "@jo", "ä # & ' %"])
continuities = st.builds(Continuity, who=words, age=words, time=words, place=words)


@st.composite
def screenplays(draw: st.DrawFn) -> Screenplay:
    ids = draw(st.lists(st.from_regex(r"0[1-3][A-C]", fullmatch=True), min_size=1, max_size=6, unique=True))
    shots = tuple(
        ShotText(
            shot=shot,
            scene_text=draw(words) or "a field",
            **{name: draw(words) for name in ("camera", "style", "avoid", "portal_in", "portal_out")},
            **{f"{part}_author": draw(names) for part in ("scene", "camera", "style", "avoid", "continuity", "portal")},
            continuity=draw(continuities),
            marks=draw(st.sampled_from([(), ("short",), ("short", "b-roll")])),
            cards=draw(st.sampled_from([(), ("her",), ("=1+1", "school corridor", "@the 'ä' & #"), ("'-1986",)])),
        )
        for shot in sorted(ids)
    )
    scenes = tuple(Scene(n, draw(words), draw(continuities)) for n in sorted({shot[:2] for shot in ids}))
    return Screenplay(draw(words), scenes, shots)


@settings(deadline=None, max_examples=50)
@given(screenplays())
def test_what_is_written_as_toml_is_read_back_the_same(screenplay: Screenplay) -> None:
    assert read_screenplay(write_screenplay(screenplay)) == screenplay


@settings(deadline=None, max_examples=50)
@given(screenplays())
def test_what_is_written_as_csv_is_read_back_the_same_and_no_cell_begins_like_a_formula(screenplay: Screenplay) -> None:
    table = write_screenplay_csv(screenplay)
    assert read_screenplay_csv(table, screenplay.title) == screenplay
    rows = csv.reader(io.StringIO(table, newline=""))
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


def test_a_shot_takes_from_its_scene_and_from_the_head_what_it_does_not_say() -> None:
    screenplay = read_screenplay(TOML)
    first, second = screenplay.shots
    assert first.continuity == Continuity(who="Nell and Tom", age="nine")
    assert second.continuity == Continuity(who="Nell and Tom", age="ten")
    assert (first.style, second.style) == ("16 mm film", "")
    assert first.field_authors == {"camera": "jon"}
    assert (first.marks, second.marks) == (("short",), ())
    assert screenplay.authors == ("jon",)


def test_shots_are_in_story_order_whatever_order_they_were_written_in() -> None:
    table = "shot,scene_text\n02A,later\n01B,then\n01A,first\n"
    assert [shot.shot for shot in read_screenplay_csv(table).shots] == ["01A", "01B", "02A"]


def test_a_table_without_scene_rows_gives_each_scene_what_its_shots_share() -> None:
    table = "shot,scene_text,who,age\n01A,a,Nell,nine\n01B,b,Nell,ten\n"
    assert read_screenplay_csv(table).scenes == (Scene("01", "", Continuity(who="Nell")),)


def test_a_table_as_european_spreadsheets_save_it_is_read() -> None:
    table = '\ufeffScene;Shot;Scene_Text;Marks\r\n7;;;\r\n7;07A;"gum; pink";short b-roll\r\n;;;\r\n'
    (shot,) = read_screenplay_csv(table).shots
    assert (shot.shot, shot.scene_text, shot.marks) == ("07A", "gum; pink", ("short", "b-roll"))


def test_portals_and_cards_travel_as_words_and_lists_and_keep_their_author() -> None:
    toml = '[[scene]]\nnumber = "01"\n[[scene.shot]]\nid = "01A"\nscene_text = "x"\nportal_out = "the bubble"\n'
    (shot,) = read_screenplay(toml + 'portal_author = "jon"\ncards = ["her", "Her ", "1986", "her"]').shots
    assert (shot.portal_in, shot.portal_out, shot.cards) == ("", "the bubble", ("her", "Her", "1986"))
    assert shot.field_authors == {"portal_in": "jon", "portal_out": "jon"}
    (shot,) = read_screenplay_csv('shot,scene_text,cards,portal_in\n01A,x,"her , 1986,",the eye\n').shots
    assert (shot.cards, shot.portal_in) == (("her", "1986"), "the eye")


def test_a_screenplay_from_before_there_were_portals_and_cards_is_read() -> None:
    old = (
        "scene,title,shot,scene_text,camera,style,avoid,who,age,time,place,scene_author,camera_author,style_author,"
        "avoid_author,continuity_author,marks\n"
        "01,Yard,,,,,,Nell,nine,,,,,,,,\n01,,01A,Children run.,push in,,,Nell,nine,,,mara,jon,,,mara,short\n"
    )
    (shot,) = read_screenplay_csv(old).shots
    assert (shot.cards, shot.portal_in, shot.portal_out, shot.portal_author) == ((), "", "", "")
    assert (shot.camera_author, shot.continuity) == ("jon", Continuity(who="Nell", age="nine"))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "the screenplay has no shots: write at least one, such as 01A with its scene text"),
        ('[[scene]]\nnumber = "01"', "the screenplay has no shots"),
        ("x = " + "[" * 5000, "the screenplay is not TOML"),
        ("title = ]", r"the screenplay is not TOML: .*line 1"),
        ('colour = "red"', "the head of the screenplay: 'colour' is no key of a screenplay: write one of title"),
        ("title = 3", "the head of the screenplay: title is 3: write it as text in quotes"),
        ('[[scene]]\nnumber = "1"', "scene 1 of the file: '1' is no scene number"),
        ('[[scene]]\nnumber = "01"\n[[scene]]\nnumber = "01"', "scene 01 stands twice"),
        ('scene = "01"', "'scene' is no list of tables"),
        (TOML + '[[scene.shot]]\nid = "01A"\nscene_text = "again"', "shot 01A stands twice in the screenplay"),
        (TOML + '[[scene.shot]]\nid = "02A"\nscene_text = "x"', "shot 02A stands in scene 01: move it to scene 02"),
        (TOML + '[[scene.shot]]\nid = "01C"\nmood = "x"', "shot 01C: 'mood' is no key of a screenplay"),
        (TOML + '[[scene.shot]]\nid = "01C"', "shot 01C has no words: give it"),
        (TOML + '[[scene.shot]]\nid = "../x"\nscene_text = "x"', "'../x' is not a shot: write two digits"),
        (TOML + 'marks = "x"', "shot 01B: marks is 'x': write a list of words"),
        (TOML + 'cards = "her"', "shot 01B: cards is 'her': write a list of names, such as"),
        (TOML + 'cards = ["her, him"]', "shot 01B: the name 'her, him' holds a comma"),
        (TOML + "portal_in = 3", "shot 01B: portal_in is 3: write it as text in quotes"),
    ],
)
def test_each_mistake_in_the_toml_gets_one_sentence(text: str, sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence) as wrong:
        read_screenplay(text)
    assert "\n" not in str(wrong.value)


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        ("", "line 1: there is no column 'shot'"),
        ("shot,scene_text\n", "the screenplay has no shots"),
        ("shot,mood\n01A,x\n", "line 1: 'mood' is no column of a screenplay: write one of scene, title, shot"),
        ("shot,shot\n", "line 1: the column shot stands twice"),
        ("shot,scene_text\n01A,x\n01A,y\n", "line 3: shot 01A stands twice"),
        ("shot,scene_text\n1A,x\n", "line 2: '1A' is not a shot"),
        ("shot,scene_text\n01A,x,y\n", "line 2: 3 cells for 2 columns"),
        ("shot,scene_text\n01A,\n", "line 2: shot 01A has no words: give it"),
        ("scene,shot,scene_text\n02,01A,x\n", "line 2: shot 01A stands in scene 02: it belongs to scene 01"),
        ("shot,scene_text,marks\n01A,x,=1\n", "line 2: '=1' is no mark: write one word, such as short"),
        (f"shot,scene_text,cards\n01A,x,{'a' * 41}\n", "line 2: the name 'a+' has 41 characters"),
        ("shot,scene_text\n,x\n", "line 2: a row needs a shot such as 07A"),
        ('shot,scene_text\n01A,"x\n', "the screenplay is not CSV"),
        ("shot,scene_text\n01A,a\u202eb\n", r"line 2: the scene text of 01A holds the invisible character U\+202E"),
    ],
)
def test_each_mistake_in_the_csv_gets_one_sentence(table: str, sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence) as wrong:
        read_screenplay_csv(table)
    assert "\n" not in str(wrong.value)
