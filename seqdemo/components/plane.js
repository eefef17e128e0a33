// The plane in which a model's state moves: dots of the training corpus, the path so far, where it is now.
const FILLED = 5; // shades of the dots, by the probability that the model would read from them

const drawPlane = (sheet, box, model, content, { small = false } = {}) => {
  const { points, cloud, shares, low, high, readout } = model.plane;
  const group = drawn(sheet, "g");
  const x = (value) => box.x + (box.width * (value - low[0])) / (high[0] - low[0]);
  const y = (value) => box.y + box.height * (1 - (value - low[1]) / (high[1] - low[1]));
  const inside = ([one, other]) => one > low[0] && one < high[0] && other > low[1] && other < high[1];
  drawn(group, "rect", { x: box.x, y: box.y, width: box.width, height: box.height, rx: 4, fill: "none", stroke: shade(colors.grid) });
  const ladder = makeLadder(content.scale);
  for (let bin = 0; bin < FILLED; bin += 1) {
    const here = cloud.filter((point, index) => inside(point) && Math.min(FILLED - 1, Math.floor(FILLED * shares[index])) === bin);
    drawn(group, "path", {
      d: dotsAt(here.map((point) => [x(point[0]), y(point[1])])), stroke: css(rung(ladder, (bin + 0.5) / FILLED)),
      "stroke-width": small ? 2 : 4, "stroke-linecap": "round", "stroke-opacity": 0.75, fill: "none",
    });
  }
  const places = points.map(([one, other]) => [x(one), y(other)]);
  const color = shade(model.color);
  const ahead = drawn(group, "path", { d: lineThrough(places), fill: "none", stroke: color, "stroke-width": 1, "stroke-opacity": 0.35 });
  const walked = drawn(group, "path", { fill: "none", stroke: color, "stroke-width": small ? 1.5 : 2.5, "stroke-linejoin": "round" });
  if (!small) drawReadout(group, box, readout, low, high, content.labels[model.plane.focus], content);
  if (!small) drawn(group, "path", { d: dotsAt(places), stroke: color, "stroke-width": 6, "stroke-linecap": "round" });
  const now = drawn(group, "circle", { r: small ? 4.5 : 7, fill: color, stroke: shade(colors.paper), "stroke-width": 2 });
  const named = small ? null : labelOf(group);
  return {
    places, ahead,
    point: (step) => {
      changed(walked, { d: lineThrough(places.slice(0, step + 1)) });
      changed(now, { cx: places[step][0], cy: places[step][1] });
      if (named) named(fitted(step + 1 + " " + visible(content.words[step]), 150, 13, 600), places[step], box);
    },
  };
};

// A word beside its dot, kept inside the plane, on a patch of paper.
const labelOf = (group) => {
  const patch = drawn(group, "rect", { rx: 3, height: 20, fill: shade(colors.paper), "fill-opacity": 0.88 });
  const text = write(group, "", 0, 0, { size: 13, weight: 600 });
  return (word, [x, y], box) => {
    const width = measure(word, 13, 600);
    const left = x + 12 + width > box.x + box.width ? x - 14 - width : x + 12;
    const middle = clamp(y, box.y + 12, box.y + box.height - 12);
    text.textContent = word;
    changed(text, { x: left, y: middle + 5 });
    changed(patch, { x: left - 3, y: middle - 10, width: width + 6 });
  };
};

// An arrow in the direction in which the model's own verdict gains (or of two classes the last), with its name, along the lower edge.
const drawReadout = (group, box, readout, low, high, label, content) => {
  const across = (readout[0] / (high[0] - low[0])) * box.width;
  const down = (-readout[1] / (high[1] - low[1])) * box.height;
  const size = Math.max(Math.abs(across) / (0.4 * box.width), Math.abs(down) / (0.16 * box.height), 1e-9);
  const [dx, dy] = [across / size, down / size];
  const [x, y] = [box.x + box.width / 2 - dx / 2, box.y + box.height - 16 - Math.max(0, dy)];
  const turn = (Math.atan2(dy, dx) * 180) / Math.PI;
  drawn(group, "path", { d: `M${x} ${y}l${dx} ${dy}`, stroke: shade(colors.ink), "stroke-width": 2 });
  drawn(group, "path", { d: "M0 -5l9 5l-9 5z", fill: shade(colors.ink), transform: `translate(${x + dx} ${y + dy}) rotate(${turn}) translate(-4 0)` });
  const name = fill(content.strings.towards, { label });
  const text = write(group, name, clamp(x + dx / 2, box.x + 60, box.x + box.width - 60), Math.min(y, y + dy) - 7, { size: 12, anchor: "middle" });
  changed(text, { stroke: shade(colors.paper), "stroke-width": 3, "paint-order": "stroke" });
};

const unpackPlane = (plane) => ({
  ...plane, points: unpackRows(plane.points), cloud: unpackRows(plane.cloud), shares: unpack(plane.shares),
});
