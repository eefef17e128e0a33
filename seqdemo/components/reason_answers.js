// The answers to the three questions: what each shows, and what of it can be chosen without asking the server.
const signed = (value, digits = 2) => (value >= 0 ? "+" : "−") + Math.abs(value).toFixed(digits);
const plain = (value, digits = 2) => (value < 0 ? "−" : "") + Math.abs(value).toFixed(digits);

const modelOf = (key) => content.models.find((one) => one.key === key);
const quoted = (place) => "“" + visible(content.words[place]) + "”";
let words = null; // the words that are drawn now
let curves = null;
let gone = 0; // how many of an explanation's first words are taken away
let choice = { words: "occlusion", weights: "adversarial" }; // which method, which weights: the browser's own

const chosenOf = (rows, kind) => rows.find((one) => one.key === choice[kind]) || rows[0];

// Buttons of which one is pressed. rows: [{key, name}, ...]
const makeChoice = (rows, kind, label) => {
  const bar = make("div", "seqdemo-words");
  bar.setAttribute("role", "group");
  bar.setAttribute("aria-label", label);
  for (const row of rows) {
    const button = keyed(makeButton(row.name, () => {
      choice[kind] = row.key;
      keepFocus(draw);
    }), kind + " " + row.key);
    button.setAttribute("aria-pressed", String(row === chosenOf(rows, kind)));
    bar.append(button);
  }
  return bar;
};

const showWords = (values, look, about) => {
  words = drawWords(content.words, Array.from(values), look, view.clientWidth, about);
  followWords(words, clock);
  return words.sheet;
};

// ---- words: explanations put to the test -------------------------------------------------------------
const lookOf = (method) => ({ signed: method.signed, label: content.found.label, color: modelOf(content.found.model).color });
const ofLabel = () => content.labels[content.found.label];

const describeWords = (step) => {
  const method = chosenOf(content.found.methods, "words");
  const value = method.values[step];
  const name = method.signed ? (value >= 0 ? "speaksFor" : "speaksAgainst") : "counts";
  return fill(content.strings[name], { word: quoted(step), value: method.signed ? signed(value) : value.toFixed(3), label: ofLabel() });
};

const describeGone = () => {
  const method = chosenOf(content.found.methods, "words");
  const { chance } = content.found;
  const first = method.order.slice(0, gone).slice(0, 6).map(quoted).join(content.strings.comma) + (gone > 6 ? " …" : "");
  const values = {
    count: gone, words: first, label: ofLabel(), without: percent(method.deletion[gone]), chance: percent(chance.deletion[gone]),
    alone: percent(method.insertion[gone]), chanceAlone: percent(chance.insertion[gone]), nothing: percent(method.insertion[0]),
  };
  return fill(content.strings[gone ? "goneSo" : "goneNone"], values);
};

const rowsOfFigures = (digits) => {
  const { methods, chance, texts } = content.found;
  const [shown, spread] = [(value) => plain(value, digits), (row, number) => (row === chance ? " ± " + row.deviations[number].toFixed(digits) : "")];
  const cells = (row) => [row.name, ...row.figures.map((value, number) => shown(value) + spread(row, number)), row === chance ? "–" : content.strings[row.against], ...(texts ? (row.texts ? row.texts.map(shown) : ["–", "–"]) : [])];
  const over = texts ? ["lostOver", "leftOver"].map((name) => fill(content.strings[name], { texts })) : [];
  return [[content.strings.explanation, content.strings.lost, content.strings.left, content.strings.againstChance, ...over], ...[...methods, chance].map(cells)];
};

