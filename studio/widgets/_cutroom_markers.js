// Below the song: a bar or a marker at the playhead, the markers that there are, the last correction taken back.

/** `act(what, details)` tells Python and answers what it says, `seek(frame)` goes there, `at()` is the playhead. */
function cutroomMarkers({ act, say, seek, at }) {
  let state = null,
    held = null; // the frame at which the name was begun: the song may play on
  const where = ct("span", { class: "sub mono ct-time-markat" });
  const name = ct("input", {
    class: "ct-field line ct-time-markname",
    "aria-label": "Name of a marker at the playhead",
    placeholder: "marker at the playhead",
    autocomplete: "off",
    onfocus: () => hold(Math.floor(at())),
    onkeydown: (event) => {
      if (event.key !== "Enter" || event.isComposing) return;
      event.preventDefault();
      set();
    },
  });
  const setter = ct("button", { type: "button", class: "ct-btn small", onclick: () => set() }, [
    "Set marker ",
    ct("span", { class: "ct-key", "aria-hidden": "true" }, "M"),
  ]);
  const bar = ct(
    "button",
    {
      type: "button",
      class: "ct-btn small",
      title: "on the beat nearest to the playhead",
      onclick: () => act("song", { op: "bar_at", frame: Math.floor(at()) }),
    },
    ["Bar begins here ", ct("span", { class: "ct-key", "aria-hidden": "true" }, "D")],
  );
  const list = ct("ul", { class: "row wrap ct-time-marks", "aria-label": "Markers" });
  const undoer = ct("button", { type: "button", class: "ct-btn small end", onclick: () => undo() });
  const root = ct(
    "div",
    { class: "row wrap ct-time-marking", role: "group", "aria-label": "At the playhead" },
    bar,
    ct("span", { class: "row" }, name, where, setter),
    list,
    undoer,
  );
  root.addEventListener("focusout", ({ relatedTarget }) => {
    if (relatedTarget !== name && relatedTarget !== setter) hold(null);
  });

  const hold = (frame) => {
    held = frame;
    where.textContent = frame === null ? "" : cutroomTimecode(frame, state.cut);
  };
  const set = async () => {
    const said = name.value.trim();
    if (!said) {
      say("name the marker first");
      name.focus();
      return;
    }
    const done = await act("song", { op: "marker", frame: held ?? Math.floor(at()), name: said });
    if (!done) return; // what was typed stays
    if (name.value.trim() === said) name.value = ""; // else more was typed meanwhile
    hold(document.activeElement === name ? Math.floor(at()) : null); // the next one stands elsewhere
    say(done.said);
  };
  const away = async (frame) => {
    const done = await act("song", { op: "marker", frame, name: "" });
    if (done) say(done.said);
  };
  const undo = async () => {
    if (!state.song.undo) return say("you have corrected nothing in this song that could be taken back");
    const done = await act("song", { op: "undo" });
    if (done) say(done.said);
  };

  return {
    root,
    draw(now) {
      state = now;
      const { song, cut } = state;
      root.hidden = !song.there;
      cutroomRests(undoer, !song.undo);
      undoer.title = "your last correction of the song";
      undoer.textContent = song.undo ? `Take back: ${song.undo}` : "Take back";
      cutroomDraw(list, [song.markers, cut.rate], () =>
        song.markers.map(([frame, said]) => {
          const code = cutroomTimecode(frame, cut);
          const go = { type: "button", class: "ct-link", "aria-label": `go to marker ${said} at ${code}` };
          const off = { type: "button", class: "x", "aria-label": `take marker ${said} away` };
          return ct(
            "li",
            { class: "ct-chip" },
            ct("button", { ...go, title: code, "data-key": `marker/${frame}`, onclick: () => seek(frame) }, said),
            ct("button", { ...off, "data-key": `unmark/${frame}`, onclick: () => away(frame) }, "×"),
          );
        }),
      );
    },
    focus: () => name.focus(),
  };
}
