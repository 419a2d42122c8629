// The list of files, and the filters that it shares with the lists of lines.

const SURE = [["", "any confidence"], ["99", "below 99 %"], ["97", "below 97 %"], ["95", "below 95 %"], ["90", "below 90 %"], ["75", "below 75 %"]];
const STATES = [["", "all files"], ["changed", "changed"], ["unchanged", "unchanged"], ["over", "over budget"], ["error", "not cleaned"]];
const SORTS = [["", "worst first"], ["path", "by path"], ["share", "lost most"], ["sure", "lowest confidence"], ["findings", "most rules"]];
const DEEP_AFTER = 250; // milliseconds after the last key before the text of the changes is searched too
let filesList = null;
let chosen = []; // numbers of the files that pass the filters, in the order shown
let deep = { q: "", hits: new Set(), timer: 0, turn: 0, done: true };

function filterBar(state, names) {
  const stages = [["", "all stages"], ...report.stages.filter((stage) => RULES.some((rule) => rule.stage === stage)).map((stage) => [stage, plain(stage)])];
  const rules = [["", "all rules"], ...RULES.filter((rule) => !state.stage || rule.stage === state.stage).map(({ code, name }) => [code, `${code} ${name}`]).sort()];
  const make = {
    q: () => input("q", "Text", state.q, "search", "path or text  ( / )"),
    stage: () => choice("stage", "Stage", state.stage, stages),
    rule: () => choice("rule", "Rule", state.rule, rules),
    site: () => input("site", "Site", state.site, "text", "all sites", report.sites),
    folder: () => input("folder", "Folder", state.folder, "text", "any folder"),
    sure: () => choice("sure", "Confidence", state.sure, SURE),
    state: () => choice("state", "Files", state.state, STATES),
    sort: () => choice("sort", "Order", state.sort, SORTS),
  };
  const cleared = Object.fromEntries(FILTERS.map((key) => [key, ""]));
  const any = FILTERS.some((key) => state[key]);
  return el("form.filters", { role: "search", onsubmit: (event) => event.preventDefault() },
    names.map((name) => make[name]()),
    state.share && el("span.chip", {}, `${state.share} to ${Number(state.share) + 5} % removed`),
    any && el("a.clear", { href: beside(cleared) }, "Clear filters"),
  );
}

function choice(name, label, value, options) {
  const select = el("select", { name, onchange: (event) => go({ [name]: event.target.value }) }, options.map(([key, words]) => el("option", { value: key, selected: key === value }, words)));
  return el("label", {}, el("span", {}, label), select);
}

function input(name, label, value, type, placeholder, suggestions) {
  const id = `choices-${name}`;
  const list = suggestions && suggestions.length < 300 && el("datalist", { id }, suggestions.filter(Boolean).map((word) => el("option", { value: word })));
  const field = el("input", { name, type, value, placeholder, autocomplete: "off", spellcheck: "false", list: list ? id : null, oninput: (event) => typed(name, event.target.value) });
  return el("label", {}, el("span", {}, label), field, list || null);
}

let typing = 0;
function typed(name, value) {
  clearTimeout(typing);
  typing = setTimeout(() => {
    const before = document.activeElement?.name;
    const at = document.activeElement?.selectionStart;
    go({ [name]: value }, { replace: true });
    const field = byId("view").querySelector(`[name="${before}"]`);
    if (field) {
      field.focus();
      if (at != null && field.setSelectionRange) field.setSelectionRange(at, at);
    }
  }, 120);
}

function passing(state) {
  const wanted = state.q.toLowerCase();
  const site = state.site ? report.sites.indexOf(state.site) : -1;
  const rule = state.rule ? ruleNumber.get(state.rule) ?? -2 : -1;
  const inStage = state.stage ? new Set(RULES.map((one, i) => (one.stage === state.stage ? i : -1))) : null;
  const below = state.sure ? 10 * Number(state.sure) : Infinity;
  const from = state.share === "" ? -1 : Number(state.share) / 100;
  const folder = state.folder.replace(/\/?$/, "/");
  const state_ = { "": () => true, changed: isChanged, unchanged: (i) => !isChanged(i) && !isError(i), over: isOver, error: isError }[state.state] ?? (() => true);
  const found = [];
  for (let i = 0; i < report.count; i += 1) {
    if (state.site && files.site[i] !== site) continue;
    if (rule !== -1 && !files.rules[i].includes(rule)) continue;
    if (inStage && !files.rules[i].some((one) => inStage.has(one))) continue;
    if (below !== Infinity && !(files.sure[i] >= 0 && files.sure[i] < below)) continue;
    if (from >= 0 && !(isChanged(i) && shareOf(i) >= from && (shareOf(i) < from + 0.05 || from > 0.94))) continue;
    if (state.folder && !files.path[i].startsWith(folder)) continue;
    if (!state_(i)) continue;
    if (wanted && !files.path[i].toLowerCase().includes(wanted) && !(deep.q === wanted && deep.hits.has(i))) continue;
    found.push(i);
  }
  return sorted(found, state.sort);
}

