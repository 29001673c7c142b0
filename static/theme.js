// The page is complete without this file; it adds copy buttons, a choice of colours, tab bars and the current heading.

// The anchor of an address; one that is badly encoded is taken as it is written.
const decoded = (hash) => {
  try {
    return decodeURIComponent(hash.slice(1));
  } catch {
    return hash.slice(1);
  }
};

for (const button of document.querySelectorAll("button.copy")) {
  const code = button.closest("figure")?.querySelector("pre > code");
  const text = () => button.dataset.copy ?? code.textContent.replace(/\n$/, "");
  if (!(code || button.dataset.copy) || !navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(text());
      button.textContent = "Copied";
    } catch {
      button.textContent = "Not copied";
    }
    setTimeout(() => { button.textContent = "Copy"; }, 1600);
  });
}

const toggle = document.getElementById("theme");
if (toggle) {
  const root = document.documentElement;
  const names = { auto: "as the system", light: "light", dark: "dark" };
  const next = { auto: "light", light: "dark", dark: "auto" };
  const say = () => toggle.setAttribute("aria-label", `Colours: ${names[root.dataset.theme ?? "auto"]}`);
  toggle.hidden = false;
  say();
  toggle.addEventListener("click", () => {
    const theme = next[root.dataset.theme ?? "auto"];
    if (theme === "auto") delete root.dataset.theme;
    else root.dataset.theme = theme;
    try {
      localStorage.setItem("theme", theme);
    } catch {
      // Without storage the choice lasts as long as the page.
    }
    say();
  });
}

// Tabs: the stack of `details` becomes a bar with its panels. A panel that is not shown can still be searched.

const groups = [];
const HIDDEN = "onbeforematch" in document.documentElement ? "until-found" : "";

function hide(element, isHidden) {
  if (isHidden) element.setAttribute("hidden", HIDDEN);
  else element.removeAttribute("hidden");
}

