// Lines across the corpus: removed most often, removed only once, kept but suspicious.

const KINDS = {
  once: ["Removed only once", "Lines that went in one file alone. First come those that would cost most if the rule was wrong: their words times the doubt, running text before labels."],
  often: ["Removed most often", "Lines that went in more than one place. Something that belongs to the text among them is a mistake made many times."],
  doubtful: ["Kept, but suspicious", "Lines that a rule or the model came near to taking."],
};
let linesList = null;

function showLines(state) {
  const kind = KINDS[state.kind] ? state.kind : "once";
  const [title, hint] = KINDS[kind];
  const wanted = state.q.toLowerCase();
  const below = Number(state.sure) || Infinity;
  const rows = report.lines[kind].filter(([text, rule, chance]) => {
    const { code, stage } = RULES[rule];
    return (!wanted || text.toLowerCase().includes(wanted)) && (!state.rule || code === state.rule) && (!state.stage || stage === state.stage) && 100 * chance < below;
  });
  const list = new VirtualList(title, (i) => lineRow(rows[i]));
  linesList?.close();
  linesList = list;
  const tabs = Object.entries(KINDS).map(([name, [words]]) => el("a", { href: beside({ kind: name }), "aria-current": name === kind && "true" }, words));
  const all = { often: report.lines.often.length, once: report.once, doubtful: report.doubtful }[kind];
  const count = rows.length < all ? `${figure(rows.length)} of ${many(all, "line")} shown` : many(all, "line");
  byId("view").replaceChildren(
    el("section", { "aria-labelledby": "lines-title" },
      el("h2", { id: "lines-title", tabindex: -1 }, title),
      el("nav.kinds", { "aria-label": "Kinds of lines" }, tabs),
      el("p.hint", {}, hint),
      filterBar(state, ["q", "stage", "rule", "sure"]),
      el("p.count", { role: "status" }, count),
      rows.length ? list.element : el("p.nothing", {}, "No such line."),
    ),
  );
  list.reset(rows.length);
}

function lineRow([text, rule, chance, note, times, inFiles, sites, examples]) {
  const { code, name } = RULES[rule];
  return el("a.row.line", { href: address({ ...DEFAULTS, file: String(examples[0]), at: shortened(text) }) },
    el("bdi.t", {}, visible(text)),
    el("span.meta", {},
      el("span.r", { title: note }, el("code", {}, code), ` ${name}`),
      el("span", {}, `confidence ${percent(chance)}`),
      el("span", {}, many(inFiles, "file"), times > inFiles ? `, ${figure(times)} times` : "", sites > 1 ? `, ${many(sites, "site")}` : ""),
      el("span.path", {}, visible(files.path[examples[0]])),
    ),
  );
}