function sorted(found, order) {
  const rank = (i) => (isError(i) ? 0 : isOver(i) ? 1 : isChanged(i) ? 2 : 3);
  const sure = (i) => (files.sure[i] < 0 ? 1001 : files.sure[i]);
  const compare = {
    "": (a, b) => rank(a) - rank(b) || sure(a) - sure(b),
    share: (a, b) => shareOf(b) - shareOf(a),
    sure: (a, b) => sure(a) - sure(b),
    findings: (a, b) => files.rules[b].length - files.rules[a].length,
  }[order];
  return compare ? found.sort((a, b) => compare(a, b) || a - b) : found;
}

function showFiles(state) {
  chosen = passing(state);
  const list = new VirtualList("Files", (i) => fileRow(chosen[i], state));
  filesList?.close();
  filesList = list;
  const status = el("p.count", { role: "status", id: "files-count" });
  byId("view").replaceChildren(
    el("section", { "aria-labelledby": "files-title" },
      el("h2", { id: "files-title", tabindex: -1 }, "Files"),
      filterBar(state, ["q", "stage", "rule", "site", "folder", "sure", "state", "sort"]),
      !state.sort && el("p.hint", {}, "Worst first: files that were not cleaned, files over budget, then changed files by their lowest confidence: the line most likely taken by mistake."),
      status,
      el("p.nothing", { hidden: chosen.length > 0 }, "No file passes these filters."),
      list.element,
    ),
  );
  list.reset(chosen.length);
  sayCount();
  const wanted = state.q.toLowerCase();
  if (wanted && deep.q !== wanted) searchChanges(wanted);
}

function sayCount(progress = "") {
  const status = byId("files-count");
  const words = chosen.length < report.count ? `${figure(chosen.length)} of ${many(report.count, "file")}` : many(report.count, "file");
  if (status) status.textContent = progress ? `${words}; ${progress}` : words;
}

// Searches what was removed, repaired or doubted, shard by shard, and shows what it finds as it goes.
function searchChanges(wanted) {
  clearTimeout(deep.timer);
  const turn = deep.turn + 1;
  deep = { q: wanted, hits: new Set(), turn, timer: setTimeout(run, DEEP_AFTER), done: false };
  async function run() {
    for (let shard = 0; shard < report.begins.length; shard += 1) {
      let records;
      try {
        records = await load(`changes-${shard}`);
      } catch (error) {
        sayCount(error.message);
        return;
      }
      if (deep.turn !== turn) return;
      const before = deep.hits.size;
      records.forEach((record, i) => {
        if (mentions(record, wanted)) deep.hits.add(report.begins[shard] + i);
      });
      const state = here();
      if (state.view !== "files" || state.q.toLowerCase() !== wanted) return;
      if (deep.hits.size > before) {
        chosen = passing(state);
        filesList.reset(chosen.length);
        byId("view").querySelector(".nothing").hidden = chosen.length > 0;
      }
      sayCount(shard + 1 < report.begins.length ? `searched the changes of ${figure(report.begins[shard + 1])} files` : "");
    }
    deep.done = true;
  }
}

function mentions(record, wanted) {
  return (record.t ?? []).some((piece) => Array.isArray(piece) && typeof piece[0] === "string" && piece.length === 3 && piece[0].toLowerCase().includes(wanted));
}

function fileRow(file, state) {
  const lost = shareOf(file);
  const codes = files.rules[file].map((rule) => RULES[rule].code).sort();
  const shownCodes = codes.slice(0, 6).join(" ") + (codes.length > 6 ? ` and ${codes.length - 6} more` : "");
  const why = isError(file) ? report.errors[file] : isOver(file) ? report.over[file] : "";
  return el("a.row.file", { href: address({ ...DEFAULTS, ...filtersOf(state), sort: state.sort, file: String(file) }) },
    el("span.path", {}, visible(files.path[file])),
    el("span.meta", {},
      why ? el("strong.warn", {}, isError(file) ? "not cleaned: " : "over budget: ", visible(why)) : el("span.codes", {}, codes.length ? shownCodes : "unchanged"),
      !isError(file) && el("span", {}, `${figure(files.lines_in[file])} \u2192 ${many(files.lines_out[file], "line")}`),
      files.sure[file] >= 0 && el("span", {}, `lowest confidence ${percent(files.sure[file] / 1000)}`),
    ),
    !isError(file) && el("span.share", {}, percent(lost), bar(lost, "loss")),
  );
}
