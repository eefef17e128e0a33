// One figure with its two buttons.
const frame = make("div", "seqdemo-figure");
const drawing = make("div", "seqdemo-plot");
const tools = make("div", "seqdemo-tools");
let content = null;
const plot = makePlot(drawing, () => content.strings.missing);
frame.append(drawing, tools);

const update = () => {
  content = readPayload();
  frame.hidden = !content;
  tools.replaceChildren();
  if (!content) {
    plot.clear();
    return;
  }
  drawing.setAttribute("role", "img");
  drawing.setAttribute("aria-label", content.label);
  tools.append(
    makeButton(content.strings.save, () => plot.save(content.label.slice(0, 60))),
    makeButton(content.strings.reset, () => plot.reset())
  );
  content.figure.layout.height = content.height;
  plot.show(content.figure);
};

view.replaceChildren(frame);
watch("value", update);
update();
