"""Lyrics with their times."""

from fractions import Fraction

import pytest

from studio.errors import BadInput
from studio.song import Line, read_lrc, read_lyrics
from studio.song.lyrics import form_of


def test_a_line_lasts_until_the_next_stamp_and_the_last_one_is_open() -> None:
    assert read_lrc("[00:01.50]one\n[00:04.00]two") == (
        Line(Fraction(3, 2), Fraction(4), "one"),
        Line(Fraction(4), None, "two"),
    )


def test_a_stamp_without_words_ends_the_line_before_and_is_no_line() -> None:
    assert read_lrc("[00:01.00]one\n[00:02.00]\n[00:09]two")[0] == Line(Fraction(1), Fraction(2), "one")


def test_several_stamps_repeat_a_line_and_all_are_put_in_order() -> None:
    lines = read_lrc("[00:10][00:30.5] refrain\n[00:20]verse")
    assert [(float(line.start_s), line.text) for line in lines] == [(10, "refrain"), (20, "verse"), (30.5, "refrain")]


@pytest.mark.parametrize(
    ("stamp", "seconds"),
    [
        ("[00:01.5]", Fraction(3, 2)),
        ("[00:01.05]", Fraction(21, 20)),
        ("[00:01:50]", Fraction(3, 2)),
        ("[01:02.003]", 62 + Fraction(3, 1000)),
        ("[100:00]", Fraction(6000)),
    ],
)
def test_stamps_of_every_precision_are_exact(stamp: str, seconds: Fraction) -> None:
    assert read_lrc(stamp + "la")[0].start_s == seconds


def test_a_positive_offset_brings_the_words_earlier_wherever_it_stands_and_never_before_the_song() -> None:
    lines = read_lrc("[00:00.10]one\n[offset:+250]\n[00:02]two")
    assert [line.start_s for line in lines] == [0, Fraction(7, 4)]
    assert read_lrc("[offset:-500]\n[00:02]two")[0].start_s == Fraction(5, 2)


def test_stamps_of_single_words_are_taken_out() -> None:
    assert read_lrc("[00:01.00]<00:01.00> You <00:01.50>blew<00:02.00>")[0].text == "You blew"


def test_tags_blank_lines_and_a_byte_order_mark_are_passed_over() -> None:
    assert read_lrc("\ufeff[ti:A song]\r\n[ar: x]\n[#:note]\n\n[00:01]la\r\n")[0].text == "la"
    assert read_lrc("") == ()


def test_two_voices_on_one_stamp_both_last_until_the_next() -> None:
    assert [line.end_s for line in read_lrc("[00:01]a\n[00:01]b\n[00:02]c")] == [2, 2, None]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[00:01]la\nno stamp", "line 2 of the lyrics: 'no stamp' has no time: write it as"),
        ("[00:75]la", r"line 1 of the lyrics: '\[00:75\]la' has no time"),
        ("[ti:x]\n[offset:soon]", "line 2 of the lyrics: the offset 'soon' is no number of milliseconds"),
    ],
)
def test_a_bad_line_is_named_in_one_sentence(text: str, sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence):
        read_lrc(text)


VTT = """WEBVTT - a song

STYLE
::cue { color: red }

NOTE not sung

first
00:01.500 --> 00:03.000 align:start
<v Ada>One <i>two</i>
three &amp; <00:02.000>four

01:00:05.000 --> 01:00:04.000
last
"""


def test_web_subtitles_are_lines_without_their_markup_remarks_and_names() -> None:
    assert read_lyrics(VTT, "vtt") == (
        Line(Fraction(3, 2), Fraction(3), "One two three & four"),
        Line(Fraction(3605), None, "last"),
    )


def test_subrip_lines_may_overlap_and_are_put_in_order() -> None:
    text = (
        "2\r\n00:00:02,500 --> 00:00:09,001\r\nTwo <b>x</b>\r\n\r\n1\r\n00:00:01,500 --> 00:00:03,000\r\n{\\an8}One\r\n"
    )
    assert read_lyrics(text, "srt") == (
        Line(Fraction(3, 2), Fraction(3), "One"),
        Line(Fraction(5, 2), Fraction(9001, 1000), "Two x"),
    )


@pytest.mark.parametrize(
    ("name", "text", "form"),
    [
        ("a.txt", VTT, "vtt"),
        ("a.lrc", "\ufeff1\n00:00:01,000 --> 00:00:02,000\nla", "srt"),
        ("a.SRT", "", "srt"),
        ("a.txt", "[00:01]la", "lrc"),
        ("lyrics", "", "lrc"),
    ],
)
def test_what_lyrics_begin_with_says_more_than_their_name(name: str, text: str, form: str) -> None:
    assert form_of(name, text) == form


@pytest.mark.parametrize("form", ["vtt", "srt"])
@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("just words", "the lyrics hold no timed line: write 00:00:12.500 --> 00:00:15.000 over each"),
        ("1\nsoon --> later\nla", "line 2 of the lyrics: 'soon --> later' is no time"),
        ("1\n99:99:99,999 --> 99:99:99,999\nla", "line 2 of the lyrics"),
        ("1\n-00:00:01,000 --> 00:00:02,000\nla", "line 2 of the lyrics"),
        ("1\n00:00:01,000 --> 00:00:02,000\n" + 9 * ("{" * 300 + "\n"), "line 9 of the lyrics: more than 2,000 char"),
    ],
)
def test_subtitles_without_proper_times_get_one_sentence(text: str, sentence: str, form: str) -> None:
    with pytest.raises(BadInput, match=sentence):
        read_lyrics(text, form)


def test_subtitles_cannot_smuggle_in_what_nobody_sees() -> None:
    with pytest.raises(BadInput, match=r"holds the invisible character U\+202E"):
        read_lyrics("WEBVTT\n\n00:01.000 --> 00:02.000\nla &#x202e; la", "vtt")
    with pytest.raises(BadInput, match="the lyrics: 'laaaaaaaaaaaaaaaaaaa' has 601 characters"):
        read_lyrics("WEBVTT\n\n00:01.000 --> 00:02.000\nl" + "a" * 600, "vtt")


@pytest.mark.parametrize(("form", "head"), [("vtt", "WEBVTT\n\n"), ("srt", "1\n")])
@pytest.mark.parametrize("stamp", ["00:01.5", "0:1,50", "00:00:01.500", "0:00:01,5"])
def test_times_that_people_write_are_read_whatever_their_precision(form: str, head: str, stamp: str) -> None:
    assert read_lyrics(f"{head}{stamp} --> 00:02,000\nla", form) == (Line(Fraction(3, 2), Fraction(2), "la"),)


def test_empty_subtitles_are_no_lines() -> None:
    assert read_lyrics("WEBVTT\n", "vtt") == read_lyrics("", "srt") == ()
