// The inspector: one take's picture, why it was judged as it was, and where it comes from. Its parts stay; only what
// has changed in them is drawn again, so that a held arrow key does not flicker.

const DAILIES_VERDICT = { circle: "circled", hold: "held", ng: "NG" };
const DAILIES_OBEYED = {
  yes: ["✓", "ct-good", "yes"],
  partly: ["✓", "ct-weak", "partly"],
  no: ["✗", "ct-bad", "no"],
  static: ["✗", "ct-bad", "static"],
  unreadable: ["?", "", "can’t tell"],
};
const DAILIES_LABEL = /[0-9A-Za-z][0-9A-Za-z_-]*-\d{3,}/g;
const dailiesDrawn = new WeakMap();

/** Fill a place, but only when what it is drawn from has changed. */
function dailiesDraw(place, from, make) {
  const told = JSON.stringify(from ?? null);
  if (dailiesDrawn.get(place) === told) return;
  dailiesDrawn.set(place, told);
  ctFill(place, make());
}

/** A text in which the labels of other takes lead there. */
function dailiesLinked(text, go, own = "") {
  const parts = [];
  let from = 0;
  for (const found of text.matchAll(DAILIES_LABEL)) {
    const [label] = found;
    parts.push(
      text.slice(from, found.index),
      label === own
        ? ct("b", {}, label)
        : ct("button", { type: "button", class: "ct-link mono", onclick: () => go(label) }, label),
    );
    from = found.index + label.length;
  }
  return [...parts, text.slice(from)];
}

