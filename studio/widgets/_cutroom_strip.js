// The slots under the song, to scale, and how each meets the next. One element a slot; pictures and words only where
// there is room and only near what the frame shows, so that two hundred slots stay light.

const CUTROOM_STRIP_POSTERS = 300; // posters kept
const CUTROOM_STRIP_LOADS = 3; // posters under way at once
const CUTROOM_JOIN_FORMS = { good: "━", weak: "┅", break: "╱╱" };
const CUTROOM_JOIN_SHADES = { good: "ct-good", weak: "ct-weak", break: "ct-bad" };
const CUTROOM_JOIN_WIDE = 44; // pixels that the words of a join take
let cutroomStrips = 0;

const cutroomScore = (score) => (score >= 0.995 ? "1.0" : score.toFixed(2).replace(/^0/, ""));

/** All that a slot shows, in words. */
function cutroomAloud(slot, at, state, changed) {
  const { joins, cut, coverage } = state,
    before = at ? joins[at - 1] : null,
    after = joins[at] ?? null;
  const meets = [
    before ? `${before.word} ${cutroomScore(before.score)} in` : "",
    after ? `${after.word} ${cutroomScore(after.score)} out` : "",
  ].filter(Boolean);
  const what = slot.kind === "take" ? slot.take : slot.kind === "card" ? `card ${slot.take}` : `${slot.shot}, empty`;
  return [
    `slot ${slot.n}`,
    what,
    slot.kind !== "card" && coverage.marks[at] === 0 ? "no circled take" : "",
    `${slot.frames} frames`,
    `from ${cutroomTimecode(slot.record, cut)}`,
    slot.speed !== "1" ? `speed ${slot.speed}` : "",
    slot.pinned ? "pinned" : "",
    meets.length ? `join ${meets.join(", ")}` : "",
    slot.dissolve ? `dissolve of ${slot.dissolve} frames in` : "",
    changed ? `${changed[1]}${changed[2] && changed[2] !== changed[1] ? `: ${changed[2]}` : ""}` : "",
  ]
    .filter(Boolean)
    .join(", ");
}

const cutroomPin = () =>
  ct(
    "svg",
    { viewBox: "0 0 8 12", width: 8, height: 12, class: "ct-time-pin", "aria-hidden": "true" },
    ct("path", { d: "M2 1H6V5L7.5 7H.5L2 5zM4 7V12", fill: "currentColor", stroke: "currentColor" }),
  );

/** Posters by take, as bytes from Python: `show(image, slot)` when it is here, asked for in the order of `want`. */
function cutroomPosters(ask, arrived) {
  const kept = new Map(), // take → object URL, or "" where there is none
    open = new Set();
  let wanted = [],
    closed = false;
  const pump = () => {
    while (wanted.length && open.size < CUTROOM_STRIP_LOADS && !closed) {
      const slot = wanted.shift();
      if (kept.has(slot.take) || open.has(slot.take)) continue;
      open.add(slot.take);
      ask("picture", { what: "poster", slot: slot.n })
        .then(({ buffers }) => URL.createObjectURL(new Blob([buffers[0]], { type: "image/jpeg" })))
        .catch(() => "") // the slot stays a plain box with its name
        .then((url) => {
          open.delete(slot.take);
          if (closed) return url && URL.revokeObjectURL(url);
          kept.set(slot.take, url);
          if (kept.size > CUTROOM_STRIP_POSTERS) {
            const [old, gone] = kept.entries().next().value;
            if (gone) URL.revokeObjectURL(gone);
            kept.delete(old);
          }
          arrived();
          pump();
        });
    }
  };
  return {
    of: (take) => kept.get(take) ?? "",
    want(slots) {
      wanted = slots.filter((slot) => !kept.has(slot.take) && !open.has(slot.take));
      pump();
    },
    close() {
      closed = true;
      for (const url of kept.values()) if (url) URL.revokeObjectURL(url);
      kept.clear();
    },
  };
}

