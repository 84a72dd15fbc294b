// One slot of the cut: the takes that could stand in it, its in-point, its speed and aim, and how it meets its
// neighbours. What is moved is drawn at once and sent one message after the other; the state that follows is the truth.

const CUTROOM_LOOK_MS = 120; // a rest on a slot, after which its alternates are asked for
const CUTROOM_AIMS = ["", "flow", "match", "contrast"];

class CutroomSlot {
  constructor({ media, ask, edit, say, loop, state }) {
    Object.assign(this, { media, ask, edit, say, loop, state });
    this.n = 1;
    this.offered = { key: "", list: [], why: "" }; // the alternates of a slot as it was when they were asked for
    this.wants = {}; // what is asked for and not answered yet: take, in
    const settled = () => {
      this.wants = {};
      this.draw();
    };
    this.swapTo = cutroomLatest(({ slot, take }) => this.edit("swap", { slot, take }), settled);
    this.trimTo = cutroomLatest(({ slot, at }) => this.edit("trim", { slot, in: at }), settled);
    this.look = ctLater(() => this.lookUp(), CUTROOM_LOOK_MS);
    this.preview = ctLater(() => this.drawFirst(), CUTROOM_LOOK_MS);
    this.pairs = cutroomPairs({ media, state });
    this.build();
  }

  get slot() {
    return this.state().slots[this.n - 1];
  }
  get used() {
    return Math.max(1, this.slot.out - this.slot.in);
  }
  get last() {
    return Math.max(0, this.slot.length - this.used);
  }
  get in() {
    return this.wants.in ?? this.slot.in;
  }
  get beat() {
    const { song, cut } = this.state();
    return Math.max(1, Math.round(song.there && song.bpm ? (cut.fps * 60) / song.bpm : cut.fps / 2));
  }

  build() {
    this.name = ct("h2", {});
    this.codes = ct("span", { class: "sub mono" });
    this.how = ct("p", { class: "sub" });
    this.alternatesSaid = ct("span", { class: "end sub" });
    this.alts = ct("div", { class: "ct-cr-alts", role: "radiogroup", "aria-label": "Alternates" });
    this.none = ct("p", { class: "sub", hidden: true });
    this.inSaid = ct("span", { class: "sub" });
    this.inCode = ct("span", { class: "end mono" });
    this.bar = ct("input", {
      type: "range",
      class: "ct-cr-bar",
      min: "0",
      step: "1",
      "aria-label": "In point",
      oninput: () => this.trim(Number(this.bar.value)),
      onkeydown: (event) => this.barKeys(event),
    });
    this.ticks = ct("div", { class: "ct-cr-ticks", "aria-hidden": "true" });
    this.best = ct(
      "button",
      { type: "button", class: "ct-btn small", onclick: () => this.bestIn() },
      "Best in point for both joins",
    );
    this.speed = ct("input", {
      class: "ct-field line mono ct-cr-speed",
      "aria-label": "Speed, a fraction of the take's own",
      inputmode: "text",
      autocomplete: "off",
      spellcheck: "false",
      onkeydown: (event) => this.speedKeys(event),
      oninput: () => this.drawSpeed(),
      onblur: () => this.drawSpeed(),
    });
    this.speedSaid = ct("span", { class: "tiny" });
    const step = (name, words, click) => ct("button", { type: "button", "aria-label": name, onclick: click }, words);
    const steps = (label, act) =>
      ct(
        "span",
        { class: "ct-seg", role: "group", "aria-label": label },
        step(`${label}: one beat earlier`, "− beat", () => act(-this.beat)),
        step(`${label}: one frame earlier`, "− 1 f", () => act(-1)),
        step(`${label}: one frame later`, "+ 1 f", () => act(1)),
        step(`${label}: one beat later`, "+ beat", () => act(this.beat)),
      );
    this.slips = steps("Slip", (frames) => this.slip(frames));
    this.rolls = steps("Boundary to the next slot", (frames) => this.roll(frames));
    const key = (letter) => [" ", ct("span", { class: "ct-key", "aria-hidden": "true" }, letter)];
    this.pinner = ct("button", { type: "button", class: "ct-btn small", onclick: () => this.pin() });
    this.banner = ct("button", { type: "button", class: "ct-btn small", onclick: () => this.ban() });
    this.key = key;
    this.aim = ct("span", {});
    this.dissolve = cutroomDissolve(this.edit);
    this.bans = cutroomBans(this.edit);
    this.aimRow = ct(
      "div",
      { class: "row wrap" },
      ct("span", { class: "sub" }, "join into it aims at"),
      this.aim,
      this.dissolve.root,
    );
    this.joins = ct("div", { class: "ct-cr-joins" });
    this.looper = ct(
      "button",
      { type: "button", class: "ct-link end ct-cr-loop", onclick: () => this.loop() },
      ct("span", { class: "ct-key", "aria-hidden": "true" }, "J"),
      " loop both",
    );
    const label = (words, ...more) => ct("label", { class: "row sub" }, words, more);
    this.point = ct(
      "div",
      { class: "ct-sect" },
      ct("div", { class: "ct-lab" }, ct("h3", {}, "In point"), this.inSaid, this.inCode),
      ct("div", { class: "ct-cr-track" }, this.bar, this.ticks),
      ct(
        "div",
        { class: "row wrap" },
        ct(
          "span",
          { class: "sub" },
          ct("span", { class: "ct-key" }, "["),
          " ",
          ct("span", { class: "ct-key" }, "]"),
          " one frame · ",
          ct("span", { class: "ct-key" }, "Shift"),
          " one beat",
        ),
        this.best,
      ),
      ct(
        "div",
        { class: "row wrap ct-cr-tools" },
        ct("span", { class: "row" }, ct("span", { class: "sub" }, "slip"), this.slips),
        ct("span", { class: "row" }, label("speed", key("R"), this.speed), this.speedSaid),
      ),
    );
    this.deeds = ct(
      "div",
      { class: "row wrap ct-cr-tools" },
      this.pinner,
      this.banner,
      (this.rollRow = ct("span", { class: "row" }, ct("span", { class: "sub" }, "next boundary"), this.rolls)),
    );
    this.root = ct(
      "div",
      { class: "ct-cr-slot", role: "region", "aria-label": "Slot" },
      ct("div", { class: "ct-lab" }, this.name, this.codes, this.alternatesSaid),
      this.how,
      ct("div", { "data-wrong": "slot" }),
      this.alts,
      this.none,
      this.point,
      ct("div", { class: "ct-sect ct-cr-deeds" }, this.deeds, this.aimRow),
      ct(
        "div",
        { class: "ct-sect" },
        ct(
          "div",
          { class: "ct-lab" },
          ct("h3", {}, "Its joins"),
          ct("span", { class: "sub" }, "last frame out, first frame in"),
          this.looper,
        ),
        this.joins,
      ),
      this.bans.root,
    );
  }

