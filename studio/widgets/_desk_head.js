// The desk's head: which shot, where it stands, who writes, what is not written down yet; and what others wrote meanwhile.

function deskHead(desk) {
  const { state } = desk,
    dirty = desk.changed.length > 0;
  const neighbour = (shot, text) =>
    ct(
      "button",
      { type: "button", class: "ct-btn", disabled: !shot, "data-key": `go/${text}`, onclick: () => desk.go(shot) },
      text,
    );
  ctFill(
    desk.head,
    ct("span", { class: "id" }, state.shot),
    ct("div", {}, ct("h2", {}, state.title || `Scene ${state.scene}`), ct("p", { class: "sub" }, state.where)),
    ct(
      "div",
      { class: "end row wrap" },
      state.authors.length > 1
        ? ct(
            "label",
            { class: "row sub" },
            "writing as",
            ct(
              "select",
              {
                class: "ct-select",
                "data-key": "author",
                onchange: (event) => desk.act("write_as", { author: event.target.value }, "scene_text"),
              },
              state.author ? null : ct("option", { value: "" }, "choose…"),
              state.authors.map((each) =>
                ct("option", { value: each.name, selected: each.name === state.author }, each.name),
              ),
            ),
          )
        : null,
      dirty
        ? ct(
            "button",
            { type: "button", class: "ct-btn", "data-key": "save", onclick: () => desk.save() },
            "Write it down",
          )
        : null,
      ct(
        "span",
        { class: "sub" },
        dirty
          ? `changed since v${desk.base.version}`
          : state.version
            ? `v${state.version}, written down ${ctClock(state.at_us)}`
            : "no words yet",
      ),
      neighbour(state.before, `◂ ${state.before || "first"}`),
      neighbour(state.after, `${state.after || "last"} ▸`),
    ),
  );
}

/** Words that were written apart, on two machines: which are current is for a person to say. */
function deskQuestion(desk) {
  const { question } = desk.state;
  if (!question) return null;
  const keep = async (version) => {
    const kept = await desk.act("keep_version", { version }, "scene_text");
    if (kept) desk.panel.say(kept.said);
  };
  return ct(
    "div",
    { class: "ct-wrong", role: "group", "aria-label": question.said },
    ct("b", {}, "? "),
    question.said,
    question.choices.map((each) =>
      ct(
        "div",
        { class: "row" },
        ctWho(each.initials, each.author),
        ct("span", { class: "sub" }, `v${each.version}`),
        ct("span", { class: "grow" }, [each.text, each.camera].filter(Boolean).join(" · ")),
        ct(
          "button",
          { type: "button", class: "ct-btn", "data-key": `keep/${each.version}`, onclick: () => keep(each.version) },
          "Keep this one",
        ),
      ),
    ),
  );
}

/** Parts that somebody else wrote to meanwhile: theirs is shown beside ours, and a person chooses. */
function deskTheirs(desk) {
  const names = { scene_text: "scene", portal_in: "way in", portal_out: "way out" };
  ctFill(
    desk.theirs,
    deskQuestion(desk),
    desk.clash.map((part) =>
      ct(
        "div",
        { class: "ct-wrong" },
        ct("b", {}, "✗ "),
        `Somebody else changed the ${names[part] ?? part} meanwhile: “${typeof desk.theirWords[part] === "string" ? desk.theirWords[part] : JSON.stringify(desk.theirWords[part])}”. Yours is kept here. `,
        ct(
          "button",
          {
            type: "button",
            class: "ct-link",
            "data-key": `theirs/${part}`,
            onclick: () => {
              desk.base.fields[part] = desk.theirWords[part];
              desk.fields[part] = desk.theirWords[part];
              desk.settle();
            },
          },
          "Take theirs",
        ),
        " ",
        ct(
          "button",
          {
            type: "button",
            class: "ct-link",
            "data-key": `mine/${part}`,
            onclick: () => {
              desk.base.fields[part] = desk.theirWords[part];
              desk.settle();
            },
          },
          "Write mine above it",
        ),
      ),
    ),
  );
}
