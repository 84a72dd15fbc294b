"""The dailies' own page in a bare Chromium: the joined files, and a kernel in the page that answers by script."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

from playwright.sync_api import Browser, Page, Route

from studio.widgets._panel import script, style
from studio.widgets.dailies import Dailies

FILES = Dailies.files
ORIGIN = "http://film.test"

# What the kernel does, in the page: so many takes, eight a shot, and as much of a search as these tests need. Every
# act is noted in `kernel.sent`; `kernel.refuse` may give a sentence instead of an answer; `kernel.mute` gives none.
KERNEL = r"""
globalThis.filmKernel = ({ takes: many, files = "", delay = 0, authors = ["ada"], gone = [], pictures = 6 }) => {
  const jpegs = Array.from({ length: pictures }, (_, k) => {
    const canvas = Object.assign(document.createElement("canvas"), { width: 160, height: 90 });
    const pen = canvas.getContext("2d");
    pen.fillStyle = `hsl(${k * 57} 45% 45%)`;
    pen.fillRect(0, 0, 160, 90);
    pen.fillStyle = "#fff";
    pen.fillRect(20 * k, 30, 30, 30);
    const coded = atob(canvas.toDataURL("image/jpeg").split(",")[1]); // toBlob waits for an idle browser
    return Uint8Array.from(coded, (letter) => letter.charCodeAt(0)).buffer;
  });
  const moves = ["dolly in", "pan left", "crane up"], answers = ["yes", "no", "unreadable", "partly", ""];
  const rows = new Map();
  for (let k = 0; k < many; k++) {
    const scene = String(1 + Math.floor(k / 208)).padStart(2, "0");
    const shot = scene + "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[Math.floor(k / 8) % 26];
    const take = `${shot}-${String((k % 8) + 1).padStart(3, "0")}`;
    rows.set(take, {
      take, shot, seconds: 5, fps: 24, frames: 120, verdict: "", accident: false, reason: "", note: "", others: [],
      camera: { asked: moves[k % 3], got: k % 5 === 1 ? "static" : moves[k % 3], obeyed: answers[k % 5],
        line: "in 18 %/s" },
      flags: [], folded: "", poster: !gone.includes(take), strip: true, clip: `media/proxies/${take}.mp4`, missing: "",
      model: k % 2 ? "luma · ray2" : "runway · gen4.5", best_in: null, best_out: null,
    });
  }
  const heard = new Map(), undone = [];
  const seen = (row) => Boolean(row.verdict || row.accident);
  const counts = () => {
    const all = [...rows.values()], of = (verdict) => all.filter((row) => row.verdict === verdict).length;
    return { all: all.length, seen: all.filter(seen).length, circle: of("circle"), hold: of("hold"), ng: of("ng"),
      accident: all.filter((row) => row.accident).length, folded: 0 };
  };
  const kernel = {
    sent: [], mute: false, refuse: () => "", delay, rows, jpegs, moment: 0,
    pictureOf: (take) => jpegs[[...take].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % jpegs.length],
    calledWith(query) { state = { ...state, query }; },
    acts(name) { return kernel.sent.filter((each) => each.do === name); },
    news() {
      kernel.moment++;
      state = { ...state, counts: counts(), moment: String(kernel.moment) };
      for (const act of heard.get("change:_state") ?? []) act();
    },
  };
  let state = {
    title: "Nine Weeks", film: "0123456789ab", author: "ada", initials: "AD", authors, files,
    reasons: ["joins well", "right speed", "face", "light", "hand"], counts: counts(),
    pace: "6.1 s a take, about 50 min to go",
    facets: { shot: [["01A", 8], ["01B", 8]], provider: [["runway", 350], ["luma", 350]], model: [["gen4.5", 350]],
      verdict: [["circle", 1]], move: [["dolly_in", 240]], obeyed: [["yes", 140]], reason: [["joins well", 2]] },
    query: "", sort: "shot", sorts: [["shot", "by shot, then take"], ["newest", "newest first"]], moment: "0",
  };
  const find = (query) => {
    let found = [...rows.values()];
    const chips = [];
    for (const part of query.match(/[^\s"]*"[^"]*"|\S+/g) ?? []) {
      const [field, value] = part.includes(":") ? part.split(/:(.*)/) : ["", part];
      chips.push([field, value]);
      if (field === "seen") found = found.filter((row) => seen(row) === (value === "yes"));
      else if (field === "verdict") found = found.filter((row) => row.verdict === value);
      else if (field === "shot") found = found.filter((row) => row.shot === value);
      else if (field === "provider") found = found.filter((row) => row.model.startsWith(value));
      else if (field === "accident") found = found.filter((row) => row.accident);
      else if (field === "reason") found = found.filter((row) => row.reason.includes(value.replaceAll('"', "")));
      else if (field === "") found = found.filter((row) => `${row.take} ${row.note}`.includes(value));
      else throw ["'" + field + "' is no field of the search: there are shot, seen", "search"];
    }
    return { found, chips };
  };
  const write = (take, said, change) => {
    const row = rows.get(take), before = { ...row };
    Object.assign(row, change(row));
    undone.push([take, before]);
    return { take, row: { ...row }, counts: counts(), pace: state.pace, said: `${take} ${said}` };
  };
  const words = (row) => row.reason.split(", ").filter(Boolean);
  const told = { circle: "circled", hold: "held", ng: "NG" };
  const known = (take) => {
    if (!rows.has(take)) throw [`there is no take ${take} in this film`, ""];
    return rows.get(take);
  };
  const acts = {
    here: () => null, left: () => null, write_as: () => null,
    list({ query, sort, unfold }) {
      let { found, chips } = find(query);
      const folded = found.filter((row) => row.folded);
      if (!unfold) found = found.filter((row) => !row.folded);
      if (sort === "newest") found.reverse();
      return { labels: found.map((row) => row.take), marks: found.map((row) => row.verdict[0] ?? "-").join(""),
        seen: found.map((row) => Number(seen(row))).join(""),
        accidents: found.map((row) => Number(row.accident)).join(""), said: `${found.length} takes`,
        folded: folded.map((row) => [row.take, row.folded]), chips, query: query.trim() };
    },
    rows({ takes }) {
      takes.forEach(known);
      return Object.fromEntries(takes.map((take) => [take, { ...rows.get(take) }]));
    },
    pictures({ takes, what }) {
      const buffers = [], list = takes.map((take) => {
        if (gone.includes(take)) return [take, -1, `media/${what}s/${take}.jpg is not there`];
        buffers.push(new DataView(kernel.pictureOf(take)));
        return [take, buffers.length - 1, ""];
      });
      return { value: list, buffers };
    },
    clip({ take }) { throw [`media/takes/${take}.mp4 is not there`, ""]; },
    look: ({ take }) => ({ take, row: { ...known(take) }, place: "1 of 8", judged: "",
      prompt: { version: 1, parts: [] }, siblings: [], measured: null, facts: [["seed", "1"]], lineage: [],
      history: [] }),
    judge: ({ take, verdict }) => write(take, told[verdict], () => ({ verdict: verdict ?? "", reason: "" })),
    accident: ({ take, on }) => write(take, on ? "is an accident" : "is no accident", () => ({ accident: on })),
    reason({ take, reason, on }) {
      if (!rows.get(take).verdict) throw [`${take} is not judged yet: circle, hold or NG it first`, ""];
      return write(take, on ? `because: ${reason}` : `not because: ${reason}`, (row) => ({
        reason: [...words(row).filter((word) => word !== reason), ...(on ? [reason] : [])].join(", ") }));
    },
    note: ({ take, text }) => write(take, "has a note", () => ({ note: text })),
    mark: ({ take, in_frame, out_frame }) => write(take, "marked", () => ({ best_in: in_frame, best_out: out_frame })),
    undo() {
      if (!undone.length) throw ["there is nothing to undo", ""];
      const [take, before] = undone.pop();
      rows.set(take, before);
      return { take, row: { ...before }, counts: counts(), pace: state.pace, said: `${take} is as before` };
    },
    alternates: ({ take }) => [...rows.values()].filter((row) => row.take !== take && row.shot === take.slice(0, 3))
      .map((row) => [row.take, "not judged"]),
    coverage: () => ({ lacking: [], reasons: [], disagreements: [],
      kept: { shot: [], move: [], model: [], word: [] } }),
  };
  const answer = ({ id, do: what, ...details }) => {
    const refused = kernel.refuse({ do: what, ...details });
    let message, buffers = [];
    try {
      if (refused) throw [refused, ""];
      const made = acts[what](details);
      message = { id, ok: made?.buffers ? made.value : made };
      buffers = made?.buffers ?? [];
    } catch (wrong) {
      if (!Array.isArray(wrong)) throw wrong;
      message = { id, error: wrong[0], about: wrong[1] };
    }
    for (const act of heard.get("msg:custom") ?? []) act(structuredClone(message), buffers);
  };
  kernel.model = {
    get: (name) => ({ _state: state })[name],
    on(event, act) { heard.set(event, [...(heard.get(event) ?? []), act]); },
    off(event, act) { heard.set(event, (heard.get(event) ?? []).filter((each) => each !== act)); },
    send(message) {
      kernel.sent.push(message);
      if (!kernel.mute) setTimeout(() => answer(message), kernel.delay);
    },
  };
  kernel.open = () => {
    const el = document.body.appendChild(document.createElement("div"));
    el.className = "jp-OutputArea";
    const close = dailiesModule.render({ model: kernel.model, el });
    kernel.close = () => { close(); el.remove(); };
  };
  return kernel;
};
"""
# The window is full of cells, and each has its picture.
ALL_THERE = """() => {
    const sheet = document.querySelector(".ct-sheet").getBoundingClientRect();
    const cells = [...document.querySelectorAll(".ct-cell:not([hidden])")].filter((cell) => {
        const box = cell.getBoundingClientRect();
        return cell.offsetParent && box.bottom > sheet.top && box.top < sheet.bottom;
    });
    const boxes = cells.map((cell) => cell.getBoundingClientRect());
    const { scrollTop, scrollHeight } = document.querySelector(".ct-sheet");
    const atEnd = scrollTop + sheet.height >= scrollHeight - 2;
    const covered = Math.min(...boxes.map((box) => box.top)) < sheet.top + 20 &&
        (atEnd || Math.max(...boxes.map((box) => box.bottom)) > sheet.bottom - 20);
    return cells.length > 0 && covered && cells.every((cell) => {
        const image = cell.querySelector("img");
        return !image.hidden && image.complete && image.naturalWidth > 0;
    });
}"""


@contextmanager
def dailies_page(
    browser: Browser,
    *,
    width: int = 1048,
    height: int = 1000,
    served: bool = False,
    motion: Literal["no-preference", "reduce"] = "no-preference",
) -> Iterator[Page]:
    """A page with the module and no panel yet; with `served`, `/files/` answers for every poster."""
    context = browser.new_context(viewport={"width": width, "height": height}, reduced_motion=motion)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    html = (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Dailies</title>'
        f"<style>body {{ margin: 24px }} .jp-dark body {{ background: #111 }} {style(FILES)}</style><body></body>"
    )
    picture: list[bytes] = []

    def serve(route: Route) -> None:
        if route.request.url == f"{ORIGIN}/":
            route.fulfill(body=html, content_type="text/html")
        elif served and "/posters/" in route.request.url:
            route.fulfill(body=picture[0] if route.request.method == "GET" else b"", content_type="image/jpeg")
        else:
            route.fulfill(status=404)

    page.route("**/*", serve)
    page.goto(f"{ORIGIN}/")
    page.add_script_tag(content=KERNEL)
    module = script(FILES).replace("export default", "globalThis.dailiesModule =")
    page.add_script_tag(content=module, type="module")
    page.wait_for_function("() => globalThis.dailiesModule")
    if served:
        picture.append(bytes(page.evaluate("() => [...new Uint8Array(filmKernel({takes: 1}).jpegs[0])]")))
    yield page
    context.close()
    assert not errors, errors


def show(page: Page, takes: int, **given: Any) -> None:
    """A panel of so many takes, as `kernel` in the page, drawn and with the focus on its sheet."""
    page.evaluate(
        """(given) => {
            globalThis.kernel?.close?.();
            globalThis[Symbol.for("circletake.drafts")]?.clear();
            globalThis.kernel = filmKernel(given);
            kernel.open();
        }""",
        {"takes": takes, **given},
    )
    if takes:
        page.wait_for_function("() => document.querySelector('.ct-cell.is-on')")
        page.locator(".ct-sheet").focus()
