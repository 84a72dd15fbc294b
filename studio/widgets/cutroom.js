// The cutting room: the song and the slots above, one slot on the left, how the cut plays and goes out on the right.
// Python holds the cut that is worked on; an edit is one message, and the state that follows is drawn.

const CUTROOM_STAND_MS = 150; // a rest of the playhead, after which its picture is opened
const CUTROOM_FOLLOWS_MS = 250; // a state comes within this after an edit, or nothing has changed
const CUTROOM_HELP = [
  ["← →", "slot"],
  ["↑ ↓", "alternate, swaps it in"],
  ["[ ]", "in point by a frame"],
  ["Shift", "by a beat"],
  ["J", "loop both joins"],
  ["Space", "play, pause"],
  ["P", "pin"],
  ["B", "ban this take"],
  ["R", "speed"],
  ["U", "undo"],
  ["Shift+U", "redo"],
  ["S", "save"],
  ["1 2 3", "song, 16 bars, 4 bars"],
  ["T", "tap"],
  ["D", "the bar begins here"],
  ["M", "marker at the playhead"],
];

class Cutroom {
  constructor(panel, model) {
    this.panel = panel;
    this.state = model.get("_state");
    this.closed = false;
    this.waiting = []; // edits that are answered and whose state has not come
    this.arrived = 0; // states so far
    this.remember();
    this.build();
    this.stand = ctLater(() => this.player.seek(this.frame), CUTROOM_STAND_MS);
    this.draw();
    this.time.zoom(this.memory.zoom);
    this.select(this.memory.slot, { moves: false });
    this.time.playhead(this.frame);
    panel.link.state("_state", (state) => {
      if (state !== this.state) this.follow(state);
    });
    panel.link.state("_progress", (progress) => this.versions.follow(progress ?? {}));
    panel.link.ask("here").catch(() => {});
  }

  /** The slot, the zoom and the playhead outlive a restarted kernel and a cell run again. */
  remember() {
    const { film, cut } = this.state,
      key = `cutroom ${film} ${cut.version}`;
    if (!ctDrafts().has(key)) ctDrafts().set(key, { slot: 1, zoom: "16 bars", frame: this.frame ?? 0, ...this.memory });
    this.memory = ctDrafts().get(key);
  }

  get frame() {
    return Math.min(this.memory?.frame ?? 0, Math.max(0, this.state.cut.frames - 1));
  }

  build() {
    const { panel } = this,
      state = () => this.state,
      say = (text) => panel.say(text),
      ask = (what, details) => panel.link.ask(what, details),
      act = (what, details, near) => this.act(what, details, near),
      select = (n) => this.select(n);
    this.media = cutroomMedia(panel.link, state);
    const seek = (frame) => this.seek(frame);
    this.time = cutroomTime({
      ask,
      act: (what, details) => this.act(what, details, this.near("song")),
      say,
      seek,
      select,
    });
    this.time.root.addEventListener("click", ({ target }) => {
      const zoom = target.closest("[role=radio]")?.textContent; // it is drawn there already: here it is remembered
      if (CUTROOM_TIME_ZOOMS.includes(zoom)) this.memory.zoom = zoom;
    });
    this.player = cutroomPlayer({
      media: this.media,
      say,
      tick: (frame) => this.ticked(frame),
      ended: () => say("the cut has ended"),
    });
    const edit = (op, details) => this.edit(op, details);
    this.slot = cutroomSlot({ media: this.media, ask, edit, say, state, loop: () => this.loop() });
    this.versions = cutroomVersions({ act, say, select, state, fail: panel.fail });
    this.buildHead();
    panel.body.append(
      this.head,
      ct("div", { class: "ct-cr-notices" }, ct("div", { "data-wrong": "cut" })),
      ct("div", { class: "ct-cr-time" }, this.time.root),
      ct(
        "div",
        { class: "ct-cr-cutting" },
        ct("div", {}, this.slot.root),
        ct("div", {}, this.player.root, this.versions.root),
      ),
    );
  }

