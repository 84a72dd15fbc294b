// The prompt desk: what a person types is here and never waits; what is known and decided is Python's.

const DESK_WORDS = ["scene_text", "camera", "style", "avoid", "portal_in", "portal_out"];

class Desk {
  constructor(panel, model) {
    this.panel = panel;
    this.state = model.get("_state");
    this.progress = model.get("_progress");
    this.looked = null;
    this.titles = {};
    this.asked = 0;
    this.look = ctLater(() => this.ask());
    this.build();
    this.take(this.state, true);
    panel.link.state("_state", (state) => {
      if (state !== this.state) this.take(state, false);
    });
    panel.link.state("_progress", (progress) => {
      if (this.progress.running && !progress.running) panel.say(progress.said);
      this.progress = progress;
      this.pay.draw();
    });
    panel.link.ask("here").catch(() => {});
    panel.link
      .ask("moves")
      .then(({ value }) => {
        this.camera.picker.fill(value.moves);
        this.lookNow();
      })
      .catch((refused) => panel.fail(refused.message));
  }

  act(what, details, near) {
    return this.panel.act(what, details, this.panel.root.querySelector(`[data-wrong="${near}"]`));
  }
  lookNow() {
    this.look.stop();
    this.ask();
  }
  by(part) {
    const field = this.state.parts[part];
    return field?.initials ? ctWho(field.initials, field.author) : null;
  }
  get draft() {
    return {
      ...Object.fromEntries(DESK_WORDS.map((part) => [part, this.fields[part]])),
      continuity: this.fields.continuity,
      cards: this.fields.cards,
    };
  }
  get changed() {
    return [...DESK_WORDS, "continuity", "cards"].filter(
      (part) => JSON.stringify(this.fields[part]) !== JSON.stringify(this.base.fields[part]),
    );
  }

  build() {
    const { panel } = this;
    this.head = ct("div", { class: "ct-head" });
    this.scene = ct("textarea", {
      class: "ct-field text",
      rows: "2",
      "aria-label": "Scene",
      placeholder: "What happens, in one or two sentences.",
      oninput: (event) => this.change("scene_text", event.target.value),
    });
    this.sceneBy = ct("span", { class: "row" });
    this.sceneCount = ct("span", { class: "end tiny" });
    this.theirs = ct("div", { class: "ct-theirs" });
    this.camera = deskCamera(this);
    this.style = deskWords("Style", (text) => this.change("style", text));
    this.avoid = deskWords("Avoid", (text) => this.change("avoid", text));
    this.styleBy = ct("span", {});
    this.avoidBy = ct("span", {});
    this.avoidSaid = ct("span", { class: "end tiny" });
    this.sets = ct("select", {
      class: "ct-select small end",
      "aria-label": "A set of style words",
      onchange: () => {
        if (this.sets.value) this.useStyle(this.sets.value);
        this.sets.value = "";
      },
    });
    this.known = ct("datalist", { id: `ct-portals-${Math.random().toString(36).slice(2)}` });
    const portal = (part, name, said) => {
      this[part] = ct("input", {
        class: "ct-field line",
        "aria-label": name,
        placeholder: said,
        list: this.known.id,
        oninput: (event) => this.change(part, event.target.value),
      });
      return ct("label", { class: "row grow" }, ct("span", { class: "sub nowrap" }, name), this[part]);
    };
    this.continuity = deskContinuity(this);
    this.requests = deskRequests(this);
    this.pay = deskPay(this);
    this.takesStrip = deskTakes(this);
    this.versions = deskVersions(this);
    panel.body.append(
      this.head,
      ct(
        "div",
        { class: "ct-desk" },
        ct(
          "div",
          {},
          ct(
            "div",
            { class: "ct-sect" },
            ct("div", { class: "ct-lab" }, ct("h3", {}, "Scene"), this.sceneBy, this.sceneCount),
            this.scene,
            ct("div", { "data-wrong": "scene_text" }),
            this.theirs,
          ),
          this.camera.element,
          ct(
            "div",
            { class: "ct-sect ct-looks" },
            ct(
              "div",
              {},
              ct("div", { class: "ct-lab" }, ct("h3", {}, "Style"), this.styleBy, this.sets),
              this.style.row,
              ct("div", { "data-wrong": "style" }),
            ),
            ct(
              "div",
              {},
              ct("div", { class: "ct-lab" }, ct("h3", {}, "Avoid"), this.avoidBy, this.avoidSaid),
              this.avoid.row,
              ct("div", { "data-wrong": "avoid" }),
            ),
          ),
          ct(
            "div",
            { class: "ct-sect" },
            ct("div", { class: "ct-lab" }, ct("h3", {}, "Portals"), ct("span", { class: "sub" }, "of an endless zoom")),
            ct(
              "div",
              { class: "row wrap" },
              portal("portal_in", "comes out of", "the keyhole"),
              portal("portal_out", "goes into", "the bubble"),
            ),
            this.known,
            ct("div", { "data-wrong": "portals" }),
          ),
          this.continuity.element,
        ),
        ct("div", {}, this.requests.element, this.pay.element, this.takesStrip.element, this.versions.element),
      ),
    );
  }