  /** Another slot; the same one again after each edit. */
  show(n) {
    if (n !== this.n) {
      this.wants = {};
      this.typed = false;
      if (document.activeElement === this.speed) this.speed.blur();
      this.root.querySelector('[data-wrong="slot"]').replaceChildren();
    }
    this.n = n;
    this.draw();
  }

  draw() {
    const { slot } = this,
      { cut, slots, joins } = this.state();
    if (!slot) return;
    const take = slot.kind === "take";
    this.root.setAttribute("aria-label", `Slot ${slot.n}`);
    cutroomDraw(this.name, [slot.n, slot.shot, slot.frames], () => [
      ct("span", { class: "mono ct-cr-shot" }, slot.shot),
      ` slot ${slot.n}, ${slot.frames} frames`,
    ]);
    this.codes.textContent = `${cutroomTimecode(slot.record, cut)} to ${cutroomTimecode(slot.record + slot.frames, cut)}`;
    const how = [slot.how, slot.sound ? `its own sound: ${slot.sound}` : ""].filter(Boolean).join(" · ");
    this.how.textContent = how;
    this.how.hidden = !how;
    this.point.hidden = !take;
    if (take) {
      this.drawIn();
      if (!this.typed || document.activeElement !== this.speed) this.speed.value = slot.speed;
      this.drawSpeed();
    }
    const banned = cut.banned.includes(slot.take);
    this.pinner.hidden = slot.kind === "card";
    this.pinner.setAttribute("aria-pressed", String(slot.pinned));
    cutroomDraw(this.pinner, [slot.pinned], () => [slot.pinned ? "✓ Pinned" : "Pin", this.key("P")]);
    this.banner.hidden = !take;
    this.banner.setAttribute("aria-pressed", String(banned));
    cutroomDraw(this.banner, [slot.take, banned], () => [
      banned ? `✓ ${slot.take} banned` : `Ban ${slot.take}`,
      this.key("B"),
    ]);
    this.rollRow.hidden = slot.n === slots.length;
    this.aimRow.hidden = slot.n === 1;
    this.dissolve.draw(slot);
    this.bans.draw(cut.banned);
    cutroomDraw(this.aim, [slot.n, slot.aim, cut.aim], () =>
      ctChoice(
        "Aim of the join into this slot",
        CUTROOM_AIMS,
        slot.aim,
        (aim) => this.edit("aim", { slot: this.n, aim }),
        {
          "": `as the cut, ${cut.aim}`,
        },
      ),
    );
    const edges = [slots[slot.n - 2], slot, slots[slot.n]].map((each) =>
      each ? [each.n, each.take, each.shot, each.kind, each.in, each.out, each.speed, each.dissolve] : null,
    );
    const about = [joins[slot.n - 2] ?? null, joins[slot.n - 1] ?? null];
    cutroomDraw(this.joins, [edges, about], () => this.pairs.draw(slot.n));
    this.looper.disabled = slots.length < 2;
    this.drawAlternates();
    if (this.offered.key !== this.offerKey) this.look();
  }

