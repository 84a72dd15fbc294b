// What the player is made of: the song's clock, and one <video> that keeps step with it.

const CUTROOM_SEEK = 2; // frames out of step, after which a clip is moved rather than hurried
const CUTROOM_HURRY = 0.5; // seconds in which a smaller lead or lag is made up
const CUTROOM_RATES = [0.0625, 16]; // what a browser plays; other speeds are shown frame by frame
const CUTROOM_INSIDE = 0.1; // of a frame
const CUTROOM_DEAF = 400; // ms after which a clip that could not be moved in time is moved again

/** A speed as it is written: "3/4" or "0.75". */
function cutroomSpeed(text) {
  const [above, below = "1"] = String(text).split("/");
  const speed = Number(above) / Number(below);
  return Number.isFinite(speed) && speed > 0 ? speed : 1;
}

/** Seconds of the film from its start: the song's own clock while it sounds, else the page's. */
class CutroomClock {
  constructor(audio) {
    this.audio = audio;
    this.running = false;
    this.sounds = false;
    this.base = [0, 0]; // seconds of the film at milliseconds of the page
  }

  get now() {
    if (!this.running) return this.base[0];
    if (this.sounds && !this.audio.ended) {
      const heard = Math.max(this.base[0], this.audio.currentTime); // an element's clock goes back by a hair at times
      return (this.base = [heard, performance.now()])[0];
    }
    return this.base[0] + (performance.now() - this.base[1]) / 1000;
  }

  put(seconds) {
    this.base = [seconds, performance.now()];
    const { audio } = this;
    const inside = audio.readyState > 0 && seconds < audio.duration;
    if (inside) audio.currentTime = seconds;
    if (this.running && inside && audio.paused) this.sound().catch(() => {}); // paused meanwhile: then it is not wanted
    if (!inside) this.silence();
  }

  /** From here on: with the song where there is one, else by the page's clock. */
  async start() {
    const { audio } = this;
    this.sounds = audio.readyState > 0 && this.base[0] < audio.duration;
    if (this.sounds) await audio.play();
    this.base[1] = performance.now();
    this.running = true;
  }

  async sound() {
    await this.audio.play();
    this.sounds = this.running;
  }

  silence() {
    this.sounds = false;
    this.audio.pause();
  }

  stop() {
    this.base = [this.now, performance.now()];
    this.running = false;
    this.silence();
  }
}

/** One <video> with a piece of the program in it. */
class CutroomReel {
  constructor(player) {
    this.player = player;
    this.video = ct("video", { playsinline: true, preload: "auto", tabindex: "-1", "aria-hidden": "true" });
    this.video.muted = true; // the attribute does nothing for an element made by script
    this.slot = null;
    this.take = ""; // whose clip is in it, or on its way
    this.loaded = ""; // whose clip is in it
    this.why = ""; // why there is none
    this.shown = [null, null]; // the frames of the clip last shown, the older one first
    this.turns = 0; // when the newer one is on the screen, in the page's milliseconds
    this.moved = 0; // when it was last moved by hand
    this.token = null;
    const { video } = this;
    const seen = (_, about) => {
      this.shown = [this.shown[1], Math.floor(about.mediaTime * player.fps + 0.05)];
      this.turns = about.expectedDisplayTime ?? performance.now();
      player.seen(this);
      video.requestVideoFrameCallback(seen);
    };
    video.requestVideoFrameCallback?.(seen);
  }

  get usable() {
    return Boolean(this.loaded) && this.loaded === this.slot.take && this.video.readyState >= 1;
  }

  /** The clip's frame that is on the screen now. */
  get seen() {
    return this.shown[performance.now() < this.turns ? 0 : 1];
  }

  /** The clip's time for a frame of the film, which may have a part after the point. */
  want(frame) {
    const { slot, video } = this;
    const at = (slot.in + (frame - slot.record) * cutroomSpeed(slot.speed)) / this.player.fps;
    return Math.min(Math.max(0, at), video.duration || Infinity);
  }

  /** Open the slot's clip and stand at this frame of the film, if one is given; true when its picture is there. */
  async load(slot, frame = null) {
    const token = (this.token = {});
    this.slot = slot;
    this.why = "";
    if (slot.kind !== "take") return true;
    if (this.take !== slot.take) {
      this.take = slot.take;
      this.opening = this.open(slot);
    }
    const why = await this.opening;
    if (this.token !== token) return false;
    if (why) this.take = ""; // so that it is tried again
    this.why = why;
    if (!why && frame !== null) await this.stand(frame);
    return !why && this.token === token;
  }

  /** The clip by its address, else by its bytes; why not, in a sentence. */
  async open(slot) {
    const { video } = this;
    video.pause();
    this.loaded = "";
    for (const bytes of [false, true]) {
      const { url, why } = await this.player.media.clip(slot, bytes);
      if (this.take !== slot.take) return "";
      if (!url) return why || `${slot.take} has no clip`;
      const fine = await new Promise((done) => {
        video.onloadeddata = () => done(true);
        video.onerror = () => done(false);
        video.src = url;
      });
      if (this.take !== slot.take) return "";
      if (fine) {
        this.loaded = slot.take;
        return "";
      }
      if (url.startsWith("blob:")) break;
    }
    return `the clip of ${slot.take} cannot be played here`;
  }

  /** Pause just inside a frame: a decoder must not show its neighbour, and playing on from there is in step. */
  stand(frame) {
    const { video, slot } = this;
    video.pause();
    this.rate(cutroomSpeed(slot.speed));
    const at = this.want(Math.floor(frame)) + CUTROOM_INSIDE / this.player.fps;
    if (Math.abs(video.currentTime - at) < 1e-4 && !video.seeking) return Promise.resolve();
    return new Promise((done) => {
      video.onseeked = () => done();
      video.currentTime = at;
    });
  }

  rate(speed) {
    const [least, most] = CUTROOM_RATES;
    this.video.playbackRate = Math.min(most, Math.max(least, speed));
  }

  /** Keep step with the song: hurry or linger a little, or be moved when too far off. */
  follow(frame) {
    const { video, slot } = this,
      speed = cutroomSpeed(slot.speed),
      [least, most] = CUTROOM_RATES;
    if (!this.usable || video.seeking) return;
    const steps = speed < least || speed > most,
      strays = video.currentTime - this.want(frame), // seconds of the clip
      off = Math.abs(strays) * this.player.fps,
      now = performance.now();
    if (steps) {
      if (!video.paused) video.pause();
      if (off >= 1) video.currentTime = this.want(frame) + 0.5 / this.player.fps;
      return;
    }
    if (video.paused && !video.ended) video.play().catch(() => {});
    if (off > CUTROOM_SEEK * Math.max(1, speed) && now - this.moved > CUTROOM_DEAF) {
      this.moved = now;
      video.currentTime = this.want(frame + 0.5);
    } else {
      const nudge = Math.min(0.5, Math.max(-0.5, strays / CUTROOM_HURRY / speed));
      this.rate(off > 0.2 ? speed * (1 - nudge) : speed);
    }
  }

  clear() {
    const { video } = this;
    this.token = null;
    this.take = this.loaded = "";
    video.pause();
    video.removeAttribute("src");
    video.load(); // lets go of the decoder and the bytes
  }
}
