// The quiet question after a circle or an NG. While it stands, digits and Enter are about its take.

const dailiesReasons = (row) => (row?.reason ?? "").split(",").flatMap((word) => word.trim() || []);

/** `pick(at)` gives or takes back a reason, `write(take, text)` a note, `back()` returns to the sheet. */
class DailiesQuestion {
  constructor({ reasons, row, pick, write, back, hints }) {
    Object.assign(this, { reasons, row, pick, write, back, hints });
    this.take = "";
    this.root = ct("div", { class: "ct-question" });
    this.draw();
  }

  ask(take, verdict) {
    Object.assign(this, { take, verdict, field: null });
    this.draw();
  }

  end() {
    if (!this.take) return;
    this.take = "";
    this.draw();
  }

  draw() {
    const { root, take } = this;
    if (!take) {
      root.removeAttribute("role");
      root.removeAttribute("aria-label");
      const keys = this.hints.map(([key, does]) => [ct("span", { class: "ct-key" }, key), ` ${does} `]);
      ctFill(root, ct("span", { class: "tiny" }, keys));
      return;
    }
    const row = this.row(take),
      has = dailiesReasons(row);
    const word = row.verdict === this.verdict ? ` ${DAILIES_VERDICTS[row.verdict]}.` : "…";
    root.setAttribute("role", "group");
    root.setAttribute("aria-label", `Why, ${take}`);
    const chip = (reason, at) => {
      const on = has.includes(reason);
      const looks = { type: "button", class: on ? "ct-chip on" : "ct-chip", "aria-pressed": String(on) };
      return ct(
        "button",
        { ...looks, "data-key": `why/${reason}`, onclick: () => this.pick(at) },
        ct("span", { class: "mono" }, String(at + 1)),
        reason,
      );
    };
    const open = { type: "button", class: "ct-link", "data-key": "why/note", onclick: () => this.note() };
    ctFill(
      root,
      ct("b", { class: "nowrap" }, ct("span", { class: "mono" }, take), `${word} Why?`),
      this.reasons().slice(0, 9).map(chip),
      this.field ?? ct("button", open, "Enter: a note"),
    );
  }

  /** A field for the note. */
  note() {
    const { take } = this;
    this.field ??= ct("input", {
      class: "ct-field line grow",
      "aria-label": `Note on ${take}`,
      "data-key": "why/field",
      value: this.row(take).note ?? "",
      onkeydown: (event) => {
        if (event.key !== "Enter" || event.isComposing) return;
        event.preventDefault();
        this.write(take, event.target.value);
        this.end();
        this.back();
      },
    });
    this.draw();
    this.field.focus();
  }
}
