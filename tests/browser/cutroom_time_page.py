"""The cutting room's timeline in a bare Chromium page: a cut of 4:02 in so many slots, and answers by script."""

import base64
import os
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page

from studio.widgets._panel import script, style

FILES = ("_cutroom_marks", "_cutroom_wave", "_cutroom_sections", "_cutroom_strip", "_cutroom_markers", "_cutroom_time")
BPM, FPS = 109.1, 24
BAR = 4 * 60 / BPM * FPS  # frames
FRAMES = 5800
STILLS = os.environ.get("STUDIO_STILLS", "")  # a folder of pictures for screenshots
PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>timeline</title>
<body><main><h1>Timeline</h1><h2>Cut 9</h2><div class="jp-OutputArea" id="here"></div></main>
<style>h1, h2 { position: absolute; clip-path: inset(50%) }
body { margin: 0; padding: 16px; background: #fff } [data-jp-theme-light="false"] { background: #111 }</style>"""
ROOM = """async (given) => {
    window.time?.close();
    document.querySelector("#here").replaceChildren();
    document.body.dataset.jpThemeLight = String(!given.dark);
    const canvas = new OffscreenCanvas(160, 90), pen = canvas.getContext("2d");
    const plain = await (await canvas.convertToBlob({ type: "image/jpeg" })).arrayBuffer();
    const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer;
    const stills = given.stills.map(bytes);
    for (const list of ["asked", "acts", "said", "sought", "chose", "pressed", "zooms"]) window[list] = [];
    Object.assign(window, { state: given.state, refuse: {} });
    const wave = ({ start, end, points }) => {
        const pairs = new Float32Array(2 * points);
        for (let k = 0; k < points; k++) {
            const at = start + (k * (end - start)) / points, beat = (at / given.bar) * 4;
            const loud = 0.25 + 0.6 * Math.exp(-4 * (beat % 1)) * (at > 24 * given.bar ? 1 : 0.5);
            pairs[2 * k] = -loud * (0.6 + 0.4 * Math.abs(Math.sin(at * 7)));
            pairs[2 * k + 1] = loud * (0.6 + 0.4 * Math.abs(Math.cos(at * 5)));
        }
        return [new DataView(pairs.buffer)];
    };
    const model = { on() {}, off() {}, get: () => null, send() {} };
    const panel = ctPanel({ model, el: document.querySelector("#here") }, "Cutting room",
        Object.fromEntries(["ArrowUp", "ArrowRight", " "].map((key) => [key, () => { pressed.push(key) }])));
    const ask = async (what, details) => {
        asked.push([what, details]);
        if (refuse[what]) throw new Error(refuse[what]);
        await new Promise((done) => setTimeout(done));
        if (what === "wave") return { value: null, buffers: wave(details) };
        return { value: null, buffers: [new DataView(stills.length ? stills[details.slot % stills.length] : plain)] };
    };
    const act = async (what, details) => {
        acts.push([what, details]);
        const { op, index, bar, name } = details, { song } = window.state;
        if (refuse[op]) { panel.fail(refuse[op]); return null; }
        if (op === "section_move") {
            const all = song.sections.map((each) => [...each]), at = song.bars.find(([number]) => number === bar)[1];
            all[index - 1][2] = at - all[index - 1][1];
            all[index][2] += all[index][1] - at;
            all[index][1] = at;
            show({ song: { ...song, sections: all } });
        }
        if (op === "section_name")
            show({ song: { ...song, sections: song.sections.with(index, [name, ...song.sections[index].slice(1)]) } });
        return { said: `${op} is done` };
    };
    window.show = (changed) => {
        window.state = { ...window.state, ...changed };
        time.draw(structuredClone(window.state));
    };
    window.time = cutroomTime({
        ask, act, say: (text) => said.push(text), seek: (frame) => sought.push(frame), select: (n) => chose.push(n),
        zoomed: (which) => zooms.push(which),
    });
    const body = document.createElement("div");
    body.className = "ct-body";
    body.append(time.root);
    panel.body.append(body);
    time.draw(structuredClone(state));
    time.select(given.chosen);
    time.playhead(given.at);
}"""
QUIET = """() => new Promise((done) => {  // nothing was asked for during three pictures
    let last = -1, still = 0;
    const look = () => {
        still = asked.length === last ? still + 1 : 0;
        last = asked.length;
        still > 3 ? done() : requestAnimationFrame(look);
    };
    look();
})"""


def a_slot(n: int, shot: str, record: int, frames: int, **other: Any) -> dict[str, Any]:
    return {
        "n": n, "shot": shot, "take": f"{shot}-{n % 17 + 1:03d}", "kind": "take", "record": record, "frames": frames,
        "in": 7, "out": 7 + frames, "length": 120, "speed": "1", "pinned": False, "aim": "", "how": "",
        "clip": "", "verdict": "circle", "circled": 2, "sound": "", "heard": "", "dissolve": 0,
    } | other  # fmt: skip


def a_state(count: int = 55) -> dict[str, Any]:
    """A cut of 4:02 in so many slots that begin on bars and half bars; slot 12 is two bars from bar 21."""
    per = FRAMES / BAR / count
    edges = [round(BAR * round(2 * per * k) / 2) for k in range(count)] + [FRAMES]
    edges[10:17] = [round(BAR * bar) for bar in (19, 19.5, 20, 22, 24, 26, 27)] if count == 55 else edges[10:17]
    slots = [a_slot(k + 1, f"{k // 4 + 1:02d}{'ABCD'[k % 4]}", edges[k], edges[k + 1] - edges[k]) for k in range(count)]
    marks = [2] * count
    for k in (2, 8, 17, 21):
        marks[k] = 1
    slots[0] |= {"kind": "card", "shot": "", "take": "title"}
    slots[14] |= {"kind": "empty", "take": "empty-04C"}
    slots[15] |= {"pinned": True, "speed": "3/4"}
    marks[14] = 0
    words = [("good", 0.86), ("good", 0.78), ("weak", 0.54), ("break", 0.21)]
    joins = [
        None if 14 in (k, k + 1) or k == 0 else {
            "score": words[k % 4][1], "word": words[k % 4][0], "said": "light meets, both move in", "aim": "flow",
            "parts": [["picture", 0.8]],
        }
        for k in range(count - 1)
    ]  # fmt: skip
    bars = [[k + 1, round(k * BAR)] for k in range(int(FRAMES / BAR) + 1)]
    parts = [(1, "intro"), (9, "verse 1"), (25, "chorus 1"), (41, "verse 2"), (57, "chorus 2"), (73, "bridge"),
             (89, "chorus 3"), (109, "")]  # fmt: skip
    sections = [
        [name, bars[bar - 1][1], bars[after - 1][1] - bars[bar - 1][1], f"bars {bar}–{after - 1}"]
        for (bar, name), (after, _) in pairwise(parts)
    ]
    lyrics = ["we ran till the bell had no sound", "you blew the <b>summer</b> into a bubble",
              "and we fell through, fell through", "every room a little further in"]  # fmt: skip
    return {
        "title": "Nine Weeks", "film": "f1", "author": "ada", "authors": ["ada"], "files": "",
        "cut": {"version": 9, "name": "first cut", "unsaved": False, "undo": "", "redo": "", "rate": [24, 1],
                "fps": 24.0, "start": "01:00:00:00", "drop": False, "frames": FRAMES, "aim": "flow", "banned": []},
        "slots": slots, "joins": joins,
        "song": {"there": True, "audio": "cache/song.m4a", "bpm": BPM, "how": "found, confidence 0.93",
                 "beats": [round(k * BAR / 4) for k in range(int(4 * FRAMES / BAR) + 1)], "bars": bars,
                 "sections": sections, "markers": [[round(29.5 * BAR), "door slams"]], "undo": "",
                 "lines": [[round((8 + 4 * k) * BAR) + 12, 90, lyrics[k % 4]] for k in range(24)]},
        "coverage": {"said": f"{count} slots: {count - 5} with two or more circled takes · 4 with one · "
                             "1 with none: 04C", "marks": marks},
        "checks": [], "versions": [], "moment": "1",
        "against": {"version": 8, "said": "51 of 55 survived · 4 new · 6 trimmed", "slots": [[13, "trimmed", "2 f"]]},
    }  # fmt: skip


@contextmanager
def a_page(browser: Browser, *, width: int = 1032, **how: Any) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": width, "height": 420}, **how)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.set_content(PAGE)
    page.add_style_tag(content=style(FILES))
    page.add_script_tag(content=script(FILES))
    yield page
    context.close()
    assert errors == []


def room(page: Page, state: dict[str, Any], dark: bool = False) -> Page:
    """A timeline of this cut, in which slot 13 is chosen and the playhead is in bar 22."""
    stills = [base64.b64encode(path.read_bytes()).decode() for path in sorted(Path(STILLS).glob("*.webp")) if STILLS]
    given = {"state": state, "stills": stills, "bar": BAR, "chosen": 13, "at": round(21.2 * BAR), "dark": dark}
    page.evaluate(ROOM, given)
    page.evaluate(QUIET)
    return page
