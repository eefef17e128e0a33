// Attention: which model and kind, every head in small, one map and its lines in large, and switches. No server.
let content = null;
let clock = null;
let panel = null;
let state = begun();
let grid = null;
let now = null;
let unusable = []; // fields of a link that could not be used
let peeked = null; // {side, index, other} under the pointer
const place = make("div", "seqdemo-reading");
const choice = make("div", "seqdemo-choice");
const heading = make("h3", "seqdemo-heading");
const summary = make("p", "seqdemo-summary");
const note = make("p", "seqdemo-note");
const rowChoice = make("span");

const palette = () => content.headColors;
const colorOf = (layer, head) => palette()[(layer * panel.shape[1] + head) % palette().length];
const topOf = (rows) => (state.stretch ? Math.max(...rows.map((row) => Math.max(...row)), 1e-4) : 1);

const aboutHead = (layer, head) => {
  const rows = rawRows(panel, layer, head);
  const role = content.roles[roleOf(rows, panel.kind, panel.marks, isCausal(panel))];
  const values = { layer: layer + 1, head: head + 1, role, entropy: entropyShare(rows, isCausal(panel)).toFixed(2), sink: percent(massOn(rows, panel.marks)) };
  return { layer, head, rows, role, figures: `${values.entropy} · ${values.sink.replace(/\..*/, "%")}`, title: fill(content.strings.aboutHead, values) };
};

const nameOfMap = () => {
  if (state.measure === "rollout" && canRoll(panel)) return fill(content.strings.rolled, { layer: state.layer + 1 });
  if (state.mean) return fill(content.strings.meanOf, { count: state.on.size });
  return fill(content.strings.head, { layer: state.layer + 1, head: state.head + 1 });
};

// ---- drawing

const picture = (width) => {
  const map = throughSwitches(panel, state, chosenRows(panel, state));
  const { names, maps } = linedMaps(panel, state);
  const lineColors = names.map((name) => colorOf(...name.split(":").map(Number)));
  const narrow = width < 620;
  const widest = (tokens, most) => Math.min(most, Math.ceil(Math.max(...tokens.map((token) => measure(visible(token), 13, 700)))) + 8);
  const [label, keyRoom] = [widest(map.queries, narrow ? 70 : 120), widest(map.keys, 110)];
  const above = Math.ceil(0.77 * keyRoom) + 16;
  const lined = narrow ? width : Math.max(300, Math.min(440, 0.42 * width));
  const heat = narrow ? width : width - lined - 22;
  const rowHeight = clamp(440 / Math.max(map.queries.length, map.keys.length), 4.5, 26);
  const [tall, columns] = [rowHeight * map.queries.length, Math.min(heat - label - 30, 44 * map.keys.length)];
  const linesTop = narrow ? above + tall + 26 : above;
  const linesTall = rowHeight * Math.max(map.queries.length, map.keys.length);
  const height = (narrow ? linesTop : above) + Math.max(narrow ? 0 : tall, linesTall) + 6;
  const sheet = makeSheet(width, Math.ceil(height), fill(content.strings.heatmap, { kind: panel.name, map: nameOfMap(), rows: map.queries.length, columns: map.keys.length }));
  const heatBox = { x: label + 8, y: above, width: Math.max(60, columns), height: tall, label, above };
  const heatmap = drawHeatmap(sheet, heatBox, map, makeLadder(content.scale), topOf(map.rows));
  const sides = Math.min(130, Math.max(label, keyRoom) + 8);
  const lines = drawTokenLines(sheet, { x: narrow ? 0 : width - lined, y: linesTop, width: lined, height: linesTall, row: rowHeight, label: sides }, maps, lineColors);
  if (!narrow) [[content.strings.queries, width - lined + sides - 6, "end"], [content.strings.keys, width - sides + 6, "start"]].forEach(([text, x, anchor]) => write(sheet, text, x, linesTop - 8, { size: 12, color: colors.faint, anchor }));
  return { sheet, map, heatmap, lines };
};

// The row to show while nothing is under the pointer: that of the clock's step.
const restingRow = () => {
  const step = panel.timed ? clock.step : panel.row || 0;
  const row = now.map.queryPieces.findIndex((pieces) => pieces.includes(step));
  return { side: "query", index: Math.max(0, row) };
};

const showFocus = () => {
  if (!now) return;
  const focus = peeked || restingRow();
  now.heatmap.focus(focus);
  now.lines.focus({ ...focus, alone: peeked !== null });
  summary.textContent = describeFocus(focus);
  rowChoice.querySelectorAll("select").forEach((select) => {
    if (focus.side === "query") select.value = String(focus.index);
  });
};

