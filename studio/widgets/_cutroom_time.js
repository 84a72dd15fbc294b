// The cutting room's timeline: the song with its bars and words, the slots to scale under it, the joins, the coverage.
// It scrolls sideways inside its own frame. What is shown is computed here from frames; nothing is read back from the
// page while the song plays.

const CUTROOM_TIME_ZOOMS = ["song", "16 bars", "4 bars"];
const CUTROOM_TIME_NUDGE_MS = 10;
const CUTROOM_TIME_STILL_MS = 500; // a playhead that has not moved for so long does not play
const CUTROOM_TIME_TAPS = 4; // as many as a tempo needs
const CUTROOM_TIME_TAP_MS = 1600; // after the last tap Python is told

/** SMPTE 12M time code of a frame, from 0 at the cut's start, or from the cut's own start; drop-frame where it is so. */
function cutroomTimecode(frame, cut, own = false) {
  const base = Math.round(cut.rate[0] / cut.rate[1]),
    dropped = cut.drop ? Math.round(base / 15) : 0, // numbers left out each minute but the tenth
    minute = 60 * base - dropped,
    ten = 10 * minute + dropped;
  let number = Math.floor(frame);
  if (own && cut.start) {
    const [hours, minutes, seconds, frames] = cut.start.split(/[:;]/).map(Number),
      all = 60 * hours + minutes;
    number += (60 * all + seconds) * base + frames - dropped * (all - Math.floor(all / 10));
  }
  if (dropped) {
    const tens = Math.floor(number / ten),
      rest = number - tens * ten;
    number += 9 * dropped * tens + (rest < 60 * base ? 0 : dropped * (1 + Math.floor((rest - 60 * base) / minute)));
  }
  const two = (value) => String(value).padStart(2, "0"),
    seconds = Math.floor(number / base);
  return `${two(Math.floor(seconds / 3600) % 24)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}${
    dropped ? ";" : ":"
  }${two(number % base)}`;
}

/** How many of these ascending frames are at or before a frame. */
function cutroomCount(frames, frame, of = (each) => each) {
  let low = 0,
    high = frames.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (of(frames[middle]) <= frame) low = middle + 1;
    else high = middle;
  }
  return low;
}

class CutroomTime {
  constructor({ ask, act, say, seek, select, zoomed = () => {} }) {
    Object.assign(this, { ask, act, say, tellSeek: seek, tellSelect: select, tellZoom: zoomed });
    this.state = null;
    this.zoomed = "16 bars";
    this.at = 0;
    this.chosen = null;
    this.follows = true;
    this.taps = [];
    this.movedAt = -Infinity; // when the playhead last moved on as if it plays
    const view = { scale: 1, left: 0, width: 0, bar: 48 };
    view.x = (frame) => frame * view.scale - view.left;
    view.frame = (x) => (x + view.left) / view.scale;
    this.view = view;
    this.wave = cutroomWave({ ask, say });
    this.sections = cutroomSections({ act });
    this.lyrics = cutroomLyrics();
    this.strip = cutroomStrip({
      ask,
      pick: (n) => this.pick(n),
      enter: (n) => this.seek(this.state.slots.find((slot) => slot.n === n).record),
    });
    this.markers = cutroomMarkers({ act, say, seek: (frame) => this.seek(frame), at: () => this.at });
    this.tapped = ctLater(() => this.sendTaps(), CUTROOM_TIME_TAP_MS);
    this.build();
    this.listen();
  }

  get fps() {
    return this.state.cut.rate[0] / this.state.cut.rate[1];
  }

  build() {
    this.said = ct("p", { class: "grow ct-time-said" });
    this.code = document.createTextNode("00:00:00:00");
    this.beat = document.createTextNode("");
    this.tools = ct("span", { class: "ct-seg ct-time-tools", role: "group", "aria-label": "Beats" }, this.beatTools());
    this.zooms = ct("span", {});
    this.ruler = ct(
      "div",
      {
        class: "ct-time-wave",
        role: "slider",
        tabindex: "0",
        "aria-label": "Playhead",
        "aria-valuemin": "0",
        "data-key": "playhead",
      },
      this.wave.parts,
    );
    this.head = ct(
      "div",
      { class: "ct-time-head", "aria-hidden": "true" },
      ct("svg", { viewBox: "0 0 12 12", width: 12, height: 12 }, ct("path", { d: "M0 0H12V6L6 12L0 6z" })),
    );
    const rows = [this.sections.root, this.ruler, this.lyrics.root, this.strip.root, this.head];
    this.space = ct("div", { class: "ct-time-space" }, rows);
    this.frame = ct("div", { class: "ct-time-frame" }, this.space);
    this.coverSaid = ct("span", { class: "sub" });
    this.cover = ct("div", { class: "ct-time-cover", role: "img" });
    const clock = ct("span", { class: "mono ct-time-code" }, this.code);
    this.root = ct(
      "div",
      { class: "ct-time" },
      ct(
        "div",
        { class: "row wrap ct-time-top" },
        this.said,
        ct("span", { class: "row" }, clock, ct("span", { class: "sub ct-time-beat" }, this.beat)),
        this.tools,
        this.zooms,
      ),
      ct("div", { "data-wrong": "song" }),
      this.frame,
      this.markers.root,
      ct("div", { class: "ct-lab ct-time-coverlab" }, ct("h3", {}, "Coverage"), this.coverSaid),
      this.cover,
    );
    this.drawZooms();
  }

