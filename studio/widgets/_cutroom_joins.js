// How a slot meets its neighbours: the last picture before and the first one after, the score, its word and why.

/** The joins into and out of a slot: {draw(n) → elements, preview(slot, in)}. */
function cutroomPairs({ media, state }) {
  let first = null; // the slot's own first picture

  const said = (one, other, join) => {
    const empty = [one, other].find((slot) => slot.kind === "empty");
    if (!join) return empty ? `no join: slot ${empty.n} is empty` : "a card joins anything";
    const mark = `${CUTROOM_JOIN_FORMS[join.word]} ${cutroomScore(join.score)} ${join.word}`;
    const over = other.dissolve ? ` · dissolve of ${other.dissolve} f` : "";
    const parts = (join.parts ?? []).map(([name, score]) => `${name} ${cutroomScore(score)}`);
    return [
      ct("b", { class: `mono nowrap ${CUTROOM_JOIN_SHADES[join.word]}` }, mark),
      ` ${join.said}${over}`,
      parts.length ? ct("span", { class: "tiny ct-cr-parts" }, `${join.aim}: ${parts.join(" · ")}`) : null,
    ];
  };
  const still = (slot, what, own) => {
    const image = ct("img", { alt: `${slot.take || slot.shot}, ${what} frame`, hidden: true });
    if (slot.kind !== "empty") media.show(image, media.end(what, slot));
    if (own && what === "first") first = image;
    const name = slot.kind === "empty" ? `${slot.shot}, empty` : slot.shot || slot.take;
    return ct(
      "div",
      { class: `ct-cr-still${slot.kind === "empty" ? " ct-hatch" : ""}` },
      image,
      ct("span", { class: "len" }, name),
    );
  };
  const pair = (n, one, other, join) => {
    const into = other?.n === n;
    if (!one || !other)
      return ct("div", { class: "ct-cr-pair" }, ct("p", { class: "sub" }, `the film ${one ? "ends" : "begins"} here`));
    return ct(
      "div",
      { class: "ct-cr-pair", role: "group", "aria-label": `join ${into ? "into" : "out of"} slot ${n}` },
      still(one, "last", one.n === n),
      still(other, "first", into),
      ct("p", { class: "sub" }, said(one, other, join)),
    );
  };
  return {
    draw(n) {
      first = null;
      const { slots, joins } = state();
      return [pair(n, slots[n - 2], slots[n - 1], joins[n - 2]), pair(n, slots[n - 1], slots[n], joins[n - 1])];
    },
    /** While the in-point is moved: the first picture as it would be. */
    preview(slot, at) {
      if (first?.isConnected) media.show(first, media.end("first", slot, at === slot.in ? null : at));
    },
  };
}

/** How long the dissolve into a slot lasts, in frames: 0 is a plain cut. {root, draw(slot)} */
function cutroomDissolve(edit) {
  let slot = null;
  const field = ct("input", {
    type: "number",
    class: "ct-field line mono ct-cr-frames",
    "aria-label": "Dissolve into this slot, in frames",
    min: "0",
    step: "2",
    onchange: () => set(),
  });
  const set = async () => {
    const { n } = slot;
    if (field.value === "") return void (field.value = String(slot.dissolve)); // nothing that could be read
    const done = await edit("dissolve", { slot: n, frames: Number(field.value) });
    if (done && slot.n === n) field.value = String(slot.dissolve); // else what was typed stays
  };
  const room = ct("span", {});
  return {
    root: ct("label", { class: "row sub" }, "dissolve into it", field, room),
    draw(now) {
      field.max = String(now.dissolve_room);
      room.textContent = now.dissolve_room ? `f, at most ${now.dissolve_room}` : "f: the takes have none to spare";
      if (now.n !== slot?.n || document.activeElement !== field) field.value = String(now.dissolve);
      slot = now;
    },
  };
}

/** The takes that solving must not use, each with the ban to be lifted. {root, draw(banned)} */
function cutroomBans(edit) {
  const list = ct("ul", { class: "row wrap", "aria-label": "Banned takes" });
  const root = ct("div", { class: "ct-sect", hidden: true }, [
    ct("div", { class: "ct-lab" }, ct("h3", {}, "Banned"), ct("span", { class: "sub" }, "solving does not use them")),
    list,
  ]);
  const lift = (take) => ({
    type: "button",
    class: "x",
    "aria-label": `lift the ban of ${take}`,
    "data-key": `ban/${take}`,
    onclick: () => edit("ban", { take, on: false }),
  });
  return {
    root,
    draw(banned) {
      root.hidden = !banned.length;
      cutroomDraw(list, banned, () =>
        banned.map((take) =>
          ct("li", { class: "ct-chip" }, ct("span", { class: "mono" }, take), ct("button", lift(take), "×")),
        ),
      );
    },
  };
}
