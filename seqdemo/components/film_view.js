// A film of a training: the slider chooses a kept moment; above the score of all of them, below one matrix of it.
let content = null;
let frame = 0;
let timer = null;
let shownName = null;
const slider = make("input");
slider.type = "range";
const told = make("output");
const line = make("div");
const screen = make("div", "seqdemo-screen");
const words = make("p", "seqdemo-words");
const play = makeButton("", () => (timer === null ? start() : halt()), "seqdemo-key");
const [LEFT, TOP, TALL] = [48, 10, 90];
const SCALE = [[0, "#f5f7fb"], [0.5, "#6b9dd5"], [1, "#0b2c5c"]];

const halt = () => {
  clearInterval(timer);
  timer = null;
  name();
};
const start = () => {
  if (frame >= content.frames.length - 1) go(0);
  timer = setInterval(() => {
    if (!view.isConnected || frame >= content.frames.length - 1) return halt();
    go(frame + 1);
  }, 900);
  name();
};
const name = () => {
  play.textContent = timer === null ? "▶" : "⏸";
  play.setAttribute("aria-label", timer === null ? content.strings.play : content.strings.pause);
};

// The scores of all moments, by their number; the present one is marked.
const drawScores = (wide) => {
  const sheet = makeSheet(wide, TOP + TALL + 26, content.figure);
  const scores = content.frames.map((one) => one.score);
  const up = numberAxis([...scores, 0], { low: 0, count: 3 });
  const x = (place) => LEFT + (place * (wide - LEFT - 16)) / Math.max(1, scores.length - 1);
  const y = (value) => TOP + TALL * (1 - up.at(value));
  for (const tick of up.ticks) {
    drawn(sheet, "line", { x1: LEFT, x2: wide - 16, y1: y(tick), y2: y(tick), stroke: shade(colors.grid) });
    write(sheet, String(tick), LEFT - 8, y(tick) + 4, { size: 12, anchor: "end", color: colors.faint });
  }
  const points = scores.map((score, place) => [x(place), y(score)]);
  drawn(sheet, "path", { d: lineThrough(points), fill: "none", stroke: shade("#0066a8"), "stroke-width": 2 });
  drawn(sheet, "path", { d: dotsAt(points), stroke: shade("#0066a8"), "stroke-width": 6, "stroke-linecap": "round" });
  drawn(sheet, "circle", { cx: x(frame), cy: y(scores[frame]), r: 7, fill: "none", stroke: shade(colors.ink), "stroke-width": 2 });
  content.frames.forEach((one, place) => write(sheet, String(one.step), x(place), TOP + TALL + 20, { size: 12, anchor: "middle", color: colors.faint }));
  return sheet;
};

// One cell a row and column, the darker the more; the number stands in it where there is room.
const drawMatrix = (wide) => {
  const { rows, columns, frames } = content;
  const left = Math.min(150, 12 + Math.max(...rows.map((row) => measure(row, 13))));
  const cell = Math.max(16, Math.min(46, (wide - left - 24) / columns.length));
  const high = Math.max(18, Math.min(28, cell));
  const head = Math.ceil(0.72 * Math.min(90, Math.max(...columns.map((column) => measure(column, 12)))) + 18);
  const sheet = makeSheet(left + cell * columns.length + 70, head + high * rows.length + 6, content.title);
  const ladder = makeLadder(SCALE);
  columns.forEach((column, place) => {
    const x = left + cell * (place + 0.5);
    write(sheet, fitted(column, 90, 12), x, head - 6, { size: 12, transform: `rotate(-45 ${x} ${head - 6})` });
  });
  rows.forEach((row, place) => {
    const y = head + high * place;
    write(sheet, fitted(row, left - 8), left - 6, y + high / 2 + 5, { anchor: "end" });
    frames[frame].matrix[place].forEach((value, column) => {
      const box = drawn(sheet, "rect", { x: left + cell * column, y, width: cell - 1, height: high - 1, fill: css(rung(ladder, value)), stroke: shade(colors.grid) });
      drawn(box, "title", {}, `${row} / ${columns[column]}: ${value.toFixed(3)}`);
    });
  });
  return sheet;
};

const draw = () => {
  if (!content || !hasRoom()) return;
  const now = content.frames[frame];
  line.replaceChildren(drawScores(Math.max(260, view.clientWidth)));
  screen.replaceChildren(drawMatrix(view.clientWidth));
  slider.value = frame;
  const place = fill(content.strings.place, { step: now.step, score: now.scored });
  slider.setAttribute("aria-valuetext", place);
  told.textContent = place;
  words.textContent = fill(content.strings[content.name === "classifier" ? "says" : "writes"], { text: content.sentence, written: now.written || "–", reference: content.reference });
};

const go = (place) => {
  frame = clamp(place, 0, content.frames.length - 1);
  draw();
};

slider.addEventListener("input", () => {
  halt();
  go(Number(slider.value));
});

const kept = () => ({
  name: "seqdemo-film-" + content.name,
  title: content.title,
  sources: content.provenance.sources,
  made: content.provenance.rows.map((row) => row.slice(0, 3)),
  caption: () => `${content.title}. ${content.figure}`,
  selection: () => ({ step: content.frames[frame].step }),
  pictures: (width) => [drawScores(width), drawMatrix(width)],
  table: () => [
    [content.strings.slider, content.strings.score, content.strings.row, ...content.columns],
    ...content.frames.flatMap((one) => content.rows.map((row, place) => [one.step, one.scored, row, ...one.matrix[place].map(String)])),
  ],
});

const update = () => {
  content = readPayload();
  clearInterval(timer);
  timer = null;
  if (!content) return view.replaceChildren();
  if (shownName !== content.name) frame = content.frames.length - 1;
  shownName = content.name;
  Object.assign(slider, { min: 0, max: content.frames.length - 1, step: 1 });
  slider.setAttribute("aria-label", content.strings.slider);
  const reel = make("div", "seqdemo-reel");
  reel.append(play, slider, told);
  name();
  view.replaceChildren(make("h4", "seqdemo-heading", content.title), make("p", "seqdemo-caption", content.figure), line, reel, words, screen, makeFolds(kept(), content.provenance, content.strings));
  draw();
};

whenRoomChanges(draw);
watch("value", update);
update();
