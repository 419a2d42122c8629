// Where we are stands in the address, so that it can be shared and gone back to: #?view=files&rule=CHR001&q=share

const DEFAULTS = { view: "overview", kind: "once", q: "", stage: "", rule: "", site: "", folder: "", sure: "", state: "", share: "", sort: "", file: "", mode: "", from: "", to: "", show: "", at: "" };
const FILTERS = ["q", "stage", "rule", "site", "folder", "sure", "state", "share"];

function here() {
  const given = new URLSearchParams(location.hash.startsWith("#?") ? location.hash.slice(2) : "");
  const state = { ...DEFAULTS };
  for (const key of Object.keys(DEFAULTS)) if (given.has(key)) state[key] = given.get(key);
  if (state.file !== "") state.view = "file";
  return state;
}

function address(state) {
  const given = new URLSearchParams();
  for (const [key, value] of Object.entries(state)) {
    if (key in DEFAULTS && value !== DEFAULTS[key] && !(key === "view" && state.file)) given.set(key, value);
  }
  return `#?${given}`;
}

// The address of what is here but for some parts of it.
const beside = (changes) => address({ ...here(), ...changes });

function go(changes, { replace = false } = {}) {
  const to = beside(changes);
  if (to === location.hash) return;
  if (replace) {
    history.replaceState(null, "", to);
    route();
  } else location.hash = to;
}

const filtersOf = (state) => Object.fromEntries(FILTERS.map((key) => [key, state[key]]));
