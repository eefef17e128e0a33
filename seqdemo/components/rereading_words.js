// The old and the new reading of each word, one above the other: what differs in the text, and where the verdict does.
const PLACE = 74; // pixels of a line of words with both readings
const BLOCK = 17; // of one reading

// [{old, now, words: what to write, and how, before, after, turned}, ...]; null where one of the texts has no word.
const comparedPlaces = ({ reread }) =>
  reread.places.map(([old, now]) => {
    const [was, is] = [old === null ? null : content.words[old], now === null ? null : reread.words[now]];
    const words = was === is ? [{ text: was }] : [...(was === null ? [] : [{ text: was, gone: true }]), ...(is === null ? [] : [{ text: is, fresh: true }])];
    if (reread.hidden.includes(now)) words.push({ text: "<unk>", fresh: true });
    const of = (side, place) => (place === null ? null : { share: reread.shares[side][place], verdict: reread.verdicts[side][place] });
    const [before, after] = [of(0, old), of(1, now)];
    return { old, now, words, before, after, turned: before !== null && after !== null && before.verdict !== after.verdict };
  });

const whole = (share) => String(Math.round(100 * share));
const GAP = 5; // between a word that is gone and the one that stands there now

// Returns the sheet, and how to point at a step of the text that the other views show.
const drawCompared = (model, width) => {
  const places = comparedPlaces(model);
  const names = [content.strings.asItWas, content.strings.withChanges];
  const side = Math.max(...names.map((name) => measure(name, 12))) + 10;
  const long = ({ words }) => Math.max(30, sum(words.map(({ text }) => measure(visible(text), 15, 700) + GAP)) + 8);
  let [x, y] = [side, 0];
  const boxes = places.map((place) => {
    const wide = Math.min(width - side, long(place));
    if (x > side && x + wide > width) [x, y] = [side, y + PLACE];
    const box = { x, y, wide };
    x += wide + 3;
    return box;
  });
  const sheet = makeSheet(width, y + PLACE, `${model.name}. ${fill(content.strings.wordByWord, { label: content.labels[content.focus] })}`);
  const frame = drawn(sheet, "rect", { height: PLACE - 4, fill: "none", stroke: shade(colors.ink), "stroke-width": 1.5, rx: 4, visibility: "hidden" });
  for (let top = 0; top <= y; top += PLACE) names.forEach((name, row) => write(sheet, name, 0, top + 24 + BLOCK * (row + 0.5) + 4, { size: 12, color: colors.faint }));
  places.forEach(({ words, before, after, turned }, number) => {
    const box = boxes[number];
    let left = box.x + Math.max(4, (box.wide - sum(words.map(({ text }) => measure(visible(text), 15, 700))) - GAP * (words.length - 1)) / 2);
    for (const { text, gone, fresh } of words) {
      const weight = gone || fresh ? 700 : 400;
      const look = gone ? { "text-decoration": "line-through" } : fresh ? { "text-decoration": "underline" } : {};
      const shown = fitted(visible(text), Math.max(12, box.x + box.wide - left), 15, weight);
      write(sheet, shown, left, box.y + 17, { size: 15, weight, ...look });
      left += measure(shown, 15, weight) + GAP;
    }
    [before, after].forEach((reading, row) => {
      if (!reading) return;
      const top = box.y + 24 + BLOCK * row;
      const two = content.labels.length === 2;
      const ground = two ? shade(content.scale[reading.share >= 0.5 ? 3 : 1][1]) : shade(model.color);
      drawn(sheet, "rect", { x: box.x, y: top, width: box.wide, height: BLOCK - 1, rx: 3, fill: ground, "fill-opacity": 0.5 * (two ? Math.abs(2 * reading.share - 1) : reading.share) });
      write(sheet, whole(reading.share), box.x + box.wide / 2, top + 13, { size: 12, anchor: "middle" });
    });
    if (!turned) return;
    const middle = box.x + box.wide / 2;
    const mark = drawn(sheet, "path", { d: `M${middle - 6} ${box.y + PLACE - 7}h12l-6 -8z`, fill: shade(colors.ink), class: "seqdemo-turned" });
    drawn(mark, "title", {}, fill(content.strings.turnedHere, { before: content.labels[before.verdict], after: content.labels[after.verdict] }));
  });
  const stepOf = ({ old, now }) => (content.shown ? now : old);
  return {
    sheet,
    at: (px, py) => {
      const found = boxes.findIndex(({ x: left, y: top, wide }) => px >= left && px < left + wide + 3 && py >= top && py < top + PLACE);
      return found < 0 ? null : stepOf(places[found]);
    },
    point: (step) => {
      const box = boxes[places.findIndex((place) => stepOf(place) === step)];
      changed(frame, box ? { x: box.x - 1, y: box.y + 1, width: box.wide + 2, visibility: "visible" } : { visibility: "hidden" });
    },
  };
};

// A text with what differs in it marked. words: as they stand in it, in order; differs: which of them.
const makeMarked = (text, words, differs, className) => {
  const line = make("p", "seqdemo-outcome " + className);
  let [at, mark] = [0, null];
  words.forEach((word, place) => {
    const from = text.indexOf(word, at);
    if (from < 0) return;
    if (!differs.has(place)) mark = null;
    const between = text.slice(at, from);
    if (mark) mark.append(between, word);
    else {
      line.append(between);
      if (differs.has(place)) line.append((mark = make("mark", className, word)));
      else line.append(word);
    }
    at = from + word.length;
  });
  line.append(text.slice(at));
  return line;
};