  beatTools() {
    const tool = (name, said, click) =>
      ct("button", { type: "button", title: said, "aria-label": `${name}: ${said}`, onclick: click }, name);
    const song = (op, details = {}) => this.act("song", { op, ...details });
    const nudge = (event, way) => song("nudge", { ms: way * (event.shiftKey ? 1 : CUTROOM_TIME_NUDGE_MS) });
    this.tapTool = tool("tap", "press on each beat while the song plays", () => this.tap());
    return [
      tool("÷2", "half as many beats", () => song("halve")),
      tool("×2", "twice as many beats", () => song("double")),
      this.tapTool,
      tool("½ beat", "all beats later by half a beat", () => song("half_beat")),
      tool("nudge −", "all beats 10 ms earlier, with Shift 1 ms", (event) => nudge(event, -1)),
      tool("nudge +", "all beats 10 ms later, with Shift 1 ms", (event) => nudge(event, 1)),
    ];
  }

  listen() {
    const { frame, ruler, view } = this;
    frame.addEventListener(
      "scroll",
      () => {
        this.scrolled ??= requestAnimationFrame(() => {
          this.scrolled = null;
          const left = frame.scrollLeft;
          const person = Math.abs(left - view.left) > 1;
          view.left = left;
          if (person) this.follows = this.visible(this.at);
          this.drawNear();
        });
      },
      { passive: true },
    );
    this.sized = new ResizeObserver(([{ contentRect }]) => {
      if (!contentRect.width || contentRect.width === view.width) return;
      const first = !view.width;
      view.width = contentRect.width;
      if (this.state) this.scale(first ? this.at : view.frame(0), !first);
    });
    this.sized.observe(frame);
    const themed = () => this.wave.recolour();
    this.themes = new MutationObserver(themed);
    const looks = {
      attributes: true,
      attributeFilter: ["class", "theme", "data-jp-theme-light", "data-jp-theme-name"],
    };
    for (const where of [document.documentElement, document.body]) this.themes.observe(where, looks);
    this.media = ["(forced-colors: active)", "(prefers-color-scheme: dark)"].map((query) => matchMedia(query));
    for (const media of this.media) media.addEventListener("change", themed);
    this.forget = () => this.media.forEach((media) => media.removeEventListener("change", themed));

    let edge = null;
    const to = (event) =>
      this.seek(Math.floor(view.frame(Math.max(0, Math.min(view.width - 1, event.clientX - edge)))));
    ruler.addEventListener("pointerdown", (event) => {
      edge = frame.getBoundingClientRect().left;
      if (event.button !== 0 || event.pointerType === "touch") return; // a finger scrolls; its tap is a click
      ruler.setPointerCapture(event.pointerId);
      to(event);
    });
    ruler.addEventListener("pointermove", (event) => ruler.hasPointerCapture(event.pointerId) && to(event));
    ruler.addEventListener("click", (event) => event.pointerType === "touch" && to(event));
    ruler.addEventListener("keydown", (event) => this.rulerKey(event));
    this.cover.addEventListener("click", ({ target }) => {
      const slot = this.state.slots[[...this.cover.children].indexOf(target)];
      if (slot) this.pick(slot.n);
    });
  }

