// The wireframe room: what stands in it, and how a camera sees it.
//
// The world and the senses are those of studio/camera/path.py: x right, y up, z forward in scene units; pan+ right,
// tilt+ up, roll+ clockwise as the camera turns, in degrees; zoom = ln of the focal length. A row of keys is
// [x, y, z, pan, tilt, roll, zoom]. This file is joined by text with _room.js: no imports, all names begin with room.

const roomFov = 50; // degrees across the frame at zoom 0
const roomSubject = 4; // scene units from the start to the subject
const roomNear = 0.05; // what is nearer than this is cut off
const roomPeople = [
  [-0.62, 1.26],
  [0.62, 1.18],
]; // the two at the subject: how far to the side, how tall

// The walls, floor and ceiling of a corridor that this flight stays within, however far it goes.
function roomSize(keys) {
  const reach = (axis, least, most, room) => {
    const values = keys.map((row) => row[axis]);
    return [Math.min(least, Math.min(...values) - room), Math.max(most, Math.max(...values) + room)];
  };
  const [left, right] = reach(0, -2, 2, 0.5);
  const [floor, ceiling] = reach(1, -0.82, 1.2, 0.4);
  const [from, to] = reach(2, -6, 13, 6);
  return { left, right, floor, ceiling, from, to };
}

// How a camera looks: its place, its three directions, and frame widths a unit of slope.
function roomPose(key, fov = roomFov) {
  const [pan, tilt, roll] = key.slice(3, 6).map((degrees) => (degrees * Math.PI) / 180);
  const [sp, cp, st, ct] = [Math.sin(pan), Math.cos(pan), Math.sin(tilt), Math.cos(tilt)];
  const [sr, cr] = [Math.sin(roll), Math.cos(roll)];
  const side = [cp, 0, -sp];
  const top = [-sp * st, ct, -cp * st];
  return {
    at: key.slice(0, 3),
    right: side.map((value, i) => cr * value - sr * top[i]),
    up: top.map((value, i) => cr * value + sr * side[i]),
    forward: [sp * ct, st, cp * ct],
    scale: Math.exp(key[6]) / (2 * Math.tan((fov * Math.PI) / 360)),
  };
}

// A point in the camera's own directions: to its right, up, and ahead.
function roomSeen(pose, point) {
  const [x, y, z] = [point[0] - pose.at[0], point[1] - pose.at[1], point[2] - pose.at[2]];
  return [pose.right, pose.up, pose.forward].map((axis) => x * axis[0] + y * axis[1] + z * axis[2]);
}

// [x, y] where a point is seen, in frame widths from the middle, y down; null for what is behind the camera.
function roomProject(key, point, fov = roomFov) {
  const pose = roomPose(key, fov);
  const [x, y, ahead] = roomSeen(pose, point);
  return ahead > 1e-9 ? [(x / ahead) * pose.scale, (-y / ahead) * pose.scale] : null;
}

// The row of `rows` at that many seconds, between two rows their mixture.
function roomAt(rows, fps, seconds) {
  const frame = Math.min(Math.max(seconds * fps || 0, 0), rows.length - 1);
  const before = rows[Math.floor(frame)];
  const after = rows[Math.ceil(frame)];
  const share = frame - Math.floor(frame);
  return before.map((value, i) => value + (after[i] - value) * share);
}

function roomPixel(pose, [x, y, ahead], frame) {
  const scale = (pose.scale * frame.width) / ahead;
  return `${(frame.width / 2 + x * scale).toFixed(1)} ${(frame.height / 2 - y * scale).toFixed(1)}`;
}

function roomCut(a, b) {
  const share = (roomNear - a[2]) / (b[2] - a[2]);
  return a.map((value, i) => value + (b[i] - value) * share);
}

// Lines through the room as the text of an SVG path, cut off at the near plane.
function roomLines(pose, lines, frame) {
  let path = "";
  for (const line of lines) {
    let before = roomSeen(pose, line[0]);
    let drawing = false;
    for (let i = 1; i < line.length; i += 1) {
      const next = roomSeen(pose, line[i]);
      const [from, to] = [before[2] >= roomNear, next[2] >= roomNear];
      if (from || to) {
        if (!drawing || !from) path += `M${roomPixel(pose, from ? before : roomCut(before, next), frame)}`;
        path += `L${roomPixel(pose, to ? next : roomCut(next, before), frame)}`;
      }
      drawing = to;
      before = next;
    }
  }
  return path;
}

// The long edges, the floor's boards, and the two ends.
function roomShell({ left, right, floor, ceiling, from, to }) {
  const corners = [
    [left, ceiling],
    [right, ceiling],
    [right, floor],
    [left, floor],
  ];
  const boards = [1, 2].map((third) => [left + ((right - left) * third) / 3, floor]);
  const along = [...corners, ...boards].map(([x, y]) => [
    [x, y, from],
    [x, y, to],
  ]);
  const ends = [from, to].map((z) => [...corners, corners[0]].map(([x, y]) => [x, y, z]));
  return [...along, ...ends];
}

