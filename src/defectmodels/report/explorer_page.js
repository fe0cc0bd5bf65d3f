// The explorer's controls, tables and drawing; `explorer` works the numbers out.
(() => {
  const { data, fill, full, chance, event, listed, decimal } = explorer;
  const texts = data.texts;
  const find = (name) => document.getElementById(`explorer-${name}`);
  const spanChoice = find("span");
  const fromChoice = find("from");
  const warning = find("support");
  const SVG = "http://www.w3.org/2000/svg";
  let offered = [];
  let waiting = 0;

  // --- levels ----------------------------------------------------------------------------------

  const level = (at) => offered[at][Number(find(`s${at}`).value)];
  const chosen = () => data.series.map((_, at) => (level(at).as === "was" ? null : level(at)));

  function say(at) {
    const { text, as } = level(at);
    const series = data.series[at];
    const told = fill(as === "was" ? texts.was : texts.held, { level: text, unit: series.unit });
    find(`o${at}`).textContent = as === "was" ? fill(texts.still, { level: text }) : text;
    find(`s${at}`).setAttribute("aria-valuetext", told);
  }

  // Offer the levels of a span, and stand on those as they were or on those of another span.
  function offer() {
    const place = Number(spanChoice.value);
    offered = data.series.map((series) => explorer.levelsOf(series, place, fromChoice.value));
    data.series.forEach((series, at) => {
      const slider = find(`s${at}`);
      const wanted = fromChoice.value === "" ? null : series.was[Number(fromChoice.value)].level;
      const same = offered[at].findIndex((one) => one.as !== "was" && one.level === wanted);
      const was = offered[at].findIndex((one) => one.as === "was");
      slider.max = String(offered[at].length - 1);
      slider.value = String(wanted === null || same < 0 ? was : same);
      find(`t${at}`).value = String(was);
      say(at);
    });
    update();
  }

  // --- what is shown ---------------------------------------------------------------------------

  const put = (cell, text) => {
    cell.textContent = text;
  };

  function showTables(found) {
    found.was.forEach((was, row) => {
      const none = found.more[row] === null;
      put(find(`q${row}-was`), full(was));
      put(find(`q${row}-chosen`), full(found.chosen[row]));
      put(find(`q${row}-difference`), none ? texts.none : full(found.difference[row]));
      put(find(`q${row}-more`), none ? texts.dash : chance(found.more[row]));
    });
    data.themes.forEach((_, theme) => {
      const place = found.parts ? found.themes.indexOf(theme) : -1;
      find(`p${theme}`).hidden = place < 0;
      found.whole.forEach((_, what) => {
        put(find(`p${theme}-${what}`), place < 0 ? "" : full(found.parts[what][place]));
      });
    });
    found.whole.forEach((whole, what) => put(find(`p-${what}`), full(whole)));
    // What stays in sight beside the sliders: all arrivals and the share.
    const kept = found.was.length > 1 ? [0, found.was.length - 1] : [0];
    find("now").replaceChildren(...kept.map((row) => {
      const one = document.createElement("span");
      put(one, `${data.quantities[row]}: ${full(found.chosen[row])}`);
      return one;
    }));
    find("parts").hidden = found.themes.length === 0;
    find("unsplit").hidden = found.parts !== null;
  }

  function supportText(span, { outside, hull, beyond }) {
    const said = [];
    if (outside) said.push(fill(span.outside, { outside, hull: `${decimal(100 * hull, 0)}%` }));
    if (beyond.length) said.push(fill(texts.beyond, { series: listed(beyond.map((k) => data.names[k])) }));
    return said.join(" ");
  }

  function sentence(span, found) {
    const held = data.series.map((series, at) => ({ series, level: level(at) }))
      .filter((one) => one.level.as !== "was");
    if (!held.length) return fill(texts.nothing, { span: span.name, was: full(found.was[0]) });
    const moved = held.map(({ series, level: { text } }) => `${series.label} ${text}`).join("; ");
    const told = (at) => found.more[at] === null ? texts.none : full(found.difference[at]);
    const odds = (at) => found.more[at] === null ? texts.even : event(chance(found.more[at]));
    const values = (at) => ({
      span: span.name, moved, was: full(found.was[at]), chosen: full(found.chosen[at]),
      difference: told(at), more: odds(at),
    });
    const said = [fill(texts.answer, values(0))];
    const share = found.was.length - 1;
    if (share) said.push(fill(texts.share, values(share)));
    return said.join(" ");
  }

  // --- the drawing -----------------------------------------------------------------------------

  function add(parent, name, attributes, text) {
    const made = document.createElementNS(SVG, name);
    Object.entries(attributes).forEach(([key, value]) => made.setAttribute(key, String(value)));
    if (text !== undefined) made.textContent = text;
    parent.append(made);
    return made;
  }

  // A round number as far from 0 or farther, as the end of an axis, and how it is written.
  function round(value) {
    if (value === 0) return { value, text: "0" };
    const power = Math.floor(Math.log10(Math.abs(value)));
    const size = Math.abs(value) / 10 ** power;
    const end = Math.sign(value) * [1, 2, 5, 10].find((one) => size <= one) * 10 ** power;
    return { value: end, text: explorer.signed(end, Math.max(0, -Math.floor(Math.log10(Math.abs(end)) + 1e-9))) };
  }

  // Intervals with their medians on one scale, under a heading; gives back where the next block begins.
  function block(svg, top, heading, rows) {
    const ends = rows.flatMap(({ value }) => [value.low, value.high]);
    const [low, high] = [round(Math.min(0, ...ends)), round(Math.max(0, ...ends))];
    const [left, right] = [150, 332];
    const x = (value) => left + ((right - left) * (value - low.value)) / (high.value - low.value || 1);
    add(svg, "text", { x: 0, y: top + 13, class: "head" }, heading);
    const foot = top + 22 + 20 * rows.length;
    add(svg, "line", { x1: x(0), x2: x(0), y1: top + 20, y2: foot, class: "zero" });
    rows.forEach(({ label, value, as }, row) => {
      const y = top + 32 + 20 * row;
      add(svg, "text", { x: 0, y: y + 4 }, label);
      add(svg, "line", { x1: x(value.low), x2: x(value.high), y1: y, y2: y, class: as });
      const middle = x(value.median);
      if (as === "was") add(svg, "rect", { x: middle - 4, y: y - 4, width: 8, height: 8, class: as });
      else add(svg, "circle", { cx: middle, cy: y, r: 4.5, class: as });
    });
    const marks = [[left, low.text]];
    if (high.value !== low.value) marks.push([right, high.text]);
    // Where it does not run into an end.
    if (Math.min(x(0) - left, right - x(0)) > 30) marks.push([x(0), "0"]);
    for (const [at, text] of marks) add(svg, "text", { x: at, y: foot + 12, class: "scale" }, text);
    return foot + 26;
  }

  function draw(svg, blocks) {
    svg.replaceChildren();
    let top = 0;
    for (const [heading, rows] of blocks) top = block(svg, top, heading, rows);
    svg.setAttribute("viewBox", `0 0 360 ${Math.max(top, 1)}`);
  }

  function drawAll(found) {
    draw(find("levels"), data.quantities.map((label, row) => [label, [
      { label: texts.as_was, value: found.was[row], as: "was" },
      { label: texts.as_chosen, value: found.chosen[row], as: "chosen" },
    ]]));
    const themes = found.parts ? found.themes : [];
    draw(find("bars"), found.themes.length ? data.whats.map((label, what) => [label, [
      ...themes.map((theme, at) => (
        { label: data.themes[theme], value: found.parts[what][at], as: "chosen" })),
      { label: texts.whole, value: found.whole[what], as: "whole" },
    ]]) : []);
  }

  // --- acting ----------------------------------------------------------------------------------

  // What is drawn and in the tables changes at once; what is spoken waits until the slider rests.
  function update() {
    const span = data.spans[Number(spanChoice.value)];
    const found = explorer.answer(span, chosen());
    showTables(found);
    drawAll(found);
    const told = supportText(span, found.support);
    warning.hidden = !told;
    warning.textContent = told;
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      put(find("said"), sentence(span, found));
      put(find("heard"), found.themes.length ? told || texts.inside : "");
    }, data.wait);
  }

  function reset() {
    fromChoice.value = "";
    offer();
  }

  data.series.forEach((_, at) => {
    find(`s${at}`).addEventListener("input", () => {
      say(at);
      update();
    });
  });
  spanChoice.addEventListener("change", reset);
  fromChoice.addEventListener("change", offer);
  find("reset").addEventListener("click", reset);
  document.querySelectorAll(".explorer .live").forEach((one) => {
    one.hidden = false;
  });
  find("needs").hidden = true;
  reset();
})();
