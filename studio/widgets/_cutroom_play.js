// The cut as it plays: two <video> in one stage, one shown and one that waits at the next in-point; the song's clock
// leads. What is played is a program of pieces, each of one slot: the whole cut, or the ends at a join again and again.

const CUTROOM_TRACE = 60_000; // rows kept

class CutroomPlayer {
  constructor({ media, tick = () => {}, ended = () => {}, say = () => {} }) {
    Object.assign(this, { media, tick, ended, say });
    this.slots = [];
    this.fps = 24;
    this.frames = 0;
    this.program = []; // pieces {slot, from, to} in frames of the film
    this.looped = null; // the joins that are played again and again
    this.at = 0; // the piece that is shown
    this.starts = 0;
    this.rows = [];
    this.told = -1;
    this.due = null; // the piece whose next one is made ready once the dissolve into it is over
    this.audio = ct("audio", { preload: "auto", hidden: true });
    this.clock = new CutroomClock(this.audio);
    this.build();
    this.reels = [new CutroomReel(this), new CutroomReel(this)];
    this.stage.prepend(...this.reels.map((reel) => reel.video));
    this.reels[0].video.classList.add("front");
    this.hushed = () => document.hidden && this.pause();
    this.effects = new CutroomEffects(media, say);
    this.others = (event) => this.playing && !this.root.contains(event.target) && this.pause();
    document.addEventListener("visibilitychange", this.hushed);
    document.addEventListener("play", this.others, true); // whatever else begins to play in this page
    this.sized = new ResizeObserver(([{ contentRect }]) => contentRect.width || this.pause()); // not shown
    this.sized.observe(this.stage);
  }

  build() {
    this.still = ct("img", { alt: "", hidden: true });
    this.black = ct("p", { class: "ct-cr-black" });
    this.code = ct("span", { class: "ct-cr-code", "aria-hidden": "true" });
    this.stage = ct("div", { class: "ct-cr-stage" }, this.still, this.black, this.code, this.audio);
    this.button = ct("button", { type: "button", class: "ct-btn small", onclick: () => this.toggle() });
    this.place = ct("span", { class: "sub" });
    this.root = ct(
      "div",
      { class: "ct-cr-player", role: "group", "aria-label": "The cut" },
      this.stage,
      ct("div", { class: "row" }, this.button, this.place),
      ct("div", { "data-wrong": "player" }),
    );
    this.drawButton();
  }

  get playing() {
    return this.clock.running;
  }
  get front() {
    return this.reels[0];
  }
  get back() {
    return this.reels[1];
  }
  get frame() {
    return Math.min(Math.max(0, this.frames - 1), Math.floor(this.clock.now * this.fps + 1e-6));
  }

  /** The cut as it is now; what plays goes on with what has changed. */
  draw(state) {
    const told = JSON.stringify([state.cut.fps, state.cut.frames, state.slots, state.song.audio, state.song.there]);
    if (told === this.drawn) return;
    this.drawn = told;
    const song = JSON.stringify([state.song.there, state.song.audio]);
    if (this.song !== song) this.tuned = null;
    this.song = song;
    Object.assign(this, { cut: state.cut, slots: state.slots, fps: state.cut.fps, frames: state.cut.frames });
    const { frame } = this;
    this.plan();
    if (this.starting) return; // it begins with what is drawn now
    if (this.playing) this.go(this.piece(frame), frame);
    else if (this.front.slot) this.seek(frame);
    else this.show(this.slotAt(frame));
  }

  slotAt(frame) {
    return this.slots.find((slot) => frame < slot.record + slot.frames) ?? this.slots.at(-1);
  }

  /** What is played: all slots in order, or the last second before and the first after each of some joins. */
  plan() {
    const piece = (slot, from, to) => ({
      slot,
      from: Math.max(from, slot.record),
      to: Math.min(to, slot.record + slot.frames),
    });
    const second = Math.round(this.fps);
    let ranges = [[0, this.frames]];
    if (this.looped) {
      ranges = [];
      for (const at of this.looped) {
        const [one, other] = [this.slots[at], this.slots[at + 1]];
        if (!one || !other) continue;
        const from = Math.max(one.record, other.record - second),
          to = Math.min(other.record + other.frames, other.record + second);
        const last = ranges.at(-1);
        if (last && from <= last[1]) last[1] = Math.max(last[1], to);
        else ranges.push([from, to]);
      }
    }
    this.program = ranges
      .flatMap(([from, to]) => this.slots.map((slot) => piece(slot, from, to)))
      .filter(({ from, to }) => from < to);
  }

  piece(frame) {
    const at = this.program.findIndex(({ from, to }) => from <= frame && frame < to);
    return at < 0 ? 0 : at;
  }
  next(at) {
    if (at + 1 < this.program.length) return at + 1;
    return this.looped ? 0 : -1;
  }

