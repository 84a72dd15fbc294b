// The pictures of the moves' picker: where a move starts (light) and ends (dark), with its arrow; flown while started.
// Joined by text with _room_world.js: no imports, all names begin with room.

const roomSmall = { width: 76, height: 46 };

function roomThumbnail(svg, keys, { fps = 12 } = {}) {
  const size = roomSize(keys);
  const shell = [...roomShell(size), ...roomRibs(size, 2)];
  let [asked, began] = [0, 0];
  svg.replaceChildren();
  svg.setAttribute("viewBox", `0 0 ${roomSmall.width} ${roomSmall.height}`);
  svg.setAttribute("aria-hidden", "true");
  const [light, dark] = [0.55, 1].map((opacity) => roomStroke(svg, "wire", "wire", 0.8, { opacity }));
  const glyph = roomMark("g", { class: "room-glyph" }, svg);
  roomGlyph(keys, glyph);

  const wire = (key) => roomLines(roomPose(key), shell, roomSmall);

  function rest() {
    const moves = keys.length > 1;
    light.setAttribute("d", wire(keys[0]));
    dark.setAttribute("d", moves ? wire(keys[keys.length - 1]) : "");
    glyph.removeAttribute("visibility");
  }

  function tick(now) {
    const seconds = ((now - began) / 1000) % (keys.length / fps);
    dark.setAttribute("d", wire(roomAt(keys, fps, Math.max(seconds, 0))));
    asked = requestAnimationFrame(tick);
  }

  rest();
  return {
    start() {
      if (asked || roomStill()) return;
      light.setAttribute("d", "");
      glyph.setAttribute("visibility", "hidden");
      began = performance.now();
      asked = requestAnimationFrame(tick);
    },
    stop() {
      cancelAnimationFrame(asked);
      asked = 0;
      rest();
    },
  };
}

