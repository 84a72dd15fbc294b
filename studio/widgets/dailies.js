// Dailies: one key a verdict. A key acts when it is pressed, the focus moves at once, and a mark is drawn when the
// kernel has answered that it is on disk. What was pressed and never answered is kept, and offered by the next panel.

const DAILIES_LOOK_MS = 120; // a rest on a take, after which all about it is asked for
const DAILIES_NEWS_MS = 150; // and after news, before the list is asked for again
const DAILIES_WRITES = new Set(["judge", "reason", "accident", "note", "mark", "obeyed"]);
const DAILIES_HELP = [
  ["C", "circle"],
  ["H", "hold"],
  ["N", "no good"],
  ["Shift with it", "stays"],
  ["A", "accident"],
  ["1–9", "reason"],
  ["Enter", "note"],
  ["Space", "play"],
  [", .", "step"],
  ["I O", "best in, out"],
  ["Shift+I Shift+O", "clears them"],
  ["V", "compare"],
  ["F", "flip"],
  ["U", "undo"],
  ["X", "next not seen"],
  ["/", "search"],
  ["Home End", "first, last take"],
];
class Dailies {
  constructor(panel, model) {
    this.panel = panel;
    this.state = model.get("_state");
    this.busy = new Set(); // takes whose verdict is on its way to the disk
    this.wishes = new Map(); // reasons on their way, by take and reason
    this.closed = false;
    this.wanted = 0;
    this.opened = ""; // the take whose clip is open
    const key = `dailies ${this.state.film}`;
    if (!ctDrafts().has(key)) ctDrafts().set(key, { pending: new Map() });
    this.memory = ctDrafts().get(key);
    this.build();
    this.look = ctLater(() => this.lookUp(), DAILIES_LOOK_MS);
    this.news = ctLater(() => this.list(), DAILIES_NEWS_MS);
    this.moment = this.state.moment;
    const { query, sort } = this.state,
      called = JSON.stringify([query, sort]);
    if (this.memory.called !== called) delete this.memory.find; // it was asked for with another search
    this.memory.called = called;
    Object.assign(this.find.now, { query, sort }, this.memory.find);
    panel.link.state("_state", (state) => this.follow(state));
    panel.link.ask("here").catch(() => {});
    this.list(this.memory.place ?? { label: "", anchor: "", offset: 0 });
    this.unwritten.offer((takes) => this.sheet.ask("rows", { takes })).catch((refused) => panel.fail(refused.message));
  }

