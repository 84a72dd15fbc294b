"""The cutting room's own page in a bare Chromium: the joined files, and a kernel in the page that answers by script."""

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import Browser, Page

from studio.widgets import CutRoom
from studio.widgets._panel import script, style
from tests.clips import ffmpeg, make_clip

FILES = CutRoom.files
FPS = 24

# A working cut with as much of editing as these tests need: an edit is a pure change of the state, which follows
# before the answer, as traits do. Every act is noted in `kernel.sent`; `kernel.refuse[act]` is a sentence or nothing.
KERNEL = r"""
globalThis.cutKernel = (given, changes = {}) => {
  const bytes = (text) => new DataView(Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer);
  const clips = Object.fromEntries(Object.entries(given.clips).map(([name, text]) => [name, bytes(text)]));
  const song = bytes(given.song), heard = new Map(), past = [], future = [];
  const still = (text) => {
    const canvas = document.createElement("canvas"), pen = canvas.getContext("2d");
    [canvas.width, canvas.height] = [320, 180];
    const sum = [...text].reduce((all, letter) => all * 31 + letter.charCodeAt(0), 7);
    pen.fillStyle = `hsl(${sum % 360} 35% 38%)`;
    pen.fillRect(0, 0, 320, 180);
    pen.fillStyle = `hsl(${(sum >> 3) % 360} 50% 62%)`;
    pen.beginPath();
    pen.arc(60 + (sum % 200), 95, 45, 0, 7);
    pen.fill();
    return bytes(canvas.toDataURL("image/jpeg").split(",")[1]);
  };
  let state = { ...structuredClone(given.state), ...changes };
  const kernel = { sent: [], refuse: {}, progress: {}, get state() { return state } };
  kernel.acts = (name) => kernel.sent.filter((each) => each.do === name).map(({ id, do: what, ...rest }) => rest);
  kernel.put = (next) => {
    state = { ...next, moment: String(Number(state.moment) + 1) };
    for (const act of heard.get("change:_state") ?? []) act();
  };
  kernel.go = (progress) => {
    kernel.progress = progress;
    for (const act of heard.get("change:_progress") ?? []) act();
  };
  const changed = (said, slots, more = {}) => {
    past.push(state);
    future.length = 0;
    kernel.put({ ...state, slots, cut: { ...state.cut, ...more, unsaved: true, undo: said, redo: "" } });
    return null;
  };
  const ops = {
    swap: (slot, { take }) => ({ take, in: 2, out: 2 + slot.out - slot.in, clip: "" }),
    trim: (slot, { in: at }) => ({ in: at, out: slot.out + at - slot.in }),
    slip: (slot, { frames }) => ({ in: slot.in + frames, out: slot.out + frames }),
    retime: (slot, { speed }) => {
      const [above, below = 1] = speed.split("/").map(Number);
      if (!(above / below > 0)) throw [`${speed} is no speed: give a fraction such as 3/4`, "slot"];
      return { speed, out: slot.in + Math.round((slot.frames * above) / below) };
    },
    pin: (slot, { on }) => ({ pinned: on }),
    aim: (slot, { aim }) => ({ aim }),
    best_in: () => ({ in: 4, out: 28 }),
    roll: () => ({}),
    dissolve: (slot, { frames }) => {
      if (frames % 2) throw [`a dissolve of ${frames} frames cannot lie evenly on its cut`, "slot"];
      return { dissolve: frames };
    },
  };
  const acts = {
    here: () => null, left: () => null, write_as: () => null, song: () => null, against: () => null, stop: () => null,
    open: () => null,
    wave: ({ points }) => [null, [new DataView(Float32Array.from({ length: 2 * points }, (_, at) =>
      (at % 2 ? 1 : -1) * (0.2 + 0.6 * Math.abs(Math.sin(at / 9)))).buffer)]],
    picture: ({ what, slot, frame }) => [null, [still(typeof slot === "string" ? slot : state.slots[slot - 1].take
      + (what === "poster" ? "" : what + (frame ?? state.slots[slot - 1].in)))]],
    clip: ({ take }) => {
      if (!(take in clips)) throw [`media/takes/${take}.mp4 is not there`, ""];
      return [null, [clips[take]]];
    },
    audio: () => [null, [song]],
    sound: () => [null, [song]],
    alternates: ({ slot }) => {
      const { shot, kind } = state.slots[slot - 1];
      if (kind === "card") throw [`slot ${slot} is a card, which no take can stand in for`, "slot"];
      return given.alternates[shot] ?? [];
    },
    edit: ({ op, slot, ...how }) => {
      const slots = structuredClone(state.slots), one = slots[slot - 1];
      if (op === "ban") {
        const without = state.cut.banned.filter((each) => each !== how.take);
        return changed(`ban ${how.take}`, slots, { banned: how.on ? [...without, how.take] : without });
      }
      Object.assign(one, ops[op](one, how));
      return changed(`${op} slot ${slot}`, slots);
    },
    undo: () => {
      future.push(state);
      kernel.put(past.pop());
      kernel.put({ ...state, cut: { ...state.cut, redo: "that" } });
    },
    redo: () => { past.push(state); kernel.put(future.pop()) },
    save: ({ name }) => {
      const version = state.cut.version + 1;
      kernel.put({ ...state, cut: { ...state.cut, version, name, unsaved: false, undo: "" },
        versions: [[version, name, "AD", "29 Nov 15:02"], ...state.versions] });
      return { version, said: `saved as cut ${version}` };
    },
    solve: () => ({ said: "2 slots changed, 3.12 → 3.39" }),
    export: ({ name }) => ({ said: `written to deliverables/${name || "cut-9"}: nothing offline` }),
    render: () => ({ said: "the film is being made" }),
    conform: ({ path }) => ({ said: "51 of 55 survived, 4 new",
      report: [[1, "trimmed", "2 frames later"], ["new", path]] }),
  };
  const answer = ({ id, do: what, ...details }) => {
    let message, buffers = [];
    try {
      if (kernel.refuse[what]) throw [kernel.refuse[what], what === "edit" ? "slot" : ""];
      const made = acts[what](details);
      const full = what === "picture" || what === "clip" || what === "audio" || what === "wave" || what === "sound";
      message = { id, ok: (full ? made[0] : made) ?? null };
      if (full) buffers = made[1];
    } catch (wrong) {
      if (!Array.isArray(wrong)) throw wrong;
      message = { id, error: wrong[0], about: wrong[1] };
    }
    for (const act of heard.get("msg:custom") ?? []) act(structuredClone(message), buffers);
  };
  const model = {
    get: (name) => (name === "_state" ? state : kernel.progress),
    on(event, act) { heard.set(event, [...(heard.get(event) ?? []), act]) },
    off(event, act) { heard.set(event, (heard.get(event) ?? []).filter((each) => each !== act)) },
    send(message) { kernel.sent.push(message); setTimeout(() => answer(message)) },
  };
  kernel.open = () => {
    const el = document.body.appendChild(document.createElement("div"));
    el.className = "jp-OutputArea";
    const close = cutroomModule.render({ model, el });
    kernel.close = () => { close(); el.remove() };
    kernel.trace = () => el.querySelector(".ct").cutroomTrace();
  };
  return kernel;
};
"""


