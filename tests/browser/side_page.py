"""A bare page with the inspector, the takes in step and the coverage, and the kernel that answers it."""

FILES = (
    "_media", "_dailies_media", "_dailies_cell", "_dailies_sheet", "_dailies_screen", "_dailies_motion",
    "_dailies_detail", "_dailies_side", "_dailies_pair", "_dailies_coverage",
)  # fmt: skip
LAYOUT = """.at { display: grid; grid-template-columns: minmax(0, 1fr) 300px }
@container ct (max-width: 860px) { .at { grid-template-columns: minmax(0, 1fr) } }"""
KERNEL = """(told) => {
    if (told) window.told = told; else for (const part of [side, pair, coverage]) part.close();
    document.querySelector("#here").replaceChildren();
    ctDrafts().clear();
    const given = structuredClone(window.told);
    const bytes = (text) => new DataView(Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer);
    const clips = Object.fromEntries(Object.entries(given.clips).map(([name, text]) => [name, bytes(text)]));
    const { rows, details } = given;
    window.asked = [];
    window.refuse = {};
    window.hold = false;
    const done = (take, changed) => {
        Object.assign(rows[take], changed);
        return { take, row: structuredClone(rows[take]), said: "" };
    };
    const kernel = {
        look: ({ take }) => ({ ...details[take], row: rows[take] }),
        reason: ({ take, reason, on }) => {
            const had = rows[take].reason.split(", ").filter((each) => each && each !== reason);
            return done(take, { reason: [...had, ...(on ? [reason] : [])].join(", ") });
        },
        note: ({ take, text }) => done(take, { note: text }),
        judge: ({ take, verdict }) => done(take, { verdict: verdict ?? "" }),
        accident: ({ take, on }) => done(take, { accident: on }),
        mark: ({ take, in_frame, out_frame }) => done(take, { best_in: in_frame, best_out: out_frame }),
        obeyed: ({ take, obeyed }) => done(take, { camera: { ...rows[take].camera, obeyed: obeyed ?? "yes" } }),
        scene_from: ({ take }) => ({ shot: "15A", said: `15A begins with the words and the first frame of ${take}` }),
        coverage: () => given.coverage,
        pictures: ({ takes }) => [takes.map((take, at) => [take, at, ""]), takes.map(() => bytes(given.poster))],
        clip: ({ take }) => [null, [clips[rows[take].made]]],
    };
    let heard = null;
    const waiting = [];
    const model = {
        on: (event, act) => { if (event === "msg:custom") heard = act },
        off: () => {},
        get: () => null,
        send: ({ id, do: what, ...about }) => {
            if (what !== "pictures") asked.push([what, about]);
            const answer = () => {
                if (refuse[what]) return heard({ id, error: refuse[what], about: "" });
                const told = kernel[what](about);
                const [ok, buffers] = what === "pictures" || what === "clip" ? told : [told, []];
                heard({ id, ok: structuredClone(ok) }, buffers);
            };
            if (hold && what !== "pictures") waiting.push(answer); else setTimeout(answer);
        },
    };
    window.answerAll = () => waiting.splice(0).forEach((answer) => answer());
    window.pressed = [];
    const keys = Object.fromEntries(["c", "1"].map((key) => [key, () => pressed.push(key)]));
    const panel = ctPanel({ model, el: document.querySelector("#here") }, "Dailies", keys);
    const media = dailiesMedia(panel.link, { files: "" });
    const state = () => ({ film: "f1", author: "ada", reasons: given.reasons });
    window.went = []; window.found = []; window.said = [];
    const go = (take) => went.push(take), say = (text) => said.push(text), find = (query) => found.push(query);
    const act = async (what, details, near) => {
        const answer = await panel.act(what, details, near);
        if (answer?.row && answer.take && what !== "look") for (const part of [side, pair]) part.update(answer.row);
        return answer;
    };
    window.compared = []; window.judged = [];
    const compare = (row) => compared.push(row.take), judge = (verdict) => judged.push(verdict);
    window.side = dailiesSide({ media, act, go, say, compare, judge, state });
    window.pair = dailiesPair({ media, act, go, say, state });
    window.coverage = dailiesCoverage({ act, go, find, say });
    const at = document.createElement("div");
    at.className = "at";
    at.append(document.createElement("div"), side.root);
    panel.body.append(at, coverage.root, pair.root);
    window.row = (take) => structuredClone(rows[take]);
    window.focusOn = async (take) => {
        side.show(row(take), null);
        side.show(row(take), (await panel.link.ask("look", { take })).value);
    };
}"""
SETTLED = (
    """() => [...document.querySelectorAll('#here video')].every((video) => video.readyState > 1 && !video.seeking)"""
)


