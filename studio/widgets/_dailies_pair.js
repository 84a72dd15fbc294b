// Two to four takes in step. The first leads: its frames are the steps, and the others stand within half a frame of it.
// What all of them have is what can be seen: the shortest, with the offsets, sets the two ends.

const DAILIES_MOST = 4;
const DAILIES_VIEWS = { side: "side by side", flip: "A/B flip", wipe: "wipe" };

class DailiesPair {
  constructor({ media, act, go, say, state }) {
    Object.assign(this, { media, act, go, say });
    this.state = state ?? (() => media.state ?? {});
    this.seats = []; // {row, screen, offset in its own frames, seed, element, …}, the leader first
    this.t = 0; // seconds of the leader
    this.wants = false;
    this.view = "side";
    this.shown = 0; // which one a flip shows
    this.wipe = 50;
    this.build();
  }

  get takes() {
    return this.seats.map((seat) => seat.row.take);
  }
  get playing() {
    return this.wants;
  }
  get fps() {
    return this.seats[0]?.screen.fps ?? 24;
  }
  get seconds() {
    return this.frame / this.fps;
  }
  /** The leader's frame that is shown. */
  get frame() {
    return Math.floor(this.t * this.fps + 0.05);
  }
  /** The first and the last frame of the leader at which every take has a picture. */
  get range() {
    const starts = this.seats.map((seat) => -this.late(seat)),
      ends = this.seats.map((seat) => seat.screen.frames / seat.screen.fps - this.late(seat));
    return dailiesCommon(starts, ends, this.fps);
  }
  /** By how many seconds a take's own time is ahead of the leader's. */
  late(seat) {
    return seat.offset / seat.screen.fps;
  }

  build() {
    this.bar = ct("input", {
      type: "range",
      step: "1",
      min: "0",
      value: "0",
      "aria-label": "Time of the takes in step",
      oninput: () => this.seekFrame(Number(this.bar.value)),
      onkeydown: (event) => this.barKeys(event),
    });
    this.time = ct("span", { class: "mono nowrap" });
    this.player = ct("button", { type: "button", class: "ct-btn small", onclick: () => this.play() }, "Play");
    this.swapper = ct("button", { type: "button", class: "ct-link", onclick: () => this.swap() }, "swap");
    this.choice = ct("span", {});
    this.wiper = ct("input", {
      type: "range",
      min: "0",
      max: "100",
      value: "50",
      "aria-label": "Wipe: how much of the first is seen",
      oninput: () => this.setWipe(Number(this.wiper.value)),
      onkeydown: (event) => this.barKeys(event),
    });
    this.wipeRow = ct(
      "label",
      { class: "row ct-wiperow" },
      ct("span", { class: "sub" }, "wipe"),
      ct("span", { class: "ct-scrubbar grow" }, this.wiper),
    );
    this.table = ct("table", { class: "ct-table" });
    this.hint = ct("p", { class: "sub" });
    this.stage = ct("div", { class: "ct-stage" });
    this.middle = ct(
      "div",
      { class: "ct-instep" },
      ct(
        "div",
        { class: "row wrap" },
        ct("h3", {}, "In step"),
        ct("span", { class: "end row" }, this.choice, this.swapper),
      ),
      ct("div", { class: "row" }, ct("span", { class: "ct-scrubbar grow" }, this.bar), this.time),
      ct(
        "div",
        { class: "row wrap" },
        this.player,
        ct(
          "span",
          { class: "ct-seg" },
          ct("button", { type: "button", "aria-label": "All one frame back", onclick: () => this.step(-1) }, "‹"),
          ct("button", { type: "button", "aria-label": "All one frame on", onclick: () => this.step(1) }, "›"),
        ),
        ct("button", { type: "button", class: "ct-link end", onclick: () => this.shut() }, "close"),
      ),
      this.wipeRow,
      this.hint,
      this.table,
    );
    this.root = ct("div", { class: "ct-pair", role: "group", "aria-label": "Compare" }, this.stage, this.middle);
    this.root.hidden = true;
  }

