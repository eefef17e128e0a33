// The translation in large type, then one column a step.
const makeCandidate = (candidate) => {
  const row = make("li", candidate.written ? "seqdemo-candidate seqdemo-written" : "seqdemo-candidate");
  const bar = make("span", "seqdemo-filled");
  bar.style.width = 100 * candidate.share + "%";
  const token = make("span", "seqdemo-token", candidate.token);
  token.dir = "auto";
  row.append(bar, token, make("span", "seqdemo-number", candidate.probability));
  return row;
};

const makeStep = (step) => {
  const column = make("li", "seqdemo-step");
  const token = make("p", "seqdemo-chosen", step.token);
  token.dir = "auto";
  column.append(make("p", "seqdemo-title", step.title), token, make("p", "seqdemo-chance", step.probability));
  const list = make("ol", "seqdemo-candidates");
  list.append(...step.candidates.map(makeCandidate));
  column.append(list);
  return column;
};

const update = () => {
  const content = readPayload();
  view.replaceChildren();
  if (!content) return;
  const translation = make("p", "seqdemo-translation", content.translation);
  translation.lang = content.target;
  const strip = make("div", "seqdemo-strip");
  strip.tabIndex = 0;
  strip.setAttribute("role", "region");
  strip.setAttribute("aria-label", content.label);
  const steps = make("ol", "seqdemo-steps");
  steps.append(...content.steps.map(makeStep));
  strip.append(steps);
  view.append(translation, make("p", "seqdemo-score", content.score), make("p", "seqdemo-caption", content.label));
  view.append(strip, makeSource(content.source));
};

watch("value", update);
update();
