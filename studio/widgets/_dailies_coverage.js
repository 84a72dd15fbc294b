// What is still lacking, what kills takes, what is kept, where two people disagree: asked for only when it is opened.

class DailiesCoverage {
  constructor({ act, go, find, say }) {
    Object.assign(this, { act, go, find, say });
    this.by = "shot";
    this.told = null;
    this.asked = 0;
    this.summary = ct("span", { class: "sub" });
    this.body = ct("div", { class: "ct-coverbody" });
    this.wrong = ct("div", { "data-wrong": "coverage" });
    this.root = ct(
      "details",
      { class: "ct-coverage", ontoggle: () => this.refresh() },
      ct("summary", {}, ct("h3", {}, "Coverage"), this.summary),
      this.wrong,
      this.body,
    );
  }

  /** Ask again, where it is open; an answer that a later question has overtaken is dropped. */
  async refresh() {
    if (!this.root.open) return;
    const asked = ++this.asked;
    const told = await this.act("coverage", {}, this.wrong);
    if (!told || asked !== this.asked) return;
    this.told = told;
    this.draw();
  }

  draw() {
    const { told } = this;
    this.summary.textContent = told.lacking.length
      ? ` ${dailiesCount(told.lacking.length, "shot lacks", "shots lack")} something`
      : " every shot has a circle";
    dailiesDraw(this.body, [told, this.by], () => [
      this.part(
        "Lacking",
        told.lacking.length ? this.lacking() : ct("p", { class: "sub" }, "nothing: every shot has a circle"),
      ),
      this.part(
        "Which reasons kill",
        told.reasons.length ? this.reasons() : ct("p", { class: "sub" }, "no reason was given yet"),
      ),
      this.part("Kept", this.kept()),
      this.part("Disagreements", told.disagreements.length ? this.disagreements() : ct("p", { class: "sub" }, "none")),
    ]);
  }

  part(name, inside) {
    return ct("div", { class: "ct-coverpart" }, ct("h3", {}, name), inside);
  }

  table(heads, rows) {
    return ct(
      "table",
      { class: "ct-table" },
      ct(
        "thead",
        {},
        ct(
          "tr",
          {},
          heads.map((head, at) => ct("th", { scope: "col", class: at ? "num" : null }, head)),
        ),
      ),
      ct("tbody", {}, rows),
    );
  }

  lacking() {
    return ct(
      "ul",
      { class: "ct-coverlist" },
      this.told.lacking.map(([shot, what, takes, done]) =>
        ct(
          "li",
          {},
          ct(
            "button",
            {
              type: "button",
              class: "ct-link mono",
              "data-key": `lacks/${shot}`,
              "aria-label": `show the takes of ${shot}`,
              onclick: () => this.find(`shot:${shot}`),
            },
            shot,
          ),
          ct("span", { class: "grow" }, `lacks ${what}`),
          ct("span", { class: "tiny nowrap" }, `${dailiesCount(takes, "take", "takes")}, ${done} done`),
        ),
      ),
    );
  }

  reasons() {
    return this.table(
      ["reason", "NG", "circled", "held"],
      this.told.reasons.map(([reason, ...counts]) =>
        ct(
          "tr",
          {},
          ct("th", { scope: "row" }, reason),
          counts.map((count) => ct("td", { class: "num" }, String(count))),
        ),
      ),
    );
  }

  kept() {
    const rows = this.told.kept[this.by] ?? [];
    const choice = ctChoice("Kept by", ["shot", "move", "model", "word"], this.by, (by) => {
      this.by = by;
      this.draw();
    });
    return [
      choice,
      rows.length
        ? ct(
            "ul",
            { class: "ct-coverlist" },
            rows.map(([name, said]) =>
              ct("li", {}, ct("span", { class: "grow" }, name), ct("span", { class: "nowrap" }, said)),
            ),
          )
        : ct("p", { class: "sub" }, "nothing is judged yet"),
    ];
  }

  disagreements() {
    return ct(
      "ul",
      { class: "ct-coverlist" },
      this.told.disagreements.map(([take, opinions]) =>
        ct(
          "li",
          {},
          ct(
            "button",
            {
              type: "button",
              class: "ct-link mono",
              "data-key": `disagree/${take}`,
              "aria-label": `go to ${take}`,
              onclick: () => this.go(take),
            },
            take,
          ),
          ct(
            "span",
            { class: "row wrap" },
            opinions.map(([who, verdict]) =>
              ct("span", { class: "nowrap" }, ctWho(who, who), " ", DAILIES_VERDICT[verdict] ?? verdict),
            ),
          ),
        ),
      ),
    );
  }

  close() {
    this.asked += 1;
    this.told = null;
  }
}

const dailiesCount = (count, one, more) => `${count} ${count === 1 ? one : more}`;

function dailiesCoverage(given) {
  return new DailiesCoverage(given);
}