  barKeys(event) {
    const steps = { ",": () => this.step(-1), ".": () => this.step(1) };
    dailiesBarKeys(event, { " ": () => this.play(), f: () => this.flip(), ...steps });
  }

  /** Put a take beside the others, or take it out; why not, in a sentence, where there are four already. */
  toggle(row) {
    const at = this.takes.indexOf(row.take);
    if (at < 0) return this.add(row);
    this.remove(at);
    return "";
  }

  add(row) {
    if (this.takes.includes(row.take)) return "";
    if (this.seats.length >= DAILIES_MOST)
      return `four takes are in step already: take one out (×) before ${row.take} joins`;
    this.pause();
    const seat = { row, offset: 0, seed: "" };
    seat.screen = new DailiesScreen(this.media, { loops: false, onTime: () => this.heard(seat) });
    seat.name = ct("span", { class: "ct-big" });
    seat.model = ct("span", { class: "sub" });
    seat.offsetSaid = ct("output", { class: "mono" });
    const nudge = (by, sign, said) =>
      ct("button", { type: "button", "aria-label": `${row.take} ${said}`, onclick: () => this.nudge(seat, by) }, sign);
    seat.offsetRow = ct(
      "div",
      { class: "row ct-offset" },
      ct("span", { class: "sub" }, "offset"),
      ct(
        "span",
        { class: "ct-seg" },
        nudge(-1, "−", "one frame earlier"),
        seat.offsetSaid,
        nudge(1, "+", "one frame later"),
      ),
    );
    seat.element = ct(
      "div",
      { class: "ct-seat", role: "group", "aria-label": row.take },
      ct(
        "div",
        { class: "row ct-seathead" },
        seat.name,
        seat.model,
        ct(
          "button",
          {
            type: "button",
            class: "ct-link",
            "aria-label": `Take ${row.take} out of the comparison`,
            onclick: () => this.leave(seat),
          },
          "×",
        ),
      ),
      seat.screen.element,
      seat.offsetRow,
    );
    this.seats.push(seat);
    this.stage.append(seat.element);
    this.drawRow(seat);
    this.draw();
    this.align();
    this.lookUp(seat);
    return "";
  }

  async lookUp(seat) {
    const detail = await this.act("look", { take: seat.row.take });
    if (!detail || !this.seats.includes(seat)) return;
    seat.seed = detail.facts?.find(([name]) => name === "seed")?.[1] ?? "";
    seat.version = detail.prompt?.version;
    this.drawRow(seat);
    this.drawTable();
  }

  /** Out by its own button, which goes with it: the focus is not lost with them. */
  leave(seat) {
    this.remove(this.seats.indexOf(seat));
    if (this.seats.length) this.player.focus();
    else this.go(seat.row.take);
  }

  remove(at) {
    this.pause();
    if (at === 0 && this.seats.length > 1) this.t += this.late(this.seats[1]);
    const [seat] = this.seats.splice(at, 1);
    seat.screen.close();
    seat.element.remove();
    this.rebase();
    if (this.seats.length < 2) this.setView("side");
    else this.draw();
    this.align();
  }

  swap() {
    const [one, other, ...rest] = this.seats;
    this.pause();
    this.t += this.late(other);
    this.seats = [other, one, ...rest];
    this.stage.prepend(other.element);
    this.rebase();
    this.draw();
    this.align();
  }

  /** Offsets are told against the first, whichever that is now. */
  rebase() {
    if (!this.seats.length) return;
    const first = this.late(this.seats[0]);
    for (const seat of this.seats) seat.offset = Math.round((this.late(seat) - first) * seat.screen.fps);
  }

  nudge(seat, by) {
    seat.offset += by;
    if (!this.range) {
      seat.offset -= by;
      this.say(`${seat.row.take} cannot be moved further: no moment would be left that all takes have`);
      return;
    }
    this.pause();
    this.draw();
    this.align();
  }

  setView(view) {
    this.view = view;
    this.shown = view === "flip" ? Math.min(1, this.seats.length - 1) : 0;
    this.draw();
  }

  /** One place, one take after the other in it. */
  flip() {
    if (this.seats.length < 2) return;
    if (this.view !== "flip") this.setView("flip");
    else {
      this.shown = (this.shown + 1) % this.seats.length;
      this.draw();
    }
    this.say(`${this.takes[this.shown]} is shown`);
  }

