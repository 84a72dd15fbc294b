// The versions of a cut and what is between two of them; what is worth a look before it goes out; the way out to the
// editors and back again, and the film as a file.

const CUTROOM_REPORT = 200; // lines of a report that are listed

class CutroomVersions {
  constructor({ act, say, fail, select, state }) {
    Object.assign(this, { act, say, fail, select, state });
    this.progress = {};
    this.build();
  }

  build() {
    const field = (label, placeholder, enter) => ({
      class: "ct-field line grow",
      "aria-label": label,
      placeholder,
      autocomplete: "off",
      spellcheck: "false",
      onkeydown: (event) => {
        if (event.key !== "Enter" || event.isComposing) return;
        event.preventDefault();
        enter();
      },
    });
    const button = (words, click, more = "") =>
      ct("button", { type: "button", class: `ct-btn${more}`, onclick: click }, words);
    this.name = ct(
      "input",
      field("Name of what is handed over", "name", () => this.run("export")),
    );
    this.editors = cutroomEditors();
    this.exporter = button("Write for the editors", () => this.run("export"));
    this.opener = button("Read a cut back…", () => this.open(this.backRow.hidden));
    this.opener.setAttribute("aria-expanded", "false");
    this.path = ct(
      "input",
      field("File of the editor’s cut, inside the film’s folder", "incoming/from-editor.xml", () => this.conform()),
    );
    this.reader = button("Read it", () => this.conform(), " small");
    this.backRow = ct("div", { class: "row", hidden: true }, this.path, this.reader);
    this.written = ct("p", { class: "sub" });
    this.report = ct("div", {});
    this.renderer = button("Render film", () => this.run("render"), " main");
    this.stopper = button("Stop", () => this.stop());
    this.bar = ct("progress", {
      class: "ct-cr-progress",
      max: "1",
      value: "0",
      "aria-label": "Frames made",
      hidden: true,
    });
    this.counted = ct("span", { class: "mono" });
    this.pace = ct("span", { class: "end sub" });
    this.rendered = ct("p", { class: "sub" });
    this.list = ct("ol", { class: "ct-cr-versions" });
    this.difference = ct("div", {});
    this.checkSaid = ct("span", { class: "sub" });
    this.checks = ct("ul", { class: "ct-cr-list" });
    this.checkPart = ct(
      "div",
      { class: "ct-sect" },
      ct("div", { class: "ct-lab" }, ct("h2", {}, "Worth a look"), this.checkSaid),
      this.checks,
    );
    this.handPart = ct(
      "div",
      { class: "ct-sect" },
      ct("div", { class: "ct-lab" }, ct("h2", {}, "Hand over"), ct("span", { class: "end sub" }, "opens")),
      this.editors.root,
      ct("div", { class: "row" }, ct("label", { class: "row sub grow" }, "name", this.name), this.exporter),
      this.written,
      ct("div", { "data-wrong": "export" }),
      ct("div", { class: "row ct-cr-back" }, this.opener),
      this.backRow,
      ct("div", { "data-wrong": "conform" }),
      this.report,
    );
    this.renderPart = ct(
      "div",
      { class: "ct-sect" },
      ct("div", { class: "row ct-cr-render" }, this.renderer, this.stopper),
      this.bar,
      ct("div", { class: "row" }, this.counted, this.pace),
      this.rendered,
      ct("div", { "data-wrong": "render" }),
    );
    this.versionPart = ct(
      "div",
      { class: "ct-sect" },
      ct("div", { class: "ct-lab" }, ct("h2", {}, "Versions")),
      this.list,
      ct("div", { "data-wrong": "versions" }),
      this.difference,
    );
    this.root = ct("div", { class: "ct-cr-out" }, this.handPart, this.renderPart, this.checkPart, this.versionPart);
  }

  near(part) {
    return this.root.querySelector(`[data-wrong="${part}"]`);
  }

  draw() {
    const { versions, against, checks, cut, editors } = this.state();
    this.editors.draw(editors);
    if (!this.name.placeholder.includes(cut.name)) this.name.placeholder = cut.name || "name";
    cutroomDraw(this.list, [versions, against?.version, cut.version], () =>
      versions.map(([version, name, who, when]) => this.line(version, name, who, when, cut.version, against)),
    );
    if (!versions.length) cutroomDraw(this.list, "none", () => ct("li", { class: "sub" }, "Save makes the first one."));
    cutroomDraw(this.difference, against, () => (against ? this.differs(against) : []));
    this.checkSaid.textContent = checks.length ? "advice only" : "nothing found";
    cutroomDraw(this.checks, checks, () =>
      checks.map(([slot, said]) => ct("li", {}, this.to(slot), ct("span", {}, said))),
    );
    this.drawProgress();
  }