  /** A new state from Python. Parts that are not changed here follow it; where both changed, both are shown. */
  take(state, first) {
    const before = this.base;
    this.state = state;
    const theirs = Object.fromEntries(DESK_WORDS.map((part) => [part, state.parts[part].text]));
    Object.assign(theirs, { continuity: state.parts.continuity.words, cards: state.used });
    const drafts = ctDrafts();
    if (first || state.shot !== before?.shot) {
      const kept = drafts.get(state.key) ?? state.draft;
      this.base = { shot: state.shot, version: kept ? kept.base : state.version, fields: kept?.was ?? theirs };
      this.fields = { ...theirs, ...(kept?.fields ?? {}) };
      this.models = kept?.models ?? state.chosen_models;
      this.model = this.models[0];
      this.takes = kept?.takes ?? state.takes_wanted;
      this.seconds = kept?.seconds ?? state.seconds;
      this.begin = false;
      this.beginsAs = "";
    }
    const mine = this.changed;
    this.clash = mine.filter(
      (part) =>
        JSON.stringify(theirs[part]) !== JSON.stringify(this.base.fields[part]) &&
        JSON.stringify(theirs[part]) !== JSON.stringify(this.fields[part]),
    );
    for (const part of Object.keys(theirs)) if (!mine.includes(part)) this.fields[part] = theirs[part];
    this.theirWords = theirs;
    if (!this.clash.length) this.base = { shot: state.shot, version: state.version, fields: theirs };
    this.drawWords();
    this.requests.options();
    this.pay.draw();
    this.takesStrip.draw();
    if (first || before?.version !== state.version || before?.shot !== state.shot) this.versions.draw();
    this.lookNow();
  }

  drawWords() {
    const { state } = this;
    this.drawHead();
    const wrote = state.parts.scene_text;
    this.sceneBy.replaceChildren(
      ...[this.by("scene_text"), wrote.said ? ct("span", { class: "sub" }, wrote.said) : null].filter(Boolean),
    );
    if (document.activeElement !== this.scene) this.scene.value = this.fields.scene_text;
    this.sceneCount.textContent = `${this.fields.scene_text.length} characters`;
    this.camera.drawWords();
    this.styleBy.replaceChildren(this.by("style") ?? "");
    this.avoidBy.replaceChildren(this.by("avoid") ?? "");
    this.drawLooks();
    for (const part of ["portal_in", "portal_out"])
      if (document.activeElement !== this[part]) this[part].value = this.fields[part];
    ctFill(
      this.known,
      state.portals.map((each) => ct("option", { value: each })),
    );
    const styles = state.cards.filter((card) => card.kind === "style");
    ctFill(
      this.sets,
      ct("option", { value: "" }, "use a set…"),
      styles.map((card) => ct("option", {}, card.name)),
    );
    this.sets.hidden = !styles.length;
    this.continuity.draw();
    deskTheirs(this);
  }

  settle() {
    this.scene.blur();
    this.take(this.state, false);
    this.keep();
  }

  drawHead() {
    deskHead(this);
  }

  drawLooks() {
    const request = this.looked?.requests.find((each) => each.name === this.model);
    const gone = Boolean(request && !request.error && !request.takes_avoid);
    this.style.set(this.fields.style, false);
    this.avoid.set(this.fields.avoid, gone);
    this.avoidSaid.textContent = gone ? `${request.short} takes none` : "";
  }

  change(part, value) {
    this.fields[part] = value;
    if (part === "scene_text") this.sceneCount.textContent = `${value.length} characters`;
    if (part !== "scene_text" && part !== "camera") this.drawWords();
    else this.drawHead();
    if (part === "camera") this.camera.drawWords();
    this.keep();
    this.look();
  }