def a_slot(n: int, take: str, **other: Any) -> dict[str, Any]:
    return {
        "n": n, "shot": take.split("-")[0], "take": take, "kind": "take", "record": (n - 1) * FPS, "frames": FPS,
        "in": 6, "out": 30, "length": 48, "speed": "1", "pinned": False, "aim": "", "how": "", "clip": "",
        "verdict": "circle", "circled": 2, "sound": "", "heard": "", "dissolve": 0, "dissolve_room": 12,
    } | other  # fmt: skip


def a_join(score: float, word: str, said: str) -> dict[str, Any]:
    return {"score": score, "word": word, "said": said, "aim": "flow", "parts": [["picture", 0.8], ["motion", 0.9]]}


def an_alternate(take: str, score: float, **other: Any) -> dict[str, Any]:
    return {
        "take": take, "in": 2, "score": score, "before": score + 0.02, "after": score - 0.02, "price": 0.0,
        "verdict": "", "obeyed": "yes", "said": "light meets", "fits": True, "why": "",
    } | other  # fmt: skip


SLOTS = [
    a_slot(1, "01A-001"), a_slot(2, "01B-002", speed="1/2", out=18), a_slot(3, "02A-003"),
    a_slot(4, "empty-02B", shot="02B", kind="empty", **{"in": 0}, out=24, length=24, verdict="", circled=0),
    a_slot(5, "03A-004"), a_slot(6, "titles", shot="", kind="card", **{"in": 0}, out=24, length=24, verdict=""),
]  # fmt: skip
ALTERNATES = {
    "01A": [an_alternate("01A-001", 0.84, verdict="circle"),
            an_alternate("01A-002", 0.79, verdict="circle", price=1.2), an_alternate("01A-003", 0.66, verdict="hold"),
            an_alternate("01A-004", 0.0, fits=False, why="12 frames, and the slot needs 24", verdict="ng")],
    "01B": [an_alternate("01B-002", 0.9, verdict="circle"), an_alternate("01B-005", 0.4)],
    "02A": [an_alternate("02A-003", 0.8)], "03A": [an_alternate("03A-004", 0.8)],
}  # fmt: skip
STATE = {
    "title": "Nine Weeks", "film": "0123456789ab", "author": "ada", "authors": ["ada"], "files": "",
    "cut": {"version": 9, "name": "first cut", "unsaved": False, "undo": "", "redo": "", "rate": [24, 1], "fps": 24.0,
            "start": "01:00:00:00", "drop": False, "frames": 6 * FPS, "aim": "flow", "banned": []},
    "slots": SLOTS,
    "joins": [a_join(0.86, "good", "light meets, both move in"), a_join(0.54, "weak", "<i>the</i> light jumps"), None,
              None, None],
    "song": {"there": True, "audio": "", "bpm": 120.0, "how": "found, confidence 0.93",
             "beats": list(range(0, 144, 12)), "bars": [[1, 0], [2, 48], [3, 96]],
             "sections": [["verse 1", 0, 96, "bars 1–2"], ["chorus 1", 96, 48, "bar 3"]],
             "lines": [[12, 40, "we ran till the bell had no sound"]], "markers": [[36, "<b>door</b>"]], "undo": ""},
    "coverage": {"said": "6 slots: 3 with two or more circled takes · 1 with none: 02B", "marks": [2, 2, 2, 0, 1, 2]},
    "checks": [[2, "the light flashes 4 times in a second"]],
    "versions": [[9, "first cut", "DR", "29 Nov 14:31"], [8, "<b>rough</b>", "MK", "28 Nov 10:12"]],
    "against": {"version": 8, "said": "4 of 6 survived · 1 new · 1 trimmed",
                "slots": [[1, "trimmed", "2 frames later"], [5, "new", "03A-004"]],
                "joins": "1 good, 1 weak instead of 2 weak: 1.02 → 1.40 in all"},
    "editors": [
        {"preset": "everything", "editor": "any editor", "opens": "", "otherwise": ["film.xml", "film.edl"],
         "cannot": []},
        {"preset": "premiere", "editor": "Premiere", "opens": "film.xml", "otherwise": ["film.otio"], "cannot": []},
        {"preset": "avid", "editor": "Avid Media Composer", "opens": "film.edl", "otherwise": [],
         "cannot": ["The speed of <i>slot 2</i> is a note.", "The sound of slot 1 is left out."]},
    ],
    "moment": "1",
}  # fmt: skip