  /** The playhead by keys: a frame, with Shift a beat; a bar with Page; the start and the end. */
  rulerKey(event) {
    if (event.metaKey || event.ctrlKey || event.altKey || !this.state) return;
    const { song, cut } = this.state,
      at = Math.floor(this.at);
    const next = (frames, way) =>
      (way > 0 ? frames.find((frame) => frame > at) : frames.findLast((frame) => frame < at)) ??
      (way > 0 ? cut.frames - 1 : 0);
    const bars = song.bars.map(([, frame]) => frame);
    const way = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageDown: 1, PageUp: -1 }[event.key];
    let to = { Home: 0, End: cut.frames - 1 }[event.key];
    if (way) to = event.key.startsWith("Page") ? next(bars, way) : event.shiftKey ? next(song.beats, way) : at + way;
    if (to === undefined) return;
    event.preventDefault();
    this.seek(to);
  }

  seek(frame) {
    const to = Math.max(0, Math.min(this.state.cut.frames - 1, frame));
    this.follows = true;
    this.show(to, true);
    this.tellSeek(to);
  }

  pick(n) {
    this.choose(n);
    this.tellSelect(n);
  }

  choose(n) {
    if (n === this.chosen && this.strip.root.querySelector('[aria-selected="true"]')) return;
    this.chosen = n;
    this.strip.choose(n);
    const slots = this.state?.slots ?? [],
      slot = slots.find((each) => each.n === n);
    for (const [at, box] of [...this.cover.children].entries()) box.classList.toggle("on", slots[at]?.n === n);
    if (!slot || !this.view.width) return;
    const { view } = this,
      from = view.x(slot.record),
      to = view.x(slot.record + slot.frames);
    if (from < 0) this.scrollTo(view.left + from - view.width / 8);
    else if (to > view.width) this.scrollTo(view.left + Math.min(from - 8, to - view.width + view.width / 8));
    this.follows = this.visible(this.at);
  }

  draw(state) {
    const before = this.state;
    this.state = state;
    const { cut, song, against } = state;
    const [bold, ...rest] = (against?.said ?? "").split(" · ");
    if (bold) this.said.replaceChildren(ct("b", {}, bold), rest.length ? ` · ${rest.join(" · ")}` : "");
    else
      this.said.replaceChildren(
        ct("span", { class: "sub" }, song.there ? `${song.bpm} bpm, ${song.how}` : "no song yet, so no bars and beats"),
      );
    for (const button of this.tools.children) button.disabled = !song.there;
    this.markers.draw(state);
    this.ruler.setAttribute("aria-valuemax", Math.max(0, cut.frames - 1));
    this.drawCover();
    this.beatsWere = null;
    if (this.view.width) this.scale(before ? this.view.frame(0) : this.at, Boolean(before));
    else this.show(this.at);
  }

  drawCover() {
    const { slots, coverage } = this.state,
      parts = coverage.said.split(" · "),
      lacks = /\bnone\b/.test(parts.at(-1)) ? parts.pop() : "";
    this.coverSaid.replaceChildren(
      parts.join(" · ") + (lacks && parts.length ? " · " : ""),
      lacks ? ct("b", {}, lacks) : "",
    );
    this.cover.setAttribute("aria-label", `Coverage: ${coverage.said}`);
    this.cover.style.setProperty("--slots", Math.max(1, slots.length));
    this.cover.classList.toggle("many", slots.length > 90);
    this.cover.replaceChildren(
      ...slots.map((slot, at) => {
        const mark = coverage.marks[at] ?? 0,
          shape = mark >= 2 ? "" : mark === 1 ? "one" : "ct-hatch";
        const said = mark >= 2 ? "two or more circled takes" : mark === 1 ? "one circled take" : "no circled take";
        const title = `slot ${slot.n}, ${slot.kind === "card" ? slot.take : slot.shot}: ${said}`;
        return ct("i", { class: `${shape}${slot.n === this.chosen ? " on" : ""}`, title });
      }),
    );
  }

  drawZooms() {
    ctFill(
      this.zooms,
      ctChoice("How much is shown", CUTROOM_TIME_ZOOMS, this.zoomed, (which) => {
        this.zoom(which);
        this.tellZoom(which);
      }),
    );
  }

  /** Show the whole song, 16 bars or 4 bars: those that the playhead is in, or the chosen slot, if they are in sight. */
  zoom(which) {
    if (!CUTROOM_TIME_ZOOMS.includes(which)) return;
    this.zoomed = which;
    this.drawZooms();
    if (!this.state || !this.view.width) return;
    const record = this.state.slots.find((slot) => slot.n === this.chosen)?.record;
    const anchor = [this.at, record].find((frame) => frame !== undefined && this.visible(frame));
    this.scale(anchor ?? Math.max(0, this.view.frame(0)), false);
  }

  /** Everything at its place for this width, zoom and state; `frame` stays at the left edge or comes into the frame. */
  scale(frame, stays) {
    const { view, state } = this,
      { cut, song } = state;
    const bars = song.bars,
      whole = view.width / Math.max(1, cut.frames);
    view.bar = bars.length > 1 ? (bars.at(-1)[1] - bars[0][1]) / (bars.length - 1) : 2 * this.fps;
    const many = { "16 bars": 16, "4 bars": 4 }[this.zoomed];
    view.scale = many ? Math.max(whole, view.width / (many * view.bar)) : whole;
    const wide = view.scale * cut.frames;
    this.space.style.width = view.scale > whole ? `${wide}px` : "100%";
    this.most = Math.max(0, wide - view.width);
    view.left = Math.max(0, Math.min(this.most, stays ? frame * view.scale : this.page(frame) * view.scale));
    this.sections.draw(state, view);
    this.lyrics.draw(state, view);
    this.strip.draw(state, view);
    this.choose(this.chosen);
    this.scrollTo(view.left);
    this.follows = this.visible(this.at);
    this.show(this.at);
  }

  /** The frame at which the page of bars begins that a frame is on: bars 17 to 32 for bar 22. */
  page(frame) {
    const { bars } = this.state.song,
      many = this.zoomed === "4 bars" ? 4 : 16,
      at = cutroomCount(bars, frame, ([, start]) => start) - 1;
    if (at < 0) return bars.length ? Math.max(0, frame - 1) : frame - 0.1 * (this.view.width / this.view.scale);
    const first = bars[at][0] - ((bars[at][0] - 1) % many);
    return (bars.find(([number]) => number >= first) ?? bars[at])[1];
  }

  scrollTo(left) {
    this.view.left = Math.max(0, Math.min(this.most ?? 0, left));
    this.frame.scrollLeft = this.view.left;
    this.drawNear();
  }

  drawNear() {
    if (!this.state || !this.view.width) return;
    this.wave.draw(this.state, this.view);
    this.strip.near();
  }

  visible(frame) {
    const x = this.view.x(frame);
    return x >= -1 && x <= this.view.width;
  }

  /** The playhead is at this frame now: as often as wanted; a frame that goes out of sight turns the page. */
  playhead(frame) {
    if (!this.state) {
      this.at = frame;
      return;
    }
    const step = frame - this.at,
      now = performance.now(),
      moves = step > 0 && step < this.fps;
    if (step && !(moves && now - this.movedAt < CUTROOM_TIME_STILL_MS)) this.follows = true; // put elsewhere, or begins
    if (moves) this.movedAt = now;
    this.show(frame);
  }

  show(frame, aloud = false) {
    const { view, state } = this,
      { cut, song } = state;
    this.at = frame;
    const code = cutroomTimecode(frame, cut);
    if (this.code.data !== code) this.code.data = code;
    const bars = cutroomCount(song.bars, frame, ([, start]) => start),
      bar = song.bars[bars - 1],
      beats = cutroomCount(song.beats, frame);
    const place = `${bars}/${beats}`;
    if (place !== this.beatsWere || aloud) {
      this.beatsWere = place;
      const beat = bar ? beats - cutroomCount(song.beats, bar[1] - 1) : 0;
      this.beat.data = bar ? `bar ${bar[0]}, beat ${Math.max(1, beat)}` : "";
      this.ruler.setAttribute("aria-valuenow", Math.floor(frame));
      this.ruler.setAttribute("aria-valuetext", [code, this.beat.data].filter(Boolean).join(", "));
    }
    if (!view.width) return;
    this.head.style.transform = `translateX(${(frame * view.scale).toFixed(1)}px)`;
    if (this.visible(frame)) this.follows = true;
    else if (this.follows) this.scrollTo(this.page(frame) * view.scale);
  }

  /** The bar begins here. */
  barHere() {
    if (this.state?.song.there) this.act("song", { op: "bar_at", frame: Math.floor(this.at) });
  }

  tap() {
    const now = performance.now();
    if (!this.state?.song.there) return;
    if (now - this.movedAt > CUTROOM_TIME_STILL_MS) {
      this.say("play the song and tap on each beat");
      return;
    }
    this.taps.push(Math.round(1000 * (this.at / this.fps) + now - this.movedAt) / 1000);
    this.tapTool.textContent = `tap ${this.taps.length}`;
    this.tapped();
  }

  sendTaps() {
    const taps = this.taps.splice(0);
    this.tapTool.textContent = "tap";
    if (taps.length < CUTROOM_TIME_TAPS)
      this.say(`tap at least ${CUTROOM_TIME_TAPS} beats in a row: it was ${taps.length}`);
    else this.act("song", { op: "tap", times_s: taps });
  }

  close() {
    this.tapped.stop();
    this.sized.disconnect();
    this.themes.disconnect();
    this.forget();
    cancelAnimationFrame(this.scrolled);
    for (const part of [this.wave, this.sections, this.strip]) part.close();
  }
}

/** The timeline: `seek(frame)`, `select(n)` and `zoomed(which)` tell what a person chose here; the answer's show it. */
function cutroomTime(calls) {
  const time = new CutroomTime(calls);
  return {
    root: time.root,
    draw: (state) => time.draw(state),
    playhead: (frame) => time.playhead(frame),
    zoom: (which) => time.zoom(which),
    select: (slot) => time.choose(slot),
    tap: () => time.tap(),
    barHere: () => time.barHere(),
    marker: () => time.markers.focus(),
    close: () => time.close(),
  };
}
