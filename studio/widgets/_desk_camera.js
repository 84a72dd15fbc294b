// The desk's camera: its words, chips in order, the preview, speed and size, and the picker of all moves.

function deskCamera(desk) {
  const words = ct("input", {
    class: "ct-field line",
    "aria-label": "Camera",
    placeholder: "fast push in, then pass through the bubble",
    spellcheck: "false",
    oninput: (event) => desk.change("camera", event.target.value),
  });
  const chips = ct("div", { class: "row wrap ct-steps-row", role: "group", "aria-label": "Moves in order" });
  const heard = ct("p", { class: "sub" }),
    count = ct("span", { class: "end tiny" }),
    by = ct("span", {});
  const view = ct("svg", { viewBox: "0 0 336 189", role: "img", class: "ct-view" });
  const plan = ct("svg", { viewBox: "0 0 200 84", role: "img", class: "ct-plan" });
  const time = ct("span", { class: "mono nowrap" }),
    manner = ct("dl", { class: "ct-facts ct-manner" });
  const scrub = ct("input", {
    type: "range",
    class: "ct-range grow",
    min: "0",
    max: "1",
    step: "any",
    value: "0",
    "aria-label": "Time in the move",
  });
  const play = ct(
    "button",
    { type: "button", class: "ct-key", "aria-label": "Play the move", onclick: () => toggle() },
    "Space",
  );
  let room = null,
    above = null,
    length = 0,
    drawn = "";
  const toggle = () => {
    if (room) {
      if (room.playing) room.pause();
      else room.play();
      name(room.playing);
    }
  };
  const name = (playing) => play.setAttribute("aria-label", playing ? "Pause the move" : "Play the move");
  scrub.addEventListener("input", () => {
    room?.pause();
    name(false);
    room?.seek(Number(scrub.value) * length);
  });

  /** Python rewrites the words (Camera.parse, add, remove, change): the words stay the truth. */
  const edit = async (how) => {
    const answer = await desk.act("edit_camera", { camera: desk.fields.camera, ...how }, "camera");
    if (answer) {
      desk.change("camera", answer.words);
      desk.lookNow();
    }
  };
  const picker = deskPicker(
    desk,
    (move, together) => edit({ how: together ? "together" : "then", move }),
    (move) => {
      const chip = desk.looked?.camera.chips.findLast((each) => each.move === move);
      if (chip) edit({ how: "remove", step: chip.step, index: chip.index });
    },
  );

  function drawChips(camera) {
    const steps = [];
    for (const chip of camera.chips) (steps[chip.step] ??= []).push(chip);
    ctFill(
      chips,
      steps.map((step, at) => [
        at ? ct("span", { class: "sub" }, "then") : null,
        step.map((chip, k) => [
          k ? ct("span", { class: "sub" }, "with") : null,
          ct(
            "span",
            { class: "ct-chip on" },
            ct("span", { class: "mono" }, String(at + 1)),
            chip.said,
            ct(
              "button",
              {
                type: "button",
                class: "x",
                "aria-label": `Take out ${chip.said}`,
                "data-key": `chip/${at}/${k}`,
                onclick: () => edit({ how: "remove", step: chip.step, index: chip.index }),
                onkeydown: (event) => {
                  if (event.key === "Delete" || event.key === "Backspace") {
                    event.preventDefault();
                    edit({ how: "remove", step: chip.step, index: chip.index });
                  }
                },
              },
              "×",
            ),
          ),
        ]),
      ]),
      ct(
        "button",
        { type: "button", class: "ct-chip add", "data-key": "chip/then", onclick: () => picker.choose(false) },
        "+ then",
      ),
      camera.chips.length
        ? ct(
            "button",
            { type: "button", class: "ct-chip add", "data-key": "chip/with", onclick: () => picker.choose(true) },
            "+ same time",
          )
        : null,
    );
    const one = (chip, what, options, value, names) => [
      ct("dt", {}, `${chip.step + 1} ${what}`),
      ct(
        "dd",
        {},
        ctChoice(
          `${chip.said}: ${what}`,
          options,
          value,
          (picked) => edit({ how: "change", step: chip.step, index: chip.index, [what]: picked }),
          names,
        ),
      ),
    ];
    ctFill(
      manner,
      camera.chips
        .filter((chip) => chip.kind === "move")
        .slice(0, 3)
        .map((chip) => [
          one(chip, "speed", ["slow", "normal", "fast"], chip.speed, { normal: "medium" }),
          one(chip, "size", [0.5, 1, 1.5], chip.size, { 0.5: "little", 1: "usual", 1.5: "big" }),
          chip.object
            ? [
                ct("dt", {}, `${chip.step + 1} at`),
                ct(
                  "dd",
                  {},
                  ct("b", {}, chip.object),
                  ", ",
                  ct("span", { class: "mono" }, `${chip.at_s.toFixed(1)} s`),
                ),
              ]
            : null,
        ]),
    );
  }

  function fly(flight) {
    const same = JSON.stringify(flight);
    if (same === drawn) return;
    drawn = same;
    length = flight.seconds;
    const at = room ? Math.min(room.seconds, length) : 0,
      playing = room ? room.playing : !ctReducedMotion();
    room?.destroy();
    view.replaceChildren();
    plan.replaceChildren();
    room = roomView(view, flight);
    above = roomPlan(plan, flight);
    room.onTick((seconds, playing) => {
      name(playing);
      above.seek(seconds);
      scrub.value = String(length ? seconds / length : 0);
      scrub.setAttribute("aria-valuetext", `${seconds.toFixed(1)} of ${length.toFixed(1)} seconds`);
      time.textContent = `${seconds.toFixed(1)} / ${length.toFixed(1)} s`;
    });
    room.seek(at);
    if (playing) room.play();
    name(room.playing);
  }

  return {
    element: ct(
      "div",
      { class: "ct-sect" },
      ct("div", { class: "ct-lab" }, ct("h3", {}, "Camera"), by, heard, count),
      words,
      ct("div", { "data-wrong": "camera" }),
      chips,
      ct(
        "div",
        { class: "row top ct-flight" },
        ct(
          "div",
          { class: "ct-preview" },
          ct("div", { class: "ct-frame" }, view),
          ct("div", { class: "row" }, play, scrub, time),
        ),
        ct("div", { class: "grow" }, ct("p", { class: "sub" }, "From above, a mark a second"), plan, manner),
      ),
      picker.element,
    ),
    toggle,
    picker,
    drawWords() {
      if (document.activeElement !== words) words.value = desk.fields.camera;
      by.replaceChildren(desk.by("camera") ?? "");
    },
    draw(camera) {
      drawChips(camera);
      fly(camera.flight);
      view.setAttribute("aria-label", `Stand-in of the camera's view: ${camera.words || "it stands still"}`);
      plan.setAttribute("aria-label", `The camera's path from above over ${length.toFixed(1)} seconds`);
      count.textContent = camera.said;
      heard.replaceChildren(
        [...camera.guessed, ...(camera.unknown.length ? [`only words: ${camera.unknown.join(", ")}`] : [])].join("; "),
      );
      picker.draw(camera.chips);
    },
    close() {
      room?.destroy();
      picker.close();
    },
  };
}

