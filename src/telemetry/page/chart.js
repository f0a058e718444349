// A line of the last 15 minutes, small enough to stand beside a number. Newest at the right; a gap is no measurement.

const SVG = 'http://www.w3.org/2000/svg';
const WIDTH = 180, HEIGHT = 40;

function svg(name, attributes) {
  const node = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  return node;
}

/** Points that follow each other, as pieces between gaps. */
function pieces(values, steps, top) {
  const all = [];
  let piece = null;
  values.forEach((value, i) => {
    if (value == null) {
      piece = null;
      return;
    }
    if (!piece) all.push(piece = []);
    const x = WIDTH * (steps - values.length + i) / (steps - 1);
    piece.push([x, HEIGHT - 2 - (HEIGHT - 4) * Math.min(1, value / top)]);
  });
  return all;
}

const text = points => points.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`).join('L');

/** `lines`: lists of values, oldest first. `limit`: a dashed line. `say`: how a value is written, for those who hear. */
export function chart({lines, steps, limit = null, name, say}) {
  const known = lines.flat().filter(value => value != null);
  const top = Math.max(...known, limit ?? 0, 1e-12) * 1.04;
  const last = lines[0]?.findLast(value => value != null);
  const drawn = svg('svg', {class: 'chart', viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: 'none', role: 'img',
    'aria-label': known.length === 0 ? `${name}: nothing in the last 15 minutes`
      : `${name} in the last 15 minutes: now ${say(last ?? 0)}, from ${say(Math.min(...known))} to ${say(Math.max(...known))}` +
        (limit == null ? '' : `, limit ${say(limit)}`)});
  drawn.append(svg('path', {class: 'ground', d: `M0 ${HEIGHT - 1}H${WIDTH}`}));
  lines.forEach((values, i) => {
    for (const piece of pieces(values, steps, top)) {
      const end = piece.length === 1 ? 'h0.01' : '';
      if (i === 0 && piece.length > 1)
        drawn.append(svg('path', {class: 'area', d: `M${piece[0][0].toFixed(1)} ${HEIGHT}L${text(piece)}V${HEIGHT}Z`}));
      drawn.append(svg('path', {class: `line line-${i}`, d: `M${text(piece)}${end}`}));
    }
  });
  if (limit != null) {
    const y = HEIGHT - 2 - (HEIGHT - 4) * limit / top;
    drawn.append(svg('path', {class: 'limit', d: `M0 ${y.toFixed(1)}H${WIDTH}`}));
  }
  return drawn;
}

/** Value by value; no value only where none has one. */
export function sum(lists) {
  const length = Math.max(0, ...lists.map(list => list.length));
  return Array.from({length}, (_, i) => {
    const there = lists.map(list => list[i - length + list.length]).filter(value => value != null);
    return there.length ? there.reduce((a, b) => a + b) : null;
  });
}