  buildHead() {
    const button = (words, click, name) =>
      ct("button", { type: "button", class: "ct-btn", "aria-label": name, onclick: click }, words);
    this.title = ct("h2", { class: "ct-cr-title" });
    this.facts = ct("p", { class: "sub" });
    this.unsaved = ct("p", { class: "ct-cr-unsaved" });
    this.undoer = button("Undo", () => this.undo());
    this.redoer = button("Redo", () => this.redo());
    this.name = ct("input", {
      class: "ct-field line ct-cr-name",
      "aria-label": "Name of this version",
      placeholder: "name",
      autocomplete: "off",
      value: this.memory.name ?? "",
      oninput: () => (this.memory.name = this.name.value),
      onkeydown: (event) => {
        if (event.key !== "Enter" || event.isComposing) return;
        event.preventDefault();
        this.save();
      },
    });
    this.saver = button(
      ["Save ", ct("span", { class: "ct-key", "aria-hidden": "true" }, "S")],
      () => this.save(),
      "Save",
    );
    this.solver = button("Solve joins again", () => this.solve());
    this.against = ct("select", {
      class: "ct-select ct-cr-against",
      "aria-label": "Compare with a version",
      onchange: () => this.act("against", { version: Number(this.against.value) || null }, this.near("cut")),
    });
    this.writer = ct("span", {});
    this.head = ct(
      "div",
      { class: "ct-head" },
      this.title,
      ct("div", { class: "ct-cr-facts" }, this.facts, this.unsaved),
      ct(
        "div",
        { class: "end row wrap" },
        this.writer,
        ct("span", { class: "ct-seg ct-cr-undo" }, this.undoer, this.redoer),
        this.name,
        this.saver,
        this.solver,
        this.against,
      ),
    );
  }

  near(part) {
    return this.panel.root.querySelector(`[data-wrong="${part}"]`);
  }
  act(what, details, near = this.near("cut")) {
    return this.panel.act(what, details, near);
  }

  /** A new state from Python. */
  follow(state) {
    const before = this.state;
    this.state = state;
    this.arrived += 1;
    if (state.film !== before.film || state.cut.version !== before.cut.version) this.remember();
    for (const done of this.waiting.splice(0)) done();
    this.draw();
  }

  draw() {
    const { state } = this,
      slots = state.slots.length;
    this.drawHead();
    this.time.draw(state);
    this.player.draw(state);
    this.memory.slot = Math.min(Math.max(1, this.memory.slot), Math.max(1, slots));
    if (slots) this.slot.show(this.memory.slot);
    this.versions.draw();
    this.time.select(this.memory.slot);
  }

  drawHead() {
    const { cut, song, slots, joins, versions, against, authors, author } = this.state;
    this.title.textContent = `Cut ${cut.version}`;
    const of = (word) => joins.filter((join) => join?.word === word).length;
    const [weak, broken] = [of("weak"), of("break")];
    const code = cutroomTimecode(cut.frames, cut).replace(/^00:0?/, "");
    this.facts.textContent = [
      cut.name,
      code,
      `${slots.length} slots`,
      song.there && song.bpm ? `${song.bpm} bpm` : "no song",
      `${Number(cut.fps.toFixed(3))} fps`,
      cut.solved
        ? `joins solved ${cut.solved}`
        : `joins ${[`${of("good")} good`, weak && `${weak} weak`, broken && `${broken} break`].filter(Boolean).join(", ")}`,
    ]
      .filter(Boolean)
      .join(" · ");
    this.unsaved.hidden = !cut.unsaved;
    cutroomDraw(this.unsaved, [cut.unsaved, cut.undo, cut.opened], () => [
      ct("b", {}, "not saved"),
      cut.undo ? ct("span", { class: "sub" }, `: ${cut.undo}`) : "",
      cut.opened ? ct("span", { class: "sub" }, ` (${cut.opened})`) : "",
    ]);
    for (const [button, what, said] of [
      [this.undoer, "Undo", cut.undo],
      [this.redoer, "Redo", cut.redo],
    ]) {
      cutroomRests(button, !said);
      button.title = said ?? "";
      button.setAttribute("aria-label", said ? `${what}: ${said}` : what);
    }
    cutroomDraw(this.against, [versions, against?.version], () => [
      ct("option", { value: "" }, "against no other"),
      versions.map(([version]) =>
        ct("option", { value: String(version), selected: version === against?.version }, `against cut ${version}`),
      ),
    ]);
    this.against.hidden = !versions.length;
    this.against.value = against ? String(against.version) : "";
    cutroomDraw(this.writer, [authors, author], () =>
      authors.length < 2
        ? []
        : ct(
            "label",
            { class: "row sub" },
            "cutting as",
            ct(
              "select",
              {
                class: "ct-select",
                "data-key": "author",
                onchange: (event) => this.act("write_as", { author: event.target.value }),
              },
              author ? null : ct("option", { value: "" }, "choose…"),
              authors.map((each) => ct("option", { value: each, selected: each === author }, each)),
            ),
          ),
    );
  }

  // --- where one is

  /** Another slot, and the playhead to its start unless the cut plays. */
  select(n, { moves = true } = {}) {
    const slot = this.state.slots[n - 1];
    if (!slot) return;
    this.memory.slot = n;
    this.slot.show(n);
    this.time.select(n);
    if (!moves) return;
    const said = slot.kind === "empty" ? `${slot.shot}, empty` : slot.take;
    this.panel.say(`slot ${n} of ${this.state.slots.length}, ${said}`);
    if (this.player.playing && !this.player.looped) return;
    this.place(slot.record);
  }

