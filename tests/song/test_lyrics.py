"""Lyrics with their times."""

from fractions import Fraction

import pytest

from studio.errors import BadInput
from studio.song import Line, read_lrc


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