const makeGone = (method) => {
  const line = make("label", "seqdemo-row", content.strings.takeAway);
  const slider = keyed(make("input"), "gone");
  Object.assign(slider, { type: "range", min: 0, max: content.words.length, value: gone });
  const said = make("p", "seqdemo-said");
  const show = () => {
    slider.value = gone;
    slider.setAttribute("aria-valuetext", describeGone());
    said.textContent = describeGone();
    words.strike(new Set(method.order.slice(0, gone)));
    curves.show(gone);
  };
  slider.addEventListener("input", () => {
    gone = Number(slider.value);
    show();
  });
  curves.sheet.addEventListener("pointermove", (event) => {
    gone = curves.countAt(event.clientX - curves.sheet.getBoundingClientRect().left);
    show();
  });
  line.append(slider);
  show();
  return [line, said];
};

const answerWords = () => {
  const { found } = content;
  gone = Math.min(gone, content.words.length);
  const method = chosenOf(found.methods, "words");
  const model = modelOf(found.model);
  const about = fill(content.strings.ofAnswer, { model: model.name, label: ofLabel(), share: percent(found.probability) });
  const sheet = showWords(method.values, lookOf(method), about + " " + method.name);
  curves = drawCurves(method, found.chance, model, view.clientWidth, content.strings.deletion + ". " + content.strings.insertion);
  const added = sum(Array.from(method.values));
  const adds = method.complete ? fill(content.strings.addsUp, { sum: signed(added), whole: signed(found.whole), gap: signed(found.whole - added, 3) }) : "";
  const caption = make("p", "seqdemo-caption", [method.about, adds].filter(Boolean).join(" "));
  return [
    make("p", "seqdemo-heading", about), makeChoice(found.methods, "words", content.strings.method), caption, sheet, said(describeWords),
    ...makeGone(method), curves.sheet, makeTable(rowsOfFigures(2), content.strings.figures),
  ];
};

// ---- weights: is attention an explanation? ------------------------------------------------------------
const rowsOfTrials = (digits) => [
  [content.strings.weightsOf, content.strings.distance, ...content.labels, content.strings.change, content.strings.turned],
  ...content.found.trials.map((one) => [one.name, plain(one.distance, digits), ...one.probabilities.map((share) => (digits > 2 ? share.toFixed(digits) : percent(share))), plain(one.change, digits + 1), content.strings[one.flips ? "yes" : "no"]]),
];

const describeWeight = (step) => {
  const trial = chosenOf(content.found.trials, "weights");
  return fill(content.strings.weighs, { word: quoted(step), value: trial.weights[step].toFixed(3), own: content.found.trials[0].weights[step].toFixed(3) });
};

const answerWeights = () => {
  const { found } = content;
  const trial = chosenOf(found.trials, "weights");
  const most = Math.max(...found.trials.map((one) => Math.max(...one.weights)));
  const look = { signed: false, color: modelOf(found.model).color, most };
  const sheet = showWords(trial.weights, look, trial.name);
  const taus = found.measures.map(([name, tau]) => fill(content.strings.tau, { name, tau: tau === null ? "–" : plain(tau) })).join(" ");
  return [
    make("p", "seqdemo-heading", found.verdict), makeChoice(found.trials, "weights", content.strings.weightsOf), make("p", "seqdemo-caption", trial.about),
    sheet, said(describeWeight), makeTable(rowsOfTrials(2), content.strings.trials), make("p", "seqdemo-caption", taus), ...found.corpus.map((text) => make("p", "seqdemo-caption", text)),
  ];
};

// ---- unit: one hidden unit under the glass -------------------------------------------------------------
const describeUnit = (step) => fill(content.strings.unitAt, { unit: content.found.unit, word: quoted(step), value: signed(content.found.values[step]) });

const makeContexts = (title, contexts) => {
  const box = make("div");
  const list = make("ul", "seqdemo-contexts");
  for (const one of contexts) {
    const item = make("li");
    item.append(make("span", "seqdemo-value", signed(one.value)));
    one.words.forEach((word, place) => {
      if (place) item.append(content.found.between);
      item.append(place === one.place ? make("mark", "", word) : word);
    });
    item.append(make("span", "seqdemo-caption", " · " + one.origin));
    list.append(item);
  }
  box.append(make("p", "seqdemo-caption", title), list);
  return box;
};