// The arrow of a move, told from its keys alone.
function roomGlyph(keys, parent) {
  const [first, last] = [keys[0], keys[keys.length - 1]];
  const [x, y, z, pan, tilt, roll, zoom] = last.map((value, i) => value - first[i]);
  const [side, rise] = [x / 1.75 + pan / 25, y / 1.05 + tilt / 15]; // 1: the usual way
  const [aside, lift] = [Math.abs(x / 1.75) > Math.abs(pan / 25) ? x / 1.75 : pan / 25, y / 1.05];
  const solid = (d, width = 1.8) => roomStroke(parent, "arrow", "ink", width, { d, "stroke-linecap": "round" });
  const tip = (at, way) =>
    roomMark("path", { class: "room-head", fill: "var(--ct-ink)", d: roomHead(at, way) }, parent);
  const box = (wide, high, kind) =>
    roomStroke(parent, "frame", kind === "light" ? "ink-3" : "ink", 1.2, {
      d: `M${38 - wide / 2} ${23 - high / 2}h${wide}v${high}h${-wide}z`,
      ...(kind === "dots" ? { "stroke-dasharray": "2 2" } : {}),
    });
  const arrow = (from, bend, to) => {
    solid(`M${from.join(" ")}Q${bend.join(" ")} ${to.join(" ")}`);
    const way = [to[0] - bend[0], to[1] - bend[1]];
    const length = Math.hypot(...way) || 1;
    tip(
      to.map((value, i) => value + (way[i] / length) * 2.5),
      way,
    );
  };
  const corners = (inwards) => {
    for (const [h, v] of [
      [-1, -1],
      [1, -1],
      [-1, 1],
      [1, 1],
    ]) {
      const [outer, inner] = [
        [38 + h * 24, 23 + v * 14.5],
        [38 + h * 11, 23 + v * 7],
      ];
      const [from, to] = inwards ? [outer, inner] : [inner, outer];
      solid(`M${from.join(" ")}L${to.join(" ")}`, 1.5);
      const way = [to[0] - from[0], to[1] - from[1]];
      tip(
        to.map((value, i) => value + way[i] * 0.15),
        way,
      );
    }
  };

  if (roomRestless(keys)) {
    solid("M22 26L27 19L32 27L38 18L43 27L49 20L54 25", 1.6);
    if (z > 0.8) corners(true);
  } else if (Math.abs(roll) > 8) {
    const d = roll > 0 ? "M26 23A12 12 0 1 1 38 35" : "M50 23A12 12 0 1 0 38 35";
    solid(d);
    tip([roll > 0 ? 35 : 41, 35], [-roll, 0]);
    if (Math.abs(z) > 0.5) corners(z > 0);
  } else if (pan * x < 0 && Math.abs(pan) > 10 && Math.abs(x) > 0.5) {
    // around the subject
    roomMark("circle", { class: "room-head", cx: 38, cy: 21, r: 3, fill: "var(--ct-ink)" }, parent);
    solid(x < 0 ? "M56 25A19 8 0 1 1 24 26" : "M20 25A19 8 0 1 0 52 26");
    tip(x < 0 ? [21.8, 24.5] : [54.2, 24.5], x < 0 ? [-3, -2] : [3, -2]);
  } else if (Math.abs(zoom) > 0.15 && zoom * z < 0 && Math.abs(z) > 0.3) {
    // dolly and lens against each other
    box(48, 28);
    box(20, 12);
    for (const h of [-1, 1]) {
      const [from, to] = z > 0 ? [16, 23] : [23, 16];
      solid(`M${38 + h * from} 23L${38 + h * to} 23`, 1.5);
      tip([38 + h * (to + (z > 0 ? 2 : -2)), 23], [h * (to - from), 0]);
    }
  } else if (Math.abs(zoom) > 0.15) {
    box(54, 32, zoom > 0 ? "light" : "");
    box(34, 20, "dots");
    box(14, 8, zoom > 0 ? "" : "light");
  } else if (roomFastest(keys) > 8) {
    // a whip
    const flat = Math.abs(pan) > Math.abs(tilt);
    const way = flat ? [Math.sign(pan), 0] : [0, -Math.sign(tilt)];
    const [far, near] = flat ? [22, 12] : [14, 7];
    const line = (off, from, to) => {
      const [x0, y0] = [38 + (flat ? 0 : off), 23 + (flat ? off : 0)];
      const [start, end] = [from, to].map((value) => `${x0 + way[0] * value} ${y0 + way[1] * value}`);
      solid(`M${start}L${end}`, 1.6);
    };
    line(0, -far - 3, far - 5);
    line(-5, -far, near);
    line(5, -near - 4, near);
    tip([38 + way[0] * far, 23 + way[1] * far], way);
  } else if (Math.abs(z) > 4.2) {
    // through something
    const d = "M49 23A11 11 0 1 1 27 23A11 11 0 1 1 49 23";
    roomStroke(parent, "portal", "ink", 1.2, { d, "stroke-dasharray": "2 2" });
    arrow([38, z > 0 ? 41 : 21], [38, 30], [38, z > 0 ? 22 : 38]);
  } else if (Math.abs(z) > 0.3 && Math.max(Math.abs(aside), Math.abs(lift)) > 0.2) {
    const end = [38 + 17 * Math.max(-1, Math.min(1, aside || 0.75)), 23 - 13 * Math.max(-1, Math.min(1, lift))];
    const start = [end[0] > 38 ? 20 : 56, lift < -0.2 ? 9 : 38];
    if (z > 0) arrow(start, [start[0] + (end[0] > 38 ? 2 : -2), (start[1] + 2 * end[1]) / 3 + 2], end);
    else arrow([38, 46 - end[1]], [38, 23], end); // out of the middle, towards whoever looks
  } else if (Math.abs(z) > 0.3) {
    box(z > 0 ? 52 : 16, z > 0 ? 31 : 9, "dots");
    corners(z > 0);
    if (z > 0) box(16, 9);
  } else if (Math.max(Math.abs(side), Math.abs(rise)) > 0.1) {
    const flat = Math.abs(side) > Math.abs(rise);
    const way = Math.sign(flat ? side : rise);
    const turns = flat ? Math.abs(pan) > 5 : Math.abs(tilt) > 4;
    if (flat) arrow([38 - 17 * way, turns ? 23 : 34], [38, turns ? 15 : 34], [38 + 16 * way, turns ? 23 : 34]);
    else arrow([38, 23 + 13 * way], [turns ? 31 : 38, 23], [38, 23 - 13 * way]);
  } else {
    box(30, 17);
  }
}

// The greatest turn from one frame to the next, in degrees.
function roomFastest(keys) {
  const turned = (row, i) => Math.max(Math.abs(row[3] - keys[i][3]), Math.abs(row[4] - keys[i][4]));
  return Math.max(0, ...keys.slice(1).map(turned));
}

// Whether it trembles: its turning changes sides again and again.
function roomRestless(keys) {
  const turns = (axis) => keys.slice(1).map((row, i) => row[axis] - keys[i][axis]);
  const changes = (steps) => steps.slice(1).filter((step, i) => step * steps[i] < 0).length;
  const shaken = [3, 4, 5].filter((axis) => {
    const values = keys.map((row) => row[axis]);
    return changes(turns(axis)) > 5 && Math.max(...values) - Math.min(...values) > 0.6;
  });
  return shaken.length > 1;
}
