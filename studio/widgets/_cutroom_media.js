// Pictures, clips and the song of a cut: by the server's own address where it serves the film's files, else as bytes
// from Python. A picture is kept under what it shows (take and frame), so an edited slot is asked for again.

const CUTROOM_PICTURES = 240; // kept in the page's memory
const CUTROOM_CLIPS = 10;
const CUTROOM_SOUNDS = 200; // each is kept by the player too
const CUTROOM_ASKS = 3; // pictures asked for at once; the newest wish first, for that is what is on the screen

/** Addresses for what is asked for, or a sentence why there is none: {url, why}. `bytes` passes the server by. */
function cutroomMedia(link, state) {
  const pictures = ctKept(CUTROOM_PICTURES), // "first/07A-014/7" → its address
    clips = ctKept(CUTROOM_CLIPS),
    sounds = ctKept(CUTROOM_SOUNDS),
    songs = ctKept(1),
    serves = ctServes(() => state().files),
    asked = new Map(), // one promise for all who want the same
    queue = [];
  let open = 0,
    song = null,
    closed = false;

  const once = (key, make) => {
    if (!asked.has(key))
      asked.set(
        key,
        make().finally(() => asked.delete(key)),
      );
    return asked.get(key);
  };
  const bytesOf = async (store, key, type, what, details, name) => {
    try {
      const { buffers } = await link.ask(what, details);
      const url = buffers[0] ? store.keep(key, buffers[0], type) : "";
      return { url, why: url ? "" : `${name} did not arrive` };
    } catch (refused) {
      return { url: "", why: refused.message };
    }
  };
  const pump = async () => {
    if (open >= CUTROOM_ASKS || closed || !queue.length) return;
    open += 1;
    const { key, details, name, done } = queue.pop();
    done(await bytesOf(pictures, key, "image/jpeg", "picture", details, name));
    open -= 1;
    pump();
  };
  const picture = (key, details, name) => {
    if (pictures.has(key)) return Promise.resolve(pictures.again(key));
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
      if (clips.has(slot.take)) return clips.again(slot.take);
      if (!bytes && (await serves(slot.clip))) return { url: state().files + slot.clip, why: "" };
      const type = ctClipType(slot.clip);
      const name = `the clip of ${slot.take}`;
      return once(`clip/${slot.take}`, () => bytesOf(clips, slot.take, type, "clip", { take: slot.take }, name));
    },
    /** What plays under a slot beside the song. */
    sound: (slot) =>
      once(`sound/${slot.heard}`, () =>
        bytesOf(sounds, slot.heard, "audio/wav", "sound", { slot: slot.n }, "the sound"),
      ),
    /** The song from the cut's first frame on. */
    async audio(bytes = false) {
      const { audio, there } = state().song;
      if (!there) return { url: "", why: "" };
      if (!bytes && (await serves(audio))) return { url: state().files + audio, why: "" };
      song ??= once("song", () => bytesOf(songs, "song", "audio/mp4", "audio", {}, "the song"));
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
    close() {
      closed = true;
      for (const store of [pictures, clips, sounds, songs]) store.close();
    },
  };
}
