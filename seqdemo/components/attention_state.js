// Which map is looked at, and through which switches: from a panel of the payload to the rows that are drawn.
const begun = () => ({ layer: 0, head: 0, on: new Set(), mean: false, hide: false, merge: false, mass: 1, measure: "raw", atInput: false, stretch: false });

const nameOfHead = (layer, head) => layer + ":" + head;
const isCausal = (panel) => panel.kind === "decoder_self" || panel.kind === "pooling";
const canRoll = (panel) => panel.shape[0] > 1 && panel.kind.endsWith("_self");

const headsOf = (panel) =>
  Array.from({ length: panel.shape[0] * panel.shape[1] }, (_, place) => [Math.floor(place / panel.shape[1]), place % panel.shape[1]]);

const rawRows = (panel, layer, head) => headRows(panel.values, panel.shape, layer, head);

// The head to begin with: sharp, and not asleep on the marks.
const goodHead = (panel) => {
  const worth = ([layer, head]) => {
    const rows = rawRows(panel, layer, head);
    return (1 - entropyShare(rows, isCausal(panel))) * (1 - massOn(rows, panel.marks));
  };
  return headsOf(panel).reduce((best, one) => (worth(one) > worth(best) ? one : best));
};

// What the switches make of one map: {rows, queries, keys, queryPieces, keyPieces, gone}. Pieces: the tokens of a word.
const throughSwitches = (panel, state, rows) => {
  const read = state.atInput && panel.inputs;
  const names = { queries: read ? panel.inputs : panel.queries, keys: panel.keys };
  const alone = (tokens) => tokens.map((_, index) => [index]);
  const groups = {
    queries: state.merge ? (read ? panel.inputGroups : panel.queryGroups) : alone(names.queries),
    keys: state.merge ? panel.keyGroups : alone(names.keys),
  };
  const word = (tokens, pieces) => (state.merge ? pieces.map((index) => tokens[index].replace(/^▁/, "")).join("") || "▁" : tokens[pieces[0]]);
  const joined = (tokens, group) => group.map((pieces) => word(tokens, pieces));
  const merged = mergeWords(rows, groups.queries, groups.keys);
  const isMark = (pieces) => pieces.every((index) => panel.marks.includes(index));
  const hidden = state.hide ? Array.from(groups.keys.keys()).filter((j) => isMark(groups.keys[j])) : [];
  const left = hideColumns(merged, hidden.length < groups.keys.length ? hidden : []);
  const keys = joined(names.keys, groups.keys);
  return {
    rows: topMass(left.rows, state.mass), queries: joined(names.queries, groups.queries), keys: left.kept.map((j) => keys[j]),
    queryPieces: groups.queries, keyPieces: left.kept.map((j) => groups.keys[j]), gone: left.mean, hidden: hidden.map((j) => keys[j]),
  };
};

// Weight times the length of what the key writes, as shares again (Kobayashi et al. 2020, equation 3; probes/norms.py).
const broughtRows = (panel, layer, head) => {
  const columns = panel.shape[3];
  panel.sizes ||= unpack(panel.lengths);
  const start = (layer * panel.shape[1] + head) * columns;
  return rawRows(panel, layer, head).map((row) => {
    const parts = Array.from(row, (weight, j) => weight * panel.sizes[start + j]);
    const all = sum(parts);
    return parts.map((part) => part / all);
  });
};

const canWeigh = (panel) => panel.lengths !== null;

// One head through the measure that is chosen.
const measuredRows = (panel, state, layer, head) => (state.measure === "norms" && canWeigh(panel) ? broughtRows : rawRows)(panel, layer, head);

// The map that is enlarged, before the switches: one head, the mean of the chosen ones, or the rollout up to a layer.
const chosenRows = (panel, state) => {
  if (state.measure === "rollout" && canRoll(panel)) {
    const layers = Array.from({ length: state.layer + 1 }, (_, layer) =>
      meanOf(Array.from({ length: panel.shape[1] }, (_, head) => rawRows(panel, layer, head)))
    );
    return rollout(layers);
  }
  if (state.mean) return meanOf([...state.on].map((name) => measuredRows(panel, state, ...name.split(":").map(Number))));
  return measuredRows(panel, state, state.layer, state.head);
};

// One map a line colour: the heads that are on, or what is enlarged where that is no single head.
const linedMaps = (panel, state) => {
  const single = state.measure !== "rollout" && !state.mean;
  const names = single ? [...state.on].sort() : [nameOfHead(state.layer, state.head)];
  return {
    names,
    maps: single ? names.map((name) => throughSwitches(panel, state, measuredRows(panel, state, ...name.split(":").map(Number)))) : [throughSwitches(panel, state, chosenRows(panel, state))],
  };
};
