// One picture of one take: the poster, and over it the clip from when it is first played or stepped. Nothing plays by
// itself. A time is that of a frame's middle, so that a decoder never shows its neighbour.

class DailiesScreen {
  constructor(media, { onTime = () => {}, loops = true } = {}) {
    Object.assign(this, { media, onTime, loops });
    this.row = null;
    this.video = null;
    this.opening = null; // the promise of a clip
    this.wants = false; // plays, or will as soon as it can
    this.at = 0;
    this.image = ct("img", { alt: "", hidden: true });
    this.wrong = ct("p", { class: "ct-nothing", hidden: true });
    this.code = ct("span", { class: "ct-code", "aria-hidden": "true" });
    this.element = ct("div", { class: "ct-screen" }, this.image, this.wrong, this.code);
  }

  get fps() {
    return this.row?.fps || 24;
  }
  get frames() {
    return Math.max(1, this.row?.frames || Math.round((this.row?.seconds ?? 0) * this.fps));
  }
  get frame() {
    return Math.min(this.frames - 1, Math.max(0, Math.floor(this.at * this.fps + 0.05)));
  }

  show(row) {
    const before = this.row;
    this.row = row;
    if (before?.take === row.take && before.clip === row.clip && before.poster === row.poster) return;
    this.drop();
    this.at = 0.5 / this.fps;
    this.tell(row.missing);
    this.poster(row);
    this.tick();
  }

  /** The poster; the last take's is taken away only if this one is not there within a frame. */
  async poster(row, bytes = false) {
    const late = requestAnimationFrame(() => (this.image.hidden = true));
    const { url, why } = await this.media.poster(row, bytes);
    cancelAnimationFrame(late);
    if (this.row?.take !== row.take) return;
    this.image.hidden = !url;
    this.image.alt = `${row.take}, a still`;
    this.image.onerror = () => {
      if (this.row?.take !== row.take) return;
      if (!bytes && !url.startsWith("blob:")) this.poster(row, true);
      else this.image.hidden = true;
    };
    if (url) this.image.src = url;
    else if (!this.video) this.tell(row.missing || why);
  }

  tell(sentence) {
    this.wrong.textContent = sentence ?? "";
    this.wrong.hidden = !sentence;
  }

  /** The clip, opened once; null if it cannot be shown, and why is told in its place. */
  open() {
    this.opening ??= this.load(this.row);
    return this.opening;
  }

  async load(row, bytes = false) {
    const { url, why } = await this.media.clip(row, bytes);
    if (this.row?.take !== row.take) return null;
    if (!url) return this.fail(why || row.missing || `${row.take} has no clip`);
    const video = ct("video", {
      loop: this.loops,
      playsinline: true,
      preload: "auto",
      tabindex: "-1",
      "aria-label": `${row.take}, its clip`,
    });
    video.muted = true; // the attribute does nothing for an element made by script
    this.video = video;
    return new Promise((done) => {
      this.abandon = () => done(null);
      video.addEventListener("loadedmetadata", () => {
        this.tell("");
        video.currentTime = this.at;
        done(video);
      });
      video.addEventListener("error", () => {
        if (this.video !== video) return;
        if (!bytes && !url.startsWith("blob:")) {
          this.release(); // the server may refuse what Python can read
          return done(this.load(row, true));
        }
        this.fail(`${decodeURIComponent(row.clip) || `the clip of ${row.take}`} cannot be played here`);
        done(null);
      });
      for (const event of ["seeked", "pause", "ended"]) video.addEventListener(event, () => this.tick());
      video.addEventListener("play", () => this.follow(video));
      video.src = url;
      this.wrong.before(video);
    });
  }

  fail(sentence) {
    this.wants = false;
    this.release();
    this.tell(sentence);
    this.tick();
    return null;
  }

  /** While it plays, every frame that is shown is told. */
  follow(video) {
    const each = () => {
      if (this.video !== video || video.paused) return;
      this.tick();
      if (video.requestVideoFrameCallback) video.requestVideoFrameCallback(each);
      else requestAnimationFrame(each);
    };
    each();
  }

  tick() {
    if (this.video && !this.video.seeking && this.video.readyState > 0) this.at = this.video.currentTime;
    const { frame, fps } = this,
      base = Math.round(fps),
      two = (number) => String(Math.floor(number)).padStart(2, "0"),
      all = frame / base;
    this.code.textContent = [all / 3600, (all / 60) % 60, all % 60, frame % base].map(two).join(":");
    this.onTime();
  }

  toggle() {
    if (this.wants) this.pause();
    else this.play();
  }

  async play() {
    this.wants = true;
    if (!this.video) this.opening = null; // what failed before is tried again
    const video = await this.open();
    if (!video || !this.wants || this.video !== video) return;
    try {
      await video.play();
    } catch (refused) {
      if (this.wants && this.video === video) this.fail(`${this.row.take} cannot be played: ${refused.message}`);
    }
  }

  pause() {
    this.wants = false;
    this.video?.pause();
    this.onTime();
  }

  seekFrame(frame) {
    this.seek((Math.min(this.frames - 1, Math.max(0, frame)) + 0.5) / this.fps);
  }

  /** To a time; the clip is opened for it. */
  seek(at) {
    this.at = at;
    if (this.video?.readyState > 0) this.video.currentTime = at;
    else this.open();
    this.tick();
  }

  release() {
    const { video } = this;
    this.video = null;
    if (!video) return;
    video.pause();
    video.removeAttribute("src");
    video.load(); // lets go of the decoder and the bytes
    video.remove();
  }

  drop() {
    this.wants = false;
    this.opening = null;
    this.abandon?.();
    this.release();
  }

  close() {
    this.drop();
    this.row = null;
  }
}