  // --- alternates

  get offerKey() {
    const { slots, moment, cut } = this.state();
    const around = [-1, 0, 1]
      .map((by) => slots[this.n - 1 + by])
      .map((slot) => slot && [slot.take, slot.in, slot.speed]);
    return JSON.stringify([this.n, around, this.slot.frames, cut.banned, this.slot.aim, moment]);
  }

  async lookUp() {
    const { n, offerKey: key } = this;
    const offer = { key, n, list: [], why: "" };
    try {
      offer.list = (await this.ask("alternates", { slot: n })).value;
    } catch (refused) {
      offer.why = refused.message;
    }
    if (n !== this.n || key !== this.offerKey) return; // another slot is shown, or news came: it is asked for again
    this.offered = offer;
    this.drawAlternates();
  }

  drawAlternates() {
    const { offered, slot } = this,
      here = offered.n === slot.n;
    const list = here ? offered.list : [];
    const now = this.wants.take ?? slot.take;
    const alone = list.length === 1 && list[0].take === slot.take;
    this.alternatesSaid.textContent = alone
      ? `no other take of ${slot.shot} is circled or held`
      : list.length
        ? "alternates, ranked by joins and move"
        : "";
    this.none.hidden = !here || list.length > 0;
    this.none.textContent =
      offered.why ||
      (slot.kind === "card"
        ? ""
        : `no take of ${slot.shot} is circled or held: film.dailies("shot:${slot.shot}") shows what there is`);
    this.alts.hidden = here && !list.length;
    if (!here) {
      cutroomDraw(this.alts, ["waits"], () => ct("p", { class: "sub" }, "…"));
      return;
    }
    const inside = this.alts.contains(document.activeElement);
    const drawn = cutroomDraw(this.alts, [list, now, slot.take, slot.n], () =>
      list.map((alternate, at) => this.cell(alternate, at + 1, now)),
    );
    if (!drawn) return;
    const on = this.alts.querySelector('[aria-checked="true"]') ?? this.alts.querySelector("button");
    if (on) on.tabIndex = 0;
    if (inside) on?.focus({ preventScroll: true });
  }

  cell(alternate, rank, now) {
    const { take, score, before, after, fits, why, price } = alternate,
      on = take === now,
      cuts = take === this.slot.take;
    const number = (value) => (value === null || value === undefined ? "none" : cutroomScore(value));
    const image = ct("img", { alt: "", hidden: true });
    this.media.show(image, this.media.poster(take));
    const judged = CUTROOM_VERDICTS[alternate.verdict] ? "" : "not judged";
    const worth = `${price > 0 ? "costs" : "gains"} the cut ${Math.abs(price).toFixed(2)}`;
    const cost = !fits || cuts ? "" : Math.abs(price) < 0.005 ? "costs nothing" : worth;
    const said = fits
      ? [cutroomVerdict(alternate.verdict), `in ${number(before)} · out ${number(after)}`]
      : `✗ ${why || "does not fit"}`;
    return ct(
      "button",
      {
        type: "button",
        role: "radio",
        "aria-checked": String(on),
        "aria-disabled": fits ? null : "true",
        class: `ct-cr-alt${on ? " on" : ""}${fits ? "" : " unfit"}`,
        tabindex: "-1",
        title: [alternate.said, alternate.obeyed ? `camera: ${alternate.obeyed}` : "", cost]
          .filter(Boolean)
          .join(" · "),
        "data-key": `alternate/${take}`,
        onclick: () => this.swap(alternate),
      },
      ct(
        "span",
        { class: "ct-cr-still" },
        image,
        ct("span", { class: "len" }, cuts ? "in the cut" : on ? "…" : fits ? String(rank) : "does not fit"),
      ),
      ct(
        "span",
        { class: "ct-cr-cap" },
        cutroomLabel(take, alternate.verdict),
        ct("b", { class: "mono" }, fits ? cutroomScore(score) : ""),
      ),
      ct("span", { class: "ct-cr-line" }, said),
      cost || (fits && judged) ? ct("span", { class: "ct-cr-line" }, [judged, cost].filter(Boolean).join(" · ")) : null,
    );
  }

