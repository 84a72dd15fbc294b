// Pictures and clips of takes: by the server's own address where it serves the film's files, else as bytes from Python.
// What is asked for within a moment goes in one message; the newest wish first, for that is what is on the screen.

const DAILIES_BATCH = 60; // pictures a message
const DAILIES_KEPT = 400; // pictures kept in the page's memory
const DAILIES_CLIPS = 6; // and clips
const DAILIES_OPEN = 2; // messages under way at once

/** An address for each thing asked for, or a sentence why there is none: {url, why}. `bytes` passes the server by. */
function dailiesMedia(link, state) {
  const kept = ctKept(DAILIES_KEPT), // "poster/07A-014" → its address
    clips = ctKept(DAILIES_CLIPS),
    answers = ctServes(() => state.files),
    wanted = new Map(), // what no message has asked for yet
    asked = new Map(); // what is asked for: one promise for all who want it
  let open = 0,
    timer = null,
    served = null, // a promise: does the server answer for this film's files?
    closed = false;

  const serves = (row) => {
    if (!state.files || !row.poster) return Promise.resolve(false);
    served ??= answers(place(row, "poster"));
    return served;
  };
  const place = (row, what) => (what === "clip" ? row.clip : `media/${what}s/${encodeURIComponent(row.take)}.jpg`);
  const address = (row, what) => state.files + place(row, what);
  const pump = async () => {
    timer = null;
    if (open >= DAILIES_OPEN || closed || !wanted.size) return;
    const newest = [...wanted.values()].reverse();
    const what = newest[0].what,
      batch = newest.filter((wish) => wish.what === what).slice(0, DAILIES_BATCH);
    for (const wish of batch) wanted.delete(wish.key);
    open += 1;
    if (wanted.size) timer = setTimeout(pump);
    let answer = { value: [], buffers: [] },
      failed = "";
    try {
      answer = await link.ask("pictures", { takes: batch.map((wish) => wish.take).reverse(), what });
    } catch (refused) {
      failed = refused.message;
    }
    open -= 1;
    const told = new Map(answer.value.map(([take, at, why]) => [take, { at, why }]));
    for (const { key, take, done } of batch) {
      const { at, why } = told.get(take) ?? { at: -1, why: failed || `nothing was said about the ${what} of ${take}` };
      const bytes = at < 0 ? null : answer.buffers[at];
      const url = bytes ? kept.keep(key, bytes, "image/jpeg") : "";
      asked.delete(key);
      done({ url, why: url ? "" : why || `the ${what} of ${take} did not arrive` });
    }
    if (wanted.size && timer === null) timer = setTimeout(pump);
  };
  const picture = async (row, what, bytes) => {
    const key = `${what}/${row.take}`;
    if (kept.has(key)) return kept.again(key);
    if (!bytes && row[what] && (await serves(row))) return { url: address(row, what), why: "" };
    if (kept.has(key)) return kept.again(key);
    if (asked.has(key)) return asked.get(key);
    const promise = new Promise((done) => wanted.set(key, { key, take: row.take, what, done }));
    asked.set(key, promise);
    timer ??= setTimeout(pump);
    return promise;
  };

  return {
    poster: (row, bytes = false) => picture(row, "poster", bytes),
    strip: (row, bytes = false) => picture(row, "strip", bytes),
    async clip(row, bytes = false) {
      if (clips.has(row.take)) return clips.again(row.take);
      if (!bytes && row.clip && (await serves(row))) return { url: address(row, "clip"), why: "" };
      try {
        const { buffers } = await link.ask("clip", { take: row.take });
        if (!buffers[0]) return { url: "", why: `the clip of ${row.take} did not arrive` };
        return { url: clips.keep(row.take, buffers[0], ctClipType(row.clip)), why: "" };
      } catch (refused) {
        return { url: "", why: refused.message };
      }
    },
    /** Ask for a picture and show it once it is whole; by bytes if its address fails; `none(why)` if there is none. */
    show(image, row, what, none, shown = () => {}) {
      const token = {};
      image.dailiesToken = token;
      const current = () => image.dailiesToken === token && !closed;
      const set = async (bytes) => {
        const { url, why } = await picture(row, what, bytes);
        if (!current()) return;
        if (!url) return none(why);
        image.onload = () => current() && shown(url);
        image.onerror = () => {
          if (!current()) return;
          if (bytes || url.startsWith("blob:")) none(`the ${what} of ${row.take} cannot be read as a picture`);
          else set(true);
        };
        image.src = url;
      };
      set(false);
    },
    close() {
      closed = true;
      clearTimeout(timer);
      for (const store of [kept, clips]) store.close();
    },
  };
}
