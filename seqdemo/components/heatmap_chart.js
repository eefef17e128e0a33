// The map that is enlarged as a chart, laid over the light one: same rows, same columns, same colours, and it zooms.
const chart = makeChart();
const chartPlace = make("div", "seqdemo-over");
const zoomed = makeZoomChoice(() => draw());

// What figures/heatmap.py does in a notebook: a frame with its numbers filled in. map: as throughSwitches makes it.
const filledMap = (frame, map, top) => {
  const { data, layout } = inTheme(frame);
  const [columns, rows] = [axisLabels(map.keys), axisLabels(map.queries)];
  Object.assign(data[0], { x: columns, y: rows, z: map.rows.map((row) => Array.from(row)), zmax: top });
  layout.xaxis.categoryarray = columns;
  layout.yaxis.categoryarray = rows;
  return { data, layout };
};

const rowOrColumn = ({ side, index }) => ({ xaxis, yaxis, _size }) => {
  const axis = side === "query" ? yaxis : xaxis;
  const ends = [axis.l2p(index - 0.5), axis.l2p(index + 0.5)];
  const [from, to] = [Math.min(...ends), Math.max(...ends)];
  return [{ kind: "seqdemo-column-mark", ...(side === "query" ? { left: 0, width: _size.w, top: from, height: to - from } : { left: from, width: to - from, top: 0, height: _size.h }) }];
};

const cellOf = ({ pointNumber }) => ({ side: "query", index: pointNumber[0], other: pointNumber[1] });

// The chart takes the place of the light map to the pixel, so that nothing jumps when one takes turns with the other.
const figureOver = (box, map, top) => {
  const figure = filledMap(panel.frame, map, top);
  const [side, room] = [{ title: { text: "" }, automargin: false }, 30];
  Object.assign(figure.data[0], { showscale: false, xgap: 0, ygap: 0 });
  Object.assign(figure.layout, {
    width: box.x + box.width + room, height: box.y + box.height + 8, margin: { l: box.x, t: box.y, r: room, b: 8 }, paper_bgcolor: paperOf(view),
    uirevision: JSON.stringify([content.text, panel.title, map.queries, map.keys]), modebar: { ...figure.layout.modebar, orientation: "v" },
  });
  Object.assign(figure.layout.xaxis, side, { side: "top", tickangle: box.flat ? 0 : -50, ticks: "", tickfont: { size: 12 } });
  Object.assign(figure.layout.yaxis, side, { ticks: "" });
  return figure;
};

// For a picture: the same, with the frame around the row or column in focus, which the page lays over the chart.
const framedFigure = () => {
  const figure = figureOver(now.box, now.map, topOf(now.map.rows));
  const { side, index } = focusNow();
  const [along, across] = side === "query" ? ["y", "x"] : ["x", "y"];
  const ends = { [along + 0]: index - 0.5, [along + 1]: index + 0.5, [across + 0]: 0, [across + 1]: 1, [across + "ref"]: across + " domain" };
  figure.layout.shapes = [{ type: "rect", ...ends, line: { color: shade(colors.ink), width: 2 } }];
  return figure;
};

const layChart = (box, map, top) => {
  chart.whole.style.setProperty("--above", box.y - 8 + "px");
  return chart.draw(figureOver(box, map, top), {
    strings: content.strings,
    place: (layout) => rowOrColumn(focusNow())(layout),
    hover: (point) => lookAt(cellOf(point)),
    leave: () => lookAt(null),
    click: (point) => stayAt(cellOf(point)),
  });
};

const showChart = () => {
  chartPlace.hidden = !zoomed.on;
  if (!zoomed.on) return;
  chartPlace.replaceChildren(chart.whole);
  layChart(now.box, now.map, topOf(now.map.rows)).catch(() => zoomed.failed(content.strings));
};
