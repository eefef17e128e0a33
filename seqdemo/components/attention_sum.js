// The sum behind a cell of the map, and a cell to walk with the arrow keys: Enter opens its sum.
const headsShown = () => {
  if (state.measure === "rollout" && canRoll(panel)) return [[state.layer, 0]];
  return (state.mean ? [...state.on] : [nameOfHead(state.layer, state.head)]).map((name) => name.split(":").map(Number));
};

const sumOfCell = (row, column) => ({
  what: fill(content.strings.whatCell, { query: visible(now.map.queries[row]), key: visible(now.map.keys[column]), map: nameOfMap() }),
  shown: now.map.rows[row][column],
  asked: {
    checkpoint: panel.checkpoint, sort: "attention", text: content.sentence, beam: Number(content.question.beam || 5), kind: panel.kind, measure: state.measure,
    heads: headsShown(), rows: now.map.queryPieces[row], columns: now.map.keyPieces[column],
  },
});

const walkCells = (sheet) => {
  if (!canAsk()) return;
  sheet.tabIndex = 0;
  sheet.setAttribute("aria-label", sheet.getAttribute("aria-label") + " " + content.strings.walk);
  let cell = null;
  const begin = () => {
    const row = restingRow().index;
    const weights = Array.from(now.map.rows[row]);
    return { side: "query", index: row, other: weights.indexOf(Math.max(...weights)) };
  };
  sheet.addEventListener("keydown", (event) => {
    const move = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
    if (!move && event.key !== "Enter") return;
    event.preventDefault();
    if (!cell) cell = begin();
    else if (move) cell = { side: "query", index: clamp(cell.index + move[0], 0, now.map.queries.length - 1), other: clamp(cell.other + move[1], 0, now.map.keys.length - 1) };
    lookAt(cell);
    if (!move) showSum({ ...sumOfCell(cell.index, cell.other), from: sheet });
  });
  sheet.addEventListener("focus", () => summary.setAttribute("aria-live", "polite"));
  sheet.addEventListener("blur", () => {
    cell = null;
    summary.removeAttribute("aria-live");
    lookAt(null);
  });
};