  /** A piece is on. Where the one before has ended (`onward`), the reel that waited for it comes to the front. */
  go(at, frame, onward = false) {
    this.at = at;
    const { slot } = this.program[at];
    const holds = ({ slot: one, take }) => one?.n === slot.n && (slot.kind !== "take" || take === slot.take);
    const turns = (onward || !holds(this.front)) && holds(this.back);
    if (turns) this.turn();
    this.faint();
    const { front } = this;
    if (front.loaded === slot.take) front.slot = slot;
    else front.load(slot).then(() => this.show(this.program[this.at]?.slot));
    this.show(slot);
    this.effects.ready(slot);
    this.due = null;
    if (onward && turns && slot.dissolve && this.back.usable)
      this.due = at; // the one before is still seen through it
    else this.ready(at);
  }

  turn() {
    this.front.video.pause();
    this.reels.reverse();
    this.front.video.classList.add("front");
    this.back.video.classList.remove("front");
  }

  ready(at) {
    const next = this.next(at);
    if (next < 0) return;
    const { slot, from } = this.program[next];
    this.effects.ready(slot);
    if (slot.kind === "take") this.back.load(slot, from - this.half(at));
    else {
      this.back.load(slot);
      this.media.end("first", slot); // at hand when it comes
    }
  }

  /** Half of the frames of the dissolve that leads on from a piece. */
  half(at) {
    const [piece, next] = [this.program[at], this.program[this.next(at)]];
    const meets = piece && next && next.from === piece.to && next.slot.n === piece.slot.n + 1;
    return meets && piece.slot.kind === "take" && next.slot.kind === "take" ? next.slot.dissolve / 2 : 0;
  }

  /** Where a dissolve is on, the clip that comes is laid over the one that goes, and both move. */
  mix(frame) {
    const piece = this.program[this.at],
      half = this.half(this.at);
    if (this.due !== null && frame >= piece.slot.record + piece.slot.dissolve / 2) {
      this.faint();
      this.ready(this.due);
      this.due = null;
    }
    if (this.due !== null) {
      this.back.follow(frame);
      this.lay(this.front, 0.5 + (frame - piece.slot.record) / piece.slot.dissolve);
    } else if (half && frame >= piece.to - half && this.back.usable) {
      this.back.follow(frame);
      this.lay(this.back, 0.5 + (frame - piece.to) / (2 * half));
    }
  }

  lay(reel, share) {
    Object.assign(reel.video.style, { zIndex: "2", opacity: Math.min(1, Math.max(0, share)).toFixed(3) });
  }

  faint() {
    for (const { video } of this.reels) Object.assign(video.style, { zIndex: "", opacity: "" });
  }

  /** The picture in front, or black with a name where there is none. */
  show(slot) {
    if (!slot) return;
    const { front } = this,
      video = front.slot?.n === slot.n && front.loaded === slot.take && slot.kind === "take";
    const name =
      slot.kind === "empty"
        ? `slot ${slot.n}, ${slot.shot}: no take yet`
        : slot.kind === "card"
          ? `slot ${slot.n}, ${slot.take}`
          : front.why || `slot ${slot.n}, ${slot.take}`;
    this.black.textContent = name;
    this.black.hidden = video;
    if (video || (this.playing && slot.kind === "take")) {
      this.still.cutroomWish = null;
      this.still.hidden = true;
    } else {
      if (this.playing) this.still.hidden = true; // until the card's own picture is here
      this.media.show(this.still, this.media.end("first", slot));
    }
    this.drawPlace(slot);
    this.drawCode();
  }

  drawPlace(slot = this.slotAt(this.frame)) {
    if (!slot) return;
    const loops = this.looped && (this.playing || this.starting);
    const told = loops ? ` · looping ${this.looped.length > 1 ? "both joins" : "a join"}` : "";
    this.place.textContent = `slot ${slot.n} of ${this.slots.length}, ${slot.take || slot.shot}${told}`;
  }

  drawCode() {
    this.code.textContent = this.cut ? cutroomTimecode(this.frame, this.cut) : "";
  }

  /** The song, once; a film without one plays by the page's clock. */
  tune() {
    this.tuned ??= (async () => {
      for (const bytes of [false, true]) {
        const { url, why } = await this.media.audio(bytes);
        if (!url) return why;
        const fine = await new Promise((done) => {
          this.audio.onloadedmetadata = () => done(true);
          this.audio.onerror = () => done(false);
          this.audio.src = url;
        });
        if (fine) return "";
        if (url.startsWith("blob:")) break;
      }
      this.audio.removeAttribute("src");
      return "the song cannot be played here";
    })();
    return this.tuned;
  }

  toggle() {
    if (this.playing || this.starting) this.pause();
    else this.play();
  }

  /** Play on from where it stands, or from a frame. */
  async play(frame = this.frame) {
    this.loopOff();
    await this.begin(frame >= this.frames - 1 ? 0 : frame);
  }

  /** Joins, counted from 0, again and again: the last second before each, the first second after it. */
  async loop(joins) {
    const there = joins.filter((at) => at >= 0 && at + 1 < this.slots.length);
    if (!there.length) return;
    this.pause();
    this.looped = there;
    this.plan();
    await this.begin(this.program[0].from);
  }

  loopOff() {
    if (!this.looped) return;
    this.looped = null;
    this.plan();
  }

