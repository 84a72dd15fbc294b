// Pictures, clips and the song of a cut: by the server's own address where it serves the film's files, else as bytes
// from Python. A picture is kept under what it shows (take and frame), so an edited slot is asked for again.

const CUTROOM_PICTURES = 240; // kept in the page's memory
const CUTROOM_CLIPS = 10;
const CUTROOM_SOUNDS = 200; // each is kept by the player too
const CUTROOM_ASKS = 3; // pictures asked for at once; the newest wish first, for that is what is on the screen

/** Addresses for what is asked for, or a sentence why there is none: {url, why}. `bytes` passes the server by. */
function cutroomMedia(link, state) {
  const pictures = new Map(), // "first/07A-014/7" → object URL, the oldest first
    clips = new Map(),
    sounds = new Map(),
    asked = new Map(), // one promise for all who want the same
    queue = [];
  let open = 0,
    served = false, // the server answers for this film's files
    song = null,
    closed = false;

  const serves = (path) => {
    const { files } = state();
    if (!files || !path) return Promise.resolve(false);
    if (served) return Promise.resolve(true);
    return once(`head/${path}`, () =>
      fetch(files + path, { method: "HEAD", credentials: "same-origin" }).then(
        (answer) => (served ||= answer.ok),
        () => false,
      ),
    );
  };
  const keep = (store, limit, key, bytes, type) => {
    if (closed) return "";
    const url = URL.createObjectURL(new Blob([bytes], { type }));
    store.set(key, url);
    for (const [old, gone] of store) {
      if (store.size <= limit) break;
      URL.revokeObjectURL(gone);
      store.delete(old);
    }
    return url;
  };
  const again = (store, key) => {
    const url = store.get(key);
    store.delete(key);
    store.set(key, url);
    return { url, why: "" };
  };
  const once = (key, make) => {
    if (!asked.has(key))
      asked.set(
        key,
        make().finally(() => asked.delete(key)),
      );
    return asked.get(key);
  };
  const bytesOf = async (store, limit, key, type, what, details, name) => {
    try {
      const { buffers } = await link.ask(what, details);
      const url = buffers[0] ? keep(store, limit, key, buffers[0], type) : "";
      return { url, why: url ? "" : `${name} did not arrive` };
    } catch (refused) {
      return { url: "", why: refused.message };
    }
  };
  const pump = async () => {
    if (open >= CUTROOM_ASKS || closed || !queue.length) return;
    open += 1;
    const { key, details, name, done } = queue.pop();
    done(await bytesOf(pictures, CUTROOM_PICTURES, key, "image/jpeg", "picture", details, name));
    open -= 1;
    pump();
  };
  const picture = (key, details, name) => {
    if (pictures.has(key)) return Promise.resolve(again(pictures, key));
    return once(
      key,
      () =>
        new Promise((done) => {
          queue.push({ key, details, name, done });
          pump();
        }),
    );
  };

  return {
    /** The frame at a slot's in-point or its last one; `frame` (of the take) for another in-point than the slot's. */
    end(what, slot, frame = null) {
      const at = frame ?? (what === "first" ? slot.in : slot.out);
      const details = { what, slot: slot.n, ...(frame === null ? {} : { frame }) };
      return picture(`${what}/${slot.take}/${at}/${slot.speed}`, details, `the ${what} picture of slot ${slot.n}`);
    },
    poster: (take) => picture(`take/${take}`, { what: "take", slot: take }, `the poster of ${take}`),
    async clip(slot, bytes = false) {
      if (clips.has(slot.take)) return again(clips, slot.take);
      if (!bytes && (await serves(slot.clip))) return { url: state().files + slot.clip, why: "" };
      const type = slot.clip.endsWith(".webm") ? "video/webm" : "video/mp4";
      const name = `the clip of ${slot.take}`;
      return once(`clip/${slot.take}`, () =>
        bytesOf(clips, CUTROOM_CLIPS, slot.take, type, "clip", { take: slot.take }, name),
      );
    },
    /** What plays under a slot beside the song. */
    sound: (slot) =>
      once(`sound/${slot.heard}`, () =>
        bytesOf(sounds, CUTROOM_SOUNDS, slot.heard, "audio/wav", "sound", { slot: slot.n }, "the sound"),
      ),
    /** The song from the cut's first frame on. */
    async audio(bytes = false) {
      const { audio, there } = state().song;
      if (!there) return { url: "", why: "" };
      if (!bytes && (await serves(audio))) return { url: state().files + audio, why: "" };
      song ??= once("song", () => bytesOf(new Map(), 1, "song", "audio/mp4", "audio", {}, "the song"));
      const answer = await song;
      if (!answer.url) song = null; // and it is asked for again
      return answer;
    },
    /** Show a picture in an <img> once it is whole; `none(why)` if there is none. */
    async show(image, wish, none = () => {}) {
      const token = {};
      image.cutroomWish = token;
      const { url, why } = await wish;
      if (image.cutroomWish !== token || closed) return;
      image.hidden = !url;
      image.onerror = () => {
        image.hidden = true;
        none("it cannot be read as a picture");
      };
      if (url) image.src = url;
      else none(why);
    },
    async close() {
      closed = true;
      const told = await song;
      for (const url of [...pictures.values(), ...clips.values(), ...sounds.values(), told?.url ?? ""])
        if (url.startsWith("blob:")) URL.revokeObjectURL(url);
    },
  };
}