/** Keys on a scrub bar: its own, and those of the panel, which hears none from a field. Arrows stay the bar's. */
function dailiesBarKeys(event, own) {
  if (event.key.length > 1 || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  const act = own[event.key.toLowerCase()];
  if (act) return act();
  const { key, shiftKey } = event;
  event.target.closest("div").dispatchEvent(new KeyboardEvent("keydown", { key, shiftKey, bubbles: true }));
}

class DailiesSide {
  constructor({ media, act, go, say, compare, judge, state }) {
    Object.assign(this, { act, go, say, compare, judge });
    this.state = state ?? (() => media.state ?? {});
    this.row = null;
    this.detail = null;
    this.best = null; // marks that are asked for and not answered yet
    this.asked = new Map(); // reasons likewise
    this.screen = new DailiesScreen(media, { onTime: () => this.drawTime() });
    this.build();
  }

  get take() {
    return this.row?.take ?? "";
  }
  get playing() {
    return this.screen.wants;
  }
  get seconds() {
    return this.screen.frame / this.screen.fps;
  }
  get draft() {
    return `dailies note ${this.state().film ?? ""} ${this.take}`;
  }

  build() {
    const button = (words, key, onclick, name) =>
      ct(
        "button",
        { type: "button", class: "ct-btn small", "aria-label": name, onclick },
        words,
        key ? [" ", ct("span", { class: "ct-key" }, key)] : null,
      );
    this.name = ct("span", { class: "ct-big" });
    this.place = ct("span", { class: "sub end" });
    this.player = ct("button", { type: "button", class: "ct-playkey", onclick: () => this.play() });
    this.bar = ct("input", {
      type: "range",
      min: "0",
      step: "1",
      value: "0",
      oninput: () => this.seekFrame(Number(this.bar.value)),
      onkeydown: (event) => this.barKeys(event),
    });
    this.span = ct("i", { class: "ct-bestspan", hidden: true });
    this.time = ct("span", { class: "mono nowrap" });
    this.bestSaid = ct("span", { class: "tiny" });
    const clear = { type: "button", class: "ct-link", "aria-label": "Clear best in and out" };
    this.bestLine = ct(
      "p",
      { class: "row wrap" },
      this.bestSaid,
      ct("button", { ...clear, onclick: () => this.clearBest() }, "clear"),
    );
    this.verdicts = ct("div", { class: "row wrap ct-verdicts", role: "group", "aria-label": "Verdict" });
    this.notes = ct("p", { class: "sub ct-flags" });
    this.judged = ct("span", { class: "end tiny" });
    this.chips = ct("div", { class: "row wrap ct-reasons", role: "group", "aria-label": "Reasons" });
    this.noteField = ct("textarea", {
      class: "ct-field ct-note",
      rows: "2",
      "aria-label": "Note",
      placeholder: "A note. Enter saves it.",
      oninput: () => this.typed(),
      onkeydown: (event) => this.noteKeys(event),
    });
    this.unsaved = ct("p", { class: "tiny", hidden: true });
    this.others = ct("p", { class: "sub row wrap ct-others" });
    this.deeds = ct("div", { class: "row wrap" });
    this.sceneSaid = ct("p", { class: "sub", role: "status" });
    this.looked = new DailiesDetail(this);
    this.root = ct(
      "aside",
      { class: "ct-side", role: "region", "aria-label": "Take" },
      ct(
        "div",
        { class: "ct-sect" },
        ct("div", { class: "row ct-sidehead" }, this.name, this.place),
        this.screen.element,
        ct(
          "div",
          { class: "row ct-playbar" },
          this.player,
          ct("span", { class: "ct-scrubbar grow" }, this.span, this.bar),
          this.time,
        ),
        ct(
          "div",
          { class: "row wrap ct-tools" },
          ct(
            "span",
            { class: "ct-seg" },
            ct("button", { type: "button", "aria-label": "One frame back", onclick: () => this.step(-1) }, "‹"),
            ct("button", { type: "button", "aria-label": "One frame on", onclick: () => this.step(1) }, "›"),
          ),
          button("Best in", "I", () => this.mark("in")),
          button("Best out", "O", () => this.mark("out")),
        ),
        this.bestLine,
        ct("div", { "data-wrong": "best" }),
        this.verdicts,
        ct("div", { "data-wrong": "verdict" }),
        this.notes,
      ),
      ct(
        "div",
        { class: "ct-sect" },
        ct("div", { class: "ct-lab" }, ct("h3", {}, "Why"), this.judged),
        this.chips,
        this.noteField,
        this.unsaved,
        ct("div", { "data-wrong": "why" }),
        this.others,
      ),
      ct("div", { class: "ct-sect" }, this.deeds, this.sceneSaid, ct("div", { "data-wrong": "scene" })),
      this.looked.root,
    );
    this.root.hidden = true;
  }

  near(part) {
    return this.root.querySelector(`[data-wrong="${part}"]`);
  }

  /** Another take, at once with what the sheet knows of it; the rest when it has been looked up. */
  show(row, detail) {
    const other = row.take !== this.take,
      judged = other || row.verdict !== this.row.verdict;
    if (other) {
      this.detail = null;
      this.best = null;
      this.asked.clear();
      this.sceneSaid.textContent = "";
    }
    this.row = row;
    this.root.hidden = false;
    this.screen.show(row);
    if (detail) this.detail = detail;
    this.drawRow(other);
    if (judged) this.judged.textContent = DAILIES_VERDICT[row.verdict] ?? "not judged yet";
    if (detail) {
      this.place.textContent = detail.place;
      this.judged.textContent = detail.judged || DAILIES_VERDICT[row.verdict] || "not judged yet";
    }
    if (this.detail) this.looked.draw(row, this.detail);
    this.looked.wait(!this.detail);
  }

  /** News of a take; of no concern where another is shown. */
  update(row) {
    if (row.take === this.take) this.show(row, null);
  }

  drawRow(other) {
    const { row } = this;
    this.root.setAttribute("aria-label", `Take ${row.take}`);
    dailiesDraw(this.name, [row.take, row.verdict, row.accident], () => dailiesName(row));
    if (other) this.place.textContent = "";
    this.bar.max = String(this.screen.frames - 1);
    this.bar.setAttribute("aria-label", `Time in ${row.take}`);
    this.drawBest();
    this.drawTime();
    dailiesDraw(this.verdicts, [row.take, row.verdict, row.accident], () => [
      this.verdict("Circle", "C", "circle"),
      this.verdict("Hold", "H", "hold"),
      this.verdict("No good", "N", "ng"),
      this.pressed("Accident", "A", row.accident, () => this.act("accident", { take: row.take, on: !row.accident })),
    ]);
    dailiesDraw(this.notes, [row.flags, row.folded], () => [
      row.flags.map(([, said], at) => [at ? " · " : "flags: ", said]),
      row.folded ? [row.flags.length ? " · " : "", "folded: ", dailiesLinked(row.folded, this.go)] : null,
    ]);
    this.notes.hidden = !row.flags.length && !row.folded;
    const known = this.state().reasons ?? [];
    const mine = row.reason ? row.reason.split(", ").filter(Boolean) : [];
    dailiesDraw(this.chips, [row.take, known, mine], () =>
      [...known, ...mine.filter((reason) => !known.includes(reason))].map((reason, at) =>
        this.chip(reason, at < known.length && at < 9 ? at + 1 : 0, mine.includes(reason)),
      ),
    );
    this.drawNote(other);
    dailiesDraw(this.others, row.others, () =>
      row.others.map((each) => [
        ctWho(each.initials, each.by),
        ct("span", {}, [DAILIES_VERDICT[each.verdict], each.accident ? "accident" : ""].filter(Boolean).join(", ")),
      ]),
    );
    this.others.hidden = !row.others.length;
    dailiesDraw(this.deeds, [row.take, row.accident], () => {
      const scene = ct(
        "button",
        { type: "button", class: "ct-btn small", "data-key": "scene", onclick: () => this.makeScene() },
        "Make it a scene",
      );
      return [
        ct(
          "button",
          { type: "button", class: "ct-btn small", "data-key": "compare", onclick: () => this.compare?.(this.row) },
          "Compare ",
          ct("span", { class: "ct-key" }, "V"),
        ),
        row.accident ? scene : ct("details", { class: "ct-more" }, ct("summary", {}, "more"), scene),
      ];
    });
  }

  /** By pointer the take stays: its reasons stand right below. Pressed again, the verdict is taken back. */
  verdict(words, key, verdict) {
    const { take } = this.row,
      on = this.row.verdict === verdict;
    return this.pressed(words, key, on, () =>
      on ? this.act("judge", { take, verdict: null }, this.near("verdict")) : this.judge(verdict),
    );
  }

  pressed(words, key, on, onclick) {
    const looks = { type: "button", class: on ? "ct-btn small on" : "ct-btn small", "aria-pressed": String(on) };
    return ct(
      "button",
      { ...looks, "data-key": `verdict/${key}`, onclick },
      words,
      " ",
      ct("span", { class: "ct-key" }, key),
    );
  }

  chip(reason, digit, on) {
    return ct(
      "button",
      {
        type: "button",
        class: `ct-chip${on ? " on" : ""}`,
        "aria-pressed": String(on),
        "data-key": `reason/${reason}`,
        onclick: () => this.reason(reason),
      },
      digit ? ct("span", { class: "mono" }, String(digit)) : null,
      reason,
    );
  }

  async reason(reason) {
    const { take } = this;
    const on = !(this.asked.get(reason) ?? this.row.reason.split(", ").includes(reason));
    this.asked.set(reason, on);
    await this.act("reason", { take, reason, on }, this.near("why"));
    if (take === this.take && this.asked.get(reason) === on) this.asked.delete(reason);
  }

  drawNote(other) {
    const draft = ctDrafts().get(this.draft);
    const text = draft ?? this.row.note;
    if (this.noteField.value !== text) this.noteField.value = text;
    const unsaved = draft !== undefined && draft !== this.row.note;
    this.unsaved.hidden = !unsaved;
    if (unsaved || other)
      dailiesDraw(this.unsaved, [this.take, this.row.note, unsaved], () => [
        "Not saved yet: Enter saves. ",
        this.row.note ? `Saved is “${this.row.note}”. ` : "",
        ct("button", { type: "button", class: "ct-link", onclick: () => this.forgetNote() }, "forget what I typed"),
      ]);
  }

  typed() {
    if (this.noteField.value === this.row.note) ctDrafts().delete(this.draft);
    else ctDrafts().set(this.draft, this.noteField.value);
    this.drawNote(false);
  }

  forgetNote() {
    ctDrafts().delete(this.draft);
    this.drawNote(false);
    this.noteField.focus();
  }

  noteKeys(event) {
    if (event.key === "Escape") {
      event.preventDefault(); // it leaves the field, not the panel
      this.go(this.take);
    } else if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      this.saveNote();
    }
  }

  async saveNote() {
    const { take, draft } = this,
      text = this.noteField.value;
    this.go(take);
    if (text === this.row.note) return;
    const done = await this.act("note", { take, text }, this.near("why"));
    if (done && ctDrafts().get(draft) === text) ctDrafts().delete(draft);
    if (take === this.take) this.drawNote(false);
  }

  async makeScene() {
    const made = await this.act("scene_from", { take: this.take }, this.near("scene"));
    if (!made) return;
    this.sceneSaid.textContent = made.said;
    this.say(made.said);
  }

  /** Play, or stop where it is. */
  play() {
    this.screen.toggle();
    this.drawTime();
  }
  pause() {
    this.screen.pause();
  }
  step(by) {
    this.seekFrame(this.screen.frame + by);
  }
  seekFrame(frame) {
    this.screen.pause();
    this.screen.seekFrame(frame);
  }

  barKeys(event) {
    const mark = (which) => this.mark(which, event.shiftKey);
    const own = { " ": () => this.play(), i: () => mark("in"), o: () => mark("out") };
    dailiesBarKeys(event, { ...own, ",": () => this.step(-1), ".": () => this.step(1) });
  }

  /** The shown frame becomes the first or the last of the best part; `out` is kept as the frame after it. */
  mark(which, clear = false) {
    if (!this.row) return;
    const { frame } = this.screen;
    let [first, after] = this.best ?? [this.row.best_in, this.row.best_out];
    if (which === "in") {
      first = clear ? null : frame;
      if (first !== null && after !== null && after <= first) after = null;
    } else {
      after = clear ? null : frame + 1;
      if (after !== null && first !== null && first >= after) first = null;
    }
    this.send(first, after);
  }

  clearBest() {
    this.bar.focus(); // the button goes away
    this.send(null, null);
  }

  async send(first, after) {
    const { take } = this,
      best = [first, after];
    this.best = best;
    await this.act("mark", { take, in_frame: first, out_frame: after }, this.near("best"));
    if (this.best === best) this.best = null;
  }

  drawBest() {
    const { best_in: first, best_out: after } = this.row,
      { frames, fps } = this.screen;
    const has = first !== null || after !== null;
    const from = first ?? 0,
      last = (after ?? frames) - 1;
    this.span.hidden = !has;
    const part = (frame) => (frames > 1 ? frame / (frames - 1) : 0);
    this.span.style.left = `calc(2px + ${part(from)} * (100% - 4px))`;
    this.span.style.width = `max(2px, ${part(last) - part(from)} * (100% - 4px))`;
    this.bestLine.hidden = !has;
    this.bestSaid.textContent = !has
      ? ""
      : `best ${first === null ? "from the start" : `from ${(from / fps).toFixed(1)} s`} ${after === null ? "to the end" : `to ${((last + 1) / fps).toFixed(1)} s`}, ${last - from + 1} f`;
  }

  drawTime() {
    if (!this.row) return;
    const { frame, fps } = this.screen,
      at = (frame / fps).toFixed(1),
      all = (this.screen.frames / fps).toFixed(1);
    this.bar.value = String(frame);
    this.bar.setAttribute("aria-valuetext", `${at} of ${all} seconds, frame ${frame + 1} of ${this.screen.frames}`);
    this.bar.style.setProperty("--at", String(this.screen.frames > 1 ? frame / (this.screen.frames - 1) : 0));
    this.time.textContent = `${at} / ${all}`;
    this.looked.at(frame / fps);
    dailiesDraw(this.player, this.playing, () => [
      ct("span", { class: "ct-hush" }, this.playing ? "Pause, " : "Play, "),
      ct("span", { class: "ct-key" }, this.playing ? "❚❚" : "▶", " Space"),
    ]);
  }

  close() {
    this.screen.close();
  }
}

function dailiesSide(given) {
  return new DailiesSide(given);
}