  build() {
    const { panel } = this,
      owner = this;
    const state = {
      get files() {
        return owner.state.files;
      },
    };
    const act = (what, details, near) => this.act(what, details, near),
      go = (label) => this.go(label),
      say = (text) => panel.say(text);
    this.media = dailiesMedia(panel.link, state);
    this.sheet = new DailiesSheet({
      media: this.media,
      ask: async (what, details) => (await panel.link.ask(what, details)).value,
      fail: (sentence) => panel.fail(sentence),
      focused: (label) => this.focused(label),
      played: () => this.play(),
    });
    this.find = dailiesFind({
      changed: (now) => {
        this.question.end();
        this.memory.find = now;
        this.list();
      },
      leave: () => this.sheet.root.focus(),
    });
    const shared = { media: this.media, act, go, say, state: () => this.state };
    const judge = (verdict) => this.judge(verdict, { repeat: false, shiftKey: true });
    this.side = dailiesSide({ ...shared, judge, compare: (row) => this.compare(row.take) });
    this.pair = dailiesPair(shared);
    this.coverage = dailiesCoverage({ ...shared, find: (query) => this.find.put({ query }) });
    this.head = ct("div", { class: "ct-head" });
    const back = () => this.sheet.root.focus({ preventScroll: true });
    this.unwritten = new DailiesUnwritten({
      pending: this.memory.pending,
      again: (what, details) => this.write(what, details),
      back,
    });
    this.question = new DailiesQuestion({
      reasons: () => this.state.reasons,
      row: (take) => this.sheet.row(take),
      pick: (at) => this.reason(at),
      write: (take, text) => this.write("note", { take, text }),
      back,
      hints: DAILIES_HELP.slice(0, 8),
    });
    this.empty = ct("div", { class: "ct-emptylist", hidden: true });
    panel.body.append(
      this.head,
      this.find.root,
      this.unwritten.root,
      this.question.root,
      ct("div", { class: "ct-dailies" }, ct("div", {}, this.sheet.root, this.empty), this.side.root),
      this.pair.root,
      this.coverage.root,
    );
    panel.body.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !this.question.take || event.defaultPrevented) return;
      event.preventDefault(); // it ends the question, not the work in the panel
      this.question.end();
      back();
    });
  }

  /** A new state from Python; where something was written, the list and its rows are asked for again. */
  follow(state) {
    const before = this.state;
    this.state = state;
    if (state.author !== before.author) this.sheet.rows.clear();
    this.find.follow(state);
    this.counts(state.counts, state.pace);
    if (state.moment === this.moment) return;
    this.moment = state.moment;
    this.sheet.stale();
    this.news();
    this.look();
    this.coverage.refresh();
  }

  counts(counts, pace) {
    const { authors = [], author } = this.state;
    const drawn = JSON.stringify([counts, pace, authors, author]);
    if (drawn === this.counted) return;
    this.counted = drawn;
    const writer = ct(
      "select",
      {
        class: "ct-select",
        "data-key": "author",
        onchange: (event) => this.act("write_as", { author: event.target.value }),
      },
      author ? null : ct("option", { value: "" }, "choose…"),
      authors.map((each) => ct("option", { value: each, selected: each === author }, each)),
    );
    const rest = [
      `circled ${counts.circle}`,
      `held ${counts.hold}`,
      `NG ${counts.ng}`,
      `accidents ${counts.accident}`,
    ].join(" · ");
    ctFill(
      this.head,
      ct("h2", { style: "font-size:16px" }, "Dailies"),
      ct("p", {}, ct("b", {}, `seen ${counts.seen} of ${counts.all}`), ` · ${rest}`),
      ct(
        "div",
        { class: "end row wrap" },
        authors.length > 1 ? ct("label", { class: "row sub" }, "judging as", writer) : null,
        ct("span", { class: "sub" }, pace),
        ct(
          "button",
          { class: "ct-btn", type: "button", "data-key": "first", disabled: !counts.all, onclick: () => this.first() },
          "First not seen",
        ),
      ),
    );
  }

  /** Ask for the list; the newest question counts, and a wrong one leaves the list as it is. */
  async list(place) {
    this.news.stop();
    const asked = ++this.wanted,
      { query, sort, unfold } = this.find.now;
    let list;
    try {
      list = (await this.panel.link.ask("list", { query, sort, unfold })).value;
    } catch (refused) {
      if (asked === this.wanted) this.panel.fail(refused.message, this.find.wrong);
      return;
    }
    if (asked !== this.wanted || this.closed) return;
    const { root } = this.panel,
      inside = root.contains(document.activeElement);
    this.find.wrong.replaceChildren();
    this.find.told(list);
    const none = list.labels.length === 0;
    this.sheet.root.hidden = none;
    this.empty.hidden = !none;
    if (none) ctFill(this.empty, this.nothing());
    this.sheet.set(list, place ?? (this.sheet.labels.length ? undefined : this.memory.place));
    // what had the focus may be gone: it must not fall out of the panel, where a letter is the notebook's
    if (inside && !this.shows(document.activeElement))
      (none ? (this.empty.querySelector("button") ?? this.find.field) : this.sheet.root).focus({ preventScroll: true });
    if (this.goal) {
      const { take, said } = this.goal;
      this.goal = null;
      if (!this.sheet.go(take)) this.panel.say(`${said}; ${take} is not among the takes shown`);
    }
  }

  shows(element) {
    return this.panel.root.contains(element) && !element.closest("[hidden]");
  }

  nothing() {
    if (this.find.now.query.trim()) return this.find.nothing();
    if (this.state.counts.all) return ct("p", {}, "Every take is folded: the button above unfolds them.");
    return ct(
      "p",
      {},
      "No take has a clip yet: ",
      ct("code", { class: "mono" }, 'film.generate("07A")'),
      " makes one.",
    );
  }

  /** Another take has the focus: what is known of it is shown at once, the rest when it has been looked up. */
  async focused(label) {
    this.question.end();
    this.opened = "";
    if (!label) return;
    this.memory.place = this.sheet.place();
    this.look();
    const row = this.sheet.rows.get(label) ?? (await this.sheet.whole(label).catch(() => null));
    if (row && label === this.sheet.label) this.side.show(row, null);
  }

  async lookUp() {
    const take = this.sheet.label;
    if (!take) return;
    try {
      const detail = (await this.panel.link.ask("look", { take })).value;
      if (take === this.sheet.label && !this.closed) this.side.show(detail.row, detail);
    } catch (refused) {
      this.panel.fail(refused.message);
    }
  }

  go(label) {
    if (this.sheet.go(label)) this.sheet.root.focus({ preventScroll: true });
    else this.panel.say(`${label} is not among the takes shown`);
  }

  first() {
    const { labels, seen } = this.sheet;
    this.nextIs(labels.find((_, at) => !seen[at]));
  }

  nextIs(label) {
    if (label) this.go(label);
    else this.panel.say("every take of this list is seen");
  }

  /** As panel.act; what is written is kept in mind until it is answered, and its answer spread. */
  act(what, details, near) {
    return DAILIES_WRITES.has(what) ? this.write(what, details, near) : this.panel.act(what, details, near);
  }

  async write(what, details, near) {
    const entry = this.unwritten.begin(what, details);
    try {
      const done = (await this.panel.link.ask(what, details)).value;
      this.unwritten.end(entry);
      this.spread(done);
      return done;
    } catch (refused) {
      const heard = refused instanceof CtRefused; // else it never left the page, and is kept
      if (heard) this.unwritten.end(entry);
      if (heard && near) this.panel.fail(refused.message, near);
      else this.unwritten.fail(entry, refused.message);
      return null;
    }
  }

  spread(done) {
    if (!done?.row || this.closed) return;
    this.sheet.update(done.row);
    this.side.update(done.row);
    this.pair.update(done.row);
    this.counts(done.counts, done.pace);
    this.panel.say(done.said);
    if (this.question.take === done.take) this.question.draw();
  }

  /** A verdict on the focused take; the focus goes on at once, so that no second key can hit the same take. */
  judge(verdict, event) {
    const take = this.sheet.label;
    if (!take || event.repeat) return;
    this.question.end();
    if (this.busy.has(take)) {
      this.panel.say(`${take} is on its way to the disk`);
      return;
    }
    const already = this.sheet.row(take).verdict === verdict;
    const same = `${take} is ${{ circle: "circled", hold: "held", ng: "NG" }[verdict]} already`;
    const written = already ? Promise.resolve({ said: same }) : this.write("judge", { take, verdict });
    this.busy.add(take);
    const next = event.shiftKey ? take : this.sheet.next(this.busy);
    if (next && next !== take) this.sheet.go(next);
    if (verdict !== "hold") this.question.ask(take, verdict);
    written.then((done) => {
      this.busy.delete(take);
      if (this.closed) return;
      if (!done && this.question.take === take) this.question.end();
      if (done && !next) this.panel.say(`${done.said}; every take of this list is seen`);
      else if (already) this.panel.say(done.said);
    });
  }

  accident(event) {
    const take = this.sheet.label;
    if (!take || event.repeat || this.busy.has(`accident ${take}`)) return;
    this.busy.add(`accident ${take}`);
    const done = () => this.busy.delete(`accident ${take}`);
    this.write("accident", { take, on: !this.sheet.row(take).accident }).then(done);
  }

  note() {
    if (this.question.take) this.question.note();
    else if (this.sheet.label) this.side.noteField.focus();
  }

  reason(at) {
    const take = this.question.take || this.sheet.label,
      reason = this.state.reasons[at];
    if (!take || !reason) return;
    const { wishes } = this,
      key = `${take}/${reason}`;
    const on = !(wishes.get(key) ?? dailiesReasons(this.sheet.row(take)).includes(reason));
    wishes.set(key, on);
    this.write("reason", { take, reason, on }).then(() => {
      if (wishes.get(key) === on) wishes.delete(key);
    });
  }

  async undo() {
    const done = await this.panel.act("undo", {});
    if (!done) return;
    this.spread(done);
    if (this.sheet.go(done.take)) return;
    this.goal = done; // it may be in the list again when that is told anew
    this.list();
  }

  async compare(take = this.sheet.label) {
    if (!take) return;
    try {
      const row = await this.sheet.whole(take),
        said = this.pair.toggle(row);
      if (said) this.panel.say(said);
      if (this.pair.takes.length !== 1 || this.pair.takes[0] !== take) return;
      const others = await this.panel.act("alternates", { take });
      if (!others || this.pair.takes.length !== 1 || this.pair.takes[0] !== take) return;
      if (others.length) this.pair.add(await this.sheet.whole(others[0][0]));
      else this.panel.say(`${take} is the only take of its shot: V on another take compares the two`);
    } catch (refused) {
      this.panel.fail(refused.message);
    }
  }

  get paired() {
    return this.pair.takes.length > 1 && this.pair.takes.includes(this.sheet.label);
  }

  play() {
    if (!this.sheet.label) return;
    if (this.paired) {
      this.side.pause?.();
      this.pair.play();
    } else {
      this.pair.pause?.();
      this.opened = this.sheet.label;
      this.side.play();
    }
  }

  step(by) {
    if (this.paired) this.pair.step(by);
    else if (this.opened && this.opened === this.sheet.label) this.side.step(by);
    else this.sheet.step(by);
  }

  close() {
    if (this.sheet.labels.length) this.memory.place = this.sheet.place();
    this.closed = true;
    this.unwritten.close();
    this.look.stop();
    this.news.stop();
    for (const part of [this.find, this.side, this.pair, this.coverage, this.sheet, this.media]) part.close();
  }
}

