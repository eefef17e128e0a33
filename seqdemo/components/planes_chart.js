// The path of each state as a chart: the numbers of the light planes, flat or as a walk over a landscape.
const CROWDED = 24; // words, from which on a marker is a dot without its number (figures/trajectory.py)
const chartPlace = make("div", "seqdemo-charts");
let charts = [];
const zoomed = makeZoomChoice(() => draw());
let deep = zoomed.has("deep");

const probabilityAt = (model, step) => model.focusTrack[step];

// What figures/trajectory.py and landscape.py do in a notebook: a frame with its numbers filled in.
const filledFlat = (model) => {
  const { data, layout } = inTheme(model.flat);
  const { points, cloud, shares, low, high } = model.plane;
  const [dots, path, first, last] = data;
  const across = (rows, axis) => rows.map((row) => row[axis]);
  Object.assign(dots, { x: across(cloud, 0), y: across(cloud, 1) });
  dots.marker.color = Array.from(shares);
  Object.assign(path, { x: across(points, 0), y: across(points, 1), text: points.map((_, step) => String(step + 1)) });
  path.customdata = axisLabels(content.words).map((word, step) => [word, probabilityAt(model, step)]);
  if (points.length > CROWDED) {
    path.mode = "lines+markers";
    path.line.width = 1;
    Object.assign(path.marker, { size: 6, line: { ...path.marker.line, width: 1.5 } });
  }
  Object.assign(first, { x: [points[0][0]], y: [points[0][1]] });
  Object.assign(last, { x: [points.at(-1)[0]], y: [points.at(-1)[1]] });
  layout.xaxis.range = [low[0], high[0]];
  layout.yaxis.range = [low[1], high[1]];
  return { data, layout };
};

const filledDeep = (model) => {
  const { data, layout } = inTheme(model.deep);
  const { points, cloud, shares } = model.plane;
  const across = (rows, axis) => rows.map((row) => row[axis]);
  const [dots, path] = data;
  Object.assign(dots, { x: across(cloud, 0), y: across(cloud, 1), z: Array.from(shares) });
  dots.marker.color = Array.from(shares);
  Object.assign(path, { x: across(points, 0), y: across(points, 1), z: points.map((_, step) => probabilityAt(model, step)) });
  path.text = axisLabels(content.words).map((word, step) => step + 1 + ". " + word);
  if (view.clientWidth < 640) {
    for (const axis of [layout.scene.xaxis, layout.scene.yaxis]) axis.title = { ...axis.title, text: axis.title.text.split(/ ?[(（]/)[0] }; // no room for the share
  }
  return { data: [...data, nowAt(model, atMost(clock.step, content.words))], layout };
};

// Where the clock stands, in the landscape.
const nowAt = (model, step) => ({
  type: "scatter3d", mode: "markers+text", showlegend: false, hoverinfo: "skip", marker: { size: 8, color: shade(model.color), line: { width: 2, color: shade(colors.paper) } },
  x: [model.plane.points[step][0]], y: [model.plane.points[step][1]], z: [probabilityAt(model, step)], text: [plainText(step + 1 + " " + visible(content.words[step]))], textposition: "top center",
});

const marksOfPlane = (model) => ({ xaxis, yaxis }) => {
  const step = atMost(clock.step, model.plane.points);
  const [x, y] = [xaxis.l2p(model.plane.points[step][0]), yaxis.l2p(model.plane.points[step][1])];
  const leftwards = x > 0.6 * xaxis._length;
  const word = { kind: "seqdemo-patch", text: step + 1 + " " + visible(content.words[step]), top: y - 12, ...(leftwards ? { right: xaxis._length - x + 14 } : { left: x + 14 }) };
  return [{ kind: "seqdemo-dot", left: x - 10, top: y - 10, borderColor: shade(model.color) }, word];
};

const figureOf = (model, width) => {
  const figure = deep ? filledDeep(model) : filledFlat(model);
  Object.assign(figure.layout, { width, height: Math.min(420, Math.max(300, Math.round(0.8 * width))), uirevision: content.text + deep });
  return figure;
};

// For a picture: with the dot at the present step, which the page lays over the flat chart.
const pointedFigure = (model, number) => {
  const figure = figureOf(model, charts[number].node._fullLayout.width);
  const { x, y, z, ...look } = nowAt(model, atMost(clock.step, model.plane.points));
  return deep ? figure : { ...figure, data: [...figure.data, { ...look, x, y, type: "scatter" }] };
};

const stay = (step) => {
  clock.pause();
  clock.set(step);
};

const drawCharts = () => {
  const across = Math.max(1, Math.min(content.models.length, Math.floor((view.clientWidth + 24) / 360)));
  const width = Math.floor((view.clientWidth - 24 * (across - 1)) / across);
  for (const extra of charts.splice(content.models.length)) extra.end();
  while (charts.length < content.models.length) charts.push(makeChart());
  chartPlace.style.setProperty("--across", across);
  chartPlace.replaceChildren(...charts.map((chart) => chart.whole));
  return Promise.all(charts.map((chart, number) => {
    const model = content.models[number];
    const figure = figureOf(model, width);
    const onPath = (point) => point.curveNumber === 1;
    return chart.draw(figure, {
      strings: content.strings, flat: !deep, place: deep ? null : marksOfPlane(model),
      hover: (point) => onPath(point) && clock.peek(point.pointNumber),
      leave: () => clock.peek(null),
      click: (point) => onPath(point) && stay(point.pointNumber),
    });
  }));
};

let waiting = false;
const pointCharts = () => {
  if (!zoomed.on || !charts.length) return;
  if (!deep) return charts.forEach((chart) => chart.place());
  if (waiting) return;
  waiting = true; // the landscape is drawn by the graphics card: once a frame is often enough
  requestAnimationFrame(() => {
    waiting = false;
    charts.forEach((chart, number) => {
      const model = content && content.models[number];
      if (!model || !chart.drawn || chart.drawn.data.length < 3 || clock.step >= content.words.length) return;
      const { x, y, z, text } = nowAt(model, clock.step);
      window.Plotly.restyle(chart.node, { x: [x], y: [y], z: [z], text: [text] }, [2]);
    });
  });
};

const chooseAxes = () =>
  makeSelect(content.strings.axesShown, [["flat", content.strings.flat], ["deep", content.strings.deep]], deep ? "deep" : "flat", (value) => {
    deep = value === "deep";
    zoomed.choose("deep", deep);
    for (const chart of charts.splice(0)) chart.end();
    draw();
  });
