// The gates as charts: the numbers of the light strips, one chart a model.
const chartPlace = make("div", "seqdemo-charts seqdemo-tall");
let charts = [];
const zoomed = makeZoomChoice(() => draw());

// What figures/gates.py does in a notebook: a frame with its numbers filled in.
const filledGates = (model) => {
  const { data, layout } = inTheme(model.frame);
  const words = axisLabels(content.words);
  model.gates.forEach((gate, number) => {
    const [strip, rim, line] = data.slice(3 * number, 3 * number + 3);
    Object.assign(strip, { x: words, y: gate.order.map((unit) => String(unit + 1)), z: gate.order.map((unit) => gate.values.map((row) => row[unit])) });
    for (const one of [rim, line]) Object.assign(one, { x: words, y: gate.means });
  });
  layout.xaxis.categoryarray = words;
  if (view.clientWidth < 640) {
    layout.title = { ...layout.title, text: plainText(model.name), subtitle: { text: "" } };
    layout.annotations = layout.annotations.map((one) => ({ ...one, text: one.text.split(/:\s*|：/)[0] })); // the strip's name alone
  }
  return { data, layout };
};

const marksOfGates = ({ xaxis, _size }) => {
  const step = atMost(clock.step, content.words);
  const [left, right] = [xaxis.l2p(step - 0.5), xaxis.l2p(step + 0.5)];
  return [{ kind: "seqdemo-column-mark", left, top: 0, width: right - left, height: _size.h }];
};

// Which gate, word and unit (null: the mean over units) a point of the chart is.
const placeInGates = (model, { curveNumber, pointNumber }) => {
  const gate = Math.floor(curveNumber / 3);
  const cell = curveNumber % 3 === 0;
  return { gate, step: cell ? pointNumber[1] : pointNumber, unit: cell ? model.gates[gate].order[pointNumber[0]] : null };
};

// unit: null for the mean over units.
const sumOfGate = (model, gate, step, unit) => {
  const told = { gate: `${model.name}, ${gate.name.split(/:\s*|：/)[0]}`, word: visible(content.words[step]), unit: unit + 1 };
  return {
    what: fill(unit === null ? content.strings.whatGateMean : content.strings.whatGate, told),
    shown: unit === null ? gate.means[step] : gate.values[step][unit],
    asked: { checkpoint: model.checkpoint, sort: "gate", text: content.question.text, gate: gate.key, step, unit },
  };
};

// A click on a strip of the light drawing: which unit of which gate, and its sum.
const askStrips = ({ sheet, axis, strips }) =>
  sheet.addEventListener("click", (event) => {
    const box = sheet.getBoundingClientRect();
    const step = axis.at(event.clientX - box.left);
    const strip = strips.find(({ top }) => event.clientY - box.top >= top && event.clientY - box.top < top + STRIP);
    if (step === null || !strip) return;
    const place = Math.floor(((event.clientY - box.top - strip.top) / STRIP) * strip.gate.order.length);
    showSum(sumOfGate(strip.model, strip.gate, step, strip.gate.order[place]));
  });

const gated = () => content.models.filter((model) => model.gates.length);

// For a picture: with the frame around the present word, which the page lays over the chart.
const columnFigures = () =>
  gated().map((model, number) => {
    const { data, layout } = filledGates(model);
    const step = atMost(clock.step, content.words);
    const column = { type: "rect", x0: step - 0.5, x1: step + 0.5, yref: "paper", y0: 0, y1: 1, line: { color: shade(colors.ink), width: 2 } };
    const { width, height } = charts[number].node._fullLayout;
    return [charts[number], { data, layout: { ...layout, width, height, shapes: [...(layout.shapes || []), column] } }];
  });

const drawCharts = () => {
  const models = gated();
  for (const extra of charts.splice(models.length)) extra.end();
  while (charts.length < models.length) charts.push(makeChart());
  chartPlace.replaceChildren(...charts.map((chart) => chart.whole));
  return Promise.all(models.map((model, number) => {
    const figure = filledGates(model);
    Object.assign(figure.layout, { width: view.clientWidth, uirevision: content.text });
    return charts[number].draw(figure, {
      strings: content.strings, place: marksOfGates,
      hover: (point) => clock.peek(placeInGates(model, point).step),
      leave: () => clock.peek(null),
      click: (point) => {
        const { gate, step, unit } = placeInGates(model, point);
        clock.pause();
        clock.set(step);
        showSum(sumOfGate(model, model.gates[gate], step, unit));
      },
    });
  }));
};

const pointCharts = () => zoomed.on && charts.forEach((chart) => chart.place());
