"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const { clauses, outcomes, cases } = data;
  const list = document.getElementById("list"), more = document.getElementById("more");
  const filter = document.getElementById("filter"), order = document.getElementById("order");
  const shown = document.getElementById("shown");
  const toggles = [...document.querySelectorAll("#toggles button")];
  const CHUNK = 100;
  let matching = [], drawn = 0;

  // Text never becomes markup: every node is made here, and strings only ever become text nodes.
  const make = (tag, name, ...children) => {
    const node = document.createElement(tag);
    if (name) node.className = name;
    node.append(...children.filter((child) => child !== null && child !== ""));
    return node;
  };

  // Controls, reordering and hidden characters and lone surrogates, the same as harness/report/readable.py.
  const HIDDEN = /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
  const symbol = (character) => {
    const code = character.charCodeAt(0);
    if (code < 0x20) return String.fromCharCode(0x2400 + code);
    if (code === 0x7f) return "\u2421";
    if (code >= 0xdc80 && code <= 0xdcff) return "\\x" + (code - 0xdc00).toString(16);
    return "\\u" + code.toString(16).padStart(4, "0");
  };
  const CONTROLS = "NUL SOH STX ETX EOT ENQ ACK BEL BS TAB LF VT FF CR SO SI DLE DC1 DC2 DC3 DC4 NAK SYN ETB CAN EM SUB ESC FS GS RS US".split(" ");
  const named = (character) => CONTROLS[character.charCodeAt(0)] || (character === "\u007f" ? "DEL" : symbol(character));
  const visible = (text) => text.replace(HIDDEN, symbol);
  const marked = (text, node) => {
    let from = 0;
    for (const hit of text.matchAll(HIDDEN)) {
      if (hit.index > from) node.append(text.slice(from, hit.index));
      node.append(make("i", "ctl", named(hit[0])));
      if (hit[0] === "\n" && hit.index + 1 < text.length) node.append("\n");
      from = hit.index + 1;
    }
    node.append(text.slice(from));
    return node;
  };

  const decoded = (base64) => {
    try { return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0)); } catch { return new Uint8Array(); }
  };
  // Bytes to text in which a byte that is not UTF-8 is a lone surrogate, so that it is shown as \xff.
  const tolerant = (bytes) => {
    const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
    const out = [];
    for (let at = 0; at < bytes.length;) {
      const lead = bytes[at], size = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
      try {
        if (lead >= 0x80 && lead < 0xc2) throw 0;
        out.push(size === 1 ? String.fromCharCode(lead) : decoder.decode(bytes.subarray(at, at + size)));
        at += size;
      } catch { out.push(String.fromCharCode(0xdc00 + lead)); at += 1; }
    }
    return out.join("");
  };
  const hexdump = (bytes) => {
    const rows = [], end = Math.min(bytes.length, 16384);
    for (let at = 0; at < end; at += 16) {
      const part = [...bytes.subarray(at, Math.min(at + 16, end))];
      const hex = part.map((byte) => byte.toString(16).padStart(2, "0")).join(" ").padEnd(47);
      const text = part.map((byte) => (byte > 31 && byte < 127 ? String.fromCharCode(byte) : ".")).join("");
      rows.push(at.toString(16).padStart(6, "0") + "  " + hex + "  " + text);
    }
    if (end < bytes.length) rows.push(`... ${bytes.length - end} bytes more`);
    return rows.join("\n");
  };

  const chips = (indexes, bad) => indexes.map((index) => {
    const link = make("a", "chip" + (bad && bad.includes(index) ? " bad" : ""), visible(clauses[index]));
    link.href = "#" + encodeURIComponent(clauses[index]);
    const row = document.getElementById(clauses[index]);
    if (row) link.title = row.cells[1].textContent;
    return link;
  });
  const pair = (expected, got, bad) => {
    const side = (name, text, style) => make("div", "", make("h4", "", name), marked(text || "-", make("pre", "dev " + style)));
    return make("div", "pair", side("Expected", expected, ""), side("Got", got, bad ? "bad" : ""));
  };
  const again = (command) => {
    const code = make("code", "dev", visible(command));
    code.tabIndex = 0;
    const button = make("button", "copy", "Copy");
    button.type = "button";
    return make("div", "again", code, button);
  };
  const check = ([id, named, passed, severity, expected, got, , readings]) => {
    const kind = passed ? "passed" : severity === "must" ? "failed" : "warned";
    const label = passed ? "passed" : severity === "must" ? "broken" : severity === "should" ? "broken (should)" : "unusual reading";
    const head = make("div", "head", make("span", "status " + kind, label), make("code", "dev", visible(id)), ...chips(named, passed ? null : named));
    const node = make("div", "check " + kind, head);
    if (!passed) node.append(pair(expected, got, true));
    for (const [name, fits] of Object.entries(readings || {})) {
      node.append(make("div", "soft", visible(`${name}: fits ${fits.join(", ") || "no reading"}`)));
    }
    return node;
  };

  const ARROWS = { send: "\u2192 sent", receive: "\u2190 received" };
  const ENDINGS = { answered: "", silent: "no answer in time", closed: "closed by the device", reset: "reset by the device", flooded: "no end of message" };
  const step = (row, index, decided) => {
    const [action, link = "", at = 0, took = 0, content = "", base64 = 0, ending = "", detail = "", cut = 0, values = {}] = row;
    const what = make("td", ""), how = make("td", "how");
    if (content) {
      const bytes = () => (base64 ? decoded(content) : new TextEncoder().encode(content));
      what.append(marked(base64 ? tolerant(bytes()) : content, make("pre", "dev")));
      const button = make("button", "hex", "Hex");
      button.type = "button";
      button.setAttribute("aria-expanded", "false");
      button.addEventListener("click", () => {
        const open = what.querySelector(".hexdump");
        if (open) open.remove(); else what.append(make("pre", "hexdump", hexdump(bytes())));
        button.setAttribute("aria-expanded", String(!open));
      });
      how.append(button);
    }
    if (cut) what.append(make("div", "soft", `${cut} characters left out here`));
    if (detail) what.append(marked(String(detail), make("div", "soft dev")));
    for (const [name, value] of Object.entries(values)) what.append(make("div", "soft dev", visible(`${name} = ${value}`)));
    how.prepend([ENDINGS[ending] ?? ending, took ? `${(took * 1000).toFixed(took < 0.01 ? 1 : 0)} ms` : ""].filter(Boolean).join(", "), " ");
    const way = make("td", "way", ARROWS[action] || visible(action), link ? make("small", "", visible(link)) : null);
    return make("tr", `${action in ARROWS ? action : "other"}${decided.has(index) ? " decided" : ""}`,
      make("td", "at", `+${Number(at).toFixed(3)} s`), way, what, how);
  };

  const body = (row) => {
    const node = make("div", "body");
    if (row.t) node.append(make("p", "dev", visible(row.t)));
    if (row.m) node.append(marked(row.m, make("p", "dev soft")));
    const checks = row.k || [];
    if (row.e || row.g) node.append(pair(row.e, row.g, row.o < 3));
    if (checks.length) node.append(make("h4", "", "Checks"), ...[...checks].sort((a, b) => a[2] - b[2]).map(check));
    else if (row.c || row.b) node.append(make("h4", "", "Clauses"), make("div", "", ...chips([...new Set([...(row.b || []), ...(row.c || [])])], row.b)));
    if (row.f || row.n) node.append(make("h4", "", "Transcript"));
    if (row.n) node.append(make("p", "soft dev", visible(row.n)));
    if (row.x) {
      const decided = new Set(checks.filter((item) => !item[2] && item[6] >= 0).map((item) => item[6]));
      node.append(make("table", "steps", make("tbody", "", ...row.x.map((item, index) => step(item, index, decided)))));
    }
    if (row.r) node.append(make("h4", "", "Run it again"), again(row.r));
    return node;
  };

  const fill = (node, row) => { if (!node.querySelector(".body")) node.append(body(row)); };
  const draw = (row) => {
    const outcome = outcomes[row.o];
    const label = make("span", "status " + outcome, make("i", "dot " + outcome), outcome);
    const text = make("div", "", make("div", "id dev", visible(row.i)), marked(row.m || row.t || "", make("div", "title dev")));
    const node = make("details", "case", make("summary", "", label, text, make("span", "time", `${(row.d || 0).toFixed(3)} s`)));
    node.dataset.case = row.i;
    node.addEventListener("toggle", () => { if (node.open) fill(node, row); });
    return node;
  };
  const extend = (count) => {
    const part = document.createDocumentFragment();
    for (const row of matching.slice(drawn, drawn + count)) part.append(draw(row));
    drawn = Math.min(matching.length, drawn + count);
    list.append(part);
  };

  for (const row of cases) {
    const texts = [row.i, row.t, row.h, row.m, row.e, row.g, ...(row.k || []).flatMap((item) => [item[0], item[4], item[5]])];
    const named = new Set([...(row.c || []), ...(row.b || []), ...(row.k || []).flatMap((item) => item[1])]);
    row.names = [...named].map((index) => clauses[index]);
    row.text = [...texts, ...row.names].filter(Boolean).join("\n").toLowerCase();
  }
  const ORDERS = { worst: (a, b) => a.o - b.o, slow: (a, b) => (b.d || 0) - (a.d || 0) };
  const apply = () => {
    const on = new Set(toggles.filter((button) => button.getAttribute("aria-pressed") === "true").map((button) => outcomes.indexOf(button.dataset.outcome)));
    const words = filter.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    matching = cases.filter((row) => on.has(row.o) && words.every((word) =>
      word.startsWith("clause:") ? row.names.some((name) => name.toLowerCase() === word.slice(7)) : row.text.includes(word)));
    if (ORDERS[order.value]) matching.sort(ORDERS[order.value]);
    shown.textContent = `${matching.length} of ${cases.length} cases`;
    list.replaceChildren();
    drawn = 0;
    extend(CHUNK);
  };

  const reveal = (id) => {
    if (!matching.some((row) => row.i === id)) {
      filter.value = "";
      for (const button of toggles) button.setAttribute("aria-pressed", "true");
      apply();
    }
    const at = matching.findIndex((row) => row.i === id);
    if (at < 0) return;
    if (at >= drawn) extend(at + 1 - drawn);
    const node = list.children[at];
    node.open = true;
    fill(node, matching[at]);
    node.scrollIntoView({ block: "center" });
    node.firstElementChild.focus({ preventScroll: true });
  };
  const follow = () => {
    let hash = location.hash.slice(1);
    try { hash = decodeURIComponent(hash); } catch { return; }
    if (hash.startsWith("case=")) return reveal(hash.slice(5));
    if (hash.startsWith("clause=")) {
      filter.value = "clause:" + hash.slice(7);
      for (const button of toggles) button.setAttribute("aria-pressed", "true");
      apply();
      document.getElementById("cases").scrollIntoView();
      return;
    }
    const row = document.getElementById(hash);
    document.querySelectorAll("tr.hit").forEach((old) => old.classList.remove("hit"));
    if (row && row.tagName === "TR") {
      row.closest("details").open = true;
      row.classList.add("hit");
      row.scrollIntoView({ block: "center" });
    }
  };

  let waiting = 0;
  filter.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(apply, 80); });
  order.addEventListener("change", apply);
  document.getElementById("toggles").addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    button.setAttribute("aria-pressed", String(button.getAttribute("aria-pressed") !== "true"));
    apply();
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest('a[href^="#"]');
    if (link && link.hash === location.hash) follow();  // the same place again: no hashchange comes
    const button = event.target.closest(".copy");
    if (!button) return;
    const code = button.previousElementSibling;
    const say = (text) => { button.textContent = text; setTimeout(() => { button.textContent = "Copy"; }, 1500); };
    const select = () => { getSelection().selectAllChildren(code); say("Selected"); };
    if (navigator.clipboard) navigator.clipboard.writeText(code.textContent).then(() => say("Copied"), select); else select();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && !/^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName)) { event.preventDefault(); filter.focus(); }
  });
  const chapters = [...document.querySelectorAll(".chapter")];
  document.getElementById("open-all").addEventListener("click", () => chapters.forEach((node) => { node.open = true; }));
  document.getElementById("close-all").addEventListener("click", () => chapters.forEach((node) => { node.open = false; }));
  new IntersectionObserver((entries) => { if (entries.some((entry) => entry.isIntersecting) && drawn < matching.length) extend(CHUNK); },
    { rootMargin: "1200px" }).observe(more);
  addEventListener("hashchange", follow);
  addEventListener("beforeprint", () => { extend(matching.length - drawn); chapters.forEach((node) => { node.open = true; }); });
  apply();
  if (location.hash) follow();
})();