  keep() {
    if (this.changed.length)
      ctDrafts().set(this.state.key, {
        base: this.base.version,
        was: this.base.fields,
        fields: this.draft,
        models: this.models,
        takes: this.takes,
        seconds: this.seconds,
      });
    else ctDrafts().delete(this.state.key);
  }

  async useCards(names) {
    const answer = await this.act("worded", { names }, "continuity");
    if (answer) {
      this.fields.cards = answer.cards;
      this.change("continuity", answer.continuity);
    }
  }

  async useStyle(name) {
    const answer = await this.act("worded", { names: [name] }, "style");
    if (answer) {
      this.change("style", answer.style ?? this.fields.style);
      if (answer.avoid !== null) this.change("avoid", answer.avoid);
    }
  }

  showModels(names) {
    this.models = [...new Set(names)].slice(0, 4);
    if (!this.models.includes(this.model)) this.model = this.models[0];
    this.requests.options();
    this.lookNow();
  }

  chooseModel(name) {
    this.model = name;
    this.drawAll();
    this.lookNow();
  }

  /** What would become of what is typed; an answer that a later question has overtaken is dropped. */
  async ask() {
    const asked = ++this.asked;
    const wish = {
      draft: this.draft,
      was: this.base.fields,
      base: this.base.version,
      models: this.models,
      model: this.model,
      takes: this.takes,
      seconds: this.seconds,
      begin: this.begin,
      begins_as: this.beginsAs,
    };
    const answer = await this.panel.link.ask("look", wish).catch((refused) => ({ refused }));
    if (asked !== this.asked) return;
    for (const near of this.panel.root.querySelectorAll("[data-typed]")) {
      near.replaceChildren();
      delete near.dataset.typed;
    }
    if (answer.refused) {
      const near = this.panel.root.querySelector(`[data-wrong="${answer.refused.about || "request"}"]`);
      this.panel.fail(answer.refused.message, near);
      if (near) near.dataset.typed = "";
      return;
    }
    this.looked = answer.value;
    this.titles = answer.value.titles;
    this.drawAll();
  }

  drawAll() {
    if (!this.looked) return;
    this.camera.draw(this.looked.camera);
    this.camera.picker.counts(this.looked.counts, this.looked.counts_said);
    this.requests.draw(this.looked);
    this.pay.draw();
    this.drawLooks();
    this.continuity.draw();
  }

  async save() {
    const kept = await this.act(
      "save",
      { draft: this.draft, changed: this.changed, base: this.base.version },
      "scene_text",
    );
    if (kept) this.written(kept);
    return kept;
  }

  /** What was typed is a version now. */
  written(kept) {
    ctDrafts().delete(this.state.key);
    if (kept.said) this.panel.say(kept.said);
    this.base = { shot: this.state.shot, version: kept.version, fields: structuredClone({ ...this.fields }) };
    this.take(this.state, false);
  }

  async generate() {
    const request = this.looked?.requests.find((each) => each.name === this.model);
    const wish = {
      draft: this.draft,
      changed: this.changed,
      base: this.base.version,
      model: this.model,
      takes: this.takes,
      seconds: this.seconds,
      begin: this.begin,
      begins_as: this.beginsAs,
      seen_usd: request?.total_usd ?? "0",
    };
    const made = await this.act("generate", wish, "pay");
    if (made) {
      this.written(made);
      this.panel.say(made.said);
    } else this.lookNow();
  }

  async bringBack(version) {
    const words = await this.act("words_of", { version }, "scene_text");
    if (!words) return;
    Object.assign(this.fields, words);
    this.drawWords();
    this.keep();
    this.lookNow();
    this.panel.say(`the words of version ${version} are back on the desk; write them down to make them the newest`);
  }

  async go(shot) {
    this.keep();
    await this.act("go", { shot }, "scene_text");
  }

  close() {
    this.look.stop();
    this.camera.close();
    this.takesStrip.close();
  }
}

function render({ model, el }) {
  let desk = null;
  const keys = { " ": () => desk?.camera.toggle(), "/": () => desk?.camera.picker.choose(false) };
  const panel = ctPanel({ model, el }, `Prompt desk, shot ${model.get("_state").shot}`, keys, [
    ["Space", "plays the move"],
    ["/", "to the moves"],
    ["Enter", "adds a move as then"],
    ["Shift+Enter", "at the same time"],
    ["Del", "takes it out"],
  ]);
  desk = new Desk(panel, model);
  return () => {
    panel.link.ask("left").catch(() => {});
    desk.close();
    panel.close();
  };
}
export default { render };