/** What each key does. */
function dailiesKeys(own) {
  const inSheet = (act) => (event) => (event.target === own().sheet.root ? act(event) : false);
  const keys = {
    c: (event) => own().judge("circle", event),
    h: (event) => own().judge("hold", event),
    n: (event) => own().judge("ng", event),
    a: (event) => own().accident(event),
    v: (event) => event.repeat || own().compare(),
    f: () => own().pair.flip(),
    i: (event) => own().side.mark("in", event.shiftKey),
    o: (event) => own().side.mark("out", event.shiftKey),
    u: (event) => event.repeat || own().undo(),
    x: () => own().nextIs(own().sheet.next(own().busy)),
    ",": () => own().step(-1),
    ".": () => own().step(1),
    " ": (event) => event.repeat || own().play(),
    "/": () => own().find.search(),
    Enter: inSheet(() => own().note()),
  };
  for (let digit = 1; digit <= 9; digit++) keys[digit] = (event) => event.repeat || own().reason(digit - 1);
  for (const key of ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End", "PageUp", "PageDown"])
    keys[key] = inSheet(() => own().sheet.move(key));
  return keys;
}

function render({ model, el }) {
  let dailies = null;
  const label = `Dailies, ${dailiesPlural(model.get("_state").counts.all, "take")}`;
  const panel = ctPanel(
    { model, el },
    label,
    dailiesKeys(() => dailies),
    DAILIES_HELP,
  );
  dailies = new Dailies(panel, model);
  return () => {
    panel.link.ask("left").catch(() => {});
    dailies.close();
    panel.close();
  };
}
export default { render };
