// What a key asked for and is not on the disk: refused ones are named until a person decides, and those that were never
// answered, because the kernel ended, are kept in the page's memory and offered by the next panel of the film.

const DAILIES_TOLD = { circle: "circle", hold: "hold", ng: "NG" };
const dailiesPlural = (many, one) => `${many} ${one}${many === 1 ? "" : "s"}`;

/** Whether what was asked for stands in a take's row. */
function dailiesStands({ what, details }, row) {
  if (what === "judge") return row.verdict === (details.verdict ?? "");
  if (what === "accident") return row.accident === details.on;
  if (what === "note") return row.note === details.text.trim();
  if (what === "reason") return dailiesReasons(row).includes(details.reason) === details.on;
  if (what === "mark") return row.best_in === details.in_frame && row.best_out === details.out_frame;
  return row.camera?.obeyed === details.obeyed;
}

/** What was asked for, in a person's words. */
function dailiesWished({ what, details: { take, ...rest } }) {
  const words = {
    judge: () => DAILIES_TOLD[rest.verdict] ?? "no verdict",
    accident: () => (rest.on ? "accident" : "no accident"),
    note: () => `note “${rest.text}”`,
    reason: () => `${rest.on ? "" : "not "}“${rest.reason}”`,
    mark: () => "best part",
    obeyed: () => `obeyed: ${rest.obeyed ?? "as measured"}`,
  };
  return `${take} ${words[what]()}`;
}

/** `pending` outlives the panel; `again(what, details)` writes, `back()` returns to the sheet. */
class DailiesUnwritten {
  constructor({ pending, again, back }) {
    Object.assign(this, { pending, again, back });
    this.life = { over: false };
    this.failed = new Map();
    this.lost = [];
    this.root = ct("div", { class: "ct-notices" });
  }

  /** Remember it before it is sent; the newest of a kind about a take counts. */
  begin(what, details) {
    const key = [what, details.take, details.reason].filter(Boolean).join("/"),
      entry = { key, what, details, life: this.life, since: Date.now() };
    this.pending.delete(key);
    this.pending.set(key, entry);
    if (this.failed.delete(key)) this.draw();
    return entry;
  }

  /** It was answered. */
  end(entry) {
    if (this.pending.get(entry.key) === entry) this.pending.delete(entry.key);
  }

  fail(entry, why) {
    this.failed.set(entry.key, { ...entry, why });
    this.draw();
  }

  /** What an earlier panel asked for and never heard of, less what is on the disk after all. */
  async offer(rowsOf) {
    const gone = ({ life, since }) => life !== this.life && (life.over || Date.now() - since > CT_SILENT_MS);
    const lost = [...this.pending.values()].filter(gone);
    if (!lost.length) return;
    const takes = [...new Set(lost.map(({ details }) => details.take))],
      rows = {};
    for (let from = 0; from < takes.length; from += DAILIES_ROWS)
      Object.assign(rows, await rowsOf(takes.slice(from, from + DAILIES_ROWS)));
    for (const entry of lost) {
      const row = rows[entry.details.take];
      if (row && dailiesStands(entry, row)) this.end(entry);
      else this.lost.push(entry);
    }
    this.draw();
  }

  settle(lost, again) {
    this.lost = [];
    for (const entry of lost) this.end(entry);
    this.draw();
    this.back();
    if (again) for (const { what, details } of lost) this.again(what, details);
  }

  draw() {
    const button = (words, key, onclick) =>
      ct("button", { type: "button", class: "ct-btn small", "data-key": key, onclick }, words);
    const lost = this.lost.filter((entry) => this.pending.get(entry.key) === entry),
      one = lost.length === 1,
      kind = lost.every(({ what }) => what === "judge") ? "verdict" : "mark";
    const offer = () => [
      `${dailiesPlural(lost.length, kind)} never reached the disk: ${lost.map(dailiesWished).join(", ")}`,
      button(one ? "Write it now" : "Write them now", "lost/write", () => this.settle(lost, true)),
      button(one ? "Forget it" : "Forget them", "lost/forget", () => this.settle(lost, false)),
    ];
    const refused = (entry) => {
      const forget = () => {
        this.failed.delete(entry.key);
        this.pending.delete(entry.key);
        this.draw();
        this.back();
      };
      const again = () => {
        this.again(entry.what, entry.details);
        this.back();
      };
      return ct(
        "p",
        { class: "ct-wrong" },
        ct("b", {}, "✗ "),
        `${dailiesWished(entry)} was not written: ${entry.why} `,
        button("Try again", `again/${entry.key}`, again),
        " ",
        button("Forget it", `forget/${entry.key}`, forget),
      );
    };
    ctFill(
      this.root,
      lost.length ? ct("p", { class: "row wrap ct-lost" }, offer()) : null,
      ct("div", { role: "alert" }, [...this.failed.values()].map(refused)),
    );
  }

  close() {
    this.life.over = true;
  }
}
