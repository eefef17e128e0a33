// Two columns of tokens and a line for each weight: left looks at right. One colour a head, stripes on the other side.
const BANDS = 8; // strengths of a line
const FAINTEST = 0.01; // a smaller weight has no line and no stripe: the view says so

const drawTokenLines = (sheet, box, maps, colorsOf) => {
  const { queries, keys } = maps[0];
  const size = Math.min(box.row, box.height / Math.max(queries.length, keys.length));
  const every = Math.max(1, Math.ceil(12 / size));
  const [left, right] = [box.x + box.label, box.x + box.width - box.label];
  const y = (index) => box.y + (index + 0.5) * size;
  const stripes = drawn(sheet, "g");
  const lines = drawn(sheet, "g", { fill: "none" });
  const name = (names, x, anchor) =>
    names.map((token, index) => (index % every ? null : write(sheet, fitted(visible(token), box.label - 8, 13), x, y(index) + 4, { anchor, size: Math.min(13, Math.max(10, size)) })));
  const nodes = { query: name(queries, left - 6, "end"), key: name(keys, right + 6, "start") };

  const line = (i, j) => `M${left} ${rounded(y(i))}C${rounded((left + right) / 2)} ${rounded(y(i))} ${rounded((left + right) / 2)} ${rounded(y(j))} ${right} ${rounded(y(j))}`;
  // Lines of the same strength are one path: a hundred thousand weights are not as many elements.
  const drawLines = (rows, color, wanted, strength) => {
    const bands = Array.from({ length: BANDS }, () => []);
    rows.forEach((row, i) => row.forEach((weight, j) => weight > FAINTEST && wanted(i, j) && bands[Math.min(BANDS - 1, Math.floor(weight * BANDS))].push(line(i, j))));
    bands.forEach((paths, band) => {
      if (paths.length) drawn(lines, "path", { d: paths.join(""), stroke: color, "stroke-width": 1 + (2.5 * (band + 0.5)) / BANDS, "stroke-opacity": strength * (0.08 + (0.9 * (band + 0.5)) / BANDS) });
    });
  };
  const drawStripes = (side, weightOf) => {
    const [names, x] = side === "key" ? [keys, right + 2] : [queries, box.x];
    const width = (box.label - 2) / maps.length;
    names.forEach((_, index) =>
      maps.forEach((map, number) => {
        const weight = weightOf(map.rows, index);
        if (weight > FAINTEST) drawn(stripes, "rect", { x: x + number * width, y: y(index) - size / 2 + 0.5, width, height: Math.max(1, size - 1), fill: shade(colorsOf[number]), "fill-opacity": clamp(0.55 * weight + 0.06, 0, 0.6) });
      })
    );
  };
  return {
    focus: ({ side, index, alone }) => {
      stripes.replaceChildren();
      lines.replaceChildren();
      const isQuery = side === "query";
      const ours = (i, j) => (isQuery ? i : j) === index;
      maps.forEach((map, number) => {
        if (!alone) drawLines(map.rows, shade(colorsOf[number]), (i, j) => !ours(i, j), 0.4);
        drawLines(map.rows, shade(colorsOf[number]), ours, 1);
      });
      drawStripes(isQuery ? "key" : "query", (rows, other) => (isQuery ? rows[index][other] : rows[other][index]));
      for (const [name, all] of Object.entries(nodes)) all.forEach((node, place) => node && changed(node, { "font-weight": name === side && place === index ? 700 : 400 }));
    },
    at: (x, at) => {
      const index = Math.floor((at - box.y) / size);
      const middle = (left + right) / 2;
      if (index < 0 || x < box.x || x > box.x + box.width) return null;
      if (x < middle && index < queries.length) return { side: "query", index };
      return x >= middle && index < keys.length ? { side: "key", index } : null;
    },
  };
};