def a_row(take, made, **other):
    frames, fps = made
    return {
        "take": take, "shot": take.split("-")[0], "seconds": frames / fps, "fps": fps, "frames": frames, "verdict": "",
        "accident": False, "reason": "", "note": "", "others": [], "flags": [], "folded": "", "poster": True,
        "camera": {"asked": "dolly in · fast", "got": "dolly in · fast", "obeyed": "yes", "line": "in 24 %/s"},
        "strip": True, "clip": f"media/takes/{take}.mp4", "missing": "", "model": "runway · gen4.5", "best_in": None,
        "best_out": None, "made": f"{frames}@{fps}",
    } | other  # fmt: skip


def motion(seconds, count, zoom, gap=()):
    times = [seconds * (index + 0.5) / count for index in range(count)]
    rates = [
        [None] * 4 if index in gap else [1.5 - index / 40, -1.0, zoom * (1 - abs(2 * index / count - 1)), 0.4]
        for index in range(count)
    ]
    asked = [[0, 0, zoom, 0] for _ in range(count)]
    return {
        "seconds": seconds, "times": times, "rates": rates, "asked": asked, "segments": [["dolly_in", 0.0, seconds]],
        "sentence": "asked dolly in · fast, got dolly in · fast", "obeyed": "yes", "by": "studio",
    }  # fmt: skip


WORDS = "<b>The</b> camera dollies in fast, then passes through the bubble. "
DETAIL = {
    "place": "14 of 18 in 07A", "judged": "circled by DR, 14:20",
    "prompt": {"version": 5, "parts": [["scene text", "MK", WORDS + "Two teenagers meet in a corridor at night."],
                                       ["camera", "DR", "fast push in, then pass through"], ["style", "MK", "35 mm"]]},
    "siblings": [
        {"take": "07A-011", "version": 4, "said": "v4 → v5, 1 word out, 3 in",
         "parts": [["camera", [["removed", "medium"], ["added", "fast"], ["same", "push"], ["added", "then pass"]]]]},
        {"take": "07A-013", "version": 3, "said": "v3 → v5, 1 in", "parts": [["style", [["added", "35 mm"]]]]},
    ],
    "measured": motion(2.0, 40, 24),
    "facts": [["model", "runway · gen4.5"], ["seed", "2871140963"], ["cost", "$0.60, settled"],
              ["made", "21 Nov 14:11, in 68 s"], ["file", "media/takes/07A-014.mp4"]],
    "lineage": ["MK scene v2 ─ DR camera v5", "  └ v5 ─ request 3f9a", "    ├ 07A-013",
                "    ├ 07A-014 ─ cut 9, slot 12", "    └ 07A-015 … 016"],
    "history": [["14:20", "DR", "circled: joins well", False], ["14:19", "DR", "held", True]],
}  # fmt: skip
LONG, SHORT, SLOW = (48, 24), (36, 24), (30, 12)
ROWS = [
    a_row("07A-014", LONG, verdict="circle", reason="joins well, right speed",
          note="Centre holds until 4.1 s. Use before her hand changes.",
          others=[{"by": "ben", "initials": "BE", "verdict": "hold", "accident": False}]),
    a_row("07A-011", SHORT, verdict="hold", camera={"asked": "dolly in", "got": "dolly in", "obeyed": "yes",
                                                      "line": "in 11 %/s, steady"}),
    a_row("07A-012", SLOW, verdict="ng", flags=[["frozen", "frozen for 1.8 s"]], folded="near duplicate of 07A-011"),
    a_row("07A-018", LONG, accident=True), a_row("07A-019", LONG),
]  # fmt: skip
COVERAGE = {
    "lacking": [["07B", "a circle", 12, 10], ["08A", "takes", 0, 0]],
    "reasons": [["<i>face</i>", 12, 1, 3], ["hand", 7, 0, 1]],
    "kept": {"shot": [["07A", "3 of 18 (10 judged)"]], "move": [["dolly in", "9 of 31 (31 judged)"]], "model": [],
             "word": [["neon", "4 of 6 (6 judged)"]]},
    "disagreements": [["07A-014", [["AD", "circle"], ["BE", "hold"]]]],
}  # fmt: skip
