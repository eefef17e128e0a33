// Change something inside or around a translator, and see what becomes of the translation.
let content = null;
let clock = null;
let tools = null;
const status = make("p", "seqdemo-caption");
status.setAttribute("role", "status");

const kept = () => ({
  name: "seqdemo-changes",
  title: content.title,
  sources: content.provenance.sources,
  caption: () => content.strings.scoresCaption,
  selection: () => ({ edits: content.line }),
  pictures: (width) => content.models.map((model) => pictureOf(model, width)),
  table: () => [
    [content.strings.model, content.strings.translation, ...[content.strings.asItWas, content.strings.withChanges].map((name) => content.strings.logProbability + " " + name)],
    ...content.models.flatMap(({ name, old, outcome }) => {
      if (!outcome) return [[name, old, "", ""]];
      const [plainOld, plainNew, changedOld, changedNew] = outcome.scores.map(nats);
      return [[name, old, plainOld, changedOld], [name, outcome.new, plainNew, changedNew]];
    }),
  ],
});

const say = () =>
  content.problem ||
  content.models.filter((one) => one.outcome).map(({ name, outcome }) => {
    const [plainOld, , , changedNew] = outcome.scores;
    return fill(outcome.same ? content.strings.saysSame : content.strings.says, { model: name, text: outcome.new, change: signed(changedNew - plainOld) });
  }).join(" ");

const makeShowSwitch = () => makeSwitch(content.strings.showChanged, content.shown, (on) => {
  const rest = itemsOf(content.line).filter((one) => one !== SHOWN);
  askFor((on ? [...rest, SHOWN] : rest).join(";"));
});

const draw = () => {
  view.replaceChildren();
  if (!content) return;
  view.setAttribute("role", "group");
  view.setAttribute("aria-label", content.strings.label);
  const saved = window.seqdemoSearch !== undefined;
  const parts = content.models.map(makeOutcome);
  const chips = makeChips();
  if (content.models.some((one) => one.outcome)) {
    const shown = makeShowSwitch();
    keyed(shown.querySelector("input"), "shown");
    chips.append(shown);
  }
  if (saved) chips.querySelectorAll("button, label").forEach((one) => one.remove());
  const notes = content.told.map((words) => make("p", "seqdemo-dropped", words));
  if (content.problem) notes.unshift(make("p", "seqdemo-trouble", content.problem));
  view.append(...parts, ...notes, chips);
  if (!saved) {
    if (content.models.length > 1) {
      const choice = makeSelect(content.strings.model, content.models.map((one) => [one.key, one.name]), modelNow().key, (value) => {
        chosenModel = value;
        keepFocus(draw);
      });
      keyed(choice.querySelector("select"), "model");
      view.append(choice);
    }
    tools = buildTools();
    view.append(tools.frame, status);
  }
  view.append(makeFolds(kept(), content.provenance, content.strings));
};

const update = () => {
  const before = content && content.text;
  content = readPayload();
  if (!content) {
    view.replaceChildren();
    return;
  }
  if (before !== content.text) [past, ahead] = [[], null];
  busy = false;
  clock = clockOf("translate");
  clock.changes = () => ({ edits: content.line });
  clock.pickAlternative = (key, step, token) => !busy && beginFrom(key, step, token);
  clock.pickCell = (cell) => !busy && openTool === "row" && !content.shown && element.isConnected && setRow(cell);
  clock.join(element, () => tools && openTool === "beginning" && keepFocus(tools.show));
  keepFocus(draw);
  status.textContent = say();
};

watch("value", update);
update();
