// Lines over one axis of numbers, each with its band; the values of all lines at the place under the pointer.
let content = null;
let now = null;
const place = make("div");
const summary = make("p", "seqdemo-caption");
const [LEFT, TOP, FOOT, TALL] = [58, 30, 46, 250];

const shown = (value) => (value === null || value === undefined ? "–" : String(Number(value.toPrecision(3))));
const places = () => [...new Set(content.lines.flatMap((line) => line.points.map(([x]) => x)))].sort((one, other) => one - other);
const valueAt = (line, x) => (line.points.find((point) => point[0] === x) || [])[1];

const bandAt = (line, x) => {
  const [low, high] = line.band[line.points.findIndex((point) => point[0] === x)] || [];
  return low === undefined ? "–" : `${shown(low)} – ${shown(high)}`;
};

const drawFrame = (sheet, box, across, up) => {
  for (const tick of up.ticks) {
    const y = box.y(tick);
    drawn(sheet, "line", { x1: LEFT, x2: box.right, y1: y, y2: y, stroke: shade(colors.grid) });
    write(sheet, shown(tick), LEFT - 6, y + 4, { size: 12, anchor: "end", color: colors.faint });
  }
  const marks = content.log.x ? places() : across.ticks;
  for (const tick of marks) write(sheet, shown(tick), box.x(tick), TOP + TALL + 17, { size: 12, anchor: "middle", color: colors.faint });
  write(sheet, content.x, (LEFT + box.right) / 2, TOP + TALL + 38, { size: 13, anchor: "middle" });
  write(sheet, content.y, 2, 14, { size: 13 });
  if (content.mark !== null) {
    const y = box.y(content.mark);
    drawn(sheet, "line", { x1: LEFT, x2: box.right, y1: y, y2: y, stroke: shade(colors.faint), "stroke-dasharray": "3 4" });
  }
};

const drawLine = (sheet, box, line, label) => {
  const points = line.points.map(([x, y]) => [box.x(x), box.y(y)]);
  if (line.band.length) {
    const edge = (side) => line.band.map((pair, index) => [points[index][0], box.y(pair[side])]);
    drawn(sheet, "path", { d: lineThrough([...edge(1), ...edge(0).reverse()]) + "Z", fill: shade(line.color), "fill-opacity": 0.15 });
  }
  drawn(sheet, "path", { d: lineThrough(points), fill: "none", stroke: shade(line.color), "stroke-width": 2.2, "stroke-dasharray": line.dash });
  drawn(sheet, "path", { d: dotsAt(points), stroke: shade(line.color), "stroke-width": 7, "stroke-linecap": "round" });
  drawn(sheet, "line", { x1: label.x, x2: label.x + 26, y1: label.y - 4, y2: label.y - 4, stroke: shade(line.color), "stroke-width": 2.2, "stroke-dasharray": line.dash });
  write(sheet, line.name, label.x + 32, label.y, { size: 13 });
};

const picture = (width) => {
  const xs = places();
  const ys = content.lines.flatMap((line) => [...line.points.map(([, y]) => y), ...line.band.flat()]).filter((y) => !content.log.y || y > 0);
  if (content.mark !== null) ys.push(content.mark);
  const across = numberAxis(xs, { log: content.log.x, low: content.log.x ? null : content.left });
  const up = numberAxis(ys, { log: content.log.y, low: content.low });
  const names = [];
  let [x, y] = [LEFT, TOP + TALL + FOOT + 16];
  for (const line of content.lines) {
    const room = measure(line.name) + 54;
    if (x > LEFT && x + room > width) [x, y] = [LEFT, y + 20];
    names.push({ x, y });
    x += room;
  }
  const right = width - 14;
  const sheet = makeSheet(width, y + 10, content.title);
  const box = { right, x: (value) => LEFT + across.at(value) * (right - LEFT), y: (value) => TOP + TALL * (1 - up.at(value)) };
  drawFrame(sheet, box, across, up);
  content.lines.forEach((line, index) => drawLine(sheet, box, line, names[index]));
  const hair = drawn(sheet, "line", { y1: TOP, y2: TOP + TALL, stroke: shade(colors.faint), visibility: "hidden" });
  return { sheet, box, hair, xs };
};

const say = (x) => {
  const values = content.lines.map((line) => `${line.name} ${shown(valueAt(line, x))}`).join(content.strings.separator);
  summary.textContent = `${content.x}: ${shown(x)} · ${values}`;
  changed(now.hair, { x1: now.box.x(x), x2: now.box.x(x), visibility: "visible" });
};

const draw = () => {
  if (!content || !hasRoom()) return;
  now = picture(view.clientWidth);
  place.replaceChildren(now.sheet);
  now.sheet.addEventListener("pointermove", (event) => {
    const at = event.clientX - now.sheet.getBoundingClientRect().left;
    say(now.xs.reduce((best, x) => (Math.abs(now.box.x(x) - at) < Math.abs(now.box.x(best) - at) ? x : best)));
  });
};

const columns = () =>
  content.lines.flatMap((line) => [
    [line.name, (x) => shown(valueAt(line, x))],
    ...(line.band.length ? [[fill(content.strings.band, { line: line.name }), (x) => bandAt(line, x)]] : []),
  ]);

const kept = () => ({
  name: "seqdemo-" + content.name,
  title: content.title,
  sources: [],
  made: content.provenance.rows,
  caption: () => content.title,
  selection: () => ({}),
  pictures: (width) => [picture(width).sheet],
  table: () => [[content.x, ...columns().map(([name]) => name)], ...places().map((x) => [shown(x), ...columns().map(([, say]) => say(x))])],
});

const update = () => {
  content = readPayload();
  view.replaceChildren();
  now = null;
  if (!content) return;
  summary.textContent = content.strings.point;
  const heading = make("h4", "seqdemo-heading", content.title);
  view.append(heading, place, summary, makeFolds(kept(), content.provenance, content.strings));
  draw();
};

whenRoomChanges(draw);
watch("value", update);
update();