/** All moves of the vocabulary as small rooms; each flies while it is pointed at or focused. */
function deskPicker(desk, add, remove) {
  const list = ct("div", {
    class: "ct-moves",
    role: "listbox",
    "aria-label": "Moves: Enter adds as then, Shift Enter at the same time, Delete removes",
    "aria-multiselectable": "true",
  });
  const label = ct("span", { class: "sub" }),
    count = ct("span", { class: "sub" }),
    find = ct("input", {
      class: "ct-field line",
      type: "search",
      "aria-label": "Find a move",
      placeholder: "find a move",
      oninput: () => show(),
    });
  const more = ct("button", {
    type: "button",
    class: "ct-link",
    onclick: () => {
      all = !all;
      show();
    },
  });
  const cells = new Map();
  let moves = [],
    all = false,
    together = false,
    chosen = [];
  const columns = () => {
    const first = list.querySelector(".ct-move:not([hidden])");
    return first ? Math.max(1, Math.round(list.clientWidth / (first.offsetWidth + 8))) : 1;
  };
  const settle = ctRoving(list, ".ct-move:not([hidden])", columns);
  function cell(move) {
    const drawing = ct("svg", { viewBox: "0 0 76 46", "aria-hidden": "true" });
    const counted = ct("p", { class: "mono" });
    const made = ct(
      "div",
      {
        class: "ct-move",
        role: "option",
        "aria-selected": "false",
        tabindex: "-1",
        title: `${move.label}: ${move.signature}`,
        "data-key": `move/${move.id}`,
        onclick: (event) => add(move.id, event.shiftKey || together),
        onkeydown: (event) => {
          if (event.key === "Enter") {
            event.preventDefault();
            add(move.id, event.shiftKey || together);
          }
          if (event.key === "Delete" || event.key === "Backspace") {
            event.preventDefault();
            remove(move.id);
          }
        },
      },
      drawing,
      ct("p", {}, move.label),
      counted,
    );
    const thumbnail = roomThumbnail(drawing, move.keys, { fps: move.fps });
    for (const event of ["mouseenter", "focus"]) made.addEventListener(event, () => thumbnail.start());
    for (const event of ["mouseleave", "blur"]) made.addEventListener(event, () => thumbnail.stop());
    return { made, counted, thumbnail };
  }
  function show() {
    const wanted = find.value.trim().toLowerCase();
    let shown = 0;
    for (const move of moves) {
      const { made } = cells.get(move.id);
      const fits = wanted ? move.find.includes(wanted) : all || move.common || chosen.includes(move.id);
      made.hidden = !fits;
      shown += fits;
    }
    count.textContent = `${shown} of ${moves.length}`;
    more.textContent = all ? "show fewer" : "show all";
    more.hidden = Boolean(wanted);
    for (const item of list.children) item.tabIndex = -1;
    settle();
  }
  return {
    element: ct(
      "div",
      {},
      ct("div", { class: "ct-lab ct-picklab" }, label, ct("span", { class: "end row" }, find, count, more)),
      list,
    ),
    /** Focus the picker; what is picked next goes behind the last step, or into it. */
    choose(at_the_same_time) {
      together = at_the_same_time;
      (list.querySelector('.ct-move[tabindex="0"]') ?? list.firstElementChild)?.focus();
    },
    fill(found) {
      moves = found;
      for (const move of moves) cells.set(move.id, cell(move));
      list.replaceChildren(...moves.map((move) => cells.get(move.id).made));
      show();
    },
    counts(found, said) {
      label.textContent = said;
      for (const [id, { counted }] of cells) counted.textContent = found[id] ?? "no record yet";
    },
    draw(chips) {
      together = false;
      chosen = chips.map((chip) => chip.move);
      for (const [id, { made }] of cells) {
        const step = chips.find((chip) => chip.move === id)?.step;
        made.classList.toggle("on", step !== undefined);
        made.setAttribute("aria-selected", String(step !== undefined));
        if (step === undefined) delete made.dataset.n;
        else made.dataset.n = String(step + 1);
      }
      show();
    },
    close() {
      for (const { thumbnail } of cells.values()) thumbnail.stop();
    },
  };
}