  /** The playhead was put at a frame. */
  seek(frame) {
    const slot = this.player.slotAt(frame);
    if (this.player.playing) this.player.seek(frame);
    this.place(frame);
    if (slot && slot.n !== this.memory.slot) this.select(slot.n, { moves: false });
  }

  place(frame) {
    if (this.player.looped) this.player.pause();
    this.memory.frame = frame;
    this.time.playhead(frame);
    if (!this.player.playing) this.stand();
  }

  ticked(frame) {
    this.memory.frame = frame;
    this.time.playhead(frame);
  }

  go(by) {
    const to = this.memory.slot + by;
    if (to < 1) this.panel.say("this is the first slot");
    else if (to > this.state.slots.length) this.panel.say("this is the last slot");
    else this.select(to);
  }

  zoom(which) {
    this.memory.zoom = which;
    this.time.zoom(which);
  }

  // --- playing

  play() {
    this.stand.stop();
    if (this.player.playing || this.player.starting) this.player.pause();
    else this.player.play(this.frame);
  }

  loop() {
    const { slot } = this.memory;
    this.stand.stop();
    if (this.player.looped && this.player.playing) this.player.pause();
    else this.player.loop([slot - 2, slot - 1]);
  }

  // --- edits

  /** Ask for an edit; true once it is done and its state has come. What is refused is told under the slot. */
  async edit(op, details) {
    const seen = this.arrived;
    this.panel.clear();
    try {
      await this.panel.link.ask("edit", { op, ...details });
    } catch (refused) {
      this.panel.fail(refused.message, this.near(refused.about || "slot") ?? this.near("slot"));
      return false;
    }
    if (this.arrived === seen)
      await new Promise((done) => {
        this.waiting.push(done);
        setTimeout(done, CUTROOM_FOLLOWS_MS);
      });
    return !this.closed;
  }

  async undo() {
    const { undo } = this.state.cut;
    if (!undo) return this.panel.say("nothing to undo");
    await this.act("undo", {});
    this.panel.say(`undone: ${undo}`);
  }

  async redo() {
    const { redo } = this.state.cut;
    if (!redo) return this.panel.say("nothing to redo");
    await this.act("redo", {});
    this.panel.say(`done again: ${redo}`);
  }

  async save() {
    const done = await this.act("save", { name: this.name.value.trim() });
    if (!done) return;
    this.name.value = this.memory.name = "";
    this.panel.say(done.said || `saved as cut ${done.version}`);
  }

  async solve() {
    if (this.solving) return;
    this.solving = true;
    cutroomRests(this.solver, true);
    const done = await this.act("solve", {});
    this.solving = false;
    cutroomRests(this.solver, false);
    if (done) this.panel.say(done.said);
  }

  close() {
    this.closed = true;
    this.stand.stop();
    for (const part of [this.player, this.time, this.slot, this.media]) part.close();
  }
}

/** What each key does. */
function cutroomKeys(own) {
  const point = (by, beats) => (event) => own().slot.step(by, beats || event.shiftKey);
  const once = (act) => (event) => event.repeat || act(event);
  return {
    ArrowLeft: () => own().go(-1),
    ArrowRight: () => own().go(1),
    ArrowUp: () => own().slot.alternate(-1),
    ArrowDown: () => own().slot.alternate(1),
    "[": point(-1, false),
    "]": point(1, false),
    "{": point(-1, true),
    "}": point(1, true),
    j: once(() => own().loop()),
    " ": once(() => own().play()),
    p: once(() => own().slot.pin()),
    b: once(() => own().slot.ban()),
    r: once(() => own().slot.toSpeed()),
    u: (event) => (event.shiftKey ? own().redo() : own().undo()),
    s: once(() => own().save()),
    1: () => own().zoom("song"),
    2: () => own().zoom("16 bars"),
    3: () => own().zoom("4 bars"),
    t: once(() => own().time.tap()),
    d: once(() => own().time.barHere()),
    m: once(() => own().time.marker()),
  };
}

function render({ model, el }) {
  let room = null;
  const panel = ctPanel(
    { model, el },
    `Cutting room, cut ${model.get("_state").cut.version}`,
    cutroomKeys(() => room),
    CUTROOM_HELP,
  );
  room = new Cutroom(panel, model);
  panel.root.cutroomTrace = () => room.player.trace(); // for the benchmark of how the cut plays
  return () => {
    panel.link.ask("left").catch(() => {});
    room.close();
    panel.close();
  };
}
export default { render };