function makeTabs(root, number) {
  const parts = [...root.children].filter((part) => part.matches("details.tab"));
  if (parts.length === 0) return;
  const bar = document.createElement("div");
  const isChoice = root.hasAttribute("data-dropdown");
  const choice = isChoice ? document.createElement("select") : null;
  const group = { choice, tabs: [], isAlone: root.hasAttribute("data-alone") };
  bar.className = isChoice ? "tab-bar choice" : "tab-bar";
  if (choice) {
    choice.className = "tab-choice";
    choice.setAttribute("aria-label", root.classList.contains("code-tabs") ? "Code" : "Section");
    bar.append(choice);
  } else {
    bar.setAttribute("role", "tablist");
  }
  const shown = Math.max(0, parts.findIndex((part) => part.open));
  for (const [index, part] of parts.entries()) {
    const summary = part.querySelector(":scope > summary");
    const panel = document.createElement("div");
    const title = summary.textContent.trim();
    panel.className = "tab-panel";
    panel.dataset.title = title;
    panel.id = part.id || `tabs-${number}-panel-${index}`;
    panel.append(...part.querySelector(":scope > .tab-body").childNodes);
    let tab;
    if (choice) {
      tab = document.createElement("option");
      tab.textContent = title;
      choice.append(tab);
    } else {
      tab = document.createElement("button");
      tab.type = "button";
      tab.id = `tabs-${number}-tab-${index}`;
      tab.setAttribute("role", "tab");
      tab.setAttribute("aria-controls", panel.id);
      tab.append(...summary.childNodes);
      panel.setAttribute("role", "tabpanel");
      panel.setAttribute("aria-labelledby", tab.id);
      tab.addEventListener("click", () => select(group, index, tab));
      bar.append(tab);
    }
    if (!panel.querySelector("a[href], button, input, select, summary, [tabindex]")) panel.tabIndex = 0;
    panel.addEventListener("beforematch", () => show(group, index));
    part.replaceWith(panel);
    group.tabs.push({ tab, panel, title });
  }
  root.prepend(bar);
  root.classList.add("ready");
  choice?.addEventListener("change", () => select(group, choice.selectedIndex, choice));
  bar.addEventListener("keydown", (event) => {
    if (choice) return;
    const last = group.tabs.length - 1;
    const steps = { ArrowRight: group.shown + 1, ArrowLeft: group.shown - 1, Home: 0, End: last };
    let index = steps[event.key];
    if (index === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    if (index < 0) index = last;
    if (index > last) index = 0;
    select(group, index, group.tabs[index].tab);
    group.tabs[index].tab.focus();
  });
  groups.push(group);
  show(group, shown);
}

function show(group, index) {
  group.shown = index;
  if (group.choice) group.choice.selectedIndex = index;
  for (const [at, { tab, panel }] of group.tabs.entries()) {
    hide(panel, at !== index);
    if (group.choice) continue;
    tab.setAttribute("aria-selected", String(at === index));
    tab.tabIndex = at === index ? 0 : -1;
  }
}

// A reader's choice holds for all tabs of the same title; what was pressed stays where it is on the screen.
function select(group, index, pressed) {
  const before = pressed.getBoundingClientRect().top;
  show(group, index);
  const { title } = group.tabs[index];
  if (!group.isAlone) {
    for (const other of groups) {
      if (other === group || other.isAlone) continue;
      const same = other.tabs.findIndex((tab) => tab.title === title);
      if (same >= 0) show(other, same);
    }
  }
  const moved = pressed.getBoundingClientRect().top - before;
  if (moved) scrollBy({ top: moved, behavior: "instant" });
}

for (const [number, root] of [...document.querySelectorAll(".tabs")].reverse().entries()) makeTabs(root, number);

// Views: one switch before the first of them shows those of one title.

const views = [...document.querySelectorAll(".view")];
const titles = [...new Set(views.map((view) => view.dataset.view))];
let showView = () => {};
if (titles.length > 1) {
  const bar = document.createElement("div");
  bar.className = "view-switch";
  bar.setAttribute("role", "group");
  bar.setAttribute("aria-label", "View");
  showView = (title) => {
    for (const view of views) hide(view, view.dataset.view !== title);
    for (const button of bar.children) button.setAttribute("aria-pressed", String(button.dataset.view === title));
  };
  for (const title of titles) {
    const button = document.createElement("button");
    const first = views.find((view) => view.dataset.view === title);
    button.type = "button";
    button.dataset.view = title;
    button.append(...[...first.querySelector(".view-title").childNodes].map((node) => node.cloneNode(true)));
    button.addEventListener("click", () => showView(title));
    bar.append(button);
  }
  for (const view of views) {
    view.querySelector(".view-title").hidden = true;
    view.addEventListener("beforematch", () => showView(view.dataset.view));
  }
  views[0].before(bar);
  showView(titles[0]);
}

// What an address leads to is opened, wherever it stands.

function reveal(isFirst) {
  const id = decoded(location.hash);
  const target = id && document.getElementById(id);
  if (!target) return;
  let isOpened = false;
  for (let element = target; element; element = element.parentElement) {
    if (element.matches("details:not([open])")) {
      element.open = true;
      isOpened = true;
    }
    if (element.hidden || element.hasAttribute("hidden")) {
      const group = groups.find(({ tabs }) => tabs.some(({ panel }) => panel === element));
      if (group) show(group, group.tabs.findIndex(({ panel }) => panel === element));
      if (element.matches(".view")) showView(element.dataset.view);
      isOpened = true;
    }
  }
  if (isOpened || isFirst) target.scrollIntoView({ behavior: "instant" });
}

reveal(groups.length > 0 || titles.length > 1);
addEventListener("hashchange", () => reveal(false));
addEventListener("click", (event) => {
  const link = event.target.closest?.("a[href*='#']");
  if (link && link.hash && link.href === location.href) reveal(false);
});

// Tooltips stay on the screen, and go away with Escape.

for (const tooltip of document.querySelectorAll(".tooltip")) {
  const tip = tooltip.querySelector(".tip");
  const place = () => {
    tooltip.classList.remove("dismissed");
    tip.style.removeProperty("--shift");
    const { left, right, width } = tip.getBoundingClientRect();
    const most = document.documentElement.clientWidth - 8;
    if (width && right > most) tip.style.setProperty("--shift", `${Math.max(most - right, 8 - left)}px`);
  };
  tooltip.addEventListener("pointerenter", place);
  tooltip.addEventListener("focusin", place);
  addEventListener("keydown", (event) => {
    if (event.key === "Escape") tooltip.classList.add("dismissed");
  });
}

for (const banner of document.querySelectorAll(":is(.banner, .site-banner):has(.banner-shut)")) {
  const key = `banner:${banner.textContent.trim()}`;
  const button = banner.querySelector(".banner-shut");
  button.hidden = false;
  button.addEventListener("click", () => {
    banner.remove();
    try {
      localStorage.setItem(key, "closed");
    } catch {
      // Without storage it is back on the next page.
    }
  });
  try {
    if (localStorage.getItem(key)) banner.remove();
  } catch {
    // Without storage it is always there.
  }
}

// Diagrams, where the site brings the script that draws them.

const diagrams = [...document.querySelectorAll(".diagram[data-mermaid]")];
if (diagrams.length) {
  const script = document.createElement("script");
  script.src = diagrams[0].dataset.mermaid;
  script.addEventListener("load", async () => {
    const isDark = getComputedStyle(document.body).colorScheme === "dark" ||
      (!document.documentElement.dataset.theme && matchMedia("(prefers-color-scheme: dark)").matches);
    window.mermaid.initialize({ startOnLoad: false, securityLevel: "strict", theme: isDark ? "dark" : "neutral" });
    for (const [index, diagram] of diagrams.entries()) {
      const source = diagram.querySelector("pre");
      try {
        const { svg } = await window.mermaid.render(`diagram-${index}`, source.textContent);
        const drawn = document.createElement("div");
        drawn.innerHTML = svg;
        source.replaceWith(drawn);
      } catch {
        // What cannot be drawn stays as it was written.
      }
    }
  });
  document.head.append(script);
}

const entries = new Map();
for (const link of document.querySelectorAll(".contents a")) {
  const heading = document.getElementById(decoded(link.hash));
  if (heading) entries.set(heading, link);
}
if (entries.size) {
  const mark = () => {
    let current;
    for (const heading of entries.keys()) {
      if (heading.getBoundingClientRect().top > innerHeight / 3) break;
      current = heading;
    }
    for (const [heading, link] of entries) {
      if (heading === current) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  };
  let waiting = false;
  addEventListener("scroll", () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => { waiting = false; mark(); });
  }, { passive: true });
  mark();
}

document.querySelector(".sidebar [aria-current=page]")?.scrollIntoView({ block: "nearest" });

const menu = document.getElementById("menu");
addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !menu?.checked) return;
  menu.checked = false;
  menu.focus();
});