const describeFocus = ({ side, index, other }) => {
  const { map } = now;
  const [from, to] = side === "query" ? [map.queries, map.keys] : [map.keys, map.queries];
  const weightOf = (place) => (side === "query" ? map.rows[index][place] : map.rows[place][index]);
  const order = Array.from(to.keys()).sort((one, two) => weightOf(two) - weightOf(one)).slice(0, 3);
  const said = (place) => fill(content.strings.item, { key: visible(to[place]), weight: weightOf(place).toFixed(3) });
  const text = fill(side === "query" ? content.strings.looks : content.strings.isSeen, { number: index + 1, token: visible(from[index]), list: order.map(said).join(content.strings.separator) });
  return other === undefined ? text : fill(content.strings.cell, { query: visible(map.queries[index]), key: visible(map.keys[other]), weight: map.rows[index][other].toFixed(4) }) + " " + text;
};

const draw = () => {
  if (!content || !view.clientWidth) return;
  now = picture(place.clientWidth || view.clientWidth);
  place.querySelectorAll("svg").forEach((old) => old.remove());
  heading.after(now.sheet);
  heading.textContent = [content.panels.length > 1 ? panel.title : panel.name, nameOfMap()].join(" · ");
  const notes = unusable.length ? [fill(content.strings.badLink, { fields: unusable.join(", ") })] : [];
  if (state.hide && now.map.hidden.length) notes.push(fill(content.strings.gone, { share: percent(now.map.gone), tokens: [...new Set(now.map.hidden)].slice(0, 6).join("  ") }));
  if (state.mass < 1) notes.push(fill(content.strings.kept, { share: percent(state.mass) }));
  if (now.heatmap.thinned) notes.push(content.strings.thinned);
  note.textContent = notes.join(" ");
  note.hidden = !notes.length;
  listen(now.sheet);
  grid.mark(state.layer, state.head, state.on, colorOf);
  makeRowChoice();
  showFocus();
  if (content.clock === "translate" && panel.kind === "cross") shareRows();
};

// ---- linking

// What the translation's own view paints on the source: the rows of the map before sub-words are merged.
const shareRows = () => {
  clock.spotlight = { model: panel.model, text: content.text, rows: chosenRows(panel, state), name: nameOfMap() };
  clock.refresh();
};

const listen = (sheet) => {
  const under = (event) => {
    const box = sheet.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    return now.heatmap.at(x, y) || now.lines.at(x, y);
  };
  const stepOf = (focus) => {
    const pieces = focus && (focus.side === "query" ? (panel.timed ? now.map.queryPieces[focus.index] : null) : panel.keysTimed ? now.map.keyPieces[focus.index] : null);
    return pieces ? pieces[0] : null;
  };
  sheet.addEventListener("pointermove", (event) => {
    if (event.pointerType === "touch") return;
    const focus = under(event);
    if (JSON.stringify(focus) === JSON.stringify(peeked)) return;
    peeked = focus;
    clock.peek(stepOf(focus));
    showFocus();
  });
  sheet.addEventListener("pointerleave", () => {
    peeked = null;
    clock.peek(null);
    showFocus();
  });
  sheet.addEventListener("click", (event) => {
    const focus = under(event);
    if (!focus) return;
    const step = stepOf(focus);
    if (!panel.timed && focus.side === "query") panel.row = now.map.queryPieces[focus.index][0];
    if (step !== null) {
      clock.pause();
      clock.set(step);
    }
    peeked = focus;
    showFocus();
  });
};

const choose = (layer, head) => {
  const alone = state.on.size === 1;
  [state.layer, state.head] = [layer, head];
  if (alone) state.on.clear();
  state.on.add(nameOfHead(layer, head));
  draw();
};

const isolate = (layer, head) => {
  state.on = new Set([nameOfHead(layer, head)]);
  choose(layer, head);
};

// The last head cannot go off: something must be drawn.
const turn = (layer, head) => {
  const name = nameOfHead(layer, head);
  if (!state.on.has(name)) state.on.add(name);
  else if (state.on.size > 1) state.on.delete(name);
  if (state.on.size === 1 || !state.on.has(nameOfHead(state.layer, state.head))) [state.layer, state.head] = [...state.on][0].split(":").map(Number);
  draw();
};

const turnAll = () => {
  const all = headsOf(panel).filter(([layer]) => layer === state.layer).map((one) => nameOfHead(...one));
  const whole = all.every((name) => state.on.has(name));
  state.on = new Set(whole ? [nameOfHead(state.layer, state.head)] : [...state.on, ...all]);
  draw();
};

view.addEventListener("keydown", (event) => {
  if (!content || event.target.matches("select, input[type=range]") || event.ctrlKey || event.metaKey || event.altKey) return;
  if (!/^[0-9]$/.test(event.key)) return;
  event.preventDefault();
  if (event.key === "0") turnAll();
  else if (Number(event.key) <= panel.shape[1]) turn(state.layer, Number(event.key) - 1);
});

const makeRowChoice = () => {
  const options = now.map.queries.map((token, index) => [String(index), index + 1 + ". " + visible(token)]);
  rowChoice.replaceChildren(makeSelect(content.strings.row, options, "0", (value) => {
    const piece = now.map.queryPieces[Number(value)][0];
    peeked = null;
    if (panel.timed) clock.set(piece);
    else panel.row = piece;
    showFocus();
  }));
};
