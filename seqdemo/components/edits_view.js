// Change something inside or around a translator, and see what becomes of the translation.
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

const draw = () => drawPanel(content.strings.label, content.models.map(makeOutcome), content.models.some((one) => one.outcome));

const update = () => updatePanel("translate", "edits", () => {
  clock.pickAlternative = (key, step, token) => beginFrom(key, step, token);
  clock.pickPath = (key, tokens) => beginWith(key, tokens);
  clock.join(element, () => tools && openTool === "beginning" && keepFocus(showAlternatives));
});

watch("value", update);
update();
