"""The desk driven as a person would: fields are filled, buttons pressed."""

import threading

from tests.clips import make_clip

HOSTILE = '<script>alert("x")</script><img src=x onerror=alert(1)>'


def test_words_and_a_move_become_a_take_that_is_shown_below(film, until):
    desk = film.desk("01A")
    assert "no words yet" in desk.message.value
    desk.scene_text.value = "A schoolyard in May."
    desk.camera.value = "slow truck right"
    desk.seconds.value = 1
    desk.generate_button.click()
    until(desk.clip, "outputs", bool)
    assert "made 01A-001" in desk.message.value
    assert (desk.generate_button.disabled, desk.stop_button.disabled) == (False, True)
    assert (desk.progress.value, desk.progress.max) == (1, 1)
    shown = desk.clip.outputs[0]["data"]["text/html"]
    assert 'src="../media/takes/01A-001.mp4"' in shown
    assert "slow truck right" in shown
    take = film.takes().iloc[0]
    assert (take["scene_text"], take["camera"], take["asked_move"]) == (
        "A schoolyard in May.", "slow truck right", "truck_right",
    )  # fmt: skip


def test_the_work_is_done_outside_the_kernels_thread(film, until):
    desk = film.desk("01A")
    desk.scene_text.value = "A schoolyard."
    desk.seconds.value = 1
    threads = set()
    desk.clip.observe(lambda _: threads.add(threading.current_thread().name), "outputs")
    desk.generate_button.click()
    until(desk.clip, "outputs", bool)
    assert threading.main_thread().name not in threads


def test_it_says_before_anything_is_made_what_it_understood_and_what_it_would_cost(film):
    film.write("01A", "A schoolyard.", camera="slow push in", avoid="text")
    desk = film.desk("01A")
    assert "dolly_in" in desk.understood.value
    desk.camera.value = "whip pan right, wobblycam"
    assert "whip_pan_right" in desk.understood.value
    assert "only words: wobblycam" in desk.understood.value
    desk.takes.value = 3
    assert "$0.00" in desk.price.value
    assert "read 20" in desk.price.value  # the day of the price
    assert "no avoid words" in desk.price.value  # what would be dropped
    assert film.takes().empty
    assert len(film.prompts("01A")) == 1


def test_a_mistake_is_told_in_the_form_and_what_was_typed_stays(film):
    film.write("01A", "A schoolyard.")
    desk = film.desk("01A")
    desk.scene_text.value = "words " * 4000
    desk.generate_button.click()
    assert 'role="alert"' in desk.message.value
    assert desk.scene_text.value == "words " * 4000
    assert film.takes().empty
    desk.scene_text.value = "A schoolyard again."
    desk.generate_button.click()
    assert 'role="alert"' not in desk.message.value


def test_stop_keeps_what_was_sent_and_cancels_the_rest(film, until):
    desk = film.desk("01A")
    desk.scene_text.value = "A schoolyard."
    desk.takes.value = 8
    desk.seconds.value = 1
    desk.generate_button.click()
    desk.stop_button.click()
    until(desk.stop_button, "disabled", bool)
    desk.handle.wait(60)
    until(desk.generate_button, "disabled", lambda off: not off)
    states = film.takes()["state"].value_counts()
    assert states["done"] + states["cancelled"] == 8
    assert states["cancelled"] > 0


def test_it_can_be_read_without_a_kernel(film, clip):
    film.adopt(clip, shot="01A")
    film.write("01A", "A schoolyard.", camera="slow push in")
    bundle = film.desk("01A")._repr_mimebundle_()
    assert bundle["text/plain"] == "DeskForm('01A')"
    page = bundle["text/html"]
    assert "Scene (ada)" in page
    assert "A schoolyard." in page
    assert "01A-001" in page
    assert "data:image/jpeg" in page
    assert str(film.folder) not in page


def test_words_that_look_like_html_stay_words(film, clip):
    film.adopt(clip, shot="01A")
    film.write("01A", HOSTILE, camera=HOSTILE, style=HOSTILE, avoid=HOSTILE)
    desk = film.desk("01A")
    for page in (desk.static_html(), desk.understood.value, desk.price.value, desk.head.value):
        assert "<script" not in page
        assert "<img src=x" not in page
    desk.say(HOSTILE)
    assert "<script" not in desk.message.value
    desk.say_error(HOSTILE)
    assert "<script" not in desk.message.value


def test_a_clip_that_is_gone_does_not_break_the_desk(film, tmp_path):
    film.adopt(make_clip(tmp_path / "a.mp4", frames=12), shot="01A")
    film.write("01A", "A schoolyard.")
    film.library.take("01A-001").unlink()
    assert "01A-001.mp4 is not there" in film.desk("01A").static_html()


def test_every_control_has_a_name(film):
    desk = film.desk("01A")
    fields = [desk.scene_text, desk.camera, desk.provider, desk.takes, desk.seconds, desk.progress]
    assert all(each.description for each in [*fields, desk.generate_button, desk.stop_button])


def test_the_button_that_spends_says_how_much_and_no_sum_is_spent_unseen(film):
    desk = film.desk("01A")
    desk.provider.value = "runway"
    desk.scene_text.value = "A schoolyard."
    desk.generate_button.click()  # there were no words yet, and so no price
    assert "this costs $0.48: press again to spend it" in desk.message.value
    assert desk.generate_button.description == "Generate for $0.48"
    assert "read 2026-" in desk.price.value
    assert film.takes().empty
    desk.takes.value = 3
    assert desk.generate_button.description == "Generate for $1.44"
    desk.provider.value = "previz"
    assert desk.generate_button.description == "Generate"
    assert film.money.reserved == 0