  async begin(frame) {
    if (!this.program.length) return;
    const start = ++this.starts;
    this.starting = true;
    this.drawButton();
    this.rows = [];
    this.told = -1;
    const silent = await this.tune();
    this.clock.put(frame / this.fps);
    await this.front.load(this.program[this.piece(frame)].slot, frame);
    if (start !== this.starts) return;
    if (silent) this.say(`${silent}: the cut plays without it`);
    this.go(this.piece(frame), frame);
    try {
      await this.clock.start();
      this.starting = false;
    } catch (refused) {
      if (start !== this.starts) return; // it was paused meanwhile, which refuses what had begun
      this.pause();
      this.say(`the cut cannot be played: ${refused.message}`);
      return;
    }
    if (start !== this.starts) return;
    this.drawButton();
    this.step();
  }

  /** Once a screen refresh: the song's time, the piece it is in, the clip in step with it. */
  step() {
    if (!this.playing) return;
    this.wake = requestAnimationFrame(() => this.step());
    let frame = this.clock.now * this.fps;
    const piece = this.program[this.at];
    if (frame >= piece.to) {
      let at = this.next(this.at);
      if (at < 0 || (!this.looped && frame >= this.frames)) return this.finish();
      const jumps = this.looped && this.program[at].from !== piece.to;
      if (jumps) {
        frame = this.program[at].from;
        this.clock.put(frame / this.fps);
      } else if (frame >= this.program[at].to) {
        at = this.piece(Math.floor(frame)); // the page was held up
        if (frame < this.program[at].from || frame >= this.program[at].to) {
          frame = this.program[at].from; // for longer than what is looped
          this.clock.put(frame / this.fps);
        }
      }
      this.go(at, frame, true);
    }
    const { front } = this;
    if (front.slot?.kind === "take") front.follow(frame);
    this.mix(frame);
    const { slot } = this.program[this.at];
    this.effects.follow(slot, (frame - slot.record) / this.fps);
    const whole = Math.floor(frame + 1e-6);
    if (whole !== this.told) {
      if (this.rows.at(-1)?.[3] !== whole) this.row(front, front.seen, frame, whole);
      this.told = whole;
      this.drawCode();
      this.tick(whole);
    }
  }

  /** A frame of a clip comes on the screen, now or at the next refresh. */
  seen(reel) {
    if (!this.playing || reel !== this.front) return;
    const ahead = Math.min(0.2, Math.max(0, (reel.turns - performance.now()) / 1000));
    const frame = (this.clock.now + ahead) * this.fps;
    this.row(reel, reel.shown[1], frame, Math.floor(frame));
  }

  row({ slot, loaded }, shown, frame, whole) {
    const here = slot?.kind === "take" && frame < slot.record + slot.frames;
    if (!here || this.rows.length >= CUTROOM_TRACE) return;
    const expected = slot.in + Math.floor((frame - slot.record) * cutroomSpeed(slot.speed) + 1e-6);
    this.rows.push([frame / this.fps, expected, loaded === slot.take ? (shown ?? -1) : -1, whole]);
  }

  /** What was shown since it began: [seconds of the song, the clip's frame there, the one shown, -1 for none]. There is
      a row for each frame of a clip, and one for each frame of the film in which no new one came. */
  trace() {
    return this.rows.map((row) => row.slice(0, 3));
  }

  finish() {
    this.pause();
    this.clock.put(Math.max(0, this.frames - 1) / this.fps);
    this.drawCode();
    this.ended();
  }

  pause() {
    const was = this.playing || this.starting;
    this.starts += 1;
    this.starting = false;
    cancelAnimationFrame(this.wake);
    this.clock.stop();
    for (const { video } of this.reels) video.pause();
    this.effects.hush();
    this.drawButton();
    this.drawPlace();
    if (was) this.tick(this.frame);
  }

  /** Stand at a frame of the film, whose picture is opened for it. */
  async seek(frame) {
    const to = Math.min(Math.max(0, this.frames - 1), Math.max(0, Math.round(frame)));
    if (this.playing && !this.looped) {
      this.clock.put(to / this.fps);
      this.go(this.piece(to), to);
      return;
    }
    this.pause();
    this.loopOff();
    this.faint();
    this.clock.put(to / this.fps);
    const slot = this.slotAt(to);
    if (!slot) return;
    this.drawCode();
    await this.front.load(slot, to);
    if (!this.playing && this.front.slot?.n === slot.n) this.show(slot);
  }

  drawButton() {
    const on = this.playing || this.starting;
    ctFill(
      this.button,
      ct("span", {}, on ? "❚❚ Pause" : "▶ Play"),
      " ",
      ct("span", { class: "ct-key", "aria-hidden": "true" }, "Space"),
    );
  }

  close() {
    this.pause();
    this.sized.disconnect();
    document.removeEventListener("visibilitychange", this.hushed);
    document.removeEventListener("play", this.others, true);
    for (const reel of this.reels) reel.clear();
    this.effects.close();
    this.audio.removeAttribute("src");
    this.audio.load();
  }
}

/** A player of the cut: {root, draw(state), play(frame), pause(), toggle(), seek(frame), loop(joins), trace(), …}. */
function cutroomPlayer(given) {
  return new CutroomPlayer(given);
}
