// What is pointed at: a row or column under the pointer or of the clock's step, shown in map, lines, words and other views.
// The row to show while nothing is under the pointer: that of the clock's step.
const restingRow = () => {
  const step = panel.timed ? clock.step : panel.row || 0;
  const row = now.map.queryPieces.findIndex((pieces) => pieces.includes(step));
  return { side: "query", index: Math.max(0, row) };
};

// A token of the source that the steps have under the pointer is a column of cross-attention, a row of the encoder's own.
const SOURCE_SIDE = { cross: "key", encoder_self: "query" };
const sourceOf = () => (content.clock === "translate" && panel.kind in SOURCE_SIDE ? panel.keys.join("\n") : null);
const pointedSource = () => {
  const seen = clock.source;
  if (!seen || seen.source !== sourceOf()) return null;
  const side = SOURCE_SIDE[panel.kind];
  const index = now.map[side + "Pieces"].findIndex((pieces) => pieces.includes(seen.index));
  return index < 0 ? null : { side, index };
};

const focusNow = () => peeked || pointedSource() || restingRow();

const showFocus = () => {
  if (!now) return;
  armed.textContent = content.strings.armed;
  armed.hidden = !(clock.waitsForCell && clock.waitsForCell() && canOffer());
  const focus = focusNow();
  now.heatmap.focus(focus);
  if (zoomed.on) chart.place();
  now.lines.focus({ ...focus, alone: peeked !== null || focus.side === "key" });
  const pieces = now.map[focus.side + "Pieces"][focus.index];
  grid.focus(focus.side, pieces[0], pieces.at(-1) + 1, panel.shape[focus.side === "query" ? 2 : 3]);
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

// What the translation's own view paints on the source: the rows of the map before sub-words are merged. A map that
// does not look at the source leaves it its own, so that a link shows the same whatever was open before.
const shareRows = () => {
  const across = panel.kind === "cross";
  if (!across && !clock.spotlight) return;
  clock.spotlight = across ? { model: panel.model, text: content.text, rows: chosenRows(panel, state), name: nameOfMap() } : null;
  clock.refresh();
};

const listen = (sheet) => {
  const under = (event) => {
    const box = sheet.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    return now.heatmap.at(x, y) || now.lines.at(x, y);
  };
  sheet.addEventListener("pointermove", (event) => event.pointerType !== "touch" && lookAt(under(event)));
  sheet.addEventListener("pointerleave", () => lookAt(null));
  sheet.addEventListener("click", (event) => stayAt(under(event)));
};

const stepOf = (focus) => {
  const pieces = focus && (focus.side === "query" ? (panel.timed ? now.map.queryPieces[focus.index] : null) : panel.keysTimed ? now.map.keyPieces[focus.index] : null);
  return pieces ? pieces[0] : null;
};

// Which token of the source that is, if the map's rows or columns are the source's.
const sourceAt = (focus) => {
  const source = focus && focus.other === undefined ? sourceOf() : null;
  const ours = source !== null && (panel.kind === "encoder_self" || focus.side === "key");
  return ours ? { source, index: now.map[focus.side + "Pieces"][focus.index][0] } : null;
};

// The pointer is over a cell or name, or over none: null.
const lookAt = (focus) => {
  if (JSON.stringify(focus) === JSON.stringify(peeked)) return;
  peeked = focus;
  clock.peek(stepOf(focus));
  clock.peekSource(sourceAt(focus));
  showFocus();
};

const stayAt = (focus) => {
  if (!focus) return;
  const step = stepOf(focus);
  if (!panel.timed && focus.side === "query") panel.row = now.map.queryPieces[focus.index][0];
  if (step !== null) {
    clock.pause();
    clock.set(step);
  }
  peeked = focus;
  showFocus();
  if (!offerCell(focus) && focus.other !== undefined) showSum(sumOfCell(focus.index, focus.other));
};

// A cell of one head as it was computed can be chosen for a change (edits_view.js): the clock knows who wants it.
// Returns whether it was taken.
const canOffer = () => Boolean(clock.pickCell) && !state.mean && state.measure === "raw";
const offerCell = ({ side, index, other }) => {
  const [queries, keys] = side === "query" && other !== undefined ? [now.map.queryPieces[index], now.map.keyPieces[other]] : [[], []];
  if (!canOffer() || queries.length !== 1 || keys.length !== 1) return false;
  return clock.pickCell({ model: panel.model, kind: panel.kind, layer: state.layer, head: state.head, query: queries[0], key: keys[0] });
};

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