  swap({ take, fits, why }) {
    if (!fits) {
      this.say(`${take} does not fit slot ${this.n}: ${why}`);
      return;
    }
    if (take === (this.wants.take ?? this.slot.take)) return;
    this.wants.take = take;
    this.drawAlternates();
    this.swapTo({ slot: this.n, take });
  }

  /** The next alternate that fits, in the order of the ranks. */
  alternate(by) {
    const { offered } = this;
    if (offered.n !== this.n) return;
    const fit = offered.list.filter((each) => each.fits),
      at = fit.findIndex((each) => each.take === (this.wants.take ?? this.slot.take));
    const to = fit[at < 0 ? 0 : at + by];
    if (to) this.swap(to);
    else this.say(fit.length ? `that was the ${by < 0 ? "best" : "last"} of its alternates` : "it has no alternates");
  }

  // --- in-point, speed, boundary

  drawIn() {
    const { slot, used, last } = this,
      at = this.in;
    this.inSaid.textContent = `${slot.take}, ${slot.length} frames; the cut uses ${used}`;
    this.inCode.textContent = `in ${at} f · out ${at + used} f`;
    this.bar.max = String(last);
    this.bar.value = String(at);
    this.bar.setAttribute("aria-valuetext", `in at frame ${at}, out at ${at + used} of ${slot.length}`);
    this.bar.style.setProperty("--used", `${Math.min(100, (100 * used) / Math.max(1, slot.length))}%`);
    const { fps } = this.state().cut;
    this.ticks.style.setProperty("--second", `${(100 * fps) / slot.length}%`);
    this.ticks.style.setProperty("--quarter", `${(25 * fps) / slot.length}%`);
  }

  trim(at) {
    const to = Math.min(this.last, Math.max(0, at));
    if (this.slot.kind !== "take") {
      this.say(`slot ${this.n} has no take to trim`);
      return;
    }
    if (to === this.in) {
      this.say(at < 0 || at > this.last ? `in ${to} f is as far as ${this.slot.take} goes` : `in ${to} f`);
      return;
    }
    this.wants.in = to;
    this.drawIn();
    this.preview();
    this.trimTo({ slot: this.n, at: to });
  }

  /** By frames, or with Shift by beats. */
  step(by, beats) {
    this.trim(this.in + by * (beats ? this.beat : 1));
  }

  /** Keys on the bar that are not its own are the panel's, which hears none from a field. */
  barKeys(event) {
    const { key, shiftKey } = event;
    if (key.length > 1 || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.target.parentElement.dispatchEvent(new KeyboardEvent("keydown", { key, shiftKey, bubbles: true }));
  }

  async bestIn() {
    const was = this.slot.in;
    const done = await this.edit("best_in", { slot: this.n });
    if (done && this.slot.in === was) this.say(`in ${was} f is the best for both joins already`);
  }

  slip(frames) {
    this.edit("slip", { slot: this.n, frames });
  }
  roll(frames) {
    this.edit("roll", { slot: this.n, frames });
  }
  pin() {
    this.edit("pin", { slot: this.n, on: !this.slot.pinned });
  }
  ban() {
    const { take, kind } = this.slot;
    if (kind !== "take") return this.say(`slot ${this.n} has no take to ban`);
    this.edit("ban", { slot: this.n, take, on: !this.state().cut.banned.includes(take) });
  }

  async speedKeys(event) {
    this.typed = true;
    if (event.key === "Escape") {
      event.preventDefault(); // it leaves the field, not the panel
      this.typed = false;
      this.speed.value = this.slot.speed;
      this.drawSpeed();
      this.back();
    }
    if (event.key !== "Enter") return;
    event.preventDefault();
    const speed = this.speed.value.trim();
    if (speed === this.slot.speed) return this.back();
    const done = await this.edit("retime", { slot: this.n, speed });
    if (!done) return; // what was typed stays
    this.typed = false;
    this.speed.value = this.slot.speed;
    this.drawSpeed();
  }

  back() {
    this.speed.blur();
    this.best.focus({ preventScroll: true });
  }

  drawSpeed() {
    const typed = this.speed.value.trim() !== this.slot.speed;
    this.speedSaid.textContent = typed ? "Enter sets it, Esc forgets it" : "";
  }

  toSpeed() {
    if (this.slot.kind !== "take") return this.say(`slot ${this.n} has no take to retime`);
    this.speed.focus();
    this.speed.select();
  }

  // --- joins

  /** While the in-point is moved, the first picture is the one it would be. */
  drawFirst() {
    if (this.slot.kind === "take") this.pairs.preview(this.slot, this.in);
  }

  close() {
    this.look.stop();
    this.preview.stop();
  }
}

/** The slot's part: {root, show(n), draw(), alternate(by), step(by, beats), pin(), ban(), toSpeed(), close()}. */
function cutroomSlot(given) {
  return new CutroomSlot(given);
}
