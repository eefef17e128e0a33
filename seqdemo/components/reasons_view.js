// What does the answer rest on? Asked on demand, one model and one question at a time; the rest is drawn here.
let asked = false; // once asked, a new text, model or question is asked about at once
let pending = null; // the line that is on its way
let newest = null; // the text that the page reads now: an answer about another one comes too late
let about = { model: null, more: { words: "", unit: "" } };

const modelNow = () => modelOf(about.model) || content.models.find((one) => one.asks.length) || content.models[0];
const lineOf = ({ question, choice: what = "", more = "" }) => {
  const parts = [modelNow().key, question, what, more];
  while (!parts.at(-1)) parts.pop();
  return parts.join(".");
};

const request = (wanted) => {
  const line = lineOf(wanted);
  if (line === pending || !canAsk()) return;
  if (wanted.question !== "weights") about.more[wanted.question] = wanted.more || "";
  pending = line;
  asked = true;
  if (line === content.line) content.line = ""; // asked again, after a problem
  askFor(line);
};

// What is asked where nothing says otherwise: of a class only if this task has it.
const usual = (question) => {
  const more = about.more[question] || "";
  return { question, choice: question === "unit" ? "" : choice[question], more: question === "words" && !content.labelKeys.includes(more) ? "" : more };
};

const build = (question) => () => {
  const here = content.found && content.found.kind === question && content.found.model === modelNow().key;
  [words, curves, saying] = [null, null, null];
  if (here) return ANSWERS[question]();
  if (content.problem && pending === null) return [make("p", "seqdemo-trouble", content.problem)];
  const caption = make("p", "seqdemo-caption", content.strings["ask" + question]);
  if (!asked) return [caption, keyed(makeButton(content.strings.show, () => request(usual(question)), "seqdemo-show"), "show")];
  if (!(pending || "").startsWith(lineOf({ question }))) request(usual(question));
  return [caption];
};

const makeAsked = () => {
  const row = make("div", "seqdemo-row seqdemo-form");
  const again = () => {
    content.problem = "";
    keepFocus(draw);
  };
  const model = makeSelect(content.strings.model, content.models.map((one) => [one.key, one.name]), modelNow().key, (key) => {
    about.model = key;
    again();
  });
  keyed(model.querySelector("select"), "model");
  row.append(model);
  if (openTool === "words") {
    const options = [["", content.strings.theAnswer], ...content.labels.map((name, number) => [content.labelKeys[number], name])];
    const label = makeSelect(content.strings.classAsked, options, options.some(([key]) => key === about.more.words) ? about.more.words : "", (key) => {
      if (!asked) {
        about.more.words = key;
        return;
      }
      content.found = null;
      request({ question: "words", choice: choice.words, more: key });
      again();
    });
    keyed(label.querySelector("select"), "class");
    row.append(label);
  }
  return row;
};

const draw = () => {
  if (!content || !hasRoom()) return;
  const asks = modelNow().asks;
  const list = ["words", "weights", "unit"].filter((one) => asks.includes(one)).map((key) => ({ key, name: content.strings["tool" + key], build: build(key) }));
  const parts = [];
  if (!canAsk()) parts.push(...ANSWERS[content.found.kind]());
  else if (list.length) {
    if (!list.some((one) => one.key === openTool)) openTool = list[0].key;
    const place = make("div");
    const renew = () => place.replaceChildren(makeAsked());
    tools = makeTools(list.map((one) => ({ ...one, build: () => (renew(), one.build()) })));
    parts.push(place, tools.frame, status);
  }
  if (content.found) parts.push(makeFolds(kept(), content.provenance, content.strings));
  view.replaceChildren(...parts);
  point(clock.step);
};

const point = (step) => {
  const here = step < content.words.length ? step : null;
  if (words && words.sheet.isConnected) words.point(here);
  if (saying && here !== null) saying(here);
};

const kept = () => ({
  name: "seqdemo-reasons",
  title: content.title,
  sources: content.provenance.sources,
  caption: () => content.strings["tool" + content.found.kind] + ": " + modelOf(content.found.model).name,
  selection: () => ({ why: lineNow() }),
  pictures: (width) => {
    const { found } = content;
    const model = modelOf(found.model);
    if (found.kind === "weights") return found.trials.map((one) => drawWords(content.words, Array.from(one.weights), { signed: false, color: model.color }, width, one.name).sheet);
    if (found.kind === "unit") return [drawWords(content.words, Array.from(found.values), { signed: true, label: 1, most: 1 }, width, content.strings.toolunit).sheet];
    const method = chosenOf(found.methods, "words");
    const drawnWords = drawWords(content.words, Array.from(method.values), lookOf(method), width, method.name);
    const drawnCurves = drawCurves(method, found.chance, model, width, method.name);
    drawnWords.strike(new Set(method.order.slice(0, gone)));
    drawnCurves.show(gone);
    return [drawnWords.sheet, drawnCurves.sheet];
  },
  table: () => TABLES[content.found.kind](),
});

// What is on show, as a link has it: the method is the browser's own choice.
const lineNow = () => {
  const { found } = content;
  if (!found) return "";
  const own = found.kind === "unit" ? String(found.unit) : choice[found.kind];
  return [found.model, found.kind, own, ...(about.more[found.kind] ? [about.more[found.kind]] : [])].join(".");
};

const unpackCurve = (one) => ({ ...one, ...Object.fromEntries(["values", "deletion", "deletionDeviation", "insertion", "insertionDeviation"].map((name) => [name, unpack(one[name])])) });
const unpackFound = (found) => {
  if (!found) return null;
  if (found.kind === "words") return { ...found, methods: found.methods.map(unpackCurve), chance: unpackCurve(found.chance) };
  if (found.kind === "weights") return { ...found, trials: found.trials.map((one) => ({ ...one, weights: unpack(one.weights) })) };
  return { ...found, values: unpack(found.values) };
};

// A line of a link or an answer: which model, question, choice and what more.
const takeLine = (line) => {
  const [model, question, what = "", ...more] = line.split(".");
  about.model = model;
  openTool = question;
  if (question !== "unit" && what) choice[question] = what;
  about.more[question] = more.join(".");
  return { question, choice: what, more: about.more[question] };
};

const update = () => {
  const fresh = readPayload();
  if (fresh && (fresh.found || fresh.problem) && newest !== null && (fresh.text !== newest || waits())) return; // too late
  content = fresh;
  pending = null;
  forget();
  if (!content || !(content.found || content.problem)) busy = false; // read anew: what was asked before the page was ready is lost
  if (!content) {
    newest = null;
    view.replaceChildren();
    return;
  }
  if (newest !== content.text) gone = 0;
  newest = content.text;
  content.found = unpackFound(content.found);
  clock = clockOf("classify");
  clock.reasons = () => ({ why: lineNow() });
  clock.join(element, (step) => content && point(step));
  view.setAttribute("role", "group");
  view.setAttribute("aria-label", content.strings.label);
  if (content.found && !asked) takeLine(content.line); // it came with the page
  const linked = takeLink("why", content.question).get("why");
  if (linked) {
    const wanted = takeLine(linked);
    if (!content.found && modelOf(about.model)) request(wanted);
  }
  tell("");
  keepFocus(draw);
};

whenRoomChanges(draw);
watch("value", update);
update();