/** The strip: `pick(n)` is told which slot was chosen here, `enter(n)` that a person wants to be at its start. */
function cutroomStrip({ ask, pick, enter }) {
  const id = `ct-time-strip${++cutroomStrips}`;
  const list = ct("div", {
    class: "ct-time-slots",
    role: "listbox",
    tabindex: "0",
    "aria-label": "Slots",
    "aria-orientation": "horizontal",
    "data-key": "slots",
  });
  const meets = ct("div", { class: "ct-time-joins", "aria-hidden": "true" });
  const root = ct("div", { class: "ct-time-strip" }, list, meets);
  const cells = []; // {root, image, said: what it shows, wide, near}
  let state = null,
    view = null,
    chosen = null,
    met = []; // {root, x, by: pixels that its words are moved by to stay in the frame}
  const posters = cutroomPosters(ask, () => near());

  const words = (slot, at, wide) => {
    const cover = state.coverage.marks[at],
      changed = changedOf(slot.n);
    return [
      wide >= 26
        ? ct(
            "span",
            { class: `lab${wide < 48 ? " slim" : ""}` },
            slot.pinned ? cutroomPin() : null,
            slot.kind === "card" ? slot.take : slot.shot,
          )
        : slot.pinned && cutroomPin(),
      changed && wide >= 92 ? ct("span", { class: "was" }, changed[1]) : null,
      slot.kind === "empty" && wide >= 66
        ? ct("span", { class: "none" }, cover === 0 ? "no circle" : "empty")
        : slot.kind !== "empty" && wide >= 46
          ? ct("span", { class: "f" }, `${slot.frames} f`)
          : null,
      slot.speed !== "1" && wide >= 46 ? ct("span", { class: "f speed" }, `×${slot.speed}`) : null,
    ];
  };
  const changedOf = (n) => (state.against?.slots ?? []).find(([slot]) => slot === n);

  const cell = (at) => {
    const image = ct("img", { alt: "", hidden: true, draggable: "false", decoding: "async" });
    const made = ct("div", { class: "ct-time-slot", role: "option", id: `${id}-${at}` });
    list.append(made);
    return { root: made, image, shown: "", url: "" };
  };

  /** Everything in its place, for a new state, zoom or width. */
  const draw = (newState, newView) => {
    state = newState;
    view = newView;
    const { slots } = state;
    while (cells.length > slots.length) cells.pop().root.remove();
    while (cells.length < slots.length) cells.push(cell(cells.length));
    for (const [at, slot] of slots.entries()) {
      const { root } = cells[at];
      root.style.left = `${slot.record * view.scale}px`;
      root.style.width = `${slot.frames * view.scale}px`;
      root.classList.toggle("ct-hatch", slot.kind === "empty");
      root.classList.toggle("is-card", slot.kind === "card");
      const said = cutroomAloud(slot, at, state, changedOf(slot.n));
      if (root.getAttribute("aria-label") !== said) root.setAttribute("aria-label", said);
      root.title = slot.how ? `${said}\n${slot.how}` : said;
    }
    joins();
    choose(slots.some((slot) => slot.n === chosen) ? chosen : null);
    near();
  };

  /** Words of the joins where there is room: breaks first, then weak ones, then good ones. */
  const joins = () => {
    const { slots } = state,
      taken = [],
      order = { break: 0, weak: 1, good: 2 };
    const worded = new Set();
    const all = state.joins
      .map((join, at) => (join && slots[at + 1] ? { join, at, x: slots[at + 1].record * view.scale } : null))
      .filter(Boolean);
    for (const { join, at, x } of [...all].sort((one, other) => order[one.join.word] - order[other.join.word])) {
      if (taken.some((other) => Math.abs(other - x) < CUTROOM_JOIN_WIDE)) continue;
      taken.push(x);
      worded.add(at);
    }
    met = all.map(({ join, at, x }) => ({
      x,
      root: ct(
        "div",
        {
          class: `ct-time-join ${join.word} ${CUTROOM_JOIN_SHADES[join.word]}`,
          style: `left: ${x}px`,
          title: `${slots[at].take} to ${slots[at + 1].take}: ${join.said}`,
        },
        worded.has(at) &&
          ct(
            "p",
            {},
            ct("b", {}, `${CUTROOM_JOIN_FORMS[join.word]} ${cutroomScore(join.score)}`),
            ct("span", {}, join.word),
          ),
      ),
    }));
    const over = slots
      .filter((slot) => slot.dissolve)
      .map(({ record, dissolve }) => {
        const [left, width] = [(record - dissolve / 2) * view.scale, Math.max(6, dissolve * view.scale)];
        const title = `a dissolve of ${dissolve} frames`;
        return ct("i", { class: "ct-time-over", style: `left: ${left}px; width: ${width}px`, title });
      });
    meets.replaceChildren(...met.map(({ root }) => root), ...over);
  };

  /** Pictures and words for what the frame shows and half a frame beyond. */
  const near = () => {
    if (!state || !view.width) return;
    const from = view.frame(-view.width / 2),
      to = view.frame(1.5 * view.width),
      wanted = [];
    for (const [at, slot] of state.slots.entries()) {
      const each = cells[at],
        wide = slot.frames * view.scale,
        here = slot.record < to && slot.record + slot.frames > from;
      const pictured = here && slot.kind === "take" && wide >= 8;
      const url = pictured ? posters.of(slot.take) : "";
      const room = [26, 46, 48, 66, 92].filter((limit) => wide >= limit).length;
      const parts = [slot.shot, slot.take, slot.kind, slot.frames, slot.speed, slot.pinned, state.coverage.marks[at]];
      const shown = here ? [...parts, room, changedOf(slot.n)?.[1]].join("|") : "";
      if (each.shown !== shown) {
        each.shown = shown;
        each.root.replaceChildren(each.image, ...(here ? words(slot, at, wide).filter(Boolean) : []));
      }
      if (each.url !== url) {
        each.url = url;
        each.image.hidden = !url;
        if (url) each.image.src = url;
        else each.image.removeAttribute("src");
      }
      if (pictured && !url) wanted.push(slot);
    }
    edges();
    const middle = view.frame(view.width / 2);
    posters.want(wanted.sort((one, other) => Math.abs(one.record - middle) - Math.abs(other.record - middle)));
  };

  /** Words of a join at the edge of the frame are moved into it as far as the next words leave room. */
  const edges = () => {
    const worded = met.filter(({ root }) => root.firstChild),
      half = CUTROOM_JOIN_WIDE / 2;
    for (const [at, each] of worded.entries()) {
      const x = each.x - view.left,
        inside = x >= -4 && x <= view.width + 4,
        after = (worded[at + 1]?.x ?? Infinity) - each.x - 2 * half,
        before = each.x - (worded[at - 1]?.x ?? -Infinity) - 2 * half;
      const by = inside
        ? Math.min(after, Math.max(0, half - x)) - Math.min(before, Math.max(0, half + x - view.width))
        : 0;
      if (by !== (each.by ?? 0)) each.root.firstChild.style.transform = by ? `translateX(${by}px)` : "";
      each.by = by;
    }
  };

  const choose = (n) => {
    chosen = n;
    list.removeAttribute("aria-activedescendant");
    for (const [at, slot] of (state?.slots ?? []).entries()) {
      const on = slot.n === n,
        each = cells[at].root;
      if (on) list.setAttribute("aria-activedescendant", each.id);
      each.classList.toggle("on", on);
      each.setAttribute("aria-selected", String(on));
    }
  };

  list.addEventListener("click", (event) => {
    const at = cells.findIndex((each) => each.root.contains(event.target));
    if (at >= 0) pick(state.slots[at].n);
  });
  list.addEventListener("keydown", (event) => {
    const { slots } = state,
      at = slots.findIndex((slot) => slot.n === chosen);
    if (event.metaKey || event.ctrlKey || event.altKey) return;
    if (event.key === "Enter" && at >= 0) {
      event.preventDefault();
      enter(slots[at].n);
      return;
    }
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const to = event.key === "Home" ? 0 : event.key === "End" ? slots.length - 1 : step ? at + step : null;
    if (to === null || !slots[to]) return; // the panel says that this is the last one
    event.preventDefault();
    pick(slots[to].n);
  });
  list.addEventListener("focus", () => {
    if (chosen === null && state?.slots.length) pick(state.slots[0].n);
  });

  return {
    root,
    draw,
    near,
    choose,
    close: () => posters.close(),
  };
}
