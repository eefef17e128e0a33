// One figure with its two buttons.
const frame = make("div", "seqdemo-figure");
const heading = make("p", "seqdemo-heading");
const caption = make("p", "seqdemo-caption");
const drawing = make("div", "seqdemo-plot");
const tools = make("div", "seqdemo-tools");
let content = null;
const plot = makePlot(drawing, () => content.strings.missing);
frame.append(heading, caption, drawing, tools);

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
  const title = content.figure.layout.title || {};
  heading.textContent = unplain(title.text || "");
  caption.textContent = unplain((title.subtitle || {}).text || "");
  tools.append(
    makeButton(content.strings.save, () => plot.save(heading.textContent)),
    makeButton(content.strings.reset, () => plot.reset())
  );
  content.figure.layout.height = content.height;
  plot.show(content.figure);
};

view.replaceChildren(frame);
watch("value", update);
update();
