// What is looked up of one take: its camera as it was measured, its words and its siblings', its facts, where it comes
// from, what happened to it.

class DailiesDetail {
  constructor(side) {
    this.side = side;
    this.row = this.detail = this.motion = null;
    this.whole = false; // the prompt is unfolded
    this.sibling = "";
    this.plot = ct("div", {});
    this.words = ct("div", { class: "ct-word" });
    this.facts = ct("dl", { class: "ct-facts" });
    this.siblings = ct("div", { class: "ct-sect ct-siblings" });
    this.lineage = ct("div", { class: "ct-sect" });
    this.history = ct("ul", { class: "ct-history" });
    this.historyHead = ct("summary", {});
    this.historyBox = ct("details", { class: "ct-sect" }, this.historyHead, this.history);
    this.root = ct(
      "div",
      { class: "ct-sect ct-looked" },
      ct("div", { class: "ct-sect" }, this.plot, this.words, ct("div", { "data-wrong": "camera" })),
      ct("div", { class: "ct-sect" }, this.facts),
      this.siblings,
      this.lineage,
      this.historyBox,
    );
  }

  get take() {
    return this.row.take;
  }

  /** Another take is shown and not looked up yet: what is here is not about it. The place keeps its height. */
  wait(waits) {
    this.root.classList.toggle("ct-waits", waits);
    this.root.setAttribute("aria-busy", String(waits));
  }

  at(seconds) {
    this.motion?.at(seconds);
  }

  /** Draw what has been looked up. */
  draw(row, detail) {
    Object.assign(this, { row, detail });
    dailiesDraw(this.plot, [detail.measured, row.camera], () => {
      this.motion = detail.measured ? dailiesMotion(detail.measured) : null;
      return dailiesMeasured(detail.measured, row, this.motion);
    });
    this.motion?.at(this.side.seconds);
    this.drawWord();
    this.drawFacts();
    dailiesDraw(this.siblings, [row.take, detail.siblings, this.sibling], () => this.siblingParts());
    this.siblings.hidden = !detail.siblings.length;
    dailiesDraw(this.lineage, [row.take, detail.lineage], () => [
      ct("div", { class: "ct-lab" }, ct("h3", {}, "Lineage")),
      ct(
        "ul",
        { class: "mono ct-lineage" },
        detail.lineage.map((line) => ct("li", {}, dailiesLinked(line, this.side.go, row.take))),
      ),
    ]);
    this.lineage.hidden = !detail.lineage.length;
    dailiesDraw(this.historyHead, detail.history.length, () => [
      ct("h3", {}, "History"),
      ct("span", { class: "tiny" }, ` ${detail.history.length}`),
    ]);
    this.historyBox.hidden = !detail.history.length;
    dailiesDraw(this.history, detail.history, () =>
      detail.history.map(([when, who, what, undone]) =>
        ct(
          "li",
          { class: "sub" },
          ct("span", { class: "mono" }, when),
          " ",
          ctWho(who, who),
          " ",
          undone ? [ct("s", {}, what), " undone"] : what,
        ),
      ),
    );
  }

  /** A person's word on the camera; it counts before what was measured. */
  drawWord() {
    const { measured } = this.detail;
    const mine = measured ? measured.by && measured.by !== "studio" : Boolean(this.row.camera.obeyed);
    const chosen = mine ? (measured?.obeyed ?? this.row.camera.obeyed) : "";
    const names = Object.fromEntries(Object.entries(DAILIES_OBEYED).map(([word, [, , said]]) => [word, said]));
    const inside = this.words.contains(document.activeElement);
    dailiesDraw(this.words, [this.take, chosen], () => [
      ct(
        "p",
        { class: "tiny" },
        chosen ? "did the camera do it? a person’s word counts:" : "did the camera do it? your word:",
      ),
      ctChoice(
        "Did the camera do it",
        Object.keys(names),
        chosen,
        (word) => this.obeyed(word === chosen ? null : word),
        names,
      ),
      chosen
        ? ct(
            "button",
            { type: "button", class: "ct-link", "data-key": "noword", onclick: () => this.obeyed(null) },
            "take back",
          )
        : null,
    ]);
    if (inside && !this.words.contains(document.activeElement)) this.words.querySelector("[tabindex='0']").focus();
  }

  async obeyed(obeyed) {
    const { take } = this;
    const done = await this.side.act("obeyed", { take, obeyed }, this.side.near("camera"));
    if (!done || take !== this.side.take || !this.side.detail) return;
    const { measured } = this.detail;
    if (measured) {
      const by = obeyed ? (this.side.state().author ?? "you") : "studio";
      this.side.detail = { ...this.detail, measured: { ...measured, obeyed: done.row.camera.obeyed, by } };
    }
    this.draw(this.side.row, this.side.detail);
  }

  drawFacts() {
    const { prompt, facts } = this.detail;
    const long = prompt && prompt.parts.map(([, , text]) => text).join(" ").length > 80;
    dailiesDraw(this.facts, [this.take, prompt, facts, this.whole], () => [
      prompt
        ? [
            ct("dt", {}, "prompt"),
            ct(
              "dd",
              {},
              ct(
                "div",
                { class: this.whole ? "ct-prompt" : "ct-prompt folded" },
                ct("span", { class: "mono" }, `v${prompt.version} `),
                prompt.parts.map(([part, who, text]) =>
                  ct(
                    "span",
                    { class: "ct-part" },
                    ctWho(who, part),
                    who ? " " : "",
                    ct("span", { class: "ct-partname" }, `${part}: `),
                    text,
                    " ",
                  ),
                ),
              ),
              long &&
                ct(
                  "button",
                  {
                    type: "button",
                    class: "ct-link",
                    "data-key": "whole",
                    "aria-expanded": String(this.whole),
                    "aria-label": this.whole ? "less of the prompt" : "all of the prompt",
                    onclick: () => {
                      this.whole = !this.whole;
                      this.drawFacts();
                    },
                  },
                  this.whole ? "less" : "all",
                ),
            ),
          ]
        : null,
      facts.map(([name, value]) => [
        ct("dt", {}, name),
        ct("dd", { class: name === "seed" || name === "file" ? "mono" : null }, value),
      ]),
    ]);
  }

  siblingParts() {
    const { siblings } = this.detail;
    if (!siblings.length) return [];
    const chosen = siblings.find((each) => each.take === this.sibling) ?? siblings[0];
    return [
      ct("div", { class: "ct-lab" }, ct("h3", {}, "Other words")),
      ct(
        "div",
        { class: "row wrap" },
        ct("span", { class: "sub" }, "against"),
        ct(
          "select",
          {
            class: "ct-select",
            "aria-label": "Which sibling to compare the words with",
            "data-key": "sibling",
            onchange: (event) => {
              this.sibling = event.target.value;
              this.draw(this.row, this.detail);
            },
          },
          siblings.map((each) =>
            ct("option", { value: each.take, selected: each === chosen }, `${each.take} · v${each.version}`),
          ),
        ),
        ct(
          "button",
          {
            type: "button",
            class: "ct-link",
            "aria-label": `go to ${chosen.take}`,
            onclick: () => this.side.go(chosen.take),
          },
          "go there",
        ),
      ),
      ct("p", { class: "sub" }, chosen.said),
      ct(
        "dl",
        { class: "ct-facts ct-diff" },
        chosen.parts.map(([part, words]) => [
          ct("dt", {}, part),
          ct(
            "dd",
            {},
            words.map(([how, text]) => [ct({ added: "ins", removed: "del" }[how] ?? "span", {}, text), " "]),
          ),
        ]),
      ),
    ];
  }
}
