// SPDX-License-Identifier: MIT
// Draws the run that stands in this page. Whatever comes from the run is put in as text, never as
// markup. Only the rows that can be seen are made, so a long run is no slower than a short one.
"use strict";
(() => {
  const run = JSON.parse(document.getElementById("data").textContent);
  const at = (id) => document.getElementById(id);
  const scroll = at("scroll"), space = at("space"), side = at("side"), fold = at("fold");
  const rowHeight = 24;
  const make = (tag, kind, text) => {
    const node = document.createElement(tag);
    if (kind) node.className = kind;
    if (text !== undefined) node.textContent = text;
    return node;
  };

  // --- what there is -------------------------------------------------------------------------
  const lanes = run.lanes, rows = run.rows.map(
    ([step, lane, actor, kind, text, result, alarm, count, beside], index) =>
      ({index, step, lane, actor: run.actors[actor] || "", kind: run.kinds[kind], text,
        result, alarm, count, beside, bars: [], marks: []}));
  for (const [kind, lane, first, last, text] of run.bars) {
    for (let r = first; r <= last; ++r) {
      rows[r].bars.push({kind: run.bar_kinds[kind], lane, text, first: r === first,
                         last: r === last});
    }
  }
  for (const [from, to] of run.arrows) {
    rows[from].leads = to;
    rows[to].follows = from;
  }
  const firstRowOf = (step) => {
    let low = 0, high = rows.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (rows[middle].step < step) low = middle + 1; else high = middle;
    }
    return Math.min(low, rows.length - 1);
  };
  const lastRowOf = (step) => {
    let r = firstRowOf(step);
    while (r + 1 < rows.length && rows[r + 1].step <= step) ++r;
    return r;
  };
  for (const finding of run.findings) {
    if (rows.length === 0) break;
    finding.row = lastRowOf(finding.step);
    finding.promise_row = lastRowOf(finding.since);
    rows[finding.row].broken = finding;
    if (finding.promise_row !== finding.row) rows[finding.promise_row].promised = finding;
  }
  const told = new Map();
  for (const [step, text, reasons] of run.told) {
    if (!told.has(step)) told.set(step, []);
    told.get(step).push({text, reasons});
  }

  // --- what is shown -------------------------------------------------------------------------
  let shown = [], place = new Map(), chosen = -1;
  const isQuiet = (row) => row.kind === "instruction" && !row.broken && !row.promised &&
                          !(row.beside && row.beside.differs);
  /// Only the run beside this one has it.
  const isForeign = (row) => row.beside !== undefined && row.text === "";
  const layOut = () => {
    shown = [];
    place = new Map();
    for (const row of rows) {
      const before = shown[shown.length - 1];
      const joins = fold.checked && before && isQuiet(row) && isQuiet(before.row) &&
                    before.row.lane === row.lane;
      if (joins) {
        before.last = row.index;
        before.count += row.count;
      } else {
        shown.push({row, last: row.index, count: row.count});
      }
      place.set(row.index, shown.length - 1);
    }
    space.style.height = shown.length * rowHeight + "px";
    made.clear();
    space.replaceChildren();
    draw();
  };
  const made = new Map();
  const words = {api_enter: "call", api: "call ends", callback_end: "answer", task_state: "state",
                 step_switch: "stepping", syscall_enter: "system call", user: "to user mode",
                 signal_generated: "signal sent", signal_taken: "signal taken",
                 notify_parent: "tells parent", engine_stop: "hold", new_task: "new task",
                 end_task: "at the end", run_end: "the end", debug_trap: "trap"};
  const cell = (line, row, lane, index) => {
    const here = make("span", "lane"), bars = make("span", "bars");
    const seen = new Set();
    for (const bar of row.bars) {
      if (bar.lane !== index || seen.has(bar.kind)) continue;
      seen.add(bar.kind);
      const mark = make("i", bar.kind + (bar.first ? " first" : "") + (bar.last ? " last" : ""),
                        bar.first ? bar.text.replace(/^(TASK|EXIT)_/, "") : "");
      mark.title = bar.kind + ": " + bar.text;
      bars.append(mark);
    }
    if (row.lane === index) {
      const word = row.kind === "instruction" && line.count > 1 ? line.count + " instructions"
                                                                : words[row.kind] || row.kind.replaceAll("_", " ");
      here.append(make("b", "", word));
    }
    here.append(bars);
    return here;
  };
  const folded = (line, text) =>
      line.last !== line.row.index ? line.count + " instructions, from " + text : text;
  const whole = (line) =>
      folded(line, line.row.text + (line.row.result ? " = " + line.row.result : ""));
  const besides = (line) => line.row.beside.text === "" ? "\u2014" : folded(line, line.row.beside.text);
  const makeRow = (n) => {
    const line = shown[n], row = line.row;
    const node = make("div", "row" + (n % 2 ? " odd" : ""));
    node.id = "row-" + row.index;
    node.setAttribute("role", "option");
    node.setAttribute("aria-setsize", shown.length);
    node.setAttribute("aria-posinset", n + 1);
    node.style.top = n * rowHeight + "px";
    if (row.broken) node.classList.add("broken");
    if (row.promised) node.classList.add("promised");
    node.append(make("span", "number", isForeign(row) ? "" : String(row.step)));
    if (run.beside) {
      if (row.beside.differs) node.classList.add("differs");
      node.append(make("span", row.alarm ? "alarm" : "", row.text === "" ? "\u2014" : whole(line)));
      node.append(make("span", "", besides(line)));
      for (const text of node.querySelectorAll("span")) text.title = text.textContent;
    } else {
      lanes.forEach((lane, index) => node.append(cell(line, row, lane, index)));
      const text = make("span", row.alarm ? "alarm" : "", whole(line));
      text.title = text.textContent;
      node.append(text);
    }
    const mark = row.broken ? ", breaks " + row.broken.clause
                            : row.promised ? ", promised for " + row.promised.clause
                            : row.beside && row.beside.differs ? ", differs from " + besides(line) : "";
    node.setAttribute("aria-label", "step " + row.step + ", " + (lanes[row.lane] || {name: ""}).name +
        ", " + whole(line) + mark +
        row.bars.filter((bar) => bar.first).map((bar) => ", begins: " + bar.kind + " " + bar.text)
            .join(""));
    node.addEventListener("click", () => choose(row.index));
    return node;
  };
  const draw = (all) => {
    const first = all ? 0 : Math.max(0, Math.floor(scroll.scrollTop / rowHeight) - 20);
    const last = all ? shown.length : Math.min(
        shown.length, Math.ceil((scroll.scrollTop + scroll.clientHeight) / rowHeight) + 20);
    for (const [n, node] of made) {
      if (n < first || n >= last) {
        node.remove();
        made.delete(n);
      }
    }
    const fresh = document.createDocumentFragment();
    for (let n = first; n < last; ++n) {
      if (made.has(n)) continue;
      const node = makeRow(n);
      made.set(n, node);
      fresh.append(node);
    }
    space.append(fresh);
    const now = place.get(chosen);
    for (const [n, node] of made) node.setAttribute("aria-selected", String(n === now));
    const node = made.get(now);
    if (node) scroll.setAttribute("aria-activedescendant", node.id);
  };

  // --- the state -----------------------------------------------------------------------------
  // Changes are kept as they come; the state at a step is the first one and all up to it.
  const stateAfter = (step) => {
    const state = new Map(run.state.map(([path, value]) => [run.paths[path], value]));
    const changed = new Set();
    for (const [when, list] of run.changes) {
      if (when > step) break;
      for (const [path, value] of list) {
        const name = run.paths[path];
        if (value === null) state.delete(name); else state.set(name, value);
        if (when === step) changed.add(name);
      }
    }
    return {state, changed};
  };
  const command = (text) => {
    const box = make("div", "command");
    box.append(make("pre", "", text));
    const copy = make("button", "", "copy");
    copy.type = "button";
    copy.setAttribute("aria-label", "copy " + text);
    copy.addEventListener("click", () => {
      if (navigator.clipboard) navigator.clipboard.writeText(text).catch(() => {});
      copy.textContent = "copied";
    });
    box.append(copy);
    return box;
  };
  /// The clause's name, as a link where there is an index that has it.
  const clauseName = (id) => {
    if (!run.index || !run.findings.some((finding) => finding.clause === id)) return make("b", "", id);
    const link = make("a", "", id);
    link.href = run.index + "#" + id;
    return link;
  };
  const clauseNode = (id) => {
    const node = make("li");
    node.append(clauseName(id), ": " + (run.clauses[id] || "see docs/contract.md"));
    return node;
  };
  let everything = false;
  const panel = (row) => {
    const parts = [make("h2", "", "Step " + row.step + (row.actor ? ", " + row.actor : ""))];
    parts.push(make("p", row.alarm ? "alarm" : "", row.text + (row.result ? " = " + row.result : "")));
    if (row.beside && row.beside.differs) parts.push(make("p", "alarm", "The two runs differ here."));
    const jump = (label, to) => {
      const button = make("button", "", label + " (step " + rows[to].step + ")");
      button.type = "button";
      button.addEventListener("click", () => choose(to));
      parts.push(button);
    };
    if (row.leads !== undefined) jump("what it led to", row.leads);
    if (row.follows !== undefined) jump("what it follows from", row.follows);
    const finding = row.broken || row.promised;
    if (finding) {
      parts.push(make("h2", "", row.broken ? "Broken here" : "Promised here"));
      const promise = make("p", "alarm");
      const sentence = run.clauses[finding.clause];
      promise.append(sentence ? clauseName(finding.clause) : finding.clause,
                     sentence ? ": " + sentence : "");
      parts.push(promise);
      parts.push(make("p", "", finding.message + " (by " + finding.by + ")"));
      if (row.broken && finding.promise_row !== row.index) jump("where it was promised", finding.promise_row);
      if (!row.broken) jump("where it is broken", finding.row);
    }
    const story = isForeign(row) ? [] : told.get(row.step) || [];
    if (story.length) {
      parts.push(make("h2", "", "What happens, and why"));
      const list = make("ul");
      const clauses = new Set();
      for (const one of story) {
        const item = make("li", "", one.text);
        for (const [text, ids, decisions] of one.reasons) {
          const why = make("p", "quiet", text + (ids.length ? " [" + ids.join(", ") + "]" : "") +
                                         (decisions.length ? " [" + decisions.join(", ") + "]" : ""));
          item.append(why);
          ids.forEach((id) => clauses.add(id));
        }
        list.append(item);
      }
      parts.push(list);
      if (clauses.size) {
        const details = make("details");
        details.append(make("summary", "", "The promises behind it"));
        const texts = make("ul");
        clauses.forEach((id) => texts.append(clauseNode(id)));
        details.append(texts);
        parts.push(details);
      }
    }
    if (run.paths.length && !isForeign(row)) {
      const {state, changed} = stateAfter(row.step);
      parts.push(make("h2", "", "State after step " + row.step));
      const more = make("button", "", everything ? "only what changed" : "all of it");
      more.type = "button";
      more.addEventListener("click", () => { everything = !everything; panel(row); });
      parts.push(more);
      const table = make("table", "state");
      const names = everything ? [...state.keys()].sort() : [...changed].sort();
      for (const name of names) {
        const line = make("tr", changed.has(name) ? "changed" : "");
        line.append(make("td", "", name), make("td", "", state.has(name) ? state.get(name) : "(gone)"));
        table.append(line);
      }
      const last = run.changes.length ? run.changes[run.changes.length - 1][0] : 0;
      if (!run.all_changes && row.step > last) {
        parts.push(make("p", "alarm", "The run is too long for this page: the state is that after step " + last + "."));
      } else if (!names.length) {
        parts.push(make("p", "quiet", "Nothing changed in this step."));
      }
      parts.push(table);
    }
    parts.push(make("h2", "", "See it again"));
    for (const text of run.commands) {
      parts.push(command(text.replaceAll("{step}", row.step)));
    }
    side.replaceChildren(...parts);
  };

  // --- choosing ------------------------------------------------------------------------------
  const choose = (index, quietly) => {
    if (rows.length === 0) return;
    chosen = Math.max(0, Math.min(rows.length - 1, index));
    const n = place.get(chosen);
    chosen = shown[n].row.index;
    const top = n * rowHeight;
    if (top < scroll.scrollTop) scroll.scrollTop = top;
    const bottom = top + rowHeight - scroll.clientHeight;
    if (bottom > scroll.scrollTop) scroll.scrollTop = bottom;
    draw();
    panel(rows[chosen]);
    if (!quietly) history.replaceState(null, "", "#step=" + rows[chosen].step);
  };
  const move = (by) => {
    const n = Math.max(0, Math.min(shown.length - 1, (place.get(chosen) ?? 0) + by));
    if (shown.length) choose(shown[n].row.index);
  };
  /// Broken promises, or where a stretch of differences begins.
  const places = run.beside
      ? rows.filter((row) => row.beside.differs && !(rows[row.index - 1] || {beside: {}}).beside.differs)
            .map((row) => row.index)
      : run.findings.map((finding) => finding.row).sort((a, b) => a - b);
  const nextFinding = () => {
    if (places.length) choose(places.find((row) => row > chosen) ?? places[0]);
  };
  const fromAddress = () => {
    const wanted = /^#step=(\d+)$/.exec(location.hash);
    if (wanted) choose(firstRowOf(Number(wanted[1])), true);
    return wanted !== null;
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const page = Math.max(1, Math.floor(scroll.clientHeight / rowHeight) - 1);
    const onButton = event.target.closest && event.target.closest("button, input, summary");
    const keys = {ArrowDown: () => move(1), ArrowRight: () => move(1), ArrowUp: () => move(-1),
                  ArrowLeft: () => move(-1), PageDown: () => move(page), PageUp: () => move(-page),
                  Home: () => move(-shown.length), End: () => move(shown.length), v: nextFinding,
                  f: () => { fold.checked = !fold.checked; refold(); }};
    if (!(event.key in keys) || (onButton && event.key.startsWith("Page"))) return;
    event.preventDefault();
    keys[event.key]();
  });
  const refold = () => {
    layOut();
    choose(chosen, true);
  };
  at("previous").addEventListener("click", () => move(-1));
  at("next").addEventListener("click", () => move(1));
  at("finding").addEventListener("click", nextFinding);
  fold.addEventListener("change", refold);
  /// The heads stand above their lanes, whatever the scroll bar takes and however far it went.
  const followHeads = () => {
    at("heads").style.paddingRight = scroll.offsetWidth - scroll.clientWidth + "px";
    at("heads").scrollLeft = scroll.scrollLeft;
  };
  scroll.addEventListener("scroll", () => requestAnimationFrame(() => {
    followHeads();
    draw();
  }), {passive: true});
  window.addEventListener("resize", () => {
    followHeads();
    draw();
  });
  window.addEventListener("hashchange", fromAddress);
  window.addEventListener("beforeprint", () => draw(true));
  window.addEventListener("afterprint", () => draw());

  // --- the head ------------------------------------------------------------------------------
  at("title").textContent = run.title;
  at("facts").textContent = run.facts.join(" \u00b7 ");
  if (run.index) {
    const link = make("a", "", "all findings");
    link.href = run.index;
    at("facts").append(" \u00b7 ", link);
  }
  const heads = at("heads");
  heads.append(make("div", "", "step"));
  const head = (name, about) => {
    const node = make("div");
    node.append(make("b", "", name), make("span", "quiet", about));
    heads.append(node);
  };
  if (run.beside) {
    head(run.beside[0], "");
    head(run.beside[1], "");
    document.documentElement.style.setProperty("--lanes", "minmax(0, 1fr)");
    document.documentElement.style.setProperty("--what", "minmax(0, 1fr)");
    at("finding").textContent = "next difference";
  } else {
    lanes.forEach((lane) => head((lane.kind === "engine" ? "\u2514 " : "") + lane.name,
                                 lane.kind + (lane.about ? ", " + lane.about : "")));
    head("what", "");
    document.documentElement.style.setProperty(
        "--lanes", "repeat(" + lanes.length + ", minmax(90px, 1.2fr))");
    space.style.minWidth = 64 + lanes.length * 90 + 280 + "px";
  }
  at("finding").disabled = places.length === 0;
  for (const finding of run.findings) {
    const item = make("li");
    const link = make("a", "", "step " + finding.step);
    link.href = "#step=" + finding.step;
    item.append(make("span", finding.expected ? "" : "bad",
                     finding.clause + (finding.expected ? " is broken, as expected: " : " is broken: ")),
                finding.message + " ", link);
    at("findings").append(item);
  }
  layOut();
  followHeads();
  if (!fromAddress()) choose(places.length ? places[0] : 0, true);
})();
