// The parts of the song above the waveform, whose beginnings can be moved and named, and the words that are sung.

const CUTROOM_SECTION_MS = 300; // after the last arrow Python is told where a section begins now

/** The row of sections: `draw(state, view)` places them; a beginning that was moved is told by act("song", …). */
function cutroomSections({ act }) {
  const root = ct("div", { class: "ct-time-sections", role: "group", "aria-label": "Sections" });
  let state = null,
    view = null,
    moved = null, // {index, bar}: where a section begins that Python has not placed yet
    dragged = false,
    editing = null, // {index, field}
    filling = false,
    drawn = 0; // sections in the page

  const bars = () => state.song.bars;
  const barAt = (frame) =>
    bars().reduce((best, bar) => (Math.abs(bar[1] - frame) < Math.abs(best[1] - frame) ? bar : best));
  const sections = () =>
    state.song.sections.map(([name, frame, frames, said], index) => {
      const own = moved?.index === index ? moved.bar : null;
      return { index, name, said, frame: own === null ? frame : bars().find(([bar]) => bar === own)[1], frames };
    });
  /** The bars on which a section may begin: after the one before it has begun, and before the next one does. */
  const range = (index) => {
    const all = state.song.sections,
      before = index ? barAt(all[index - 1][1])[0] + 1 : bars()[0][0],
      after = all[index + 1] ? barAt(all[index + 1][1])[0] - 1 : bars().at(-1)[0];
    return [before, Math.max(before, after)];
  };

  const place = () => {
    const all = sections();
    for (const { index, name, frame, frames, said } of all) {
      const section = root.querySelector(`[data-section="${index}"]`),
        edge = root.querySelector(`[data-key="section/${index}"]`);
      const from = frame * view.scale,
        end = (all[index + 1]?.frame ?? frame + frames) * view.scale;
      if (!section) continue; // one that waits to be drawn, until the pointer lets go
      section.style.left = `${from}px`;
      section.style.width = `${Math.max(0, end - from - 1)}px`;
      section.title = `${name}, ${said}`;
      section.classList.toggle("is-tight", end - from < 28 + 7 * (name.length + said.length)); // 7 pixels a letter
      if (!edge) continue;
      const bar = barAt(frame)[0],
        [least, most] = range(index);
      edge.style.left = `${from}px`;
      edge.setAttribute("aria-label", `where ${name} begins`);
      edge.setAttribute("aria-valuemin", Math.min(least, bar));
      edge.setAttribute("aria-valuemax", Math.max(most, bar));
      edge.setAttribute("aria-valuenow", bar);
      edge.setAttribute("aria-valuetext", `bar ${bar}`);
    }
  };

  root.addEventListener("ct-filled", () => place()); // it may have waited for the pointer to let go
  const draw = (newState, newView) => {
    state = newState;
    view = newView;
    if (moved && !(state.song.sections[moved.index] && bars().some(([bar]) => bar === moved.bar))) moved = null;
    if (editing && state.song.sections.length !== drawn) editing = null;
    if (!dragged && !editing) {
      const all = sections();
      drawn = all.length;
      filling = true;
      ctFill(
        root,
        all.map(({ index, name, said }) =>
          ct(
            "div",
            {
              class: `ct-time-section${/^(chorus|refrain)/i.test(name) ? " is-chorus" : ""}`,
              "data-section": index,
              ondblclick: () => rename(index),
            },
            ct("span", { class: "ct-time-name" }, ct("b", {}, name), ct("span", {}, said)),
          ),
        ),
        bars().length ? all.map(({ index }) => edge(index)) : null,
      );
      filling = false;
    }
    place();
  };

  const tell = async () => {
    if (!moved) return;
    const { index, bar } = moved;
    if (barAt(state.song.sections[index][1])[0] !== bar) await act("song", { op: "section_move", index, bar });
    if (moved?.index !== index || moved.bar !== bar) return;
    moved = null;
    draw(state, view);
  };
  const later = ctLater(tell, CUTROOM_SECTION_MS);
  const move = (index, bar) => {
    if (moved && moved.index !== index) later.now();
    const [least, most] = range(index);
    moved = { index, bar: Math.max(least, Math.min(most, bar)) };
    place();
  };

  const edge = (index) => {
    const made = ct("div", {
      class: "ct-time-edge",
      role: "separator",
      tabindex: "0",
      "aria-orientation": "vertical",
      title: "drag it, or ← → by a bar; Enter names the section",
      "data-key": `section/${index}`,
    });
    made.addEventListener("keydown", (event) => {
      if (event.metaKey || event.ctrlKey || event.altKey) return;
      const now = Number(made.getAttribute("aria-valuenow")),
        [least, most] = range(index);
      const to = { ArrowLeft: now - 1, ArrowRight: now + 1, Home: least, End: most }[event.key];
      if (event.key === "Enter") rename(index);
      else if (to === undefined && !/^Arrow/.test(event.key)) return;
      else if (to === undefined)
        later.now(); // up and down are nothing here, and not the panel's either
      else {
        move(index, to);
        later();
      }
      event.preventDefault();
    });
    made.addEventListener("blur", () => !filling && later.now());
    made.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      later.now();
      const from = event.clientX,
        start = view.left,
        frame = state.song.sections[index][1] * view.scale;
      made.setPointerCapture(event.pointerId);
      dragged = true;
      made.onpointermove = ({ clientX }) =>
        move(index, barAt((frame + clientX - from + view.left - start) / view.scale)[0]);
      const end = (kept) => {
        made.onpointermove = made.onpointerup = made.onpointercancel = null;
        dragged = false;
        if (!kept) moved = null;
        if (moved) tell();
        else draw(state, view);
      };
      made.onpointerup = () => end(true);
      made.onpointercancel = () => end(false);
    });
    made.addEventListener("dblclick", () => rename(index));
    return made;
  };

  const rename = (index) => {
    if (editing) return editing.field.focus();
    later.now();
    const name = state.song.sections[index][0];
    let sent = false;
    const done = async (kept) => {
      if (sent || editing?.index !== index) return;
      const said = field.value.trim();
      if (kept && said && said !== name) {
        sent = true;
        await act("song", { op: "section_name", index, name: said });
        sent = false;
        if (state.song.sections[index]?.[0] === name) return; // refused: what was typed stays
      }
      if (editing?.index !== index) return;
      const focused = document.activeElement === field;
      editing = null;
      draw(state, view);
      if (focused) root.querySelector(`[data-key="section/${index}"]`)?.focus({ preventScroll: true });
    };
    const field = ct("input", {
      class: "ct-time-field",
      value: name,
      "aria-label": `Name of ${name}`,
      onkeydown: (event) => {
        if (event.key !== "Enter" && event.key !== "Escape") return;
        event.preventDefault();
        done(event.key === "Enter");
      },
      onblur: () => !filling && done(true),
    });
    editing = { index, field };
    ctStay(root);
    root.querySelector(`[data-section="${index}"]`).replaceChildren(field);
    field.focus({ preventScroll: true });
    field.select();
  };

  return {
    root,
    draw,
    close: () => later.now(),
  };
}

/** The lyric lines, each where it begins, as long as there is room until the next. */
function cutroomLyrics() {
  const root = ct("ul", { class: "ct-time-lyrics", "aria-label": "Lyrics" });
  return {
    root,
    draw({ song, cut }, view) {
      root.hidden = !song.lines.length;
      root.replaceChildren(
        ...song.lines.map(([frame, , text], at) => {
          const wide = ((song.lines[at + 1]?.[0] ?? cut.frames) - frame) * view.scale;
          return ct(
            "li",
            { style: `left: ${frame * view.scale}px; max-width: ${Math.max(2, wide - 2)}px`, title: text },
            ct("span", { class: wide < 72 ? "ct-hush" : "" }, text),
          );
        }),
      );
    },
  };
}