const makeUnits = (found) => {
  const { ranking } = found;
  if (ranking.problem) return [make("p", "seqdemo-caption", ranking.problem)];
  const line = (title, rows) => {
    const bar = make("div", "seqdemo-words");
    bar.setAttribute("role", "group");
    bar.setAttribute("aria-label", title);
    bar.append(make("span", "seqdemo-caption", title));
    for (const [unit, area] of rows) {
      const button = keyed(makeButton(`${unit} (${area.toFixed(2)})`, () => request({ question: "unit", choice: String(unit), more: ranking.words })), title + unit);
      button.setAttribute("aria-pressed", String(unit === found.unit));
      bar.append(button);
    }
    return bar;
  };
  return [line(ranking.title, ranking.units), line(content.strings.atRandom, ranking.random), make("p", "seqdemo-caption", ranking.about)];
};

const makeUnitForm = (found) => {
  const form = make("form", "seqdemo-row seqdemo-form");
  const box = (name, settings, text, width) => {
    const label = make("label", "seqdemo-row", text);
    const input = keyed(make("input", width), name);
    Object.assign(input, settings);
    label.append(input);
    form.append(label);
    return input;
  };
  const number = box("number", { type: "number", min: 1, max: found.units, step: 1, value: found.unit, required: true }, fill(content.strings.unitNumber, { units: found.units }), "seqdemo-number");
  const asked = box("rank", { type: "text", maxLength: 80, value: found.ranking.words || "", placeholder: content.strings.anyWords }, content.strings.rankBy, "");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const anew = asked.value.trim() !== (found.ranking.words || "") && Number(number.value) === found.unit;
    request({ question: "unit", choice: anew ? "" : number.value, more: asked.value.trim() }); // another ranking: its best unit
  });
  form.append(keyed(make("button", "seqdemo-small", content.strings.look), "look"));
  if (clock.holdUnit) form.append(keyed(makeButton(fill(content.strings.holdAt, { unit: found.unit }), () => clock.holdUnit(found.model, found.unit, 0)), "hold"));
  return form;
};

const answerUnit = () => {
  const { found } = content;
  const model = modelOf(found.model);
  const look = { signed: true, label: content.labels.length === 2 && found.readout[1] < found.readout[0] ? 0 : 1, most: 1 };
  const about = fill(content.strings.unitOf, { model: model.name, unit: found.unit });
  const sheet = showWords(found.values, look, about);
  const adds = found.readout.map((weight, label) => content.labels[label] + " " + signed(weight)).join(content.strings.comma);
  const sides = make("div", "seqdemo-sides");
  sides.append(makeContexts(content.strings.highest, found.highest), makeContexts(content.strings.lowest, found.lowest));
  return [...(canAsk() ? [makeUnitForm(found), ...makeUnits(found)] : []), make("p", "seqdemo-heading", about), make("p", "seqdemo-caption", fill(content.strings.readsOut, { adds })), sheet, said(describeUnit), sides];
};

// A line that says what stands at the clock's step.
let saying = null;
const said = (describe) => {
  const line = make("p", "seqdemo-said");
  saying = (step) => (line.textContent = describe(step));
  return line;
};

const ANSWERS = { words: answerWords, weights: answerWeights, unit: answerUnit };
const TABLES = {
  words: () => [[content.strings.word, ...content.found.methods.map((one) => one.name)], ...content.words.map((word, place) => [place + 1 + " " + word, ...content.found.methods.map((one) => one.values[place].toFixed(4))])],
  weights: () => [[content.strings.word, ...content.found.trials.map((one) => one.name)], ...content.words.map((word, place) => [place + 1 + " " + word, ...content.found.trials.map((one) => one.weights[place].toFixed(4))])],
  unit: () => [[content.strings.word, String(content.found.unit)], ...content.words.map((word, place) => [place + 1 + " " + word, content.found.values[place].toFixed(4)])],
};
