// Attention: which model and kind, every head in small, one map and its lines in large, and switches. No server.
let content = null;
let clock = null;
let panel = null;
let state = begun();
let grid = null;
let now = null;
let unusable = []; // fields of a link that could not be used
let refused = ""; // what was just asked for and cannot be
let peeked = null; // {side, index, other} under the pointer
const place = make("div", "seqdemo-reading");
const choice = make("div", "seqdemo-choice");
const heading = make("h3", "seqdemo-heading");
const summary = make("p", "seqdemo-summary");
const note = make("p", "seqdemo-note");
const said = make("p", "seqdemo-note"); // a word on what was refused: it is read aloud, and in no saved file
said.setAttribute("role", "status");
const armed = make("p", "seqdemo-altered"); // while another panel waits for a cell
const rowChoice = make("span");
let folds = null;

const palette = () => content.headColors;
const colorOf = (layer, head) => palette()[(layer * panel.shape[1] + head) % palette().length];
const topOf = (rows) => (state.stretch ? Math.max(...rows.map((row) => Math.max(...row)), 1e-4) : 1);

const aboutHead = (layer, head) => {
  const rows = rawRows(panel, layer, head);
  const role = content.roles[roleOf(rows, panel.kind, panel.marks, isCausal(panel))];
  const values = { layer: layer + 1, head: head + 1, role, entropy: entropyShare(rows, isCausal(panel)).toFixed(2), sink: percent(massOn(rows, panel.marks)) };
  const best = panel.aligner && panel.aligner.join() === [layer, head].join();
  const title = fill(content.strings.aboutHead, values) + (best ? "; " + content.strings.best : "");
  return { layer, head, rows, role, best, figures: `${values.entropy} · ${values.sink.replace(/\..*/, "%")}`, title };
};

const nameOfMap = () => {
  if (state.measure === "rollout" && canRoll(panel)) return fill(content.strings.rolled, { layer: state.layer + 1 });
  const heads = state.mean ? fill(content.strings.meanOf, { count: state.on.size }) : fill(content.strings.head, { layer: state.layer + 1, head: state.head + 1 });
  return state.measure === "norms" && canWeigh(panel) ? fill(content.strings.byNorms, { map: heads }) : heads;
};

const picture = (width) => {
  const map = throughSwitches(panel, state, chosenRows(panel, state));
  const { names, maps } = linedMaps(panel, state);
  const lineColors = names.map((name) => colorOf(...name.split(":").map(Number)));
  const narrow = width < 620;
  const widest = (tokens, most) => Math.min(most, Math.ceil(Math.max(...tokens.map((token) => measure(visible(token), 13, 700)))) + 8);
  const [label, keyRoom] = [widest(map.queries, narrow ? 70 : 120), widest(map.keys, 110)];
  const lined = narrow ? width : Math.max(300, Math.min(440, 0.42 * width));
  const heat = narrow ? width : width - lined - 22;
  const rowHeight = clamp(440 / Math.max(map.queries.length, map.keys.length), 4.5, 26);
  const [tall, columns] = [rowHeight * map.queries.length, Math.min(heat - label - 30, 44 * map.keys.length)];
  const flat = keyRoom + 2 <= columns / map.keys.length; // short names stand upright, long ones lean
  const above = flat ? 26 : Math.ceil(0.77 * keyRoom) + 16;
  const linesTop = narrow ? above + tall + 26 : above;
  const linesTall = rowHeight * Math.max(map.queries.length, map.keys.length);
  const height = (narrow ? linesTop : above) + Math.max(narrow ? 0 : tall, linesTall) + 6;
  const sheet = makeSheet(width, Math.ceil(height), fill(content.strings.heatmap, { kind: panel.name, map: nameOfMap(), rows: map.queries.length, columns: map.keys.length }));
  const heatBox = { x: label + 8, y: above, width: Math.max(60, columns), height: tall, label, above, flat };
  const heatmap = drawHeatmap(sheet, heatBox, map, makeLadder(content.scale), topOf(map.rows));
  const sides = Math.min(130, Math.max(label, keyRoom) + 8);
  const lines = drawTokenLines(sheet, { x: narrow ? 0 : width - lined, y: linesTop, width: lined, height: linesTall, row: rowHeight, label: sides }, maps, lineColors);
  write(sheet, fill(content.strings.lined, { least: percent(FAINTEST).replace(".0", "") }), narrow ? width / 2 : width - lined / 2, linesTop - 8, { size: 12, color: colors.faint, anchor: "middle" });
  if (!narrow) [[content.strings.queries, width - lined + sides - 6, "end"], [content.strings.keys, width - sides + 6, "start"]].forEach(([text, x, anchor]) => write(sheet, text, x, linesTop - 8, { size: 12, color: colors.faint, anchor }));
  return { sheet, map, heatmap, lines, box: heatBox };
};

const draw = () => {
  if (!content || !hasRoom()) return;
  now = picture(place.clientWidth || view.clientWidth);
  place.querySelectorAll(":scope > svg").forEach((old) => old.remove());
  armed.after(chartPlace, now.sheet);
  showChart();
  heading.textContent = [content.panels.length > 1 ? panel.title : panel.name, nameOfMap()].join(" · ");
  const notes = unusable.length ? [fill(content.strings.badLink, { fields: unusable.join(", ") })] : [];
  if (state.hide && now.map.hidden.length) notes.push(fill(content.strings.gone, { share: percent(now.map.gone), tokens: [...new Set(now.map.hidden)].slice(0, 6).join("  ") }));
  if (state.mass < 1) notes.push(fill(content.strings.kept, { share: percent(state.mass) }));
  if (now.heatmap.thinned) notes.push(content.strings.thinned);
  note.textContent = notes.join(" ");
  note.hidden = !notes.length;
  said.textContent = refused;
  refused = "";
  listen(now.sheet);
  walkCells(now.sheet);
  grid.mark(state.layer, state.head, state.on, colorOf);
  makeRowChoice();
  showFocus();
  if (content.clock === "translate") shareRows();
  folds.refresh();
};
