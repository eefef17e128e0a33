// Arithmetic on attention: pure functions from rows of weights to rows of weights. Rows are queries, columns keys.

// One head of weights [layer, head, query, key] as an array of rows (views on one buffer).
const headRows = (weights, [, heads, rows, columns], layer, head) => {
  const start = (layer * heads + head) * rows * columns;
  return Array.from({ length: rows }, (_, row) => weights.subarray(start + row * columns, start + (row + 1) * columns));
};

const meanOf = (maps) => maps[0].map((row, i) => Array.from(row, (_, j) => sum(maps.map((map) => map[i][j])) / maps.length));

// Sub-words to words. A word looks as its pieces do on average and is looked at as all of them together,
// so rows still sum to 1. groups: [[0], [1, 2], ...], the pieces of each word.
const mergeWords = (rows, queryGroups, keyGroups) =>
  queryGroups.map((pieces) =>
    keyGroups.map((columns) => sum(pieces.map((i) => sum(columns.map((j) => rows[i][j])))) / pieces.length)
  );

// Attention rollout (Abnar and Zuidema 2020, eq. 1): heads averaged, half of each layer goes straight on through
// the residual connection, layers multiplied. layers: one map (mean of heads) a layer, from the first on.
const rollout = (layers) =>
  layers.reduce((below, map) => {
    const mixed = map.map((row, i) => Array.from(row, (weight, j) => 0.5 * weight + (i === j ? 0.5 : 0)));
    return below === null ? mixed : mixed.map((row) => row.map((_, j) => sum(row.map((weight, k) => weight * below[k][j]))));
  }, null);

// Without some columns, and not rescaled. Returns the rows and how much mass went: of each row, and on average.
const hideColumns = (rows, hidden) => {
  const gone = rows.map((row) => sum(hidden.map((j) => row[j])));
  const kept = rows[0] ? Array.from(rows[0].keys()).filter((j) => !hidden.includes(j)) : [];
  return { rows: rows.map((row) => kept.map((j) => row[j])), kept, gone, mean: rows.length ? sum(gone) / rows.length : 0 };
};

// Of each row the fewest cells that together hold `mass` of what the row has; the others are 0.
const topMass = (rows, mass) =>
  mass >= 1 ? rows : rows.map((row) => {
    const order = Array.from(row.keys()).sort((one, other) => row[other] - row[one]);
    const wanted = mass * sum(Array.from(row));
    const result = Array(row.length).fill(0);
    let have = 0;
    for (const j of order) {
      if (have >= wanted - 1e-9) break;
      result[j] = row[j];
      have += row[j];
    }
    return result;
  });

// Row by row, the entropy as a share of the most there can be: 0 looks at one place, 1 at all alike.
// Rows that can see one place only are left out. Returns the mean.
const entropyShare = (rows, causal) => {
  let [total, count] = [0, 0];
  rows.forEach((row, i) => {
    const seen = causal ? i + 1 : row.length;
    if (seen < 2) return;
    let entropy = 0;
    for (let j = 0; j < row.length; j += 1) if (row[j] > 0) entropy -= row[j] * Math.log(row[j]);
    total += entropy / Math.log(seen);
    count += 1;
  });
  return count ? total / count : 0;
};

const massOn = (rows, columns) => (rows.length ? sum(rows.map((row) => sum(columns.map((j) => row[j])))) / rows.length : 0);

// Mean weight on the key that stands `by` places from the query, over the rows that have one.
const massAt = (rows, by) => {
  const found = rows.map((row, i) => row[i + by]).filter((weight) => weight !== undefined);
  return found.length ? sum(found) / found.length : 0;
};

// Mean weight near the diagonal, where both sentences have got equally far (within a tenth of the length).
const massInOrder = (rows) =>
  massOf(rows, (i, j, columns) => Math.abs(i / Math.max(1, rows.length - 1) - j / Math.max(1, columns - 1)) <= 0.1);
const massOf = (rows, near) => sum(rows.map((row, i) => sum(Array.from(row, (weight, j) => (near(i, j, row.length) ? weight : 0))))) / rows.length;

// What a head does, by where half of its weight or more goes (after Clark et al. 2019, section 3; Voita et al. 2019).
const roleOf = (rows, kind, marks, causal) => {
  if (massOn(rows, marks) >= 0.5) return "marks";
  const places = { encoder_self: { previous: -1, itself: 0, next: 1 }, decoder_self: { last: 0, earlier: -1 } }[kind] || {};
  for (const [name, by] of Object.entries(places)) if (massAt(rows, by) >= 0.5) return name;
  if (kind === "cross" && massInOrder(rows) >= 0.5) return "order";
  const spread = entropyShare(rows, causal);
  return spread >= 0.85 ? "broad" : spread <= 0.3 ? "sharp" : "mixed";
};