  /** A button that goes to a slot. */
  to(slot) {
    if (!slot) return ct("span", { class: "mono" }, "–");
    return ct(
      "button",
      { type: "button", class: "ct-link mono", "aria-label": `go to slot ${slot}`, onclick: () => this.select(slot) },
      String(slot),
    );
  }

  line(version, name, who, when, current, against) {
    const link = (words, said, click, pressed = null) =>
      ct(
        "button",
        {
          type: "button",
          class: "ct-link",
          "aria-label": said,
          "aria-pressed": pressed,
          "data-key": said,
          onclick: click,
        },
        words,
      );
    const compared = against?.version === version;
    return ct(
      "li",
      { class: version === current ? "on" : "" },
      ct("b", { class: "mono" }, String(version)),
      ct("span", { class: "grow" }, name || ct("span", { class: "sub" }, "no name"), " ", ctWho(who, who)),
      ct("span", { class: "sub nowrap" }, when),
      ct(
        "span",
        { class: "row ct-cr-acts" },
        version === current
          ? ct("span", { class: "sub" }, "open")
          : [
              link("open", `open version ${version}`, () => this.act("open", { version }, this.near("versions"))),
              link(
                compared ? "✓ against" : "against",
                `compare with version ${version}`,
                () => this.act("against", { version: compared ? null : version }, this.near("versions")),
                String(compared),
              ),
            ],
      ),
    );
  }

  differs({ version, said, slots, joins }) {
    return [
      ct("p", { class: "ct-cr-differs" }, ct("b", {}, `Against ${version}: `), said),
      ct(
        "ul",
        { class: "ct-cr-list" },
        ct("li", {}, this.to(0), ct("span", {}, ct("b", {}, "joins"), ` ${joins}`)),
        slots
          .slice(0, CUTROOM_REPORT)
          .map(([n, kind, words]) =>
            ct("li", {}, this.to(n), ct("span", {}, ct("b", {}, kind), words && words !== kind ? ` ${words}` : "")),
          ),
      ),
    ];
  }

  // --- the way out

  async run(what) {
    if (this.progress.running) return this.say("it is under way already: Stop ends it");
    const details = what === "export" ? { name: this.name.value.trim(), preset: this.editors.preset } : {};
    const done = await this.act(what, details, this.near(what));
    if (done?.said) this.tell(what, done.said);
  }

  stop() {
    if (!this.progress.running) this.say("nothing runs");
    else if (!this.progress.stopping) this.act("stop", {}, this.near("render"));
  }

  tell(what, said) {
    (what === "export" ? this.written : this.rendered).textContent = said;
    this.say(said);
  }

  open(on) {
    this.backRow.hidden = !on;
    this.opener.setAttribute("aria-expanded", String(on));
    if (on) this.path.focus();
  }

  async conform() {
    const path = this.path.value.trim();
    if (this.reading) return;
    this.reading = true;
    cutroomRests(this.reader, true);
    const done = await this.act("conform", { path }, this.near("conform"));
    this.reading = false;
    cutroomRests(this.reader, false);
    if (!done) return;
    this.say(done.said);
    cutroomDraw(this.report, done, () => [
      ct("p", { class: "ct-cr-differs" }, ct("b", {}, done.said)),
      ct(
        "ul",
        { class: "ct-cr-list" },
        done.report.slice(0, CUTROOM_REPORT).map((row) => {
          const [first, ...rest] = row;
          const slot = Number.isInteger(first);
          return ct("li", {}, slot ? this.to(first) : ct("b", {}, String(first)), ct("span", {}, rest.join(" · ")));
        }),
      ),
    ]);
  }

  /** `_progress`: {running, what: "render"|"export", done, total, unit, pace, said, error, stopping}. */
  follow(progress) {
    const ended = this.progress.running && !progress.running;
    const what = progress.what ?? this.progress.what ?? "render";
    this.progress = progress;
    if (ended && progress.error) this.fail(progress.error, this.near(what));
    else if (ended && progress.said) this.tell(what, progress.said);
    this.drawProgress();
  }

  drawProgress() {
    const { running = false, done = 0, total = 0, unit = "f", pace = "", said = "", stopping = false } = this.progress;
    for (const button of [this.exporter, this.renderer]) cutroomRests(button, running);
    cutroomRests(this.stopper, !running || stopping);
    this.bar.hidden = !running;
    if (total) {
      this.bar.max = total;
      this.bar.value = done;
    } else this.bar.removeAttribute("value");
    const number = (value) => value.toLocaleString("en-GB");
    this.counted.textContent = running && total ? `${number(done)} / ${number(total)} ${unit}` : "";
    this.pace.textContent = running ? pace || said : "";
  }
}

/** The right column below the player: {root, draw(), follow(progress)}. */
function cutroomVersions(given) {
  return new CutroomVersions(given);
}
