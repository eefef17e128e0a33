// The outcome beside the original: two texts with what differs, and how probable each is before and after.
const readable = (token) => token.replace(/▁/g, " ");

// A text of tokens; what differs is underlined and, for who cannot see it, named.
const makeDiff = (tokens, className) => {
  const text = make("p", "seqdemo-outcome " + className);
  text.lang = content.target;
  let mark = null;
  for (const [token, differs] of tokens) {
    if (token === "</s>") continue;
    const said = readable(token);
    if (!differs) mark = null;
    else if (!mark) {
      mark = make("mark", className);
      text.append(said.slice(0, said.length - said.trimStart().length), mark); // a blank is no part of what differs
    }
    if (mark) mark.append(mark.textContent ? said : said.trimStart());
    else text.append(said);
  }
  return text;
};

// Rows of the comparison: [what, as it was, changed, difference]; where only the beginning was forced there is one network.
const scoreRows = ({ outcome }) => {
  const [plainOld, plainNew, changedOld, changedNew] = outcome.scores;
  const { strings } = content;
  if (!outcome.inside) return [[strings.oldToNew, nats(plainOld), nats(plainNew), signed(plainNew - plainOld)]];
  const rows = [[strings.oldText, nats(plainOld), nats(changedOld), signed(changedOld - plainOld)]];
  return outcome.same ? rows : [...rows, [strings.newText, nats(plainNew), nats(changedNew), signed(changedNew - plainNew)]];
};

const scoreHead = ({ outcome }) =>
  outcome.inside
    ? [content.strings.logProbability, content.strings.asItWas, content.strings.withChanges, content.strings.change]
    : [content.strings.logProbability, content.strings.oldText, content.strings.newText, content.strings.change];

const makeOutcome = (model) => {
  const part = make("section", "seqdemo-beside");
  if (content.models.length > 1) part.append(make("h3", "seqdemo-heading", model.name));
  const { outcome } = model;
  const side = (title, text) => {
    const box = make("div", "seqdemo-side");
    box.append(make("p", "seqdemo-caption", title), text);
    return box;
  };
  const sides = make("div", "seqdemo-sides");
  if (!outcome) {
    const same = make("p", "seqdemo-outcome", model.old);
    same.lang = content.target;
    sides.append(side(content.strings.original, same));
    part.append(sides);
    return part;
  }
  sides.append(side(content.strings.original, makeDiff(outcome.oldTokens, "seqdemo-gone")), side(outcome.same ? content.strings.changedSame : content.strings.changed, makeDiff(outcome.newTokens, "seqdemo-fresh")));
  part.append(sides, makeTable([scoreHead(model), ...scoreRows(model)], content.strings.scoresCaption));
  return part;
};

const pictureOf = (model, width) => {
  const { outcome } = model;
  const texts = [[content.strings.original, outcome ? outcome.oldTokens : [[model.old, false]]], ...(outcome ? [[content.strings.changed, outcome.newTokens]] : [])];
  const sheet = makeSheet(width, 10, content.strings.scoresCaption);
  let y = 16;
  if (content.models.length > 1) {
    write(sheet, model.name, 0, y, { size: 15, weight: 600 });
    y += 22;
  }
  for (const [title, tokens] of texts) {
    write(sheet, title, 0, y, { size: 12, color: colors.faint });
    y += 20;
    let x = 0;
    for (const [token, differs] of tokens) {
      if (token === "</s>") continue;
      const text = x === 0 ? readable(token).trimStart() : readable(token);
      const room = measure(text, 17, differs ? 700 : 400);
      if (x > 0 && x + room > width) [x, y] = [0, y + 26];
      write(sheet, text, x, y, { size: 17, weight: differs ? 700 : 400, "xml:space": "preserve", ...(differs ? { "text-decoration": title === content.strings.original ? "line-through" : "underline" } : {}) });
      x += room;
    }
    y += 28;
  }
  if (outcome) {
    for (const row of [scoreHead(model), ...scoreRows(model)]) {
      row.forEach((text, column) => write(sheet, fitted(text, width / 4 - 8, 13), (column * width) / 4, y, { size: 13 }));
      y += 20;
    }
  }
  for (const { words } of content.items) {
    write(sheet, fitted("· " + words, width, 12), 0, y, { size: 12, color: colors.faint });
    y += 18;
  }
  changed(sheet, { height: y + 4, viewBox: `0 0 ${width} ${y + 4}` });
  return sheet;
};