def material(folder: Path) -> dict[str, Any]:
    """The state, real clips of two seconds, and a real song of six."""
    song = folder / "song.m4a"
    ffmpeg("-f", "lavfi", "-i", "sine=frequency=330:duration=6", "-c:a", "aac", song)
    clip = base64.b64encode(make_clip(folder / "clip.mp4", 48).read_bytes()).decode()
    takes = ["01A-001", "01A-002", "01A-003", "01B-002", "01B-005", "02A-003", "03A-004"]
    return {
        "state": STATE, "alternates": ALTERNATES, "clips": dict.fromkeys(takes, clip),
        "song": base64.b64encode(song.read_bytes()).decode(),
    }  # fmt: skip


@contextmanager
def cutroom_page(
    browser: Browser,
    given: dict[str, Any],
    *,
    dark: bool = False,
    width: int = 1048,
    motion: Literal["no-preference", "reduce"] = "no-preference",
) -> Iterator[Page]:
    """A page with the module and no panel yet."""
    context = browser.new_context(viewport={"width": width, "height": 1200}, reduced_motion=motion)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    theme, paper = ("dark", "#111") if dark else ("light", "#fff")
    page.set_content(
        f'<!doctype html><html lang="en" theme="{theme}"><meta charset="utf-8"><title>Cutting room</title>'
        f"<style>body {{ margin: 24px; background: {paper} }} {style(FILES)}</style><body></body>"
    )
    page.add_script_tag(content=KERNEL)
    module = script(FILES).replace("export default", "Object.assign(globalThis, { cutroomPlayer, cutroomTimecode });\n"
                                   "globalThis.cutroomModule =")  # fmt: skip
    page.add_script_tag(content=module, type="module")
    page.wait_for_function("() => globalThis.cutroomModule")
    page.evaluate("(given) => { globalThis.given = given }", given)
    yield page
    context.close()
    assert not errors, errors


def show(page: Page, **changes: Any) -> None:
    """A fresh panel as `kernel` in the page, drawn, with the focus on the slots."""
    page.evaluate(
        """(changes) => {
            globalThis.kernel?.close?.();
            globalThis[Symbol.for("circletake.drafts")]?.clear();
            globalThis.kernel = cutKernel(given, changes);
            kernel.open();
        }""",
        changes,
    )
    page.locator(".ct-cr-alt").first.wait_for()
    page.get_by_role("listbox").first.focus()
