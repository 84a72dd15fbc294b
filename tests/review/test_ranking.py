"""The order in which alternates are looked at, and the words for it."""

from studio.review.ranking import Candidate, rank


def test_verdict_comes_before_obedience_before_flags_before_age():
    wanted = [
        Candidate("circled", "circle", "no", ("black", "cut"), 1),
        Candidate("held", "hold", "static", ("black",), 1),
        Candidate("obeyed, newer", "", "yes", (), 9),
        Candidate("obeyed", "", "yes", (), 2),
        Candidate("obeyed, flagged", "", "yes", ("frozen",), 9),
        Candidate("partly", "", "partly", (), 1),
        Candidate("unreadable", "", "unreadable", (), 9),
        Candidate("not measured", "", "", (), 8),
        Candidate("static", "", "static", (), 9),
        Candidate("no", "", "no", (), 8),
        Candidate("killed", "ng", "yes", (), 9),
    ]
    assert [take for take, _ in rank(reversed(wanted))] == [each.take for each in wanted]


def test_why_is_said_in_words():
    (_, one), (_, other) = rank(
        [Candidate("a", "ng", "no", ("cut", "blur")), Candidate("b", "circle", "yes", (), 1, True)]
    )
    assert (one, other) == ("circled · accident · obeyed · no flags", "NG · not obeyed · cut, blur")