  setWipe(percent) {
    this.wipe = percent;
    this.root.style.setProperty("--wipe", `${percent}%`);
  }

  /** Play all, or stop all. */
  play() {
    if (this.wants) this.pause();
    else this.start();
  }

  async start() {
    if (!this.seats.length) return;
    this.wants = true;
    this.drawTime();
    const seats = [...this.seats];
    const videos = await Promise.all(seats.map((seat) => seat.screen.open()));
    if (!this.wants || seats.some((seat, at) => this.seats[at] !== seat)) return;
    if (videos.some((video) => !video)) return this.pause();
    const range = this.range;
    if (this.frame >= range[1]) this.t = (range[0] + 0.5) / this.fps;
    this.align();
    for (const seat of seats) seat.screen.play();
  }

  pause() {
    const was = this.wants;
    this.wants = false;
    for (const seat of this.seats) seat.screen.pause();
    if (was) this.align();
    this.drawTime();
  }

  step(by) {
    this.seekFrame(this.frame + by);
  }
  seek(seconds) {
    this.seekFrame(Math.floor(seconds * this.fps + 0.05));
  }
  seekFrame(frame) {
    this.pause();
    this.t = (frame + 0.5) / this.fps;
    this.align();
  }

  /** Every take to the leader's time. */
  align() {
    const range = this.range;
    if (!range) return;
    const frame = Math.min(range[1], Math.max(range[0], this.frame));
    if (frame !== this.frame) this.t = (frame + 0.5) / this.fps;
    for (const seat of this.seats) {
      if (seat.screen.video) seat.screen.video.playbackRate = 1;
      seat.screen.seek(this.t + this.late(seat));
    }
    this.drawTime();
  }

  /** A screen tells its time: while all play the leader's is everyone's, and who strays is brought back. */
  heard(seat) {
    const [first] = this.seats;
    if (!this.wants || seat !== first || !first.screen.wants) return;
    const range = this.range;
    if (first.screen.at >= (range[1] + 0.5) / this.fps || first.screen.video?.ended) {
      this.t = (range[0] + 0.5) / this.fps; // and again from the start
      this.align();
      for (const each of this.seats) each.screen.play();
      return;
    }
    this.t = first.screen.at;
    for (const each of this.seats.slice(1)) {
      const { video } = each.screen;
      if (!video || video.seeking) continue;
      const strays = video.currentTime - (first.screen.video.currentTime + this.late(each));
      const half = 0.5 / Math.max(this.fps, each.screen.fps);
      if (Math.abs(strays) > 6 * half) video.currentTime -= strays;
      else video.playbackRate = Math.abs(strays) > half / 2 ? 1 - Math.sign(strays) * 0.15 : 1;
    }
    this.drawTime();
  }

  update(row) {
    const seat = this.seats.find((each) => each.row.take === row.take);
    if (!seat) return;
    seat.row = row;
    this.drawRow(seat);
    this.drawTable();
  }

  drawRow(seat) {
    const { row } = seat;
    seat.screen.show(row);
    dailiesDraw(seat.name, [row.take, row.verdict, row.accident], () => dailiesName(row));
    seat.model.textContent = seat.version ? `v${seat.version}` : row.model;
  }

  draw() {
    const { seats, root, view } = this;
    const count = seats.length;
    root.hidden = !count;
    root.className = `ct-pair ct-n${count} ct-view-${view}`;
    seats.forEach((seat, at) => {
      seat.offsetRow.hidden = at === 0;
      seat.offsetSaid.textContent = `${seat.offset > 0 ? "+" : ""}${seat.offset} f`;
      const out = (view === "flip" && at !== this.shown) || (view === "wipe" && at > 1);
      seat.element.classList.toggle("ct-out", out);
    });
    this.swapper.hidden = this.choice.hidden = count < 2;
    this.wipeRow.hidden = view !== "wipe";
    this.setWipe(this.wipe);
    dailiesDraw(this.choice, [view, count], () =>
      ctChoice("How they are seen", Object.keys(DAILIES_VIEWS), view, (chosen) => this.setView(chosen), DAILIES_VIEWS),
    );
    this.hint.textContent = count === 1 ? "V on another take puts it beside this one." : "";
    this.hint.hidden = count !== 1;
    this.drawTable();
    this.drawTime();
  }

