// What a panel shows and plays of a film: bytes kept in the page as addresses, and whether the server has the files.

/** Bytes under a key as an object URL, the oldest let go: {has, again, keep, close}. */
function ctKept(limit) {
  const urls = new Map(); // the oldest first
  let closed = false;
  return {
    has: (key) => urls.has(key),
    /** What is kept under a key, and for longer now. */
    again(key) {
      const url = urls.get(key);
      urls.delete(key);
      urls.set(key, url);
      return { url, why: "" };
    },
    /** Its address; "" once all is closed. */
    keep(key, bytes, type) {
      if (closed) return "";
      const url = URL.createObjectURL(new Blob([bytes], { type }));
      urls.set(key, url);
      for (const [old, gone] of urls) {
        if (urls.size <= limit) break;
        URL.revokeObjectURL(gone);
        urls.delete(old);
      }
      return url;
    },
    close() {
      closed = true;
      for (const url of urls.values()) URL.revokeObjectURL(url);
      urls.clear();
    },
  };
}

/** Ask whether the server answers for a film's file: `files()` is where it has them; a yes is one for all of them. */
function ctServes(files) {
  const asked = new Map();
  let served = false;
  return async (path) => {
    const base = files();
    if (!base || !path) return false;
    if (served) return true;
    if (!asked.has(path))
      asked.set(
        path,
        fetch(base + path, { method: "HEAD", credentials: "same-origin" })
          .then(
            (answer) => (served ||= answer.ok),
            () => false,
          )
          .finally(() => asked.delete(path)),
      );
    return asked.get(path);
  };
}

/** The type of a clip by its name. */
const ctClipType = (path) => (path.endsWith(".webm") ? "video/webm" : "video/mp4");
