// One row a model: its name and verdict, what it thinks after each word, and its state's path in small.
const ROW = 78;

// Runs of steps with the same verdict: [[class, first step, last step], ...]; each border is a flip.
const verdictRuns = (track) => {
  const runs = [];
  track.forEach((shares, step) => {
    const winner = shares.indexOf(Math.max(...shares));
    if (runs.length && runs.at(-1)[0] === winner) runs.at(-1)[2] = step;
    else runs.push([winner, step, step]);
  });
  return runs;
};

// A class of two has the colour of its end of the scale; of many, one grey for all, named in words.
const classColor = (content, number) =>
  content.labels.length === 2 ? shade(content.scale[number === content.focus ? 3 : 1][1]) : shade(colors.grid);

const drawTrack = (sheet, axis, top, height, model, content, ladder) => {
  const y = (share) => top + height * (1 - share);
  const heights = model.track.map((shares) => shares[content.focus]);
  heights.forEach((share, step) => {
    drawn(sheet, "rect", {
      x: axis.edges[step] + 1, y: y(share), width: Math.max(0.5, axis.edges[step + 1] - axis.edges[step] - 2),
      height: Math.max(0.5, height * share), fill: css(rung(ladder, share)), class: "seqdemo-column",
    });
  });
  for (const [share, dash] of [[0, ""], [0.5, "2 3"], [1, ""]]) {
    drawn(sheet, "line", { x1: axis.left, x2: axis.right, y1: y(share), y2: y(share), stroke: shade(dash ? colors.faint : colors.grid), "stroke-dasharray": dash });
  }
  const points = heights.map((share, step) => [axis.middle(step), y(share)]);
  drawn(sheet, "path", { d: lineThrough(points), fill: "none", stroke: shade(model.color), "stroke-width": 2.5, "stroke-linejoin": "round", "stroke-dasharray": model.dash });
  return drawn(sheet, "circle", { r: 5, fill: shade(model.color), stroke: shade(colors.paper), "stroke-width": 2 });
};

// The verdicts as a ribbon: where it changes its colour and its words, the model changed its mind.
const drawRibbon = (sheet, axis, top, runs, content) => {
  runs.forEach(([winner, from, to], number) => {
    const [x, width] = [axis.edges[from], axis.edges[to + 1] - axis.edges[from]];
    drawn(sheet, "rect", { x: x + 0.5, y: top, width: Math.max(0.5, width - 1), height: 14, rx: 3, fill: classColor(content, winner), "fill-opacity": content.labels.length === 2 ? 0.38 : 1 });
    const name = fitted(content.labels[winner], width - 6, 11);
    if (Array.from(name).length > 2 || name === content.labels[winner]) write(sheet, name, x + width / 2, top + 11, { size: 11, anchor: "middle" });
    if (number) {
      const flip = drawn(sheet, "path", { d: `M${x - 5} ${top - 7}h10l-5 7z`, fill: shade(colors.ink), class: "seqdemo-flip" });
      drawn(flip, "title", {}, fill(content.strings.flip, { label: content.labels[winner], word: content.words[from] }));
    }
  });
};

// "then travel 9%, world 4%": as many of the next two classes as there is room for.
const runnersUp = (shares, room, content) => {
  const order = shares.map((_, number) => number).sort((one, other) => shares[other] - shares[one]);
  const named = order.slice(1, 3).map((number) => fill(content.strings.other, { label: content.labels[number], share: Math.round(100 * shares[number]) + "%" }));
  const [both, first] = [named, named.slice(0, 1)].map((some) => fill(content.strings.next, { others: some.join(content.strings.comma) }));
  return measure(both, 11) <= room ? both : fitted(first, room, 11);
};

// Name, verdict and shares of the step that is shown; returns how to say them for another step.
const drawSide = (sheet, top, room, model, content, runs) => {
  drawn(sheet, "rect", { x: 0, y: top, width: 4, height: ROW - 12, rx: 2, fill: shade(model.color) });
  write(sheet, fitted(model.name, room - 12, 13, 600), 12, top + 12, { weight: 600, color: colors.faint });
  const verdict = write(sheet, "", 12, top + 34, { size: 18, weight: 700, class: "seqdemo-verdict" });
  const share = write(sheet, "", room - 6, top + 34, { size: 14, anchor: "end", class: "seqdemo-number" });
  opensSum(share, () => {
    const step = atMost(clock.step, model.track);
    return sumOfClass(model, step, model.track[step].indexOf(Math.max(...model.track[step])));
  });
  const bars = content.labels.map((_, number) =>
    drawn(sheet, "rect", { y: top + 42, height: 7, fill: classColor(content, number), stroke: shade(colors.paper), "stroke-width": 0.5 })
  );
  const last = write(sheet, fill(content.strings.flips, { count: runs.length - 1 }), 12, top + 63, { size: 11, color: colors.faint });
  return (step) => {
    const shares = model.track[step];
    const winner = shares.indexOf(Math.max(...shares));
    share.textContent = percent(shares[winner]);
    verdict.textContent = fitted(content.labels[winner], room - 26 - measure(share.textContent, 14), 18, 700);
    if (content.labels.length > 2) last.textContent = runnersUp(shares, room - 18, content);
    let x = 12;
    bars.forEach((bar, number) => {
      if (content.labels.length > 2) changed(bar, { fill: shade(number === winner ? model.color : colors.faint) });
      changed(bar, { x, width: Math.max(0, (room - 18) * shares[number]), "fill-opacity": number === winner ? 1 : 0.45 });
      x += (room - 18) * shares[number];
    });
  };
};

const drawRow = (whole, axis, top, sizes, model, content, ladder) => {
  const sheet = drawn(whole, "g", { class: "seqdemo-model" });
  const runs = verdictRuns(model.track);
  const say = drawSide(sheet, top, sizes.side, model, content, runs);
  const trackTop = sizes.narrow ? top + ROW - 8 : top + 2;
  const height = 42;
  const dot = drawTrack(sheet, axis, trackTop, height, model, content, ladder);
  drawRibbon(sheet, axis, trackTop + height + 6, runs, content);
  const plane = sizes.narrow ? null : drawPlane(sheet, { x: axis.right + 14, y: top, width: sizes.plane, height: ROW - 12 }, model, content, { small: true });
  return (asked) => {
    const step = atMost(asked, model.track); // the words may be the next text's already
    say(step);
    changed(dot, { cx: axis.middle(step), cy: trackTop + height * (1 - model.track[step][content.focus]) });
    if (plane) plane.point(step);
  };
};
