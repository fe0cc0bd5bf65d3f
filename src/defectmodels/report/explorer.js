"use strict";
// What the explorer of a report works out: arrivals of a span under other levels of the series.
//
// It does what `defectmodels.explore` does, on the draws that stand in the page, and writes numbers by the
// rules of `defectmodels.report.words`. Every text comes from the page: no script holds any.
const explorer = (() => {
  const data = JSON.parse(document.getElementById("explorer-data").textContent);
  const texts = data.texts;
  const draws = data.draws;

  // --- numbers and texts ---------------------------------------------------------------------

  const fill = (text, values) =>
    text.replace(/\{(\w+)\}/g, (whole, key) => (Object.hasOwn(values, key) ? values[key] : whole));

  // Digits of a number of 0 or more, rounded half to even as Python does; places below 0 round to tens.
  function decimal(value, places) {
    const [whole, part] = value.toFixed(100).split(".");
    const digits = whole + part;
    const cut = whole.length + places;
    let kept = cut > 0 ? digits.slice(0, cut) : "";
    const rest = cut >= 0 ? digits.slice(cut) : "0";
    const odd = kept !== "" && Number(kept.at(-1)) % 2 === 1;
    if (rest > "5" && /^(?:[6-9]|5\d*[1-9])/.test(rest) || (/^50*$/.test(rest) && odd)) {
      kept = (BigInt(kept || "0") + 1n).toString().padStart(cut, "0");
    }
    if (places <= 0) return grouped(String(BigInt((kept || "0") + "0".repeat(-places))));
    kept = kept.padStart(places + 1, "0");
    return `${grouped(kept.slice(0, -places))}.${kept.slice(-places)}`;
  }

  const grouped = (whole) => whole.replace(/\B(?=(?:\d{3})+$)/g, ",");

  const signed = (value, places) => {
    const bare = decimal(Math.abs(value), places);
    return value < 0 && /[1-9]/.test(bare) ? `\u2212${bare}` : bare;
  };

  // Largest k with value <= 10^-k.
  function powers(value) {
    let k = Math.floor(-Math.log10(value));
    while (value <= Number(`1e${-(k + 1)}`)) k += 1;
    while (value > Number(`1e${-k}`)) k -= 1;
    return k;
  }

  const digits = (error) =>
    Number.isFinite(error) ? Math.max(0, powers(Math.max(2 * error, 1e-12))) : 0;

  function decimals(value, error) {
    const size = Math.abs(value);
    let wanted = size > 0 ? 1 - Number(size.toExponential(1).split("e")[1]) : 1;
    if (size >= 100) wanted += 1;
    if (!Number.isFinite(error)) return wanted - 1;
    let allowed = digits(error);
    if (allowed === 0 && error > 0.5) allowed = powers(2 * error);
    return Math.min(wanted, allowed);
  }

  // No more digits than the Monte Carlo error allows.
  function number(value, error) {
    if (!Number.isFinite(value)) return texts.unknown;
    if (error === 0 && Number.isInteger(value) && Math.abs(value) < 1e7) return signed(value, 0);
    const places = decimals(value, error);
    const text = signed(value, places);
    if (value > 0 && !/[1-9]/.test(text)) {
      const limit = places > 0 ? `0.${"1".padStart(places, "0")}` : grouped(`1${"0".repeat(-places)}`);
      return fill(texts.under, { limit });
    }
    return text;
  }

  const full = (one) => {
    const low = number(one.low, one.errors[0]);
    const high = number(one.high, one.errors[2]);
    return fill(texts.beside, { value: number(one.median, one.errors[1]), more: fill(texts.range, { low, high }) });
  };

  function chance(odds) {
    const sure = odds === 0 || odds === 1;
    const error = sure ? 1 / draws : Math.sqrt((odds * (1 - odds)) / data.effective);
    const places = Math.min(Math.max(digits(error), sure ? 1 : 2), 3);
    const edge = Number(`1e-${places}`);
    if (odds > 1 - edge) return `> ${decimal(1 - edge, places)}`;
    return odds < edge ? `< ${decimal(edge, places)}` : decimal(odds, places);
  }

  const event = (text) => `${texts.event} ${/^[<>]/.test(text) ? "" : "= "}${text}`;

  const listed = (items) =>
    items.length < 2
      ? items.join("")
      : fill(texts.last, { before: items.slice(0, -1).join(", "), last: items.at(-1) });

  // --- draws ---------------------------------------------------------------------------------

  // Quantities one behind the other: rows of as many draws, three bytes each.
  function unpacked(packed) {
    const bytes = Uint8Array.from(atob(packed.codes), (sign) => sign.charCodeAt(0));
    return packed.low.map((low, row) => {
      const values = new Float64Array(draws);
      for (let s = 0, at = 3 * row * draws; s < draws; s += 1, at += 3) {
        const code = (bytes[at] << 16) | (bytes[at + 1] << 8) | bytes[at + 2];
        values[s] = low + code * packed.step[row];
      }
      return values;
    });
  }

  const logExpected = unpacked(data.expected);
  const effects = unpacked(data.effect);
  const groups = data.acts.length;
  const covariates = data.names.length;
  const perGroup = logExpected.length / groups;

  function quantile(ordered, end) {
    const place = (ordered.length - 1) * end;
    const at = Math.floor(place);
    const part = place - at;
    const low = ordered[at];
    const high = ordered[Math.min(at + 1, ordered.length - 1)];
    return part >= 0.5 ? high - (high - low) * (1 - part) : low + (high - low) * part;
  }

  function summary(values) {
    const ordered = values.slice().sort();
    const [low, median, high] = data.ends.map((end) => quantile(ordered, end));
    const varies = ordered[0] !== ordered[draws - 1];
    const errors = data.ranks.map(([a, b]) => (varies ? (ordered[b] - ordered[a]) / 2 : 0));
    return { low, median, high, errors };
  }

  // --- levels ----------------------------------------------------------------------------------

  // Levels that a slider offers, in order: round ones, that of the span as it was, which moves nothing, and
  // that of another span if it is asked for.
  function levelsOf(series, place, from) {
    const was = series.was[place];
    const other = from === "" ? null : series.was[Number(from)];
    const extra = [{ ...was, as: "was" }];
    if (other && !(was.flat && other.level === was.level)) extra.push(other);
    const round = series.levels.filter(
      (one) => !extra.some((level) => level.level === one.level && (level.as !== "was" || level.flat)));
    return [...round, ...extra].sort((a, b) => a.level - b.level);
  }

  // --- what the levels make of a span ----------------------------------------------------------

  const same = (a, b) => Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(a));

  // Covariates of a period, and log of persons at risk over those there were, by group.
  function moved(period, chosen) {
    const x = data.x[period].slice();
    const risk = new Float64Array(groups);
    let changed = false;
    chosen.forEach((level, at) => {
      if (!level) return;
      const { covariate, exposes } = data.series[at];
      if (covariate >= 0 && !same(level.x, x[covariate])) {
        x[covariate] = level.x;
        changed = true;
      }
      for (const group of exposes) {
        const ratio = level.risk / data.risk[group][period];
        if (!same(ratio, 1)) {
          risk[group] = Math.log(ratio);
          changed = true;
        }
      }
    });
    return { x, risk, changed };
  }

  // Draws of one period and group for each part: their ratio, or null where the part does nothing there.
  function ratios(group, period, state, parts, chosen) {
    return parts.map((part) => {
      const acting = [];
      let risk = 0;
      for (const at of part) {
        const { covariate, exposes } = data.series[at];
        if (chosen[at] && covariate >= 0 && data.acts[group][covariate]) {
          const delta = state.x[covariate] - data.x[period][covariate];
          if (delta !== 0) acting.push([effects[group * covariates + covariate], delta]);
        }
        if (chosen[at] && exposes.includes(group)) risk += state.risk[group];
      }
      if (!acting.length && risk === 0) return null;
      const found = new Float64Array(draws).fill(risk);
      for (const [effect, delta] of acting) {
        for (let s = 0; s < draws; s += 1) found[s] += effect[s] * delta;
      }
      for (let s = 0; s < draws; s += 1) found[s] = Math.exp(found[s]);
      return found;
    });
  }

  // Expected arrivals of a group in the periods of a span.
  const remembered = new Map();
  function factual(group, span) {
    const key = `${group} ${span.rows[0]} ${span.rows.at(-1)}`;
    if (!remembered.has(key)) {
      remembered.set(key, span.rows.map((row) => logExpected[group * perGroup + row].map(Math.exp)));
    }
    return remembered.get(key);
  }

  // Memory for the products of one period, used again and again.
  const scratch = [];
  const memory = (set) => (scratch[set] = scratch[set] || new Float64Array(draws));

  // Expected arrivals of a group for every set of parts; bit j says whether part j is as chosen.
  function counts(group, span, states, parts, chosen) {
    const sets = Array.from({ length: 2 ** parts.length }, () => new Float64Array(draws));
    factual(group, span).forEach((base, p) => {
      const by = ratios(group, span.periods[p], states[p], parts, chosen);
      const made = [base];
      for (let s = 0; s < draws; s += 1) sets[0][s] += base[s];
      for (let set = 1; set < sets.length; set += 1) {
        const last = 31 - Math.clz32(set);
        const before = made[set - 2 ** last];
        const [ratio, total] = [by[last], sets[set]];
        made[set] = ratio ? memory(set) : before;
        const product = made[set];
        if (ratio) for (let s = 0; s < draws; s += 1) product[s] = before[s] * ratio[s];
        for (let s = 0; s < draws; s += 1) total[s] += product[s];
      }
    });
    return sets;
  }

  const factorial = (n) => (n < 2 ? 1 : n * factorial(n - 1));
  const size = (set) => (set ? 1 + size(set & (set - 1)) : 0);

  // Shapley's value of every part, from a value for every set of them.
  function shapley(values, count) {
    return Array.from({ length: count }, (_, j) => {
      const part = new Float64Array(draws);
      values.forEach((without, set) => {
        if ((set >> j) & 1) return;
        const n = size(set);
        const weight = (factorial(n) * factorial(count - n - 1)) / factorial(count);
        const within = values[set | (1 << j)];
        for (let s = 0; s < draws; s += 1) part[s] += weight * (within[s] - without[s]);
      });
      return part;
    });
  }

  // A number for each draw.
  function each(work) {
    const found = new Float64Array(draws);
    for (let s = 0; s < draws; s += 1) found[s] = work(s);
    return found;
  }

  const kept = (value) => (Math.abs(value) < data.rounding ? 0 : value);

  // Draws of every quantity, in the order of the table: all, each group, the share.
  const quantities = (by) => {
    if (groups === 1) return by;
    const total = each((s) => {
      let all = 0;
      for (const one of by) all += one[s];
      return all;
    });
    return [total, ...by, each((s) => (100 * by[data.of][s]) / total[s])];
  };

  // --- whether the data can speak to it ----------------------------------------------------------

  function dot(a, b) {
    let total = 0;
    for (let i = 0; i < a.length; i += 1) total += a[i] * b[i];
    return total;
  }

  // Solution of a small system by elimination with pivots; rows hold the right side last.
  function solved(rows) {
    const n = rows.length;
    for (let i = 0; i < n; i += 1) {
      let best = i;
      for (let r = i + 1; r < n; r += 1) if (Math.abs(rows[r][i]) > Math.abs(rows[best][i])) best = r;
      [rows[i], rows[best]] = [rows[best], rows[i]];
      if (rows[i][i] === 0) return null;
      for (let r = 0; r < n; r += 1) {
        if (r === i) continue;
        const by = rows[r][i] / rows[i][i];
        for (let c = i; c <= n; c += 1) rows[r][c] -= by * rows[i][c];
      }
    }
    return rows.map((row, i) => row[n] / row[i]);
  }

  // Distance of a point from the convex hull of others: Wolfe's algorithm (1976, Mathematical
  // Programming 11:128-149) for the nearest point of a polytope.
  function distance(points, point) {
    const from = points.map((one) => one.map((value, i) => value - point[i]));
    const squares = from.map((one) => dot(one, one));
    let corral = [squares.indexOf(Math.min(...squares))];
    let weights = [1];
    let nearest = from[corral[0]];
    for (let round = 0; round < 1000; round += 1) {
      const reached = from.map((one) => dot(one, nearest));
      const next = reached.indexOf(Math.min(...reached));
      if (reached[next] >= dot(nearest, nearest) - 1e-15 || corral.includes(next)) break;
      corral.push(next);
      weights.push(0);
      for (;;) {
        const rows = corral.map((i) => [...corral.map((j) => 1 + dot(from[i], from[j])), 1]);
        const found = solved(rows);
        // Points that depend on each other: the nearest one is found already.
        if (!found) return Math.sqrt(dot(nearest, nearest));
        const total = found.reduce((a, b) => a + b, 0);
        const best = found.map((one) => one / total);
        const low = best.map((_, i) => i).filter((i) => best[i] <= 1e-12);
        if (!low.length) {
          weights = best;
          break;
        }
        const step = Math.min(1, ...low.map((i) => weights[i] / (weights[i] - best[i])));
        weights = weights.map((one, i) => one + step * (best[i] - one));
        const stay = weights.map((_, i) => i).filter((i) => weights[i] > 1e-12);
        corral = stay.map((i) => corral[i]);
        weights = stay.map((i) => weights[i]);
      }
      const all = weights.reduce((a, b) => a + b, 0);
      nearest = point.map((_, d) => corral.reduce((t, i, n) => t + (weights[n] / all) * from[i][d], 0));
    }
    return Math.sqrt(dot(nearest, nearest));
  }

  const column = (k) => data.x.map((row) => row[k]);
  const limits = data.names.map((_, k) => [Math.min(...column(k)), Math.max(...column(k))]);
  const scaled = (x, own) =>
    own.map((k) => (x[k] - limits[k][0]) / (limits[k][1] > limits[k][0] ? limits[k][1] - limits[k][0] : 1));
  // What was seen of the covariates that act on a group, each combination once.
  const seen = data.acts.map((acts) => {
    const own = acts.map((on, k) => (on ? k : -1)).filter((k) => k >= 0);
    const rows = new Map(data.x.map((x) => [JSON.stringify(scaled(x, own)), scaled(x, own)]));
    return { own, rows: [...rows.values()] };
  });

  function support(span, states) {
    const changed = states.map((state, p) => ({ ...state, was: data.x[span.periods[p]] }))
      .filter((state) => state.changed);
    const differs = (k) => changed.some((state) => state.x[k] !== state.was[k]);
    const far = changed.map(() => 0);
    for (const { own, rows } of seen) {
      if (!own.some(differs)) continue;
      changed.forEach((state, p) => {
        far[p] = Math.max(far[p], distance(rows, scaled(state.x, own)));
      });
    }
    const beyond = data.names.map((_, k) => k).filter((k) => changed.some(
      (state) => Math.max(limits[k][0] - state.x[k], state.x[k] - limits[k][1]) > data.beyond));
    return { outside: far.filter((one) => one > data.outside).length, hull: Math.max(0, ...far), beyond };
  }

  // --- the answer --------------------------------------------------------------------------------

  // What some levels make of a span; `chosen` has, for each series, its level or null.
  function answer(span, chosen) {
    const themes = [...new Set(data.series.filter((_, at) => chosen[at]).map((one) => one.theme))];
    const places = data.series.map((_, at) => at);
    // So many parts that every set of them takes too long are not told apart.
    const split = themes.length <= data.most;
    const parts = split
      ? themes.map((theme) => places.filter((at) => data.series[at].theme === theme))
      : [places];
    const states = span.periods.map((period) => moved(period, chosen));
    const sets = data.acts.map((_, group) => counts(group, span, states, parts, chosen));
    const by = sets[0].map((_, set) => quantities(sets.map((one) => one[set])));
    const was = by[0];
    const difference = by.at(-1).map((values, at) => each((s) => kept(values[s] - was[at][s])));
    // The share of the group, its count and the total; a single group has its count alone.
    const whats = groups === 1 ? [0] : [was.length - 1, 1 + data.of, 0];
    const partsOf = (at) => shapley(by.map((one) => one[at]), parts.length).map((part) => summary(part.map(kept)));
    return {
      was: was.map(summary),
      chosen: by.at(-1).map(summary),
      difference: difference.map(summary),
      more: difference.map((values) =>
        values.some((value) => value !== 0)
          ? values.filter((value) => value > 0).length / draws
          : null),
      themes,
      parts: split ? whats.map(partsOf) : null,
      whole: whats.map((at) => summary(difference[at])),
      support: support(span, states),
    };
  }

  return { data, fill, decimal, signed, number, full, chance, event, listed, levelsOf, distance, seen, answer };
})();
