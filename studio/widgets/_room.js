// What is drawn of a flight (studio.camera.flight): the view through the camera, the way seen from above, and the
// pictures of the moves' picker. Joined by text with _room_world.js: no imports, all names begin with room.

const roomPaper = { fill: "var(--ct-paper)", "fill-opacity": 0.8, "stroke-linejoin": "round" };
const roomDots = { "stroke-dasharray": "4 3" };
const roomShines = /bubble|drop|glass|ball|lens|lamp|moon|globe/i; // these are round and catch the light

// The room as it is seen, in `svg`. It rests until it is played; with `plays` it plays by itself, unless the reader
// wants no motion. `flight.aspect` is height ÷ width, 9/16 where it is not said.
function roomView(svg, flight, { plays = false } = {}) {
  const listeners = new Set();
  let [frame, fov, seconds, playing, asked, before] = [{ width: 336, height: 189 }, roomFov, 0, false, 0, 0];
  let [shell, things] = [[], []];
  svg.replaceChildren();
  svg.setAttribute("role", "img");
  const [edges, ribs, fittings] = [1, 1, 0.75].map((opacity) => roomStroke(svg, "wire", "wire", 1, { opacity }));
  const items = roomMark("g", {}, svg);
  const ahead = ["6 3", "3 3"].map((dash) => roomStroke(svg, "ahead", "ink-3", 0.8, { "stroke-dasharray": dash }));
  const arrows = roomStroke(svg, "arrow", "ink", 2, { "stroke-linecap": "round" });
  const heads = roomMark("path", { class: "room-head", fill: "var(--ct-ink)" }, svg);
  const caption = roomMark(
    "text",
    {
      class: "room-caption",
      x: 8,
      "font-size": 10,
      fill: "var(--ct-ink)",
      stroke: "var(--ct-paper)",
      "stroke-width": 4,
      "paint-order": "stroke",
      style: "font-family: var(--ct-mono, monospace)",
    },
    svg,
  );

  function set(next) {
    flight = next;
    fov = flight.fov_deg ?? roomFov;
    frame = { width: 336, height: Math.round(336 * (flight.aspect ?? 9 / 16)) };
    svg.setAttribute("viewBox", `0 0 ${frame.width} ${frame.height}`);
    caption.setAttribute("y", frame.height - 7);
    items.replaceChildren();
    const size = roomSize(flight.keys);
    shell = [roomShell(size), roomRibs(size, 2), roomFittings(size)];
    things = roomPeople.map(([side, tall]) => {
      const person = roomPerson(tall);
      return {
        mark: roomStroke(items, "person", "ink-2", 1.2, roomPaper),
        place: [side, size.floor, roomSubject],
        draw: (place, pose) => roomStanding(person, place, pose),
      };
    });
    for (const portal of flight.portals ?? []) {
      const round = roomRound(0, 0, portal.radius, 48);
      const shine = roomRound(0, 0, portal.radius * 0.72, 48).slice(16, 22);
      const mark = roomMark("g", {}, items);
      const ring = roomStroke(mark, "portal", "ink", 1.5, { ...roomPaper, ...roomDots });
      const light = roomShines.test(portal.object) ? roomStroke(mark, "portal", "ink", 1.5) : null;
      const then = roomAt(subject(), flight.fps, portal.at_s ?? 0);
      things.push({
        mark: ring,
        around: mark,
        light,
        shine,
        radius: portal.radius,
        place: portal.place.map((value, i) => value - then[i] + (i === 2 ? roomSubject : 0)),
        draw: (place, pose) => [roomFacing(round, place, pose)],
      });
    }
    seek(seconds);
  }

  function subject() {
    return flight.subject?.length ? flight.subject : [[0, 0, roomSubject]];
  }

  function draw() {
    const key = roomAt(flight.keys, flight.fps, seconds);
    const pose = roomPose(key, fov);
    [edges, ribs, fittings].forEach((mark, i) => mark.setAttribute("d", roomLines(pose, shell[i], frame)));
    drawThings(pose);
    drawAhead(key, pose);
    caption.textContent = `STAND-IN · +${seconds.toFixed(1)} s`;
    for (const listener of listeners) listener(seconds, playing);
  }

  function drawThings(pose) {
    const now = roomAt(subject(), flight.fps, seconds);
    for (const thing of things) {
      const place = thing.place.map((value, i) => value + now[i] - (i === 2 ? roomSubject : 0));
      thing.ahead = roomSeen(pose, place)[2];
      const there = thing.ahead > roomNear; // what is cut by the near plane would be filled wrongly
      thing.mark.setAttribute("d", there ? roomLines(pose, thing.draw(place, pose), frame) : "");
      const veil = Math.min(Math.max(0.5 * thing.ahead - 0.4, 0), 0.8); // it clears as the camera comes near
      if (thing.around) thing.mark.setAttribute("fill-opacity", veil.toFixed(2));
      const shine = there && thing.light ? [roomFacing(thing.shine, place, pose)] : [];
      thing.light?.setAttribute("d", roomLines(pose, shine, frame));
    }
    const far = [...things].sort((a, b) => b.ahead - a.ahead).map((thing) => thing.around ?? thing.mark);
    if (far.some((mark, i) => items.children[i] !== mark)) items.append(...far);
  }

  // What the frame will show one and two seconds on, and where its corners go.
  function drawAhead(key, pose) {
    const later = [1, 2].map((step) => roomAt(flight.keys, flight.fps, Math.min(seconds + step, flight.seconds)));
    const corners = (row, share) =>
      roomCorners(row, roomSubject, share, frame, fov).map((point) => roomSeen(pose, point));
    const pixels = (points) => points.map((point) => roomPixel(pose, point, frame).split(" ").map(Number));
    const whole = (points) => points.every((point) => point[2] > 0.3);
    const moved = (row) => Math.max(...row.map((value, i) => Math.abs(value - key[i]) * (i > 2 && i < 6 ? 0.02 : 1)));
    later.forEach((row, i) => {
      const points = corners(row, 1);
      const shown = whole(points) && moved(i ? row.map((value, k) => value - later[0][k] + key[k]) : row) > 0.04;
      ahead[i].setAttribute(
        "d",
        shown
          ? `M${pixels(points)
              .map((point) => point.join(" "))
              .join("L")}z`
          : "",
      );
    });
    let [path, tips] = ["", ""];
    if (whole(corners(later[0], 1)) && moved(later[0]) > 0.05) {
      const fits = (part) => part === 0.3 || inside(pixels(corners(later[0], part)));
      const share = 0.94 * [1, 0.8, 0.64, 0.5, 0.4, 0.3].find(fits);
      const [from, to] = [pixels(corners(key, share)), pixels(corners(later[0], share))];
      from.forEach((start, i) => {
        const way = [to[i][0] - start[0], to[i][1] - start[1]];
        const length = Math.hypot(...way);
        if (length < 6) return;
        const end = [0, 1].map((k) => start[k] + (way[k] * (length - 4)) / length);
        path += `M${[start, end].map((point) => point.map((value) => value.toFixed(1)).join(" ")).join("L")}`;
        tips += roomHead(to[i], way, 7);
      });
    }
    arrows.setAttribute("d", path);
    heads.setAttribute("d", tips);
  }

  function inside(points) {
    return points.every(([x, y]) => Math.abs(x / frame.width - 0.5) < 0.5 && Math.abs(y / frame.height - 0.5) < 0.5);
  }

  function label() {
    const [at, all] = [seconds, flight.seconds].map((value) => Number(value).toFixed(1));
    svg.setAttribute("aria-label", `Stand-in for the camera's view at ${at} of ${all} seconds`);
  }

  function seek(to) {
    seconds = Math.min(Math.max(Number(to) || 0, 0), flight.seconds);
    draw();
    if (!playing) label();
  }

  function tick(now) {
    if (!playing) return;
    const next = seconds + Math.min((now - before) / 1000, 0.25); // a tab that slept does not leap
    before = now;
    seek(next >= flight.seconds ? (seconds < flight.seconds ? flight.seconds : 0) : next);
    asked = requestAnimationFrame(tick);
  }

  function play() {
    if (playing) return;
    playing = true;
    before = performance.now();
    asked = requestAnimationFrame(tick);
    draw();
  }

  function pause() {
    playing = false;
    cancelAnimationFrame(asked);
    draw();
    label();
  }

  function destroy() {
    playing = false;
    cancelAnimationFrame(asked);
    listeners.clear();
    svg.replaceChildren();
  }

  set(flight);
  if (plays && !roomStill()) play();
  return {
    seek,
    play,
    pause,
    set,
    destroy,
    get playing() {
      return playing;
    },
    get seconds() {
      return seconds;
    },
    onTick(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

// The way from above, forward to the right: a mark a second with what the lens takes in; `seek` moves the black dot.
function roomPlan(svg, flight) {
  const [width, height, top, bottom] = [200, 84, 8, 64];
  let [scale, left, middle] = [1, 0, 0];
  let upright = false; // more to the side than ahead: then the numbers stand beside the way, not below it
  let dot = null;
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  svg.setAttribute("role", "img");

  const place = ([x, , z]) => [left + z * scale, middle + x * scale];
  const text = (points) => `M${points.map((point) => point.map((value) => value.toFixed(1)).join(" ")).join("L")}`;

  function set(next) {
    flight = next;
    svg.replaceChildren();
    const portals = flight.portals ?? [];
    const seen = [...flight.keys, [0, 0, roomSubject], ...portals.map((portal) => portal.place)];
    const [across, along] = [0, 2].map((axis) => seen.map((row) => row[axis]));
    const reach = (axis) => {
      const values = flight.keys.map((row) => row[axis]);
      return Math.max(...values) - Math.min(...values);
    };
    upright = reach(0) > reach(2);
    const [low, high] = [Math.min(...along) - (upright ? 0.8 : 0.35), Math.max(...along) + 0.35];
    const wide = Math.max(...across) - Math.min(...across) + 0.9;
    scale = Math.min((width - 26) / (high - low), (bottom - top) / wide);
    left = (width - 10 - (high - low) * scale) / 2 - low * scale;
    middle = (top + bottom) / 2 - ((Math.max(...across) + Math.min(...across)) / 2) * scale;
    drawRoom();
    for (const portal of portals) {
      const [cx, cy] = place(portal.place);
      const round = { class: "room-portal", cx, cy, r: portal.radius * scale, fill: "none", stroke: "var(--ct-ink)" };
      roomMark("circle", { ...round, "stroke-width": 1.5, ...roomDots }, svg);
    }
    roomStroke(svg, "way", "ink", 1.5, { "stroke-linejoin": "round", d: text(flight.keys.map(place)) });
    drawMarks();
    dot = roomMark("circle", { class: "room-dot", r: 4.5, fill: "var(--ct-ink)" }, svg);
    seek(0);
    const end = flight.keys[flight.keys.length - 1].map((value) => Math.round(value * 10) / 10);
    const all = Number(flight.seconds).toFixed(1);
    svg.setAttribute(
      "aria-label",
      `The camera's way from above in ${all} seconds: it ends ${end[2]} ahead and ` +
        `${end[0]} to the right of its start, panned by ${end[3]} degrees; the subject stood ${roomSubject} ahead`,
    );
  }

  function drawRoom() {
    const size = roomSize(flight.keys);
    for (const x of [size.left, size.right]) {
      const y = Math.min(Math.max(place([x, 0, 0])[1], top), bottom);
      roomStroke(svg, "wall", "edge", 1, { d: `M4 ${y.toFixed(1)}H${width - 4}` });
      const ribs = [];
      for (let z = Math.ceil(size.from); z <= size.to; z += 1) {
        const at = left + z * scale;
        if (at > 6 && at < width - 6) ribs.push(`M${at.toFixed(1)} ${y.toFixed(1)}v${x < 0 ? 5 : -5}`);
      }
      roomStroke(svg, "wire", "wire", 1, { d: ribs.join("") });
    }
    for (const [x] of roomPeople) {
      const [cx, cy] = place([x, 0, roomSubject]);
      if (cy < top + 4 || cy > bottom - 4) continue;
      const person = { class: "room-person", cx, cy, rx: 2.2, ry: 4, fill: "none", stroke: "var(--ct-ink-2)" };
      roomMark("ellipse", person, svg);
    }
  }

  function drawMarks() {
    const every = [1, 2, 5, 10, 30, 60, 300, 1800].find((step) => flight.seconds / step <= 16) ?? 3600;
    const labels = [];
    for (let second = 0; second <= flight.seconds + 1e-6; second += every) {
      const key = roomAt(flight.keys, flight.fps, second);
      const at = place(key);
      const half = Math.atan(Math.tan(((flight.fov_deg ?? roomFov) * Math.PI) / 360) / Math.exp(key[6]));
      const looks = [-half, half].map((turn) => {
        const heading = (key[3] * Math.PI) / 180 + turn;
        return text([at, [at[0] + 15 * Math.cos(heading), at[1] + 15 * Math.sin(heading)]]);
      });
      roomStroke(svg, "heading", "ink-3", 1, { d: looks.join("") });
      const ring = { class: "room-second", cx: at[0], cy: at[1], r: 3.5, fill: "var(--ct-paper)" };
      roomMark("circle", { ...ring, stroke: "var(--ct-ink)", "stroke-width": 1.5 }, svg);
      const last = labels[labels.length - 1];
      const where = upright ? at[1] : at[0];
      if (last && Math.abs(last.at - where) < (upright ? 9 : 12))
        Object.assign(last, { to: second, at: (last.at + where) / 2 });
      else labels.push({ at: where, from: second, to: second });
    }
    drawNumbers(labels, upright ? Math.min(...flight.keys.map((key) => place(key)[0])) - 8 : 0);
  }

  // Seconds that lie close together have one number; of numbers that would touch, the first and the last stay.
  function drawNumbers(labels, beside) {
    const words = ({ from, to }) => (to > from ? `${from}–${to}` : `${from}`);
    const drawn = [];
    for (const label of new Set([labels[0], labels[labels.length - 1], ...labels])) {
      const said = words(label) + (label === labels[labels.length - 1] ? "s" : "");
      const half = beside ? 5 : said.length * 3.1 + 1;
      const at = beside ? label.at : Math.min(Math.max(label.at, half), width - half);
      if (drawn.some(([other, wide]) => Math.abs(other - at) < half + wide)) continue;
      drawn.push([at, half]);
      const [x, y] = beside ? [beside, at + 3.5] : [at, 79];
      const style = "font-family: var(--ct-mono, monospace)";
      const font = { "text-anchor": beside ? "end" : "middle", "font-size": 10, style };
      roomMark("text", { class: "room-number", x, y, fill: "var(--ct-ink-2)", ...font }, svg, said);
    }
  }

  function seek(to) {
    const [cx, cy] = place(roomAt(flight.keys, flight.fps, Math.max(Number(to) || 0, 0)));
    dot.setAttribute("cx", cx);
    dot.setAttribute("cy", cy);
  }

  set(flight);
  return { seek, set, destroy: () => svg.replaceChildren() };
}
