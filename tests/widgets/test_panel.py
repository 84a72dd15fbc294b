"""The ground of every panel, without a browser: messages are answered by their id, and nothing that fails is lost."""

from typing import ClassVar

import pytest

from studio.errors import BadInput, Overtaken
from studio.widgets._panel import Answer, Panel, script, style


class Counting(Panel):
    files = ("_room",)
    about: ClassVar = {"add": "sum"}

    def __init__(self):
        self.sum = 0
        self.shown = []
        self.sent = []
        super().__init__()

    def __repr__(self):
        return "Counting()"

    def acts(self):
        return {"add": self.add, "break": self.break_, "overtaken": self.overtaken, "bytes": self.bytes}

    def add(self, number):
        if not isinstance(number, int):
            raise BadInput(f"{number!r} is no number: give one, such as 3")
        self.sum += number
        return self.sum

    def break_(self):
        return 1 / 0

    def overtaken(self):
        raise Overtaken("somebody else was here", "camera", 3)

    def bytes(self):
        return Answer("two", (b"a", b"b"))

    def seen(self, anywhere):
        self.shown.append(anywhere)

    def static_html(self):
        return "<p>0</p>"

    def send(self, content, buffers=None):
        self.sent.append((content, buffers))

    def hears(self, **message):
        self._asked(self, message, [])
        return self.sent[-1]


def test_a_question_is_answered_by_its_id():
    panel = Counting()
    assert panel.hears(id="7", do="add", number=3) == ({"id": "7", "ok": 3}, None)
    assert panel.hears(id="8", do="add", number=4) == ({"id": "8", "ok": 7}, None)


def test_a_mistake_is_one_sentence_and_says_where_it_belongs():
    panel = Counting()
    answer, _ = panel.hears(id="1", do="add", number="x")
    assert answer == {"id": "1", "error": "'x' is no number: give one, such as 3", "about": "sum"}
    assert panel.sum == 0
    answer, _ = panel.hears(id="2", do="overtaken")
    assert answer["about"] == "camera"  # the part that the error names goes before that of the act


@pytest.mark.parametrize(
    ("message", "sentence"),
    [
        ({"do": "fly"}, "'fly' is nothing that Counting() can do: it can add"),
        ({"do": None}, "None is nothing that Counting() can do"),
        ({"do": "add"}, "add cannot be asked for like that: missing a required argument: 'number'"),
        ({"do": "add", "number": 1, "also": 2}, "add cannot be asked for like that"),
        ({}, "None is nothing"),
    ],
)
def test_a_question_that_nobody_asks_is_refused_in_one_sentence(message, sentence):
    answer, _ = Counting().hears(id="1", **message)
    assert sentence in answer["error"]


def test_what_nobody_foresaw_is_told_too_and_goes_to_the_kernels_log():
    panel = Counting()
    with pytest.raises(ZeroDivisionError):
        panel.hears(id="1", do="break")
    assert panel.sent[-1][0] == {
        "id": "1",
        "error": "something unforeseen: ZeroDivisionError: division by zero",
        "about": "",
    }


def test_bytes_travel_beside_an_answer():
    assert Counting().hears(id="1", do="bytes") == ({"id": "1", "ok": "two"}, [b"a", b"b"])


def test_it_knows_whether_it_is_shown_anywhere():
    panel = Counting()
    for act in ("here", "here", "left", "left"):
        assert panel.hears(id="1", do=act)[0]["ok"] is None
    assert panel.shown == [True, True, True, False]


def test_what_a_button_does_is_a_call():
    panel = Counting()
    assert panel.ask("add", number=2) == 2
    with pytest.raises(BadInput, match="is no number"):
        panel.ask("add", number=None)


def test_a_reader_without_a_kernel_gets_the_twin():
    data, _ = Counting()._repr_mimebundle_()
    assert (data["text/plain"], data["text/html"]) == ("Counting()", "<p>0</p>")


def test_the_module_is_what_is_shared_and_then_the_panels_own():
    text = script(("_room_world", "_room"))
    assert text.index("function ctPanel(") < text.index("function roomProject(") < text.index("function roomView(")
    assert ".ct-desk" in style(("desk",))
    assert ".ct-desk" not in style(("ledger",))
