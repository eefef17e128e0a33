// Play, pause, step, speed and a slider over the words. `describe(step)` is read out: it says what the drawing shows.
const makeScrubBar = (clock, strings, describe, nameOf, afloat = false) => {
  const bar = make("div", "seqdemo-scrub");
  bar.setAttribute("role", "group");
  bar.setAttribute("aria-label", strings.position);
  const button = (sign, name, action) => {
    const made = makeButton(sign, action, "seqdemo-key");
    made.setAttribute("aria-label", name);
    made.title = name;
    return made;
  };
  const move = (by) => () => {
    clock.pause();
    clock.set(clock.kept + by);
  };
  const play = button("▶", strings.play, () => clock.toggle());
  const slider = make("input");
  slider.type = "range";
  slider.min = 0;
  slider.setAttribute("aria-label", strings.slider);
  slider.addEventListener("input", () => {
    const step = Number(slider.value); // pausing tells all views, this slider too
    clock.pause();
    clock.set(step);
  });
  const place = make("span", "seqdemo-place");
  const speed = makeSelect(strings.speed, clock.speeds.map((one) => [String(one), one + "×"]), String(clock.speed), (value) => {
    clock.speed = Number(value);
  });
  bar.append(button("◀", strings.back, move(-1)), play, button("▶|", strings.on, move(1)), slider, place, ...(afloat ? [] : [speed]));
  const show = (step) => {
    slider.max = clock.steps - 1;
    slider.value = step;
    slider.setAttribute("aria-valuetext", describe(step));
    place.textContent = fill(strings.place, { step: step + 1, steps: clock.steps, word: nameOf(step) });
    play.textContent = clock.playing ? "❚❚" : "▶";
    play.setAttribute("aria-label", clock.playing ? strings.pause : strings.play);
    play.title = play.getAttribute("aria-label");
  };
  return { bar, show };
};

// The bar of a view, and the same once more at the foot of the window while it has been scrolled away: what it moves may
// stand screens below it. Not inside the view, which would keep what is fixed in it to itself (container-type).
let floating = null; // of the payload that is drawn: how to take it away
const makeScrubBars = (...given) => {
  if (floating) floating.sink();
  const here = makeScrubBar(...given);
  let below = null;
  const eyes = new IntersectionObserver(([seen]) => {
    const away = !seen.isIntersecting && seen.boundingClientRect.bottom < 0; // a hidden tab has no size: 0
    if (away === Boolean(below)) return;
    if (below) below.bar.remove();
    below = away ? makeScrubBar(...given, true) : null;
    if (!away) return;
    below.bar.classList.add("seqdemo-afloat");
    below.show(given[0].step);
    element.append(below.bar);
  }, { rootMargin: "0px 0px 1000000px 0px" }); // what lies ahead counts as seen: only what was passed is away
  eyes.observe(here.bar);
  floating = {
    sink: () => {
      eyes.disconnect();
      if (below) below.bar.remove();
    },
  };
  const show = (step) => {
    here.show(step);
    if (below) below.show(step);
  };
  return { bar: here.bar, show };
};
