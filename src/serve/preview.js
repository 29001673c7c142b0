// Hears from the preview when this page is another one, and shows what is wrong with it. No published page has it.

const mark = document.currentScript.dataset.mark;
const memory = {
  get(name) { try { return JSON.parse(sessionStorage.getItem(`proofpress-${name}`)); } catch { return null; } },
  set(name, value) { try { sessionStorage.setItem(`proofpress-${name}`, JSON.stringify(value)); } catch { /* It works without. */ } },
};

const place = memory.get("place");
if (place?.path === location.pathname) {
  memory.set("place", null);
  const folded = [...document.querySelectorAll("details")];
  for (const index of place.open) if (folded[index]) folded[index].open = true;
  scrollTo({ left: place.left, top: place.top, behavior: "instant" });
}

function reload() {
  const folded = [...document.querySelectorAll("details")];
  const open = folded.flatMap((one, index) => one.open ? [index] : []);
  memory.set("place", { path: location.pathname, left: scrollX, top: scrollY, open });
  location.reload();
}

const style = `
:host { all: initial; color-scheme: dark; }
* { box-sizing: border-box; }
[hidden] { display: none !important; }
section, .badge { position: fixed; z-index: 2147483647; right: 1rem; bottom: 1rem; background: #17181c; color: #f2f2f4;
  font: 14px/1.5 system-ui, sans-serif; border: 1px solid #4a4c55; border-radius: 8px; box-shadow: 0 8px 30px rgb(0 0 0 / .35); }
section { display: flex; flex-direction: column; width: min(46rem, 100vw - 2rem); max-height: min(60vh, 36rem); }
header { display: flex; align-items: center; gap: .75rem; padding: .6rem .6rem .6rem 1rem; border-bottom: 1px solid #33353d; }
h2 { flex: 1; margin: 0; font-size: 15px; font-weight: 600; }
h2::before, .badge::before { content: ""; display: inline-block; width: .6em; height: .6em; margin-right: .6em; border-radius: 50%; background: #9a9ca6; }
.error::before { background: #ff6b6b !important; }
.warning::before { background: #f2c14e !important; }
.body { overflow: auto; padding: .25rem 1rem .75rem; }
ul { list-style: none; margin: 0; padding: 0; }
li + li { border-top: 1px solid #33353d; }
li { padding: .6rem 0; }
p { margin: 0; }
.elsewhere { padding-top: .6rem; color: #c6c8d0; }
.elsewhere ul { padding-left: 1rem; list-style: disc; }
.elsewhere li { border: 0; padding: 0; }
a { color: #9cc4ff; }
b { font-weight: 600; }
.error > b { color: #ff9a9a; }
.warning > b { color: #f2c14e; }
li p::before { display: none !important; }
code, pre { font: 12.5px/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
pre { margin: .35rem 0 0; padding: .5rem .7rem; overflow: auto; background: #0e0f12; border-radius: 5px; }
button { font: inherit; color: inherit; background: #2a2c33; border: 1px solid #4a4c55; border-radius: 5px; padding: .2rem .7rem; cursor: pointer; }
button.badge { padding: .4rem .9rem; background: #17181c; border-radius: 999px; }
:focus-visible { outline: 2px solid #9cc4ff; outline-offset: 2px; }
@media print { :host { display: none; } }
`;

const make = (name, { text, ...rest } = {}, ...children) => {
  const element = Object.assign(document.createElement(name), rest);
  if (text !== undefined) element.textContent = text;
  element.append(...children);
  return element;
};
const count = (number, noun) => `${number} ${noun}${number === 1 ? "" : "s"}`;

const host = make("div", { id: "proofpress-preview" });
const shadow = host.attachShadow({ mode: "open" });
const title = make("h2", { id: "title" });
const close = make("button", { type: "button", text: "Close" });
const body = make("div", { className: "body", tabIndex: 0 });
const panel = make("section", { hidden: true }, make("header", {}, title, close), body);
const badge = make("button", { type: "button", className: "badge", hidden: true });
const spoken = make("div", { role: "status" });
panel.setAttribute("aria-labelledby", "title");
spoken.style.cssText = "position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%);";
shadow.append(make("style", { text: style }), spoken, panel, badge);
document.documentElement.append(host);

// What was closed stays closed until something else is wrong.
let told = "";
const fold = () => { memory.set("closed", told); panel.hidden = true; badge.hidden = !told; };
const unfold = () => { memory.set("closed", null); panel.hidden = false; badge.hidden = true; };
close.addEventListener("click", () => { fold(); badge.focus(); });
badge.addEventListener("click", () => { if (body.childElementCount) { unfold(); close.focus(); } });
panel.addEventListener("keydown", (event) => { if (event.key === "Escape") { fold(); badge.focus(); } });

const problem = ({ severity, code, message, place, quote }) => make("li", {},
  make("p", { className: severity }, make("b", { text: `${severity}[${code}]` }), `: ${message}`),
  quote ? make("pre", { text: quote, tabIndex: 0 }) : make("code", { text: place }));

function show({ problems, elsewhere, pages, trouble }) {
  const errors = problems.filter(({ severity }) => severity === "error").length;
  const warnings = problems.length - errors;
  const parts = [];
  if (trouble) parts.push("The preview is stuck");
  if (errors) parts.push(count(errors, "error"));
  if (warnings) parts.push(count(warnings, "warning"));
  if (elsewhere) parts.push(`${count(elsewhere, "error")} on other pages`);
  const summary = parts.join(", ");
  const content = [];
  if (trouble) content.push(make("p", { className: "error" }, make("b", { text: "error" }), `: ${trouble}`));
  if (problems.length) content.push(make("ul", {}, ...problems.map(problem)));
  if (pages.length) {
    const links = pages.map(({ title, url, errors }) => make("li", {}, make("a", { href: url, text: title }), `: ${count(errors, "error")}`));
    content.push(make("div", { className: "elsewhere" }, make("p", { text: "On other pages:" }), make("ul", {}, ...links)));
  }
  const weight = errors || trouble ? "error" : warnings ? "warning" : "";
  title.className = weight;
  badge.className = `badge ${weight || (elsewhere ? "error" : "")}`;
  title.textContent = badge.textContent = summary;
  if (spoken.textContent !== summary) spoken.textContent = summary;
  body.replaceChildren(...content);
  told = summary && JSON.stringify([trouble, problems.map(({ code, message }) => [code, message])]);
  // Errors elsewhere are said, and do not cover this page.
  if (!summary) panel.hidden = badge.hidden = true;
  else if ((!problems.length && !trouble) || memory.get("closed") === told) { panel.hidden = true; badge.hidden = false; }
  else { panel.hidden = false; badge.hidden = true; }
}

let pause = 250;
function connect() {
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  const socket = new WebSocket(`${scheme}://${location.host}/.proofpress/live?page=${encodeURIComponent(location.pathname)}`);
  socket.addEventListener("open", () => { pause = 250; });
  socket.addEventListener("message", ({ data }) => {
    const status = JSON.parse(data);
    if (status.mark !== null && status.mark !== mark) reload();
    else show(status);
  });
  socket.addEventListener("close", () => {
    // The preview has ended, or begins again.
    if (!host.isConnected) return;
    setTimeout(connect, pause);
    pause = Math.min(pause * 2, 4000);
  });
}
connect();
