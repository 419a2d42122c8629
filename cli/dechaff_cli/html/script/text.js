// Corpus text on the page: controls, direction marks and what else shows nothing by itself become escapes that cannot be taken for text.

const UNSAFE =
  /[\0-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ud800-\udfff\ufdd0-\ufdef\ufeff\uffa0\ufff9-\ufffb\ufffe\uffff\u{e0000}-\u{e007f}]/u;
const ODD = /[\p{Z}\p{C}]/u; // in what was repaired, odd spaces too
const LETTERLESS = /^\p{M}/u;
const NAMED = { "\t": "\\t", "\n": "\\n", "\r": "\\r" };

function escaped(character) {
  const code = character.codePointAt(0);
  if (NAMED[character]) return NAMED[character];
  if (code < 0x100) return `\\x${code.toString(16).padStart(2, "0")}`;
  return code < 0x10000 ? `\\u${code.toString(16).padStart(4, "0")}` : `\\U${code.toString(16).padStart(8, "0")}`;
}

// Returns nodes. `odd` says which characters become escapes; `spaces` shows every space as a dot.
function shown(text, { odd = (character) => UNSAFE.test(character), spaces = false } = {}) {
  if (!spaces && odd === shown.default && !UNSAFE.test(text)) return [document.createTextNode(text)];
  const nodes = [];
  let run = "";
  let coded = "";
  const flush = () => {
    if (run) nodes.push(document.createTextNode(run));
    if (coded) nodes.push(el("i.code", {}, coded));
    run = "";
    coded = "";
  };
  for (const character of text) {
    if (odd(character)) {
      if (run) flush();
      coded += escaped(character);
    } else if (spaces && character === " ") {
      flush();
      nodes.push(el("span.space", {}, "\u00b7"), el("wbr"));
    } else {
      if (coded) flush();
      run += character;
    }
  }
  flush();
  return nodes;
}
shown.default = (character) => UNSAFE.test(character);

function visible(text, spaces = false) {
  return shown(text, { odd: shown.default, spaces });
}

// Text that was repaired: what differs must be seen, even if it is a space, an accent alone, or two spellings of one letter.
function repaired(text, { all = false } = {}) {
  if (text === " ") return [el("span.space", {}, "\u00b7")];
  const lone = LETTERLESS.test(text);
  return shown(text, {
    odd: (character) =>
      all ? character > "~" || character < " " : (character !== " " && ODD.test(character)) || UNSAFE.test(character) || (lone && LETTERLESS.test(character)),
  });
}
