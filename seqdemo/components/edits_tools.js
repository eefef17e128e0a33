// The tools of the translator's panel: words of the source, heads and rows (head_tools.js), how the translation begins.
// Decode on from another token of the clock's step, or from a beginning that is typed.
const isBeginning = (item) => item.startsWith("begin:") || item.startsWith("prefix:");
const beginFrom = (key, step, token) => {
  const model = content.models.find((one) => one.key === key);
  beginWith(key, [...model.steps.slice(0, step).map(([one]) => one), token]);
};

const beginWith = (key, tokens) => addChange(["begin:" + key, content.madeFor, ...tokens.map(spelled)].join(","), isBeginning);

const alternatives = make("div", "seqdemo-words");
alternatives.setAttribute("role", "group");
const showAlternatives = () => {
  const model = modelNow();
  const step = atMost(clock.step, model.steps);
  const [written, candidates] = model.steps[step];
  const words = fill(content.strings.instead, { step: step + 1, token: visible(written) });
  alternatives.setAttribute("aria-label", words);
  const buttons = candidates.filter(([token]) => token !== written).map(([token, share], place) =>
    keyed(makeButton(`${visible(token)} ${share.toFixed(3)}`, () => beginFrom(model.key, step, token)), "instead " + place)
  );
  alternatives.replaceChildren(make("span", "seqdemo-caption", words), ...buttons);
};

const buildBeginning = () => {
  showAlternatives();
  const form = make("form", "seqdemo-row seqdemo-form");
  const box = keyed(make("input"), "prefix");
  box.type = "text";
  box.maxLength = 300;
  box.lang = content.target;
  box.placeholder = content.strings.typed;
  box.setAttribute("aria-label", content.strings.typed);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (box.value.trim()) addChange("prefix:" + spelled(box.value.trim()), isBeginning);
  });
  form.append(box, keyed(make("button", "seqdemo-small", content.strings.goOn), "goOn"));
  return [alternatives, form, make("p", "seqdemo-caption", content.strings.aboutBeginning)];
};

// What cannot be done is said: a translator without attention has no head, no row and nothing to hide a word from.
const makeLacks = () =>
  content.models.filter((model) => !hasHeads(model)).map((model) => make("p", "seqdemo-caption", fill(content.strings.noAttention, { model: model.name })));

const buildWords = () => {
  const model = modelNow(hasWords);
  const parts = makeWordTool(model.words, hasHeads(model))();
  const readsAll = hasHeads(model) && !model.grids.some((grid) => grid.kind === "encoder_self"); // a recurrent reader
  if (readsAll) parts[parts.length - 1].textContent = content.strings.aboutHideRead;
  return [...makeModelChoice(hasWords), ...parts];
};
const hasWords = (model) => model.words.length > 0; // a source of the end mark alone has none

const buildTools = () => {
  const list = [];
  if (content.models.some(hasWords)) list.push({ key: "words", name: content.strings.words, build: () => [...buildWords(), ...makeLacks()] });
  if (content.models.some(hasHeads)) list.push({ key: "heads", name: content.strings.heads, build: () => [...buildHeads(), ...makeLacks()] });
  if (content.models.some(hasRows)) list.push({ key: "row", name: content.strings.rowTool, build: () => [...buildRow(), ...makeLacks()] });
  list.push({ key: "beginning", name: content.strings.beginning, build: () => [...makeModelChoice(), ...buildBeginning()] });
  return makeTools(list);
};
