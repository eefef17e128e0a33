// Change something inside or around a translator, and see what becomes of the translation.
let content = null;
let clock = null;
let tools = null;

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

const draw = () => {
  view.replaceChildren();
  if (!content) return;
  view.setAttribute("role", "group");
  view.setAttribute("aria-label", content.strings.label);
  const chips = makeChips();
  if (content.models.some((one) => one.outcome)) chips.append(makeShowSwitch());
  view.append(...content.models.map(makeOutcome), ...makeNotes(), chips);
  if (window.seqdemoSearch === undefined) {
    tools = buildTools();
    view.append(tools.frame, status);
  } else {
    chips.querySelectorAll("button, label").forEach((one) => one.remove());
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
  clock.pickPath = (key, tokens) => !busy && beginWith(key, tokens);
  clock.pickCell = (cell) => {
    const wanted = !busy && openTool === "row" && !content.shown && element.isConnected;
    if (wanted) setRow(cell);
    return wanted;
  };
  clock.join(element, () => tools && openTool === "beginning" && keepFocus(showAlternatives));
  keepFocus(draw);
  tell(say());
};

watch("value", update);
update();
