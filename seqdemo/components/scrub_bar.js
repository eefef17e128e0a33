// Play, pause, step, speed and a slider over the words. `describe(step)` is read out: it says what the drawing shows.
const makeScrubBar = (clock, strings, describe, nameOf) => {
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
  bar.append(button("◀", strings.back, move(-1)), play, button("▶|", strings.on, move(1)), slider, place, speed);
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
