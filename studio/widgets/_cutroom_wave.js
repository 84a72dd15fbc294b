// The song as a picture on a canvas: bars with their numbers, beats, and the waveform, which Python sends in pieces.
// Only what the frame shows is drawn; a piece is asked for once for each step of detail, the newest wish first.

const CUTROOM_WAVE = { height: 88, top: 4, number: 14, middle: 50, half: 26, ticks: 80 }; // pixels, as in the design
const CUTROOM_WAVE_POINTS = 256; // pairs of lowest and highest in a piece
const CUTROOM_WAVE_PIECES = 240; // pieces kept
const CUTROOM_WAVE_OPEN = 2; // questions under way at once
const CUTROOM_WAVE_INKS = ["ink", "ink-2", "ink-3", "edge", "rule", "wire"];

/** The canvas; `draw(state, view)` shows `view.width` pixels from `view.left` on, `recolour()` follows a new theme. */
function cutroomWave({ ask, say }) {
  const canvas = ct("canvas", { "aria-hidden": "true" });
  const probes = Object.fromEntries(
    CUTROOM_WAVE_INKS.map((name) => [name, ct("i", { style: `color: var(--ct-${name}); display: none` })]),
  );
  const pen = canvas.getContext("2d");
  const pieces = new Map(), // "detail/number" → Float32Array, or null: refused, and not asked for again
    asked = new Set();
  let inks = null,
    fonts = null,
    key = "",
    open = 0,
    told = false,
    last = null,
    closed = false;

  const keyOf = ({ film, song, cut }) => [film, song.there, song.audio, cut.frames, cut.rate].join("|");
  /** Film frames to a point: a power of two, so that a frame of another width asks for nothing anew. */
  const detailOf = (view) => 2 ** Math.max(-6, Math.floor(Math.log2(2 / view.scale)));
  const span = (detail, number, frames) => {
    const start = number * CUTROOM_WAVE_POINTS * detail,
      end = Math.min(frames, start + CUTROOM_WAVE_POINTS * detail);
    return { start, end, points: Math.max(1, Math.ceil((end - start) / detail)) };
  };

  const pump = (wishes) => {
    for (const [name, { start, end, points }] of wishes) {
      if (open >= CUTROOM_WAVE_OPEN) return;
      if (pieces.has(name) || asked.has(name)) continue;
      const asker = key;
      asked.add(name);
      open += 1;
      ask("wave", { start, end, points })
        .then(({ buffers }) => {
          const sent = buffers[0],
            bytes = ArrayBuffer.isView(sent) ? sent : new DataView(sent);
          return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
        })
        .catch((refused) => {
          if (!told && !closed) say(`the waveform cannot be drawn: ${refused.message}`);
          told = true;
          return null;
        })
        .then((piece) => {
          open -= 1;
          if (closed || asker !== key) return;
          asked.delete(name);
          pieces.set(name, piece);
          if (pieces.size > CUTROOM_WAVE_PIECES) pieces.delete(pieces.keys().next().value);
          if (last) draw(...last);
        });
    }
  };

  /** The piece itself, or a coarser one that is here already and covers it. */
  const known = (detail, number) => {
    for (let coarser = detail, at = number; coarser <= 256 * detail; coarser *= 2, at = Math.floor(at / 2)) {
      const piece = pieces.get(`${coarser}/${at}`);
      if (piece) return { piece, detail: coarser, start: at * CUTROOM_WAVE_POINTS * coarser };
    }
    return null;
  };

  const wave = (state, view) => {
    const { middle, half } = CUTROOM_WAVE,
      detail = detailOf(view),
      size = CUTROOM_WAVE_POINTS * detail,
      { frames } = state.cut;
    const first = Math.max(0, Math.floor(view.frame(0) / size)),
      after = Math.min(Math.ceil(frames / size), Math.ceil(view.frame(view.width) / size));
    const wishes = [];
    pen.fillStyle = inks["ink-3"];
    for (let number = first; number < after; number++) {
      const { start, end, points } = span(detail, number, frames),
        name = `${detail}/${number}`;
      if (!pieces.has(name)) wishes.push([name, { start, end, points }]);
      const found = known(detail, number);
      if (!found) {
        pen.fillRect(view.x(start), middle - 0.5, (end - start) * view.scale, 1);
        continue;
      }
      const step = found.detail * view.scale,
        wide = Math.max(0.8, step * 0.6);
      const from = Math.round((start - found.start) / found.detail),
        to = Math.min(found.piece.length / 2, Math.ceil((end - found.start) / found.detail));
      for (let point = from; point < to; point++) {
        const x = view.x(found.start + point * found.detail);
        if (x < -step || x > view.width) continue;
        const low = Math.max(-1, Math.min(1, found.piece[2 * point])),
          high = Math.max(-1, Math.min(1, found.piece[2 * point + 1]));
        pen.fillRect(x, middle - high * half - 0.5, wide, (high - low) * half + 1);
      }
    }
    if (state.song.there) pump(wishes);
  };

  const line = (x, from, to, ink) => {
    pen.fillStyle = inks[ink];
    pen.fillRect(Math.round(x), from, 1, to - from);
  };
  const words = (text, x, ink = "ink-2", font = fonts.mono) => {
    pen.font = font;
    pen.fillStyle = inks[ink];
    pen.fillText(text, x, CUTROOM_WAVE.number);
  };

  const bars = ({ song }, view) => {
    const { top, height, ticks } = CUTROOM_WAVE;
    const beats = (view.bar * view.scale) / 4 >= 5;
    if (beats)
      for (const beat of song.beats) {
        const x = view.x(beat);
        if (x > -1 && x < view.width + 1) line(x, ticks, height, "wire");
      }
    const each = [1, 2, 4, 8, 16, 32].find((count) => count * view.bar * view.scale >= 30) ?? 64;
    const lines = view.bar * view.scale >= 6 ? 1 : 4;
    for (const [number, frame] of song.bars) {
      const x = view.x(frame);
      if (x < -40 || x > view.width + 1) continue;
      const strong = (number - 1) % (4 * Math.max(1, each / 4)) === 0;
      if ((number - 1) % lines === 0) line(x, top, height, strong ? "edge" : "rule");
      if ((number - 1) % each === 0 && x < view.width - 18) words(number, x + 3);
    }
    for (const [frame, name] of song.markers ?? []) {
      const x = view.x(frame);
      if (x < -120 || x > view.width) continue;
      line(x, CUTROOM_WAVE.number + 3, height, "ink");
      pen.font = fonts.sans;
      pen.fillStyle = inks.ink;
      pen.fillText(name, x + 4, height - 11);
    }
  };

  const seconds = ({ cut }, view) => {
    const second = cut.rate[0] / cut.rate[1];
    const each = [1, 2, 5, 10, 15, 30, 60, 120, 300].find((count) => count * second * view.scale >= 48) ?? 600;
    for (let at = 0; at * second <= cut.frames; at += each) {
      const x = view.x(at * second);
      if (x < -40 || x > view.width + 1) continue;
      line(x, CUTROOM_WAVE.top, CUTROOM_WAVE.height, "rule");
      words(ctSpan(at), x + 3);
    }
  };

  function draw(state, view) {
    last = [state, view];
    if (!view.width || closed) return;
    if (key !== keyOf(state)) {
      key = keyOf(state);
      pieces.clear();
      asked.clear();
      told = false;
    }
    if (!inks) {
      inks = Object.fromEntries(CUTROOM_WAVE_INKS.map((name) => [name, getComputedStyle(probes[name]).color]));
      const mono = getComputedStyle(canvas).getPropertyValue("--ct-mono"),
        sans = getComputedStyle(canvas).getPropertyValue("--ct-sans");
      fonts = { mono: `11px ${mono || "monospace"}`, sans: `11px ${sans || "sans-serif"}` };
    }
    const sharp = devicePixelRatio || 1,
      wide = Math.round(view.width * sharp),
      tall = Math.round(CUTROOM_WAVE.height * sharp);
    if (canvas.width !== wide || canvas.height !== tall) {
      canvas.width = wide;
      canvas.height = tall;
      canvas.style.width = `${view.width}px`;
    }
    pen.setTransform(sharp, 0, 0, sharp, 0, 0);
    pen.clearRect(0, 0, view.width, CUTROOM_WAVE.height);
    if (state.song.bars.length) bars(state, view);
    else seconds(state, view);
    wave(state, view);
  }

  return {
    parts: [canvas, Object.values(probes)],
    canvas,
    draw,
    recolour() {
      inks = null;
      if (last) draw(...last);
    },
    close() {
      closed = true;
      pieces.clear();
    },
  };
}