// Ribs across walls and floor, every so many units.
function roomRibs({ left, right, floor, ceiling, from, to }, every) {
  const ribs = [];
  for (let z = from + every; z < to; z += every)
    ribs.push([
      [left, ceiling, z],
      [left, floor, z],
      [right, floor, z],
      [right, ceiling, z],
    ]);
  return ribs;
}

// Doors along the walls and lamps under the ceiling, so that left, right and up are told apart.
function roomFittings({ left, right, floor, ceiling, from, to }) {
  const fittings = [];
  for (let z = from + 2.6, n = 0; z < to - 2; z += 2, n += 1) {
    const [x, high] = [n % 2 ? right : left, floor + 1.45];
    fittings.push([
      [x, floor, z],
      [x, high, z],
      [x, high, z + 0.8],
      [x, floor, z + 0.8],
    ]);
    if (n % 2) continue;
    const lamp = [
      [-0.3, z],
      [0.3, z],
      [0.3, z + 0.8],
      [-0.3, z + 0.8],
      [-0.3, z],
    ];
    fittings.push(lamp.map(([across, along]) => [across, ceiling, along]));
  }
  return fittings;
}

function roomRound(across, up, radius, points = 28) {
  return Array.from({ length: points + 1 }, (_, i) => {
    const turn = (i / points) * 2 * Math.PI;
    return [across + radius * Math.cos(turn), up + radius * Math.sin(turn)];
  });
}

// A person in outline, feet at 0, as lines of [across, up]; the first two are closed shapes.
function roomPerson(tall) {
  const shoulders = Array.from({ length: 9 }, (_, i) => {
    const t = i / 8; // along a curve from shoulder to shoulder
    return [0.21 * (2 * t - 1), 1.22 * (1 - t) ** 2 + 2.82 * t * (1 - t) + 1.22 * t ** 2];
  });
  const lines = [
    roomRound(0, 1.54, 0.155, 20),
    [[-0.185, 0.74], ...shoulders, [0.185, 0.74]],
    [
      [-0.13, 0.74],
      [-0.105, 0],
    ],
    [
      [0.13, 0.74],
      [0.105, 0],
    ],
  ];
  return lines.map((line) => line.map(([x, y]) => [(x * tall) / 1.7, (y * tall) / 1.7]));
}

// The same lines at a place in the room, turned about the vertical to whoever looks.
function roomStanding(lines, place, pose) {
  const [x, z] = [place[0] - pose.at[0], place[2] - pose.at[2]];
  const away = Math.hypot(x, z) || 1;
  const turned = pose.forward[0] * x + pose.forward[2] * z < 0 ? -1 : 1; // seen by one who leans over, all the same
  const across = [(z / away) * turned, (-x / away) * turned];
  const there = ([a, up]) => [place[0] + a * across[0], place[1] + up, place[2] + a * across[1]];
  return lines.map((line) => line.map(there));
}

// A circle around a place, always seen round.
function roomFacing(line, place, pose) {
  return line.map(([a, up]) => place.map((value, i) => value + a * pose.right[i] + up * pose.up[i]));
}

// The corners of what a camera sees `ahead` units before it, drawn in by `share`.
function roomCorners(key, ahead, share, frame, fov) {
  const pose = roomPose(key, fov);
  const half = (share * ahead) / (2 * pose.scale);
  const high = (half * frame.height) / frame.width;
  return [
    [-half, high],
    [half, high],
    [half, -high],
    [-half, -high],
  ].map(([x, y]) => pose.at.map((value, i) => value + x * pose.right[i] + y * pose.up[i] + ahead * pose.forward[i]));
}

function roomMark(name, attributes, parent, text = "") {
  const mark = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) mark.setAttribute(key, value);
  mark.textContent = text;
  parent?.append(mark);
  return mark;
}

// A line in one of the theme's colours, to be given its path later.
function roomStroke(parent, kind, colour, width, more = {}) {
  const stroke = { class: `room-${kind}`, fill: "none", stroke: `var(--ct-${colour})`, "stroke-width": width };
  return roomMark("path", { ...stroke, ...more }, parent);
}

// An arrow's head, its tip at [x, y], as a filled path.
function roomHead([x, y], [dx, dy], size = 6) {
  const length = Math.hypot(dx, dy) || 1;
  const [u, v] = [(dx / length) * size, (dy / length) * size];
  const points = [
    [x, y],
    [x - u - v * 0.4, y - v + u * 0.4],
    [x - u + v * 0.4, y - v - u * 0.4],
  ];
  return `M${points.map((point) => point.map((value) => value.toFixed(1)).join(" ")).join("L")}z`;
}

function roomStill() {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}
