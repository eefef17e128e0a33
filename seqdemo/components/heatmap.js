// One map to read: rows are queries, columns are keys; the row or column in focus is framed and says its numbers.
const drawHeatmap = (sheet, box, map, ladder, top) => {
  const [rows, columns] = [map.rows.length, map.keys.length];
  const canvas = make("canvas");
  paintMap(canvas, map.rows, ladder, top);
  const [wide, tall] = [box.width / columns, box.height / rows];
  drawn(sheet, "image", { x: box.x, y: box.y, width: box.width, height: box.height, preserveAspectRatio: "none", href: canvas.toDataURL(), style: "image-rendering: pixelated" });
  drawn(sheet, "rect", { x: box.x, y: box.y, width: box.width, height: box.height, fill: "none", stroke: shade(colors.grid) });
  const every = (size) => Math.max(1, Math.ceil(12 / size));
  const queries = map.queries.map((name, i) =>
    i % every(tall) ? null : write(sheet, fitted(visible(name), box.label, 13), box.x - 6, box.y + (i + 0.5) * tall + 4, { anchor: "end", size: Math.min(13, Math.max(10, tall)) })
  );
  const keys = map.keys.map((name, j) => {
    const x = box.x + (j + 0.5) * wide + 3;
    if (box.flat) return write(sheet, visible(name), x - 3, box.y - 7, { size: 13, anchor: "middle" });
    return j % every(wide) ? null : write(sheet, fitted(visible(name), box.above, 12), x, box.y - 5, { size: 12, transform: `rotate(-50 ${x} ${box.y - 5})` });
  });
  const frame = drawn(sheet, "rect", { fill: "none", stroke: shade(colors.ink), "stroke-width": 2, rx: 2, "pointer-events": "none" });
  const numbers = drawn(sheet, "g", { "pointer-events": "none" });
  const say = (i, j) => {
    const [x, y, text] = [box.x + (j + 0.5) * wide, box.y + (i + 0.5) * tall + 4, map.rows[i][j].toFixed(2).replace(/^0/, "")];
    const color = map.rows[i][j] / top > 0.45 ? colors.paper : colors.ink; // the scale turns from the page's colour to its contrary
    if (text !== ".00") write(numbers, text, x, y, { size: 11, anchor: "middle", color });
  };
  return {
    thinned: every(tall) > 1 || every(wide) > 1,
    focus: ({ side, index }) => {
      const isQuery = side === "query";
      changed(frame, isQuery
        ? { x: box.x - 1, y: box.y + index * tall - 1, width: box.width + 2, height: tall + 2 }
        : { x: box.x + index * wide - 1, y: box.y - 1, width: wide + 2, height: box.height + 2 });
      queries.forEach((node, i) => node && changed(node, { "font-weight": isQuery && i === index ? 700 : 400 }));
      keys.forEach((node, j) => node && changed(node, { "font-weight": !isQuery && j === index ? 700 : 400 }));
      numbers.replaceChildren();
      if (isQuery && wide >= 24 && tall >= 13) map.keys.forEach((_, j) => say(index, j));
      if (!isQuery && wide >= 24 && tall >= 13) map.queries.forEach((_, i) => say(i, index));
    },
    // The cell or name under a point of the sheet: {side, index, other} or null.
    at: (x, y) => {
      const [i, j] = [Math.floor((y - box.y) / tall), Math.floor((x - box.x) / wide)];
      const [inRows, inColumns] = [i >= 0 && i < rows, j >= 0 && j < columns];
      if (inRows && inColumns) return { side: "query", index: i, other: j };
      if (inRows && x < box.x && x > box.x - box.label - 10) return { side: "query", index: i };
      if (inColumns && y < box.y && y > box.y - box.above) return { side: "key", index: j };
      return null;
    },
  };
};
