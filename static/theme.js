// The page is complete without this file; it adds a copy button, a choice of colours and the current heading.

for (const button of document.querySelectorAll("button.copy")) {
  const code = button.closest("figure")?.querySelector("pre > code");
  if (!code || !navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(code.textContent.replace(/\n$/, ""));
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
      if (theme === "auto") localStorage.removeItem("theme");
      else localStorage.setItem("theme", theme);
    } catch {
      // Without storage the choice lasts as long as the page.
    }
    say();
  });
}

const entries = new Map();
for (const link of document.querySelectorAll(".contents a")) {
  const heading = document.getElementById(decodeURIComponent(link.hash.slice(1)));
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