  drawTime() {
    const range = this.seats.length ? this.range : null;
    if (!range) return;
    const at = this.seconds.toFixed(1),
      all = ((range[1] + 1) / this.fps).toFixed(1);
    this.bar.min = String(range[0]);
    this.bar.max = String(range[1]);
    this.bar.value = String(this.frame);
    this.bar.style.setProperty("--at", String((this.frame - range[0]) / Math.max(1, range[1] - range[0])));
    this.bar.setAttribute("aria-valuetext", `${at} of ${all} seconds`);
    this.time.textContent = `${at} / ${all}`;
    this.player.textContent = this.wants ? "Pause" : "Play";
  }

  /** Only what differs is told. */
  drawTable() {
    const { seats } = this;
    const rows = seats.length < 2 ? [] : dailiesDiffering(seats);
    dailiesDraw(this.table, [this.takes, rows], () => dailiesTable(this.takes, rows));
    this.table.hidden = !rows.length;
    if (seats.length > 1) {
      this.hint.textContent = rows.length ? "" : "what is known of them is the same";
      this.hint.hidden = Boolean(rows.length);
    }
  }

  shut() {
    const [first] = this.takes;
    this.close();
    this.go(first);
  }

  close() {
    for (const seat of this.seats) seat.screen.close();
    this.seats = [];
    this.wants = false;
    this.view = "side";
    this.t = 0;
    this.stage.replaceChildren();
    this.root.hidden = true;
  }
}

/** The leader's first and last frame within what all have, or null where they have nothing in common. */
function dailiesCommon(starts, ends, fps) {
  const first = Math.max(0, Math.ceil(Math.max(...starts) * fps - 1e-6)),
    last = Math.floor(Math.min(...ends) * fps + 1e-6) - 1;
  return last >= first ? [first, last] : null;
}

/** [name, [a value for each take]] for what is not the same with all. */
function dailiesDiffering(seats) {
  const known = [
    ["camera", ({ row }) => row.camera.asked],
    ["measured", ({ row }) => [row.camera.got, row.camera.line].filter(Boolean).join(" · ")],
    [
      "obeyed",
      ({ row }) =>
        DAILIES_OBEYED[row.camera.obeyed]
          ? `${DAILIES_OBEYED[row.camera.obeyed][0]} ${DAILIES_OBEYED[row.camera.obeyed][2]}`
          : "",
    ],
    ["seed", ({ seed }) => seed],
    ["model", ({ row }) => row.model],
    ["verdict", ({ row }) => [DAILIES_VERDICT[row.verdict], row.accident ? "accident" : ""].filter(Boolean).join(", ")],
    ["flags", ({ row }) => row.flags.map(([, said]) => said).join(", ")],
    ["length", ({ row }) => `${row.seconds.toFixed(1)} s, ${row.fps} f/s`],
  ];
  return known
    .map(([name, of]) => [name, seats.map(of)])
    .filter(([, values]) => values.some((value) => value !== values[0]));
}

/** Of two, the names stand between them as in a mirror; of more, before them. */
function dailiesTable(takes, rows) {
  const two = takes.length === 2;
  const cell = (value, right) => ct("td", { class: right ? "num" : null }, value || "–");
  const head = takes.map((take) => ct("th", { scope: "col" }, take));
  head.splice(two ? 1 : 0, 0, ct("td", {}));
  return [
    ct("thead", { class: two ? "ct-hush" : null }, ct("tr", {}, head)),
    ct(
      "tbody",
      {},
      rows.map(([name, values]) => {
        const cells = values.map((value, at) => cell(value, two && at === 0));
        cells.splice(two ? 1 : 0, 0, ct("th", { scope: "row" }, name));
        return ct("tr", {}, cells);
      }),
    ),
  ];
}

function dailiesPair(given) {
  return new DailiesPair(given);
}
